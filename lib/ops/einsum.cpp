// Einsum: out[labels of the result] = sum over all other labels of the product of the inputs at their labels. A label
// that one input has twice walks its diagonal; "..." stands for axes that broadcast, aligned on the right. Without "->"
// the result has these, and then the labels that occur once, in the order of the alphabet. Source: OpenVINO Einsum-7.
#include <algorithm>
#include <map>

#include "ir/number.hpp"
#include "ops/operation.hpp"
#include "tensor/parallel.hpp"
#include "tensor/strided.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

/// One loop for each label, those of the result in front.
struct Loops {
  Lengths result, lengths;
  std::vector<Lengths> strides;  ///< of each input, by loop
};

/// A label for each axis of a term: its letter, and -1, -2 ... from the right for what "..." stands for.
std::vector<int> labels_of(std::string_view term, std::size_t rank) {
  std::vector<int> labels;
  const auto dots = term.find("...");
  const auto letters = term.size() - (dots == term.npos ? 0 : 3);
  if (letters > rank || (dots == term.npos && letters != rank))
    throw LayerError("equation names {} axes by \"{}\", its tensor has {}", letters, term, rank);
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (i == dots) {
      for (auto k = static_cast<int>(rank - letters); k > 0; --k) labels.push_back(-k);
      i += 2;
    } else if (std::isalpha(static_cast<unsigned char>(term[i])) != 0) {
      labels.push_back(term[i]);
    } else {
      throw LayerError("equation has the label \"{}\", should be a letter or ...", term[i]);
    }
  }
  return labels;
}

Loops loops_of(const Arguments& arguments) {
  const auto equation = required_attribute(arguments.node(), "equation");
  const auto arrow = std::min(equation.find("->"), equation.size());
  const auto count = arguments.size();
  std::map<int, std::int64_t> lengths;
  std::map<int, int> uses;
  std::vector<std::map<int, std::int64_t>> steps;
  for_each_item(equation.substr(0, arrow), [&](std::string_view term) {
    if (steps.size() == count) throw LayerError("equation is \"{}\", its layer has {} inputs", equation, count);
    const auto& own = arguments.lengths(steps.size());
    const auto strides = strides_of(own);
    const auto labels = labels_of(term, own.size());
    auto& step = steps.emplace_back();
    for (std::size_t axis = 0; axis < own.size(); ++axis) {
      const auto label = labels[axis];
      auto& length = lengths.try_emplace(label, 1).first->second;
      if (own[axis] != 1 && length != 1 && own[axis] != length)
        throw LayerError("an axis of {} and one of {} have the same label in \"{}\"", length, own[axis], equation);
      if (own[axis] != 1) length = own[axis];
      step[label] += own[axis] == 1 ? 0 : strides[axis];
      ++uses[label];
    }
  });
  if (steps.size() != count) throw LayerError("equation is \"{}\", its layer has {} inputs", equation, count);
  std::vector<int> order;
  if (arrow < equation.size()) {
    const auto term = equation.substr(arrow + 2);
    const auto dots = std::count_if(lengths.begin(), lengths.end(), [](const auto& entry) { return entry.first < 0; });
    const bool has_dots = term.find("...") != term.npos;
    order = labels_of(term, has_dots ? term.size() - 3 + static_cast<std::size_t>(dots) : term.size());
  } else {
    for (const auto& [label, times] : uses) {
      if (label < 0 || times == 1) order.push_back(label);
    }
  }
  Loops loops{{}, {}, std::vector<Lengths>(count)};
  for (const int label : order) {
    const auto found = lengths.find(label);
    if (found == lengths.end()) throw LayerError("equation is \"{}\", its result has a label of no input", equation);
    loops.result.push_back(found->second);
  }
  for (const auto& [label, length] : lengths) {
    const auto times = std::count(order.begin(), order.end(), label);
    if (times > 1) throw LayerError("equation is \"{}\", its result has a label twice", equation);
    if (times == 0) order.push_back(label);
  }
  for (const int label : order) {
    loops.lengths.push_back(lengths.at(label));
    for (std::size_t i = 0; i < count; ++i) loops.strides[i].push_back(steps[i][label]);
  }
  return loops;
}

}  // namespace

std::vector<OutputSpec> einsum_infer(const Arguments& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments.type(i) != arguments.type(0))
      throw LayerError("input {} is {}, input 0 is {}", i, name(arguments.type(i)), name(arguments.type(0)));
  }
  return one_output(arguments.type(0), loops_of(arguments).result);
}

void einsum_evaluate(Evaluation& run) {
  const auto loops = loops_of(run.arguments());
  const auto inner = product(loops.lengths, loops.result.size(), loops.lengths.size());
  visit_number(run.output_type(), [&]<class T>(std::type_identity<T>) {
    using Sum = std::conditional_t<std::is_integral_v<T>, std::uint64_t, double>;
    T* out = run.output().data<T>();
    parallel_each(product(loops.result), inner, [&](std::int64_t place) {
      Sum sum = 0;
      for (std::int64_t k = 0; k < inner; ++k) {
        Sum term = 1;
        for (std::size_t i = 0; i < run.input_count(); ++i) {
          std::int64_t at = 0, rest = place * inner + k;
          for (std::size_t loop = loops.lengths.size(); loop-- > 0; rest /= loops.lengths[loop])
            at += rest % loops.lengths[loop] * loops.strides[i][loop];
          term *= static_cast<Sum>(run.input(i).data<T>()[at]);
        }
        sum += term;
      }
      out[place] = static_cast<T>(sum);
    });
  });
}

}  // namespace lpt

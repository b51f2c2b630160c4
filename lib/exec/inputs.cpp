#include "exec/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "exec/npz.hpp"
#include "ir/error.hpp"
#include "ir/number.hpp"
#include "quant/weights_quantization.hpp"
#include "tensor/convert.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

/// 0 <= x < 1, from the bits of the generator alone: the distributions of the C++ library differ between machines.
double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

/// A normal distribution, near enough: the sum of twelve uniform ones.
double normal(std::mt19937_64& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += uniform(random);
  return sum;
}

bool passes_values_on(const Node& node) {
  return node.is("Convert") || node.is("Reshape") || node.is("Unsqueeze") || node.is("Squeeze") || node.is("Transpose");
}

constexpr int kDeepest = 8;  // of the layers behind an input that are looked at

/// The length of the shortest table whose rows a value chooses; 0 if it chooses none.
std::int64_t table_length(Value value, int depth = 0) {
  std::int64_t shortest = 0;
  const auto see = [&](std::int64_t length) {
    if (length > 0 && (shortest == 0 || length < shortest)) shortest = length;
  };
  for (const Input& use : value.readers()) {
    const Node& reader = *use.node;
    if (use.index == 0 && passes_values_on(reader) && depth < kDeepest) see(table_length(reader.output(0), depth + 1));
    if (use.index != 1 || !reader.is("Gather") || reader.input_count() < 3) continue;
    const auto axis = constant_integers(reader.input(2));
    const auto& table = reader.input(0).shape();
    if (!axis || axis->size() != 1 || !table.has_rank()) continue;
    const auto rank = static_cast<std::int64_t>(table.rank());
    const auto at = (*axis)[0] < 0 ? (*axis)[0] + rank : (*axis)[0];
    if (at >= 0 && at < rank && table[static_cast<std::size_t>(at)].is_static())
      see(table[static_cast<std::size_t>(at)].min);
  }
  return shortest;
}

struct RealRange {
  double low, high;
};

/// The x for which a layer gives y, where x is one of its two inputs and c the other.
double operand(const Node& node, std::size_t index, double y, double c) {
  if (node.is("Add")) return y - c;
  if (node.is("Subtract")) return index == 0 ? y + c : c - y;
  if (node.is("Multiply")) return y / c;
  return node.is("Divide") && index == 0 ? y * c : NAN;
}

/// What the ranges of the FakeQuantizes span that read a value, also behind a preprocessing by constants; empty if none
/// does.
std::optional<RealRange> quantized_range(Value value, int depth = 0) {
  RealRange range{INFINITY, -INFINITY};
  const auto see = [&](double x) {
    if (std::isfinite(x)) range = {std::min(range.low, x), std::max(range.high, x)};
  };
  for (const Input& use : value.readers()) {
    const Node& reader = *use.node;
    if (reader.is("FakeQuantize") && use.index == 0) {
      const auto ends = range_ends_of(reader);
      if (!ends) continue;
      for (const auto* end : {&ends->input_low, &ends->input_high}) std::ranges::for_each(end->values, see);
      continue;
    }
    const bool passes = passes_values_on(reader) && use.index == 0;
    const auto constant =
        !passes && reader.input_count() == 2 ? small_tensor(reader.input(1 - use.index)) : std::nullopt;
    if (depth == kDeepest || (!passes && !constant) || reader.output_count() == 0) continue;
    const auto behind = quantized_range(reader.output(0), depth + 1);
    if (!behind) continue;
    for (const double end : {behind->low, behind->high}) {
      if (passes) see(end);
      if (constant) std::ranges::for_each(constant->values, [&](float c) { see(operand(reader, use.index, end, c)); });
    }
  }
  if (range.low < range.high) return range;
  return std::nullopt;
}

Lengths chosen_lengths(const ModelPort& port) {
  const Shape& shape = port.value.shape();
  if (!shape.has_rank()) throw bad_model("input \"{}\" has a shape of any rank; give it with --input", port.name);
  Lengths lengths;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const auto d = shape[axis];
    const std::int64_t wanted = axis == 0 ? 2 : axis >= 2 && shape.rank() >= 4 ? 64 : 8;
    lengths.push_back(std::clamp(wanted, d.min, d.max));
  }
  return lengths;
}

/// Values for one input.
Tensor drawn(const ModelPort& port, const Lengths& lengths, std::mt19937_64& random) {
  const auto type = port.value.type();
  if (!is_number(type) && type != ElementType::boolean)
    throw bad_model("input \"{}\" is {}; there are no random values of that type", port.name, name(type));
  Tensor values(ElementType::f64, lengths);
  const auto fill = [&](auto draw) { std::generate_n(values.data<double>(), values.count(), draw); };
  if (is_real(type)) {
    if (const auto range = quantized_range(port.value)) {
      fill([&] { return range->low + uniform(random) * (range->high - range->low); });
    } else {
      fill([&] { return normal(random); });
    }
  } else {
    const auto table = table_length(port.value);
    const bool small = bits(type) == 8 && type != ElementType::boolean && table == 0;
    const double low = small ? integer_range(type).low : 0;
    const double count = small ? 256 : table != 0 ? static_cast<double>(table) : 2;
    fill([&] { return low + std::floor(uniform(random) * count); });
  }
  return convert(values, type);
}

/// Lengths that a model may demand: small ones, those of usual images and of its constants; and 1, which is often
/// allowed where another one is meant.
std::vector<std::int64_t> lengths_to_try(const Graph& graph) {
  std::set<std::int64_t> lengths;
  for (std::int64_t length = 2; length <= 512; length += length < 64 ? 1 : 16) lengths.insert(length);
  for (const Node* node = graph.first(); node != nullptr; node = node->next()) {
    if (node->constant() == nullptr) continue;
    for (const auto length : lengths_of(node->output(0).shape())) lengths.insert(length);
  }
  std::vector<std::int64_t> result(lengths.upper_bound(1), lengths.end());
  result.push_back(1);
  return result;
}

/// An axis of an input whose length the model leaves open.
struct OpenAxis {
  std::size_t input, axis;
  Dimension bounds;
};

/// Axes whose lengths are tried together: each alone, then all that have one length.
std::vector<std::vector<OpenAxis>> open_axes(const std::vector<ModelPort>& ports, const std::vector<Lengths>& lengths) {
  std::vector<std::vector<OpenAxis>> groups;
  std::map<std::int64_t, std::vector<OpenAxis>> by_length;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const Shape& shape = ports[i].value.shape();
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis].is_static()) continue;
      groups.push_back({{i, axis, shape[axis]}});
      by_length[lengths[i][axis]].push_back(groups.back().front());
    }
  }
  for (auto& [length, group] : by_length) {
    if (group.size() > 1) groups.push_back(std::move(group));
  }
  return groups;
}

/// "x" [?,3], "z" [2..8]
std::string open_inputs(const std::vector<ModelPort>& ports) {
  std::vector<std::string> texts;
  for (const auto& port : ports) {
    const Shape& shape = port.value.shape();
    if (!shape.is_static()) texts.push_back(fmt::format("\"{}\" [{}]", port.name, shape.to_string()));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

bool is_too_large(const Lengths& lengths) {
  constexpr double kMostElements = 1 << 22;
  return std::accumulate(lengths.begin(), lengths.end(), 1.0, std::multiplies<>()) > kMostElements;
}

/// Lengths that the model takes. Of each group of axes the length that brings the run furthest stays, and the search
/// begins anew.
std::vector<Lengths> fitting_lengths(Executor& executor, std::vector<Lengths> lengths) {
  const auto& ports = executor.inputs();
  auto groups = open_axes(ports, lengths);
  if (groups.empty()) return lengths;
  auto furthest = executor.skim(lengths);
  if (furthest.problem.empty()) return lengths;
  const auto problem = furthest.problem;
  const auto candidates = lengths_to_try(ports[0].value.node().graph());
  for (auto group = groups.begin(); group != groups.end();) {
    const auto now = lengths;
    for (const auto candidate : candidates) {
      auto tried = now;
      for (const auto& [input, axis, bounds] : *group)
        tried[input][axis] = std::clamp(candidate, bounds.min, bounds.max);
      if (is_too_large(tried[group->front().input])) continue;
      auto reached = executor.skim(tried);
      if (reached.problem.empty()) return tried;
      if (reached.layers <= furthest.layers) continue;
      furthest = std::move(reached);
      lengths = std::move(tried);
    }
    if (lengths == now) {
      ++group;
    } else {
      groups = open_axes(ports, lengths);
      group = groups.begin();
    }
  }
  throw bad_model("{}; no lengths were found that fit for {}: give all inputs with --input NAME=FILE.npy", problem,
                  open_inputs(ports));
}

}  // namespace

std::vector<Tensor> random_inputs(Executor& executor, std::uint64_t seed) {
  const auto& ports = executor.inputs();
  std::vector<Lengths> lengths;
  for (const auto& port : ports) lengths.push_back(chosen_lengths(port));
  lengths = fitting_lengths(executor, std::move(lengths));
  std::vector<Tensor> tensors;
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < ports.size(); ++i) tensors.push_back(drawn(ports[i], lengths[i], random));
  return tensors;
}

std::vector<Tensor> draw_inputs(const InputSource& source, Executor& executor, std::uint64_t run) {
  if (source.is_random()) return random_inputs(executor, source.seed + run);
  std::vector<NamedTensor> arrays;
  if (source.archive) arrays = read_npz(*source.archive);
  auto named = read_named_npy(source.files);
  arrays.insert(arrays.end(), std::make_move_iterator(named.begin()), std::make_move_iterator(named.end()));
  return arrange_inputs(executor.inputs(), arrays);
}

std::vector<Tensor> arrange_inputs(const std::vector<ModelPort>& ports, const std::vector<NamedTensor>& arrays) {
  std::vector<Tensor> tensors(ports.size());
  for (const auto& [name, tensor] : arrays) {
    auto found = std::find_if(ports.begin(), ports.end(), [&, &wanted = name](const ModelPort& port) {
      return port.name == wanted || std::find(port.names.begin(), port.names.end(), wanted) != port.names.end();
    });
    if (found == ports.end()) {
      const auto digits = name.substr(0, 4) == "arr_" ? name.substr(4) : name;
      const auto number = parse_unsigned(digits);
      if (number && *number < ports.size()) found = ports.begin() + static_cast<std::ptrdiff_t>(*number);
    }
    if (found == ports.end()) {
      std::string known;
      for (const auto& port : ports) known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", port.name);
      throw bad_model("the model has no input \"{}\"; it has {}", name, known.empty() ? "none" : known);
    }
    auto& place = tensors[static_cast<std::size_t>(found - ports.begin())];
    if (place) throw bad_model("input \"{}\" is given twice", found->name);
    place = tensor;
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (!tensors[i]) throw bad_model("input {} \"{}\" is not given", i, ports[i].name);
  }
  return tensors;
}

}  // namespace lpt

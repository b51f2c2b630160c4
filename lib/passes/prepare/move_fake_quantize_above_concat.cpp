// Quantizes the inputs of a Concat instead of its output, so that each of them can be an integer operation's.
//
//     Concat(x_i) -> [ReLU ->] FakeQuantize    =>    Concat(x_i -> [ReLU ->] FakeQuantize_i)
//
// Law     Both are elementwise: f(concat(x_i)) == concat(f(x_i)), with the ranges cut along the axis of the Concat.
// Guard   Nobody else reads the Concat. Its inputs are not all the parts of one Split: they would be quantized apart
//         and put together again. Ranges that vary along the axis need known lengths.
// Source  OpenVINO LPT, MoveFakeQuantize.
#include <algorithm>
#include <numeric>

#include "driver/context.hpp"
#include "ops/operation.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

bool are_parts_of_one_split(const Node& concat) {
  const Node& first = concat.input(0).node();
  if (!first.is("Split") && !first.is("VariadicSplit")) return false;
  for (std::size_t i = 1; i < concat.input_count(); ++i) {
    if (&concat.input(i).node() != &first) return false;
  }
  return true;
}

/// The ranges of each input.
std::optional<std::vector<std::vector<SmallTensor>>> cut_ranges(const Node& concat, std::size_t axis,
                                                                const std::vector<SmallTensor>& ranges) {
  const auto rank = concat.output(0).shape().rank();
  std::vector<std::vector<SmallTensor>> result(concat.input_count());
  std::size_t first = 0;
  for (std::size_t i = 0; i < concat.input_count(); ++i) {
    const Shape& shape = concat.input(i).shape();
    if (!shape.has_rank()) return std::nullopt;
    for (const auto& range : ranges) {
      if (range.shape.rank() > rank) return std::nullopt;
      auto own = aligned(range, rank);
      if (own.shape[axis].min == 1) {
        result[i].push_back(range);
        continue;
      }
      if (!shape[axis].is_static()) return std::nullopt;
      std::vector<std::size_t> places(static_cast<std::size_t>(shape[axis].min));
      std::iota(places.begin(), places.end(), first);
      if (first + places.size() > static_cast<std::size_t>(own.shape[axis].min)) return std::nullopt;
      result[i].push_back(collapsed(gathered(own, axis, places)));
    }
    in_one_shape(result[i][2], result[i][3]);
    if (shape[axis].is_static()) first += static_cast<std::size_t>(shape[axis].min);
  }
  return result;
}

Value copy_unary(Graph& graph, Node& position, const Node& node, const std::string& name, Value data) {
  NodeSpec spec;
  spec.type = node.type();
  spec.version = node.version();
  spec.name = name;
  for (const auto& [key, value] : node.attributes()) spec.attributes.emplace_back(key, value);
  spec.inputs = {data};
  for (std::size_t i = 1; i < node.input_count(); ++i) spec.inputs.push_back(node.input(i));
  spec.outputs = {{node.output(0).type(), data.shape()}};
  return graph.insert_before(&position, std::move(spec)).output(0);
}

}  // namespace

Outcome move_fake_quantize_above_concat(Graph& graph, Node& node, PassContext& context) {
  const Node* relu = node.input(0).node().is("ReLU") ? &node.input(0).node() : nullptr;
  const Value joined = relu != nullptr ? relu->input(0) : node.input(0);
  auto& concat = joined.node();
  if (!concat.is("Concat") || !concat.output(0).shape().has_rank()) return no_match();
  if (!joined.has_one_reader() || !node.input(0).has_one_reader())
    return refused(Cause::read_by_others, "others read the Concat as well");
  if (are_parts_of_one_split(concat))
    return refused(Cause::parts_of_one_split, "all inputs of the Concat come from one Split");
  std::vector<SmallTensor> ranges;
  for (std::size_t i = 1; i < 5; ++i) {
    auto range = small_tensor(node.input(i));
    if (!range) return no_match();
    ranges.push_back(std::move(*range));
  }
  const auto axis = axis_of(integer_attribute(concat, "axis"), concat.output(0).shape().rank());
  const auto parts = cut_ranges(concat, axis, ranges);
  if (!parts)
    return refused(Cause::lengths_unknown, "its ranges vary along axis {}, whose lengths are not known", axis);
  for (std::size_t i = 0; i < concat.input_count(); ++i) {
    for (const auto& range : (*parts)[i]) {
      if (const auto* fact = context.runtime.against_channels_behind(concat.input(i), range))
        return refused(refusal(*fact));
    }
  }
  const std::string name(node.name());
  for (std::size_t i = 0; i < concat.input_count(); ++i) {
    const auto suffix = fmt::format("_{}", i + 1);
    Value value = concat.input(i);
    if (relu != nullptr) value = copy_unary(graph, concat, *relu, std::string(relu->name()) + suffix, value);
    Node& copy = copy_unary(graph, concat, node, name + suffix, value).node();
    if (const auto* type = context.types_in_model.find(node)) context.types_in_model[copy] = *type;
    const auto& own = (*parts)[i];
    for (std::size_t k = 0; k < 4; ++k) {
      if (own[k].values != ranges[k].values)
        graph.set_input(
            copy, k + 1,
            insert_parameter(graph, &copy, name + suffix + "/range", node.input(k + 1).type(), own[k]).output(0));
    }
    graph.set_input(concat, i, copy.output(0));
  }
  graph.replace(node.output(0), concat.output(0));
  graph.set_name(concat, name);
  return rewritten();
}

}  // namespace lpt

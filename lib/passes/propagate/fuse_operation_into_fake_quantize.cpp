// Takes the Multiply, Add, Subtract or Convert above a FakeQuantize into its input range.
//
//     x -> Multiply(c) -> FakeQuantize(il, ih)    =>    x -> FakeQuantize(il/c, ih/c)      c > 0
//     x -> Add(c) -> FakeQuantize(il, ih)         =>    x -> FakeQuantize(il - c, ih - c)
//     x -> Subtract(c) -> FakeQuantize(il, ih)    =>    x -> FakeQuantize(il + c, ih + c)
//
// Law     (x*c - il) / (ih - il) == (x - il/c) / (ih/c - il/c), likewise for Add and Subtract.
// Guard   The constant varies along axes 0 and 1 alone. A bias stays with its Convolution. c - x is none of these.
// Source  OpenVINO LPT, FakeQuantizeTransformation; there c - x is taken for x - c.
#include <algorithm>
#include <cmath>
#include <functional>

#include "driver/context.hpp"
#include "ops/operation.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

/// The end of an input range in front of an operation.
SmallTensor range_before(const Node& operation, const SmallTensor& constant, const SmallTensor& range) {
  if (operation.is("Multiply")) return combined(range, constant, std::divides<>());
  if (operation.is("Add")) return combined(range, constant, std::minus<>());
  return combined(range, constant, std::plus<>());
}

bool fuse_one(Graph& graph, Node& node, const PassContext& context) {
  const Node& above = node.input(0).node();
  if (above.is("Convert")) {
    const auto from = above.input(0).type();
    const bool integers = from == ElementType::u8 || from == ElementType::i8;
    if (!integers || !context.goal.has_integer_edges() || !is_real(above.output(0).type())) return false;
    graph.set_input(node, 0, above.input(0));
    relax_fake_quantize(graph, node, node.output(0).type());
    return true;
  }
  const bool subtracts = above.is("Subtract");
  if (!(subtracts || above.is("Add") || above.is("Multiply")) || above.input_count() != 2) return false;
  if (operation_set(above) != "opset1" || context.markup.is_bias(above)) return false;
  const auto found = ranges_of(node);
  const auto* ranges = found ? &*found : nullptr;
  if (ranges == nullptr) return false;
  for (const std::size_t port : {1, 0}) {
    if (port == 0 && subtracts) break;
    const auto constant = small_tensor(above.input(port));
    const Value data = above.input(1 - port);
    if (!constant || !is_real(above.input(port).type()) || small_tensor(data)) continue;
    if (above.output(0).shape() != data.shape() || !fits_range(above, *constant)) return false;
    const auto& values = constant->values;
    if (above.is("Multiply") && !std::all_of(values.begin(), values.end(), [](float c) { return c > 0; })) return false;
    if (context.runtime.against_channels_behind(data, *constant)) return false;
    const auto low = range_before(above, *constant, ranges->input_low);
    const auto high = range_before(above, *constant, ranges->input_high);
    for (std::size_t i = 0; i < low.values.size(); ++i) {
      if (!std::isfinite(low.values[i]) || !std::isfinite(high.values[i]) || !(low.values[i] < high.values[i]))
        return false;
    }
    set_range(graph, node, Side::input, collapsed(low), collapsed(high));
    graph.set_input(node, 0, data);
    if (!is_real(data.type())) relax_fake_quantize(graph, node, node.output(0).type());
    return true;
  }
  return false;
}

}  // namespace

Outcome fuse_operation_into_fake_quantize(Graph& graph, Node& node, PassContext& context) {
  if (!is_real(node.input(1).type())) return no_match();
  bool any = false;
  while (fuse_one(graph, node, context)) any = true;
  return any ? rewritten() : no_match();
}

}  // namespace lpt

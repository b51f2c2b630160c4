// Takes the Multiply, Add, Subtract or Convert above a FakeQuantize into its input range.
//
//     x -> Multiply(c) -> FakeQuantize(il, ih)    =>    x -> FakeQuantize(il/c, ih/c)      c > 0
//     x -> Add(c) -> FakeQuantize(il, ih)         =>    x -> FakeQuantize(il - c, ih - c)
//     x -> Subtract(c) -> FakeQuantize(il, ih)    =>    x -> FakeQuantize(il + c, ih + c)
//
// Law     (x*c - il) / (ih - il) == (x - il/c) / (ih/c - il/c), likewise for Add and Subtract.
// Guard   The constant varies along axes 0 and 1 alone. A bias stays with its Convolution. c - x is none of these.
//         The type of the range holds its new ends. OpenVINO does this when it loads a model: what is for it has no
//         ranges for each channel that take more bytes than the constants which go.
// Source  OpenVINO LPT, FakeQuantizeTransformation; there c - x is taken for x - c.
#include <algorithm>
#include <cmath>
#include <functional>

#include "driver/context.hpp"
#include "ops/operation.hpp"
#include "quant/constant_bytes.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

/// The end of an input range in front of an operation.
SmallTensor range_before(const Node& operation, const SmallTensor& constant, const SmallTensor& range) {
  if (operation.is("Multiply")) return combined(range, constant, std::divides<>());
  if (operation.is("Add")) return combined(range, constant, std::minus<>());
  return combined(range, constant, std::plus<>());
}

/// What a FakeQuantize may read instead, the input range that goes with it, and the constants that are not needed then.
struct Fused {
  Value data;
  SmallTensor low, high;
  std::uint64_t freed = 0;
};

/// Likewise above one more operation; empty if there is none that a range can take in.
std::optional<Fused> fused_with_operation(const Fused& below, const PassContext& context) {
  const Node& above = below.data.node();
  if (above.is("Convert")) {
    const auto from = above.input(0).type();
    const bool integers = from == ElementType::u8 || from == ElementType::i8;
    if (!integers || !context.goal.has_integer_edges() || !is_real(above.output(0).type())) return std::nullopt;
    return Fused{above.input(0), below.low, below.high, below.freed};
  }
  const bool subtracts = above.is("Subtract");
  if (!(subtracts || above.is("Add") || above.is("Multiply")) || above.input_count() != 2) return std::nullopt;
  if (operation_set(above) != "opset1" || context.markup.is_bias(above)) return std::nullopt;
  for (const std::size_t port : {1, 0}) {
    if (port == 0 && subtracts) break;
    const auto constant = small_tensor(above.input(port));
    const Value data = above.input(1 - port);
    if (!constant || !is_real(above.input(port).type()) || small_tensor(data)) continue;
    if (above.output(0).shape() != data.shape() || !fits_range(above, *constant)) return std::nullopt;
    const auto& values = constant->values;
    if (above.is("Multiply") && !std::all_of(values.begin(), values.end(), [](float c) { return c > 0; }))
      return std::nullopt;
    if (context.runtime.against_channels_behind(data, *constant)) return std::nullopt;
    auto low = range_before(above, *constant, below.low), high = range_before(above, *constant, below.high);
    in_one_shape(low, high);
    for (std::size_t i = 0; i < low.values.size(); ++i) {
      if (!std::isfinite(low.values[i]) || !std::isfinite(high.values[i]) || !(low.values[i] < high.values[i]))
        return std::nullopt;
    }
    const auto freed = below.data.has_one_reader() ? bytes_freed_with(above.input(port)) : 0;
    return Fused{data, collapsed(std::move(low)), collapsed(std::move(high)), below.freed + freed};
  }
  return std::nullopt;
}

}  // namespace

Outcome fuse_operation_into_fake_quantize(Graph& graph, Node& node, PassContext& context) {
  const auto real = node.input(1).type();
  if (!is_real(real)) return no_match();
  const auto ranges = ranges_of(node);
  if (!ranges) return no_match();
  Fused fused{node.input(0), ranges->input_low, ranges->input_high}, best = fused;
  while (auto next = fused_with_operation(fused, context)) {
    fused = std::move(*next);
    const auto added = bytes_in_file(real, {fused.low.values.size(), fused.high.values.size()});
    const bool fits = context.goal.has_integer_edges() || added <= fused.freed;
    if (fits && is_exact_in(real, fused.low) && is_exact_in(real, fused.high)) best = fused;
  }
  if (best.data == node.input(0)) return no_match();
  set_range(graph, node, Side::input, best.low, best.high);
  graph.set_input(node, 0, best.data);
  if (!is_real(best.data.type())) relax_fake_quantize(graph, node, node.output(0).type());
  return rewritten();
}

}  // namespace lpt

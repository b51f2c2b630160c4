// Cuts off values in front of a FakeQuantize instead of behind it.
//
//     x -> FakeQuantize -> Clamp(a, b)    =>    x -> Clamp(a, b) -> FakeQuantize        ReLU is Clamp(0, inf)
//
// Law     A FakeQuantize whose ranges are not reversed is monotone: f(clamp(x, a, b)) == clamp(f(x), f(a), f(b)), which is
//         clamp(f(x), a, b) where f(a) == a, or a lies below all that f gives and takes; likewise b.
// Guard   Nobody else reads the FakeQuantize. The runtime says that it gains by it.
// Source  Measured: the runtime gives integers to a kernel behind the Clamp only so.
#include <algorithm>
#include <limits>

#include "driver/context.hpp"
#include "ops/operation.hpp"
#include "quant/activation_quantization.hpp"

namespace lpt {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Cutting off what lies below a bound, or above it, does the same in front of a FakeQuantize and behind.
bool agrees_below(const QuantizedChannel& channel, double bound) {
  return bound <= std::min(channel.input_low, channel.output_low) || channel.keeps(bound);
}
bool agrees_above(const QuantizedChannel& channel, double bound) {
  return bound >= std::max(channel.input_high, channel.output_high) || channel.keeps(bound);
}

Outcome move_above(Graph& graph, Node& clamp, double low, double high, PassContext& context) {
  Node& quantizer = clamp.input(0).node();
  if (!quantizer.is("FakeQuantize") || operation_set(quantizer) != "opset1" || constant_path(quantizer.input(0)))
    return no_match();
  const auto ranges = ranges_of(quantizer);
  if (!ranges || context.runtime.against_clamp_behind_quantizer() == nullptr) return no_match();
  const auto channels = channels_of(*ranges, ranges->levels);
  const auto is_reversed = [](const QuantizedChannel& channel) { return channel.output_low > channel.output_high; };
  if (channels.empty() || std::ranges::any_of(channels, is_reversed)) return no_match();
  if (!clamp.input(0).has_one_reader())
    return refused(Cause::read_by_others, "others read what the FakeQuantize in front of it gives as well");
  for (const auto& channel : channels) {
    const bool agrees = agrees_below(channel, low);
    if (!agrees || !agrees_above(channel, high))
      return refused(Cause::range_not_usable, "its bound {} is no step of the FakeQuantize in front of it, {}..{}",
                     agrees ? high : low, static_cast<float>(channel.output_low),
                     static_cast<float>(channel.output_high));
  }
  const std::string name(clamp.name());
  graph.set_input(clamp, 0, quantizer.input(0));
  graph.replace(clamp.output(0), quantizer.output(0));
  graph.set_input(quantizer, 0, clamp.output(0));
  graph.set_name(clamp, name + "/in_front");
  graph.set_name(quantizer, name);
  return rewritten();
}

}  // namespace

Outcome move_relu_above_fake_quantize(Graph& graph, Node& relu, PassContext& context) {
  return move_above(graph, relu, 0, kInfinity, context);
}

Outcome move_clamp_above_fake_quantize(Graph& graph, Node& clamp, PassContext& context) {
  return move_above(graph, clamp, real_attribute(clamp, "min"), real_attribute(clamp, "max"), context);
}

}  // namespace lpt

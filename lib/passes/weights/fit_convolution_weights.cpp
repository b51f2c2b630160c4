// Stores the weights of a Convolution without their zero point, in i8; what leaves i8 goes to input channels that are
// there twice.
//
//     conv(x, s*(w - z))    =>    conv([x, x_k], s*[c, r_k])        c = clamp(w - z, -128, 127), r = w - z - c
//
// with k the input channels where r is not 0, none or few as a rule: one outlier has set the range. The channels of x are
// repeated where they come from, in the Convolutions that give them, if all layers that share them can have more; else in
// front of the Convolution, by Concat(x, Gather(x, k)).
//
// Law     c + r == w - z, and both fit i8. A channel that is given twice is the same twice, also behind what works channel
//         by channel; all other Convolutions that read it multiply it by zeros.
// Guard   A kernel of integers is won, and the channels are so few that they cost less than it saves. No layer that gets
//         more channels is an input, an output or read by anything that is no Convolution.
// Source  Weights of TFLite models, u8 with a zero point for the tensor; measured with OpenVINO 2026.4: 0.4 to 0.75 of the
//         time of a Convolution in f32.
#include <algorithm>
#include <numeric>

#include "passes/weights/channel_group.hpp"
#include "passes/weights/zero_points.hpp"
#include "quant/channels_source.hpp"

namespace lpt {
namespace {

using Places = std::vector<std::size_t>;

std::size_t channels_of(Value data) { return static_cast<std::size_t>(data.shape()[1].min); }

/// Whether the kernel of integers wins more than so many channels cost.
bool are_few(std::size_t more, std::size_t channels) { return more <= std::max<std::size_t>(channels * 3 / 8, 1); }

/// The input channels of a Convolution that have to be there twice, if they are few and all else fits.
std::optional<Places> wanted_channels(const Node& convolution, const PassContext& context) {
  const auto weights = weights_with_zero_point(convolution, context);
  if (!weights || !channel_weights(convolution)) return std::nullopt;
  auto places = places_beyond_i8(*weights, 1);
  return are_few(places.size(), channels_of(weights->stored)) ? std::optional(std::move(places)) : std::nullopt;
}

Shape widened(const Shape& shape, std::size_t channels) {
  auto dimensions = shape.dimensions();
  dimensions[1] = Dimension::exactly(static_cast<std::int64_t>(channels));
  return Shape(std::move(dimensions));
}

/// Gives a Convolution weights of other channels.
///
/// fits  what remains of them fits i8 without the zero point
void set_weights(Graph& graph, Node& convolution, WeightChannels channels, bool fits, PassContext& context) {
  auto weights = *channel_weights(convolution);
  const Node& old = weights.stored.node();
  auto dimensions = weights.stored.shape().dimensions();
  dimensions[0] = Dimension::exactly(static_cast<std::int64_t>(channels.outputs.size()));
  dimensions[1] = Dimension::exactly(static_cast<std::int64_t>(channels.inputs.size()));
  const Shape shape(std::move(dimensions));
  if (fits && !weights.zero_point) weights.zero_point = scalar(0);
  Dequantization now = weights.with_parameters([&](const SmallTensor& parameter) {
    return parameter.values.size() == 1 ? parameter : gathered(aligned(parameter, shape.rank()), 0, channels.outputs);
  });
  Blob blob = with_channels(weights, std::move(channels));
  if (fits) {
    blob = without_zero_point(now, std::move(blob), shape);
    now.type = ElementType::i8;
    now.zero_point.reset();
    ++context.fitted.layers;
  }
  Node& stored = graph.insert_constant_before(&convolution, std::string(old.name()), now.type, shape, std::move(blob));
  if (context.stored_here.contains(old)) context.stored_here.insert(stored);
  graph.set_input(
      convolution, 1,
      insert_dequantization(graph, &convolution, fmt::format("{}/weights", convolution.name()), stored.output(0), now));
}

/// Lets a reader of data have its channels `repeated` once more, behind all others.
void read_repeated(Graph& graph, Node& convolution, const Places& repeated, const std::optional<Places>& wanted,
                   PassContext& context) {
  auto channels = WeightChannels::of(convolution.input(1).shape());
  for (const auto place : repeated) {
    const bool takes = wanted && std::ranges::binary_search(*wanted, place);
    channels.inputs.push_back({place, takes ? InputChannel::rest : InputChannel::zeros});
  }
  set_weights(graph, convolution, std::move(channels), wanted.has_value(), context);
}

/// Lets a group have its channels `repeated` once more. Its layers do not give what their names meant.
void repeat_in_group(Graph& graph, const ChannelGroup& group, const Places& repeated, PassContext& context) {
  for (const auto* layers : {&group.producers, &group.members}) {
    for (Node* layer : *layers) {
      const Value output = layer->output(0);
      Places all(channels_of(output));
      std::iota(all.begin(), all.end(), std::size_t{0});
      all.insert(all.end(), repeated.begin(), repeated.end());
      if (layer->is("Convolution") || layer->is("GroupConvolution")) {
        auto channels = WeightChannels::of(layer->input(1).shape());
        channels.outputs = all;
        set_weights(graph, *layer, std::move(channels), false, context);
      } else {
        gather_member(graph, *layer, all);
      }
      for (std::size_t i = 0; i < layer->output_count(); ++i)
        graph.set_output(*layer, i, layer->output(i).type(), widened(layer->output(i).shape(), all.size()));
      if (!output.names().empty()) graph.set_names(*layer, 0, {});
      graph.set_name(*layer, graph.unique_name(fmt::format("{}/widened", layer->name())));
    }
  }
}

/// returns  false if the channels of the data cannot be repeated where they come from, or too many would be
bool repeat_at_source(Graph& graph, Node& convolution, PassContext& context) {
  const Value data = convolution.input(0);
  const auto group = channel_group(data, context.fixed_channels);
  if (!group) return false;
  std::vector<std::optional<Places>> wanted;
  Places repeated;
  for (const Node* reader : group->readers) {
    const auto& own = wanted.emplace_back(wanted_channels(*reader, context));
    if (own) repeated.insert(repeated.end(), own->begin(), own->end());
  }
  std::ranges::sort(repeated);
  repeated.erase(std::ranges::unique(repeated).begin(), repeated.end());
  if (!are_few(repeated.size(), channels_of(data))) {
    context.fixed_channels.insert(data.node());
    return false;
  }
  for (std::size_t i = 0; i < group->readers.size(); ++i)
    read_repeated(graph, *group->readers[i], repeated, wanted[i], context);
  repeat_in_group(graph, *group, repeated, context);
  context.fitted.channels += repeated.size();
  return true;
}

Value insert_indices(Graph& graph, Node& before, const std::string& name, const Places& values, const Shape& shape) {
  SmallTensor tensor{shape, {values.begin(), values.end()}};
  return insert_parameter(graph, &before, name, ElementType::i64, tensor).output(0);
}

/// Concat(x, Gather(x, wanted))
void repeat_in_front(Graph& graph, Node& convolution, const Places& wanted, PassContext& context) {
  const Value data = convolution.input(0);
  const std::string name = fmt::format("{}/repeated", convolution.name());
  const Shape list{static_cast<std::int64_t>(wanted.size())};
  NodeSpec gather;
  gather.type = "Gather";
  gather.name = name;
  gather.inputs = {data, insert_indices(graph, convolution, name + "/channels", wanted, list),
                   insert_indices(graph, convolution, name + "/axis", {1}, {})};
  gather.outputs = {{data.type(), widened(data.shape(), wanted.size())}};
  NodeSpec concat;
  concat.type = "Concat";
  concat.name = fmt::format("{}/all_channels", convolution.name());
  concat.attributes = {{"axis", "1"}};
  concat.inputs = {data, graph.insert_before(&convolution, std::move(gather)).output(0)};
  concat.outputs = {{data.type(), widened(data.shape(), channels_of(data) + wanted.size())}};
  graph.set_input(convolution, 0, graph.insert_before(&convolution, std::move(concat)).output(0));
  read_repeated(graph, convolution, wanted, wanted, context);
  context.fitted.channels += wanted.size();
}

}  // namespace

Outcome fit_convolution_weights(Graph& graph, Node& convolution, PassContext& context) {
  const auto weights = weights_with_zero_point(convolution, context);
  if (!weights) return no_match();
  const Shape& data = convolution.input(0).shape();
  const auto inputs = weights->stored.shape()[1];
  const auto wanted = wanted_channels(convolution, context);
  if (wanted && wanted->empty()) {
    store_without_zero_point(graph, convolution, *weights, context);
    return rewritten();
  }
  if (!data.has_rank() || data.rank() < 3 || data[1] != inputs)
    return refused(Cause::lengths_unknown, "its weights are for {} channels, its data is [{}]", inputs.min, data);
  if (!channel_weights(convolution))
    return refused(Cause::weights_scale_off_channels,
                   "the zero point of its weights does not lie along the output channels");
  if (!wanted)
    return refused(Cause::weights_zero_point,
                   "without their zero point its weights leave i8, in {} of {} input channels",
                   places_beyond_i8(*weights, 1).size(), inputs.min);
  if (!repeat_at_source(graph, convolution, context)) repeat_in_front(graph, convolution, *wanted, context);
  return rewritten();
}

}  // namespace lpt

#include "jobs/saturation.hpp"

#include <algorithm>
#include <cmath>

#include "diff/constant_value.hpp"
#include "exec/saturating_sums.hpp"
#include "ops/facts.hpp"
#include "quant/broadcast_runs.hpp"
#include "quant/constant_tensor.hpp"
#include "runtime/kernels.hpp"
#include "tensor/convert.hpp"
#include "tensor/parallel.hpp"

namespace lpt {
namespace {

/// How a value is seen as bytes: value = scale * (byte - offset).
struct Bytes {
  DataBytes range;
  float scale = 1, offset = 0;
  bool has_one_scale = true;
};

constexpr std::int32_t kShift = 128;  ///< from i8 to u8

/// Integers on an edge, less their zero point if that is subtracted on it; empty for anything else.
std::optional<Bytes> bytes_of_edge(Value value) {
  constexpr std::uint64_t kMostChannels = 1 << 20;
  std::optional<Tensor> zero_points;
  if (const Node& above = value.node(); above.is("Subtract") && is_type_relaxed(above)) {
    zero_points = constant_tensor(above.input(1), kMostChannels);
    if (!zero_points || zero_points->count() == 0) return std::nullopt;
    value = above.input(0);
  }
  if (value.type() != ElementType::i8 && value.type() != ElementType::u8) return std::nullopt;
  Bytes bytes = value.type() == ElementType::i8 ? Bytes{{0, 255, -128, 127}, 1, kShift} : Bytes{};
  if (!zero_points) return bytes;
  const Tensor real = convert(*zero_points, ElementType::f32);
  const auto [least, most] = std::minmax_element(real.data<float>(), real.data<float>() + real.count());
  bytes.range.least -= std::lround(*most);
  bytes.range.most -= std::lround(*least);
  bytes.offset += *least;
  bytes.has_one_scale = *least == *most;
  return bytes;
}

/// Convolutions and recurrent layers take signed data as u8 with a zero point, the others as i8.
Bytes bytes_of(const RuntimeKernels::Steps& steps, const Node& layer) {
  constexpr std::uint64_t kFew = 16;  // 15 levels are spread over 256
  const bool is_few = steps.levels == kFew;
  const auto last = is_few ? 15 : 255;
  const bool is_signed = steps.low < 0 && steps.centred && !layer.is("Convolution") && !layer.is("GroupConvolution") &&
                         !is_recurrent_sequence(layer);
  const float scale = (steps.high - steps.low) / static_cast<float>(is_signed ? steps.levels - 1 : last);
  if (!(scale > 0)) return {{0, 255, -255, 255}, 1, 0, false};
  Bytes bytes{{0, last, std::lround(steps.low / scale), std::lround(steps.high / scale)}, scale, 0, steps.uniform};
  if (is_signed && is_few) bytes.range.low = kShift - 8, bytes.range.high = kShift + 7;
  bytes.offset = is_signed ? kShift : -steps.low / scale;
  return bytes;
}

/// The weights of a layer, or what it multiplies its data with in their place.
struct Weights {
  SummedWeights form;
  std::optional<ConstantValue> value;  ///< empty where they are no constant whose integers are known
  std::vector<float> scales;           ///< of the channels
};

struct IntegerLayer {
  const Node* node;
  Bytes data;
  std::optional<Bytes> other;    ///< of input 1, where that is no constant
  std::vector<Weights> weights;  ///< two of recurrent layers
};

/// Of each channel, from the first of its weights.
std::vector<float> scales_of(const SummedWeights& form, const SmallTensor& scale, const Shape& shape) {
  std::vector<float> scales;
  const BroadcastRuns runs(shape, scale.shape);
  for (std::int64_t block = 0; block < form.blocks; ++block) {
    for (std::int64_t i = 0; i < form.inner; i += form.taps)
      runs.visit(static_cast<std::uint64_t>(block * form.block() + i), 1,
                 [&](const Run& run) { scales.push_back(scale.values[run.parameter]); });
  }
  return scales;
}

std::optional<Weights> weights_of(const Node& layer, std::size_t port) {
  const auto form = SummedWeights::of(layer, layer.input(port).shape());
  if (!form) return std::nullopt;
  Weights weights{*form, ConstantValue::of(layer.input(port)), {}};
  if (!weights.value) return weights;
  const bool is_known =
      weights.value->group() == 0 && (weights.value->scale() || weights.value->stored() == ElementType::i8);
  if (!is_known) {
    weights.value.reset();
  } else {
    weights.scales = scales_of(*form, weights.value->scale().value_or(scalar(1)), weights.value->shape());
  }
  return weights;
}

/// In a type-relaxed model by the types of the edges, else as it is foreseen.
std::optional<Bytes> bytes_at(const Node& node, std::size_t port, const RuntimeKernels& kernels) {
  if (is_type_relaxed(node)) return sums_products(node) ? bytes_of_edge(node.input(port)) : std::nullopt;
  const auto* steps = kernels.steps(node, port);
  return steps == nullptr ? std::nullopt : std::optional(bytes_of(*steps, node));
}

std::optional<IntegerLayer> integer_layer(const Node& node, const RuntimeKernels& kernels) {
  const auto data = bytes_at(node, 0, kernels);
  const bool runs = is_type_relaxed(node) || (kernels.start() && kernels.run_in_integers(node));
  if (!runs || !data) return std::nullopt;
  IntegerLayer layer{&node, *data, {}, {}};
  std::vector<std::size_t> ports{1};
  if (is_recurrent_sequence(node)) ports = node.is("LSTMSequence") ? std::vector{4UL, 5UL} : std::vector{3UL, 4UL};
  for (const auto port : ports) {
    auto weights = weights_of(node, port);
    if (!weights) return std::nullopt;
    if (!weights->value) layer.other = bytes_at(node, port, kernels).value_or(Bytes{{0, 255, -128, 127}});
    layer.weights.push_back(std::move(*weights));
  }
  return layer;
}

std::vector<IntegerLayer> integer_layers(const Model& model) {
  RuntimeKernels kernels;
  for_each_graph(*model.graph, [&](const Graph& graph) { kernels.add(graph); });
  std::vector<IntegerLayer> layers;
  for_each_node(*model.graph, [&](const Node& node) {
    if (!node.is_live() || !is_heavy(node)) return;
    if (auto layer = integer_layer(node, kernels)) layers.push_back(std::move(*layer));
  });
  return layers;
}

/// Goes over the weights in pieces: several blocks, or pairs of rows of one.
void add_up(const Weights& weights, const DataBytes& data, std::vector<ChannelSums>& sums) {
  constexpr std::int64_t kPiece = 1 << 16;
  const auto& form = weights.form;
  const bool is_whole = form.pairs == SummedWeights::Pairs::of_neighbours || form.block() <= kPiece;
  const auto rows = is_whole ? form.summed : std::max<std::int64_t>(2, kPiece / form.inner / 2 * 2);
  const auto blocks = std::max<std::int64_t>(1, kPiece / form.block());
  std::vector<float> real;
  std::vector<std::int8_t> integers;
  for (std::int64_t block = 0; block < form.blocks; block += blocks) {
    const auto last_block = std::min(form.blocks, block + blocks);
    for (std::int64_t row = 0; row < form.summed; row += rows) {
      const auto last_row = std::min(form.summed, row + rows);
      const auto size = static_cast<std::size_t>((last_row - row) * form.inner);
      const auto first = static_cast<std::uint64_t>(block * form.block() + row * form.inner);
      integers.resize(static_cast<std::size_t>(last_block - block) * size);
      const bool are_stored = weights.value->read_integers(first, integers);
      real.resize(are_stored ? 0 : integers.size());
      if (!are_stored) weights.value->read(first, real);
      for (auto each = block; each < last_block; ++each) {
        const SummedWeights::Part part{each, row, last_row};
        const auto at = static_cast<std::size_t>(each - block) * size;
        const auto here = std::span(integers).subspan(at, size);
        if (!are_stored) to_integers(form, part, std::span(real).subspan(at, size), weights.scales, here);
        add_up(form, part, here, data, sums);
      }
    }
  }
}

/// What the largest and smallest weights of all would make of one channel.
void add_up(const Weights& weights, const Bytes& other, const DataBytes& data, std::vector<ChannelSums>& sums) {
  const auto least = static_cast<std::int32_t>(std::max<std::int64_t>(other.range.least, INT8_MIN));
  const auto most = static_cast<std::int32_t>(std::min<std::int64_t>(other.range.most, INT8_MAX));
  constexpr auto kMost = std::int64_t{1} << 40;  // products of bytes, whose sum 64 bits hold with ease
  const auto products = std::min(weights.form.block() / weights.form.channels_of_block(), kMost);
  sums[0].positive += most * products;
  sums[0].negative += least * products;
  if (weights.form.pairs == SummedWeights::Pairs::none || products < 2) return;
  sums[0].low_pair = PairSums(data, least, least).low;
  sums[0].high_pair = PairSums(data, most, most).high;
}

Saturation bound(const IntegerLayer& layer) {
  Saturation result{LayerLabel(*layer.node)};
  const auto& data = layer.data.range;
  result.channels = static_cast<std::uint64_t>(layer.weights[0].form.channels());
  // Where the integers are not known, all channels are alike.
  std::vector<ChannelSums> sums(layer.other ? 1 : result.channels);
  for (const auto& weights : layer.weights) {
    if (layer.other) {
      add_up(weights, *layer.other, data, sums);
    } else {
      add_up(weights, data, sums);
    }
  }
  for (std::size_t channel = 0; channel < sums.size(); ++channel) {
    const auto& sum = sums[channel];
    const auto pair = sum.largest_pair(), whole = sum.largest_sum(data);
    if (std::pair(pair, whole) >
        std::pair(sums[result.worst_channel].largest_pair(), sums[result.worst_channel].largest_sum(data)))
      result.worst_channel = channel;
    result.beyond_32_bits += sum.leaves_32_bits(data);
    result.beyond_16_bits += sum.saturates();
    result.largest_sum = std::max(result.largest_sum, whole);
    result.largest_pair_sum = std::max(result.largest_pair_sum, pair);
  }
  if (!layer.other) return result;
  result.beyond_32_bits *= result.channels;
  result.beyond_16_bits *= result.channels;
  return result;
}

std::vector<Saturation> bounds(const std::vector<IntegerLayer>& layers) {
  std::vector<Saturation> result;
  for (const auto& layer : layers) result.emplace_back(LayerLabel(*layer.node));
  constexpr std::int64_t kAlwaysPays = 1 << 20;
  parallel_ranges(static_cast<std::int64_t>(layers.size()), kAlwaysPays, [&](std::int64_t first, std::int64_t last) {
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i)
      result[i] = bound(layers[i]);
  });
  return result;
}

/// What a run needs to know of a layer; empty for one that is left exact.
std::optional<SaturatingLayer> saturating(const IntegerLayer& layer) {
  const auto type = layer.node->output(0).type();
  const bool has_one_scale = layer.data.has_one_scale && (!layer.other || layer.other->has_one_scale);
  if (!sums_products(*layer.node) || !has_one_scale || !(is_real(type) || type == ElementType::i32))
    return std::nullopt;
  return SaturatingLayer{layer.data.range, layer.data.scale, layer.data.offset,
                         layer.other ? std::vector{layer.other->scale} : layer.weights[0].scales};
}

}  // namespace

std::vector<Saturation> saturation(const Model& model) { return bounds(integer_layers(model)); }

std::uint64_t SaturatedRun::saturated_layers() const {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(layers, [](const auto& layer) { return layer.saturated != 0; }));
}

std::optional<SaturatedRun> run_saturated(const Model& model, const VerifyOptions& options) {
  SaturatedRun result;
  std::vector<SaturatingLayer> known;
  NodeMap<std::size_t> places;
  const auto layers = integer_layers(model);
  const auto found = bounds(layers);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    auto layer = found[i].beyond_16_bits == 0 ? std::nullopt : saturating(layers[i]);
    if (!layer) continue;
    places[*layers[i].node] = known.size();
    known.push_back(std::move(*layer));
    result.layers.push_back({found[i].layer});
  }
  if (known.empty()) return std::nullopt;
  bool saturates = false;
  RunOptions run_options{.most_iterations = options.most_iterations, .leaves_out = true};
  run_options.amend_sums = [&](const Node& node, std::span<const Tensor> inputs, Tensor& output) {
    const auto* place = saturates ? places.find(node) : nullptr;
    if (place == nullptr) return;
    const auto count = saturate_sums(known[*place], node, inputs, output);
    result.layers[*place].pairs += count.all;
    result.layers[*place].saturated += count.saturated;
  };
  Executor executor(model, run_options);
  const auto inputs = draw_inputs(options.inputs, executor);
  const auto exact = executor.run(inputs);
  executor.variables().clear();
  saturates = true;
  const auto outputs = executor.run(inputs);
  const auto names = output_names(executor.outputs());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& [name, d] = result.outputs.emplace_back(names[i], distance(exact[i], outputs[i]));
    result.least_sqnr_db =
        std::min(result.least_sqnr_db, d.same_shape ? d.sqnr_db : -std::numeric_limits<double>::infinity());
  }
  return result;
}

}  // namespace lpt

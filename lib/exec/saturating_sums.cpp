// Few pairs of weights are so large that their sums can leave 16 bits at all. Only these are looked at, in all places.
#include "exec/saturating_sums.hpp"

#include <atomic>
#include <cmath>

#include "ops/convolution.hpp"
#include "ops/facts.hpp"
#include "ops/mat_mul.hpp"
#include "tensor/broadcast.hpp"
#include "tensor/convert.hpp"
#include "tensor/parallel.hpp"
#include "tensor/saturate.hpp"

namespace lpt {
namespace {

/// Two elements of the weights.
struct Pair {
  std::int64_t first, second;
};

constexpr std::int64_t kPadding = -1;

/// Calls `visit(first, second, sum)` with the elements of the data that meet a pair of weights of a channel, or
/// kPadding, and that of the output to which their products go.
template <class Visit>
void visit_places(const ConvolutionSizes& sizes, const SummedWeights&, std::int64_t channel, Pair pair,
                  const Visit& visit) {
  const auto& [depth, height, width] = sizes.windows;
  struct Source {
    std::int64_t channel, d, h, w;
  };
  const auto source = [&](std::int64_t element) {
    const auto tap = element % sizes.taps();
    return Source{channel / sizes.out * sizes.in + element / sizes.taps() % sizes.in,
                  tap / (height.kernel * width.kernel), tap / width.kernel % height.kernel, tap % width.kernel};
  };
  const Source first = source(pair.first), second = source(pair.second);
  const auto place = [&](const Source& from, std::int64_t image, std::int64_t d, std::int64_t h, std::int64_t w) {
    const auto in_d = depth.input(d, from.d), in_h = height.input(h, from.h), in_w = width.input(w, from.w);
    if (!depth.has(in_d) || !height.has(in_h) || !width.has(in_w)) return kPadding;
    const auto plane = image * sizes.groups * sizes.in + from.channel;
    return ((plane * depth.in + in_d) * height.in + in_h) * width.in + in_w;
  };
  for (std::int64_t image = 0; image < sizes.batch; ++image) {
    auto sum = (image * sizes.groups * sizes.out + channel) * sizes.out_area();
    for (std::int64_t d = 0; d < depth.out; ++d) {
      for (std::int64_t h = 0; h < height.out; ++h) {
        for (std::int64_t w = 0; w < width.out; ++w, ++sum)
          visit(place(first, image, d, h, w), place(second, image, d, h, w), sum);
      }
    }
  }
}

/// Likewise of a transposed convolution, whose windows go over the output.
struct BackpropSizes : ConvolutionSizes {};

template <class Visit>
void visit_places(const BackpropSizes& sizes, const SummedWeights& weights, std::int64_t channel, Pair pair,
                  const Visit& visit) {
  const auto& [depth, height, width] = sizes.windows;
  const auto tap = pair.first % weights.taps;
  const auto plane = [&](std::int64_t element, std::int64_t image) {
    return ((image * sizes.groups + channel / sizes.in) * sizes.out + element / weights.inner % sizes.out) *
           sizes.out_area();
  };
  for (std::int64_t image = 0; image < sizes.batch; ++image) {
    for (std::int64_t place = 0; place < sizes.out_area(); ++place) {
      const auto d = depth.input(place / (height.out * width.out), tap / (height.kernel * width.kernel));
      const auto h = height.input(place / width.out % height.out, tap / width.kernel % height.kernel);
      const auto w = width.input(place % width.out, tap % width.kernel);
      if (!depth.has(d) || !height.has(h) || !width.has(w)) continue;
      const auto image_out = image * sizes.groups * sizes.in + channel;
      visit(plane(pair.first, image) + place, plane(pair.second, image) + place,
            ((image_out * depth.in + d) * height.in + h) * width.in + w);
    }
  }
}

/// A MatMul with its products of single matrices.
struct MatMulBatches : MatMulSizes {
  struct Matrices {
    std::int64_t a, b, result;
  };
  std::vector<Matrices> matrices;

  explicit MatMulBatches(MatMulSizes sizes) : MatMulSizes(std::move(sizes)) {
    const BroadcastRows<2> rows(batch, {a_batch, b_batch});
    rows.visit(0, product(batch) / std::max<std::int64_t>(1, rows.row_length()), [&](const auto& row) {
      for (std::int64_t i = 0; i < rows.row_length(); ++i)
        matrices.push_back({row.inputs[0] + i * rows.steps()[0], row.inputs[1] + i * rows.steps()[1], row.first + i});
    });
  }
};

template <class Visit>
void visit_places(const MatMulBatches& sizes, const SummedWeights& weights, std::int64_t channel, Pair pair,
                  const Visit& visit) {
  const auto column = sizes.transpose_a ? sizes.m : 1, line = sizes.transpose_a ? 1 : sizes.k;
  const auto first = pair.first / weights.inner % sizes.k * column;
  const auto second = pair.second / weights.inner % sizes.k * column;
  for (const auto& [a, b, result] : sizes.matrices) {
    if (b != channel / sizes.n) continue;
    for (std::int64_t row = 0; row < sizes.m; ++row) {
      const auto start = a * sizes.m * sizes.k + row * line;
      visit(start + first, start + second, (result * sizes.m + row) * sizes.n + channel % sizes.n);
    }
  }
}

/// How often each pair of weights meets data.
std::int64_t places(const ConvolutionSizes& sizes, const SummedWeights&) { return sizes.batch * sizes.out_area(); }
std::int64_t places(const MatMulBatches& sizes, const SummedWeights& weights) {
  const auto matrices = static_cast<std::int64_t>(sizes.matrices.size());
  return matrices * sizes.m * sizes.n / std::max<std::int64_t>(1, weights.channels());
}

template <class Sizes>
PairCount amend(const SaturatingLayer& layer, const Node& node, const Sizes& sizes, std::span<const Tensor> inputs,
                Tensor& output) {
  const Tensor data = convert(inputs[0], ElementType::f32), real = convert(inputs[1], ElementType::f32);
  const auto byte_of = [&](float value) {
    const double byte = std::nearbyint(value / layer.data_scale + layer.data_offset);
    return std::clamp<std::int32_t>(saturate<std::uint8_t>(byte), layer.data.low, layer.data.high);
  };
  const auto padding = byte_of(0);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(data.count()));
  std::transform(data.data<float>(), data.data<float>() + data.count(), bytes.begin(), byte_of);

  const auto form = SummedWeights::of(node, shape_of(inputs[1].lengths()));
  if (!form) return {};
  const auto& weights = *form;
  std::vector<std::int8_t> integers(static_cast<std::size_t>(real.count()));
  std::vector<std::vector<Pair>> pairs(static_cast<std::size_t>(weights.channels()));
  PairCount count;
  for (std::int64_t block = 0; block < weights.blocks; ++block) {
    const SummedWeights::Part part{block, 0, weights.summed};
    const auto first = static_cast<std::size_t>(block * weights.block()),
               size = static_cast<std::size_t>(weights.block());
    to_integers(weights, part, {real.data<float>() + first, size}, layer.weights_scales,
                {integers.data() + first, size});
    weights.for_each_pair(part, SummedWeights::Neighbours::of_avx2, [&](auto channel, auto a, auto b) {
      ++count.all;
      if (PairSums(layer.data, integers[a], integers[b]).saturates()) pairs[channel].push_back({a, b});
    });
  }
  count.all *= static_cast<std::uint64_t>(places(sizes, weights));

  std::vector<double> sums(static_cast<std::size_t>(output.count()));
  std::atomic<std::uint64_t> saturated = 0;
  parallel_ranges(weights.channels(), places(sizes, weights), [&](std::int64_t from, std::int64_t until) {
    for (auto channel = from; channel < until; ++channel) {
      std::uint64_t here = 0;
      const auto& scales = layer.weights_scales;
      const double unit = double{layer.data_scale} * scales[scales.size() == 1 ? 0 : channel];
      for (const auto pair : pairs[channel]) {
        const std::int32_t a = integers[pair.first], b = integers[pair.second];
        visit_places(sizes, weights, channel, pair, [&](std::int64_t first, std::int64_t second, std::int64_t sum) {
          const auto byte = [&](std::int64_t element) { return element == kPadding ? padding : bytes[element]; };
          const std::int32_t exact = byte(first) * a + byte(second) * b;
          const std::int32_t cut = std::clamp<std::int32_t>(exact, INT16_MIN, INT16_MAX);
          here += cut != exact;
          sums[sum] += unit * (cut - exact);
        });
      }
      saturated += here;
    }
  });
  count.saturated = saturated;
  if (count.saturated == 0) return count;
  Tensor result(ElementType::f64, output.lengths());
  const Tensor exact = convert(output, ElementType::f64);
  std::transform(sums.begin(), sums.end(), exact.data<double>(), result.data<double>(), std::plus<>());
  output = convert(result, output.type());
  return count;
}

}  // namespace

PairCount saturate_sums(const SaturatingLayer& layer, const Node& node, std::span<const Tensor> inputs,
                        Tensor& output) {
  const Arguments arguments(node, inputs);
  if (node.is("MatMul")) return amend(layer, node, MatMulBatches(mat_mul_sizes(arguments)), inputs, output);
  if (node.is("Convolution") || node.is("GroupConvolution"))
    return amend(layer, node, convolution_sizes(arguments), inputs, output);
  return amend(layer, node, BackpropSizes{backprop_sizes(arguments)}, inputs, output);
}

}  // namespace lpt

#pragma once

#include <span>
#include <vector>

#include "quant/pair_sums.hpp"
#include "tensor/tensor.hpp"

namespace lpt {

/// What has to be known of a convolution or a MatMul to sum its products as a CPU without VNNI does.
struct SaturatingLayer {
  DataBytes data;
  float data_scale = 1, data_offset = 0;  ///< data = data_scale * (bytes - data_offset)
  std::vector<float> weights_scales;      ///< real units per step: one, or one for each channel
};

/// How many sums of pairs there were, and how many did not fit 16 bits.
struct PairCount {
  std::uint64_t all = 0, saturated = 0;
};

/// Gives the output of a layer the values that it has on such a CPU. The layer was computed exactly; what saturation
/// takes from its sums, or adds to them, is added to the output.
///
/// throws  LayerError for shapes that do not fit
PairCount saturate_sums(const SaturatingLayer& layer, const Node& node, std::span<const Tensor> inputs, Tensor& output);

}  // namespace lpt

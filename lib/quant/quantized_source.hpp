#pragma once

#include <vector>

#include "quant/weights_source.hpp"

namespace lpt {

/// What the quantization of one constant needs, for each parameter of a shape that broadcasts to the weights.
struct QuantizeParameters {
  Shape shape;
  std::vector<float> low, high;  ///< input range
  std::vector<float> base;       ///< stored value of the first step
  unsigned levels;
};

/// The steps of a FakeQuantize as stored integers; QuantizeKernel has the formula.
class QuantizedSource final : public WeightsSource {
 public:
  /// type  i8, u8, i4 or u4
  QuantizedSource(ConstantPath weights, QuantizeParameters parameters, ElementType type);

 private:
  void compute_run(const std::byte* weights, std::int8_t* out, const Run& run) const override;

  QuantizeParameters parameters_;
};

}  // namespace lpt

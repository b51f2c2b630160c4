#include "quant/f8.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "tensor/small_types.hpp"
#include "quant/weights_source.hpp"

namespace lpt {
namespace {

class F8Source final : public WeightsSource {
 public:
  F8Source(ConstantPath weights, ElementType f8, SmallTensor scale, SmallTensor shift)
      : WeightsSource(std::move(weights), scale.shape, f8),
        f8_(f8),
        scale_(std::move(scale)),
        shift_(std::move(shift)) {}

 private:
  void compute_run(const std::byte* weights, std::int8_t* out, const Run& run) const override {
    for (std::size_t i = 0; i < run.count; ++i) {
      float w;
      std::memcpy(&w, weights + i * sizeof w, sizeof w);
      const auto k = run.parameter + (run.varies ? i : 0);
      out[i] = static_cast<std::int8_t>(to_f8(f8_, w * scale_.values[k] - shift_.values[k]));
    }
  }

  ElementType f8_;
  SmallTensor scale_, shift_;  ///< of one shape
};

}  // namespace

Expected<Blob> convert_weights_to_f8(const ConstantPath& weights, ElementType f8, const SmallTensor& scale,
                                     const std::optional<SmallTensor>& shift) {
  if (weights.real != ElementType::f32)
    return refused(Cause::weights_of_other_type, "its weights are {}, only f32 is folded", name(weights.real));
  const SmallTensor no_shift{scale.shape, std::vector<float>(scale.values.size())};
  const SmallTensor& moved = shift ? *shift : no_shift;
  const auto shape = broadcast(scale.shape, moved.shape);
  if (!shape || !broadcasts_to(*shape, weights.shape)) {
    return refused(Cause::range_not_usable, "its scale or shift does not fit weights of shape [{}]", weights.shape);
  }
  for (const float s : scale.values) {
    if (!std::isfinite(s) || !std::isfinite(1 / s)) return refused(Cause::scale_zero, "its scale {} has no inverse", s);
  }
  return Blob(std::make_shared<F8Source>(weights, f8, scale.broadcast_to(*shape), moved.broadcast_to(*shape)));
}

}  // namespace lpt

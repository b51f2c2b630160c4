#include "passes/weights/zero_points.hpp"

#include <algorithm>

#include "ops/facts.hpp"
#include "quant/constant_bytes.hpp"

namespace lpt {

std::optional<Dequantization> weights_with_zero_point(const Node& layer, const PassContext& context) {
  if (!sums_products(layer) || !context.kernels_without_zero_points.run_in_integers(layer)) return std::nullopt;
  auto dq = Dequantization::producing_constant(layer.input(1), context.float_edges);
  if (!dq || dq->stored.node().constant() == nullptr || !context.runtime.against_integer_kernel(*dq))
    return std::nullopt;
  if (dq->type != ElementType::u8 && dq->type != ElementType::i8) return std::nullopt;
  if (!dq->zero_point) dq->zero_point = scalar(0);
  return is_exact_in(dq->type, *dq->zero_point) ? std::move(dq) : std::nullopt;
}

}  // namespace lpt

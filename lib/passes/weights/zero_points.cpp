#include "passes/weights/zero_points.hpp"

#include <algorithm>

#include "ops/facts.hpp"
#include "quant/channels_source.hpp"
#include "quant/constant_bytes.hpp"

namespace lpt {

std::optional<Dequantization> weights_with_zero_point(const Node& layer, const PassContext& context) {
  const auto& kernels = context.kernels_without_zero_points;
  if (!sums_products(layer) || !kernels.start() || !kernels.run_in_integers(layer)) return std::nullopt;
  auto dq = Dequantization::producing_constant(layer.input(1), context.float_edges);
  if (!dq || dq->stored.node().constant() == nullptr || !context.runtime.against_integer_kernel(*dq))
    return std::nullopt;
  if (dq->type != ElementType::u8 && dq->type != ElementType::i8) return std::nullopt;
  if (!dq->zero_point) dq->zero_point = scalar(0);
  return is_exact_in(dq->type, *dq->zero_point) ? std::move(dq) : std::nullopt;
}

void store_without_zero_point(Graph& graph, Node& layer, const Dequantization& weights, PassContext& context) {
  const Shape& shape = weights.stored.shape();
  Dequantization below = weights;
  below.type = ElementType::i8;
  below.zero_point.reset();
  replace_stored_weights(graph, layer.input(1).node(), weights,
                         without_zero_point(weights, *weights.stored.node().constant(), shape), shape, below, context);
  ++context.fitted.layers;
}

}  // namespace lpt

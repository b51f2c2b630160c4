// Stores the zero point in front of an integer operation as an integer, as kernels take it.
//
//     x:u8 -> Convert -> Subtract(82.976) -> Convolution    =>    x:u8 -> Subtract(u8 83):f32 -> Convolution
//
// Law     None: the zero point moves by up to half a step, which the report tells. Half a step away from zero goes up.
// Guard   For a dialect that follows the runtime. The zero point lies in the type.
// Source  OpenVINO LPT, NetworkHelper::optimizeSubtract.
#include <algorithm>
#include <cmath>

#include "driver/context.hpp"
#include "ops/facts.hpp"
#include "ops/operation.hpp"

namespace lpt {

Outcome round_zero_points(Graph& graph, Node& subtract, PassContext& context) {
  if (subtract.input_count() != 2) return no_match();
  const Node& convert = subtract.input(0).node();
  if (!convert.is("Convert") || bits(convert.input(0).type()) != 8 || !is_integer(convert.input(0).type()))
    return no_match();
  for (const Input& use : subtract.output(0).readers()) {
    if (!is_convolution(*use.node) || !is_type_relaxed(*use.node)) return no_match();
  }
  auto zero_point = small_tensor(subtract.input(1));
  if (!zero_point) return no_match();
  const Value stored = convert.input(0);
  SmallTensor moves = *zero_point;
  for (std::size_t i = 0; i < moves.values.size(); ++i) {
    float& z = zero_point->values[i];
    moves.values[i] = std::round(z) - z;
    z = std::round(z);
  }
  const float farthest = moves.farthest_from_0();
  if (std::abs(farthest) > kZeroPointTolerance) {
    const auto* of_one_step = context.of_one_step.find(subtract);
    auto displacement = of_one_step != nullptr ? *of_one_step : Displacement{};
    displacement.offset *= farthest;
    context.departures.push_back({LayerLabel(subtract),
                                  fmt::format("its zero point is rounded, by up to {:.3g} steps", std::abs(farthest)),
                                  std::move(displacement)});
  }
  if (is_uniform(*zero_point) && zero_point->values[0] == 0) {
    graph.replace(subtract.output(0), stored);
    return rewritten();
  }
  const std::string name(subtract.name());
  graph.set_input(subtract, 1,
                  insert_parameter(graph, &subtract, name + "/zero_point", stored.type(), *zero_point).output(0));
  graph.set_input(subtract, 0, stored);
  relax_types(graph, subtract, {}, ElementType::f32);
  return rewritten();
}

}  // namespace lpt

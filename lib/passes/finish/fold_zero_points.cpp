// Stores the zero point of a dequantization that is left over as the real number that it is subtracted as.
//
//     x -> Subtract(c:u8 -> Convert(f32))    =>    x -> Subtract(c:f32)
//
// Law     Integers of 8 bits are exact in f32 and f16.
// Guard   For a dialect with operations of mixed types. Stored weights keep their form.
// Source  OpenVINO LPT, FoldConvertTransformation.
#include "ops/operation.hpp"
#include "driver/context.hpp"

namespace lpt {

Outcome fold_zero_points(Graph& graph, Node& subtract, PassContext&) {
  if (subtract.input_count() != 2) return no_match();
  const Node& convert = subtract.input(1).node();
  if (!convert.is("Convert") || convert.input(0).node().constant() == nullptr || constant_path(subtract.input(0)))
    return no_match();
  const auto zero_point = small_tensor(subtract.input(1));
  if (!zero_point) return no_match();
  const auto type = subtract.input(1).type();
  const std::string name(convert.name());
  graph.set_input(subtract, 1, insert_parameter(graph, &subtract, name, type, *zero_point).output(0));
  return rewritten();
}

}  // namespace lpt

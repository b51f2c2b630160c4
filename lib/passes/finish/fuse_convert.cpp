// Lets an elementwise operation by a constant, or a FakeQuantize, read integers without a Convert.
//
//     x:u8 -> Convert(f32) -> Multiply(c)    =>    x:u8 -> Multiply(c):f32
//
// Law     Integers of 8 bits are exact in f32 and f16.
// Guard   For a dialect with operations of mixed types. Integers without a sign stay converted where something below 0
//         is subtracted, or an integer. The inputs of a recurrent sequence keep their form.
// Source  OpenVINO LPT, FuseConvertTransformation.
#include <algorithm>

#include "ops/operation.hpp"
#include "passes/propagate/recurrent.hpp"

namespace lpt {

Outcome fuse_convert(Graph& graph, Node& convert, PassContext& context) {
  if (!is_integer(convert.input(0).type()) || bits(convert.input(0).type()) != 8) return no_match();
  const auto real = convert.output(0).type();
  if (real != ElementType::f32 && real != ElementType::f16) return no_match();
  if (convert.input(0).node().constant() != nullptr) return no_match();
  Node* reader = convert.output(0).single_reader();
  if (reader == nullptr || !(reader->is("Multiply") || reader->is("Add") || reader->is("Subtract"))) return no_match();
  const auto constant = small_tensor(reader->input(1));
  if (!constant || reader->input(0) != convert.output(0) || reader->input(1).node().constant() == nullptr)
    return no_match();
  if (reader->is("Subtract") && !is_signed_integer(convert.input(0).type()) &&
      std::any_of(constant->values.begin(), constant->values.end(), [](float v) { return v < 0; }))
    return no_match();
  Node* last = reader->is("Subtract") ? reader->output(0).single_reader() : reader;
  if (last != nullptr && feeds_recurrent(*last, context)) return no_match();
  graph.set_input(*reader, 0, convert.input(0));
  relax_types(graph, *reader, std::vector{ElementType::f32, ElementType::f32}, reader->output(0).type());
  return rewritten();
}

}  // namespace lpt

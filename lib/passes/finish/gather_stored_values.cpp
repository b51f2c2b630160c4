// Lets Gather take rows from the stored values of a table that has a scale for each, and dequantizes those alone.
//
//     Const(i8) -> Convert -> Multiply(s) -> Gather(i)
//     =>  Const(i8) -> Gather(i) -> Convert -> Multiply(Gather(s, i))
//
// Law     An elementwise operation does the same to an element wherever it stands; bit-exact.
// Guard   Integers of 8 bits, indices that are not known yet. The scale varies along the axis that is gathered; one for
//         all the runtime moves by itself.
// Source  Measured with OpenVINO 2026.4.
#include "driver/context.hpp"
#include "ops/attributes.hpp"

namespace lpt {
namespace {

/// The same Gather of other data, of which `axis` has the length that is gathered, the others their own.
Value insert_gather(Graph& graph, Node& gather, const std::string& name, Value data, std::size_t axis) {
  const auto places = gather.input(1).shape().dimensions();
  const auto lengths = data.shape().dimensions();
  const auto cut = static_cast<std::ptrdiff_t>(axis);
  std::vector<Dimension> shape(lengths.begin(), lengths.begin() + cut);
  shape.insert(shape.end(), places.begin(), places.end());
  shape.insert(shape.end(), lengths.begin() + cut + 1, lengths.end());
  NodeSpec spec;
  spec.type = gather.type();
  spec.version = gather.version();
  spec.name = name;
  for (const auto& [key, value] : gather.attributes()) spec.attributes.emplace_back(key, value);
  spec.inputs = {data, gather.input(1), gather.input(2)};
  spec.outputs = {{data.type(), Shape(std::move(shape))}};
  return graph.insert_before(&gather, std::move(spec)).output(0);
}

}  // namespace

Outcome gather_stored_values(Graph& graph, Node& gather, PassContext& context) {
  const Value table = gather.input(0), indices = gather.input(1);
  if (!context.runtime.against_gather_of_real_values() || !table.node().is("Multiply") || constant_path(indices))
    return no_match();
  const auto dq = Dequantization::producing_constant(table, {});
  if (!dq || !dq->scale || is_uniform(*dq->scale) || dq->stored.node().constant() == nullptr || !is_integer(dq->type) ||
      bits(dq->type) != 8 || dq->real != ElementType::f32 || dq->stored.shape() != table.shape())
    return no_match();
  const auto rank = table.shape().rank();
  const auto place = constant_integers(gather.input(2));
  if (!place || place->size() != 1) return refused(Cause::operand_not_constant, "its axis is no constant");
  if (!indices.shape().has_rank()) return refused(Cause::rank_unknown, "the rank of its indices is not known");
  if (integer_attribute(gather, "batch_dims", 0) != 0)
    return refused(Cause::attributes_not_supported, "it gathers in batches");
  const auto axis = axis_of(place->front(), rank);
  for (const auto member : {&Dequantization::scale, &Dequantization::zero_point}) {
    const auto& parameter = (*dq).*member;
    if (parameter && !varies_only_along(*parameter, axis, rank))
      return refused(Cause::parameters_vary_along_axis, "the {} of its table varies along another axis than {}",
                     Dequantization::name_of(member), axis);
  }
  const std::string name(gather.name());
  const auto parameter = [&](const SmallTensor& values, const std::string& of) {
    const bool uniform = is_uniform(values);
    const auto own = uniform ? collapsed(values) : aligned(values, rank);
    const Value constant = insert_parameter(graph, &gather, name + of, dq->real, own).output(0);
    return uniform ? constant : insert_gather(graph, gather, name + of + "/gathered", constant, axis);
  };
  Value value = insert_gather(graph, gather, name + std::string(kOriginalSuffix), dq->stored, axis);
  value = insert_convert(graph, &gather, name + std::string(kWeightsNames.convert), value, dq->real);
  if (dq->zero_point)
    value = insert_elementwise(graph, &gather, "Subtract", name + std::string(kWeightsNames.subtract), value,
                               parameter(*dq->zero_point, "/zero_point"), dq->real)
                .output(0);
  Node& last = insert_elementwise(graph, &gather, "Multiply", name + std::string(kWeightsNames.multiply), value,
                                  parameter(*dq->scale, "/scale"), dq->real);
  graph.move_annotations(gather, last);
  graph.replace(gather.output(0), last.output(0));
  graph.set_name(last, name);
  return rewritten();
}

}  // namespace lpt

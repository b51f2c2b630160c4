// FakeConvert: what is left of a value on the way through an 8-bit real type, for a scale s and a shift h (0 if
// absent):
//
//     (f8(x * s - h) + h) / s
//
// Source: OpenVINO FakeConvert-13.
#include "ops/elementwise_binary.hpp"
#include "tensor/convert.hpp"
#include "tensor/small_types.hpp"

namespace lpt {

void fake_convert_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 2, 3);
  const auto* type = node.attribute("destination_type");
  if (type != nullptr && *type != "f8e4m3" && *type != "f8e5m2") {
    throw LayerError("destination_type is \"{}\", should be f8e4m3 or f8e5m2", *type);
  }
}

std::vector<OutputSpec> fake_convert_infer(const Arguments& arguments) {
  return {{arguments.type(0), arguments.shape(0)}};
}

void fake_convert_evaluate(Evaluation& run) {
  const Tensor& given = run.input(0);
  if (!is_real(given.type()) || given.type() == ElementType::f64)
    throw LayerError("its input is {}, should be f32, f16 or bf16", name(given.type()));
  const auto* text = run.node().attribute("destination_type");
  const auto f8 = text != nullptr ? *element_type(*text) : ElementType::f8e4m3;
  const Tensor x = convert(given, ElementType::f32);
  const Tensor scale = convert(run.input(1), ElementType::f32);
  Tensor shift(ElementType::f32, {});
  *shift.data<float>() = 0;
  if (run.input_count() > 2) shift = convert(run.input(2), ElementType::f32);
  for (const Tensor* parameter : {&scale, static_cast<const Tensor*>(&shift)}) {
    if (broadcast_lengths(x.lengths(), parameter->lengths()) != x.lengths())
      throw LayerError("a parameter of [{}] does not broadcast to [{}]", to_string(parameter->lengths()),
                       to_string(x.lengths()));
  }
  Tensor out(ElementType::f32, x.lengths());
  const BroadcastRows<3> rows(x.lengths(), {x.lengths(), scale.lengths(), shift.lengths()});
  const auto& steps = rows.steps();
  rows.visit_all(20, [&](const auto& row) {
    for (std::int64_t i = 0; i < rows.row_length(); ++i) {
      const float s = scale.data<float>()[row.inputs[1] + i * steps[1]];
      const float h = shift.data<float>()[row.inputs[2] + i * steps[2]];
      const std::uint8_t code = to_f8(f8, x.data<float>()[row.inputs[0] + i * steps[0]] * s - h);
      out.data<float>()[row.first + i] = (decode_small(f8, std::as_bytes(std::span(&code, 1)), 0) + h) / s;
    }
  });
  run.set_output(0, convert(out, given.type()));
}

}  // namespace lpt

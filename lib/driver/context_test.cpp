#include "driver/context.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

TEST_CASE("activations are quantized by a FakeQuantize or a Convert of small integers, for a live layer") {
  const auto is_quantized = [](std::string_view text) {
    INFO(text);
    return has_quantized_activations(parse_text(text));
  };
  const std::string range = "l = Const value=0 : f32[]\nh = Const value=1 : f32[]\n";
  const std::string quantizer = range + "q = FakeQuantize(x, l, h, l, h) levels=256 : f32[2]\n";
  CHECK(is_quantized("x = Parameter : f32[2]\n" + quantizer + "r = Result(q)\n"));
  CHECK(is_quantized("x = Parameter : u8[2]\nc = Convert(x) : f32[2]\nr = Result(c)\n"));
  CHECK(is_quantized("x = Parameter : i8[2]\nc = Convert(x) : f16[2]\nr = Result(c)\n"));
  CHECK(is_quantized("x = Parameter : i4[2]\nc = Convert(x) : f32[2]\nr = Result(c)\n"));
  // Weights
  CHECK(!is_quantized("x = Const value=[1,2] : f32[2]\n" + quantizer + "r = Result(q)\n"));
  CHECK(!is_quantized("x = Const value=[1,2] : u8[2]\nc = Convert(x) : f32[2]\nr = Result(c)\n"));
  // Indices, and integers that stay integers
  CHECK(!is_quantized("x = Parameter : i32[2]\nc = Convert(x) : f32[2]\nr = Result(c)\n"));
  CHECK(!is_quantized("x = Parameter : u8[2]\nc = Convert(x) : i32[2]\nr = Result(c)\n"));
  CHECK(!is_quantized("x = Parameter : boolean[2]\nc = Convert(x) : f32[2]\nr = Result(c)\n"));
  // What no result reaches
  CHECK(!is_quantized("x = Parameter : f32[2]\n" + quantizer + "r = Result(x)\n"));
  CHECK(!is_quantized("x = Parameter : u8[2]\nc = Convert(x) : f32[2]\nr = Result(x)\n"));
}

TEST_CASE("activations are also quantized in bodies") {
  const auto with = [](std::string_view type) {
    return fmt::format(R"(
      cond = Parameter                  : boolean[]
      x = Parameter                     : {0}[3]
      y = If@opset8(cond, x)            : f32[3] {{
        then_port_map input external_port_id=1 internal_layer_id=0
        then_port_map output external_port_id=2 internal_layer_id=2
        else_port_map input external_port_id=1 internal_layer_id=0
        else_port_map output external_port_id=2 internal_layer_id=2
        then_body {{
          a#0 = Parameter               : {0}[3]
          b = Convert(a#0)              : f32[3]
          r#2 = Result(b)
        }}
        else_body {{
          a#0 = Parameter               : {0}[3]
          b = Convert(a#0)              : f32[3]
          r#2 = Result(b)
        }}
      }}
      r = Result(y)
    )",
                       type);
  };
  CHECK(has_quantized_activations(parse_text(with("u8"))));
  CHECK(!has_quantized_activations(parse_text(with("i64"))));
}

namespace {

/// The dequantization in front of an input of the layer y.
std::optional<Dequantization> before(const Model& model, std::size_t port, const PassContext& context) {
  return dequantization_before(layer_named(*model.graph, "y"), port, context);
}

}  // namespace

TEST_CASE("the dequantization in front of an input is one of integers") {
  const PassContext context{Goal()};
  const auto integers = parse_text(
      "x = Parameter : u8[2]\nd = Dequantize(x) scale=.5 zero_point=3 : f32[2]\ny = ReLU(d) : f32[2]\nr = Result(y)\n");
  const auto found = before(integers, 0, context);
  REQUIRE(found);
  CHECK(found->stored.node().name() == "x");
  CHECK(found->type == ElementType::u8);
  CHECK(found->scale->values == std::vector<float>{.5});
  CHECK(found->zero_point->values == std::vector<float>{3});
  CHECK(!before(integers, 1, context));
  CHECK(!before(parse_text("x = Parameter : u8[2]\nd = Convert(x) : f32[2]\ny = ReLU(d) : f32[2]\n"), 0, context));
  // A scale of real data has nothing to do with quantization.
  const auto scaled =
      "x = Parameter : f32[2]\ns = Const value=.5 : f32[]\nd = Multiply(x, s) : f32[2]\ny = ReLU(d) : f32[2]\n";
  CHECK(!before(parse_text(scaled), 0, context));
}

TEST_CASE(
    "the dequantization in front of an input is one of what an integer operation gave, or of integers on float edges") {
  PassContext context{Goal()};
  const auto relaxed = parse_text(
      "x = Parameter : u8[2,2]\nw = Parameter : i8[2,2]\nm = MatMul@type_relaxed_opset1(x, w) type_relax=true "
      "input_data_types=[f32,f32] output_data_types=f32 : f32[2,2]\ns = Const value=.5 : f32[]\nd = Multiply(m, s) : "
      "f32[2,2]\ny = ReLU(d) : f32[2,2]\n");
  const auto summed = before(relaxed, 0, context);
  REQUIRE(summed);
  CHECK(summed->stored.node().name() == "m");
  CHECK(!summed->on_float_edge);
  const auto scaled = parse_text(
      "x = Parameter : f32[2]\ns = Const value=.5 : f32[]\nd = Multiply(x, s) : f32[2]\ny = ReLU(d) : f32[2]\n");
  context.float_edges[scaled.graph->first()->output(0)] = {ElementType::i8, scalar(3)};
  const auto edge = before(scaled, 0, context);
  REQUIRE(edge);
  CHECK(edge->on_float_edge);
  CHECK(edge->type == ElementType::i8);
  CHECK(!edge->zero_point);
  CHECK(edge->absorbed_zero_point->values == std::vector<float>{3});
  CHECK(edge->scale->values == std::vector<float>{.5});
}

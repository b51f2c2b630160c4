#include "diff/units.hpp"

#include <catch2/catch.hpp>

#include "driver/mark.hpp"
#include "quant/parameter_algebra.hpp"
#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

TEST_CASE("units are what integers are dequantized by, also behind and in front of what only moves them") {
  const auto model = parse_text(R"(
    x = Parameter                        : u8[1,2,4,4]
    p = MaxPool@opset8(x) kernel=[2,2] strides=[2,2] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] : u8[1,2,2,2], i64[1,2,2,2]
    c = Convert(p.0)                     : f32[1,2,2,2]
    z = Const value=3                    : f32[]
    d = Subtract(c, z)                   : f32[1,2,2,2]
    s = Const value=.5                   : f32[]
    y = Multiply(d, s)                   : f32[1,2,2,2]
    r = Result(y)
  )");
  const Units units(model);
  for (const auto* name : {"x", "p"}) {
    const auto* unit = units.of(layer_named(*model.graph, name).output(0));
    REQUIRE(unit);
    CHECK(unit->scale.values == std::vector<float>{.5});
    CHECK(unit->zero_point->values == std::vector<float>{3});
    CHECK(unit->is_integer);
  }
  CHECK(units.of(layer_named(*model.graph, "y").output(0)) == nullptr);
}

TEST_CASE("a multiplication that has nothing to do with quantization gives no units") {
  const auto model =
      parse_text("x = Parameter : f32[2]\ns = Const value=.5 : f32[]\ny = Multiply(x, s) : f32[2]\nr = Result(y)\n");
  CHECK(Units(model).of(layer_named(*model.graph, "x").output(0)) == nullptr);
}

TEST_CASE("units are what the rt_info of a model lists") {
  auto model = parse_text(
      "x = Parameter : f32[1,2,4,4]\ny = ReLU(x) : f32[1,2,4,4]\ny#7 = ReLU(y) : f32[1,2,4,4]\nr = Result(y#7)\n");
  PassContext context({Mode::full, Dialect::openvino, find_target("cpu")});
  context.multiples = {{"x", "", 0, 4, ElementType::f32, {Shape{1, 2, 1, 1}, {.25, .125}}},
                       {"y", "", 0, 4, ElementType::f32, scalar(2)},  // two layers have this name
                       {"nobody", "", 0, 4, ElementType::f32, scalar(2)},
                       {"r", "", 5, 4, ElementType::f32, scalar(2)}};
  mark(model, context, {});
  const Units units(model);
  const auto* unit = units.of(layer_named(*model.graph, "x").output(0));
  REQUIRE(unit);
  CHECK(unit->scale.values == std::vector<float>{.25, .125});
  CHECK(unit->scale.shape == Shape{1, 2, 1, 1});
  CHECK(!unit->zero_point);
  for (const Node* node = model.graph->first(); node != nullptr; node = node->next()) {
    if (node->is("ReLU")) CHECK(units.of(node->output(0)) == nullptr);
  }
}

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "driver/mark.hpp"
#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

// Columns of the weights sum up to 0.09 and 0.12.
const std::string kWeights = dequantized("w", "v = Const value=[1,2,3,4,5,6] : i8[3,2]", "scale=.01");

std::string quantized(RangeText range = {"-1.32", "1.23"}) {
  return fake_quantized("q", "x = Parameter : f32[2,3]", 256, range);
}

std::string product(std::string_view data = "q", std::string_view attributes = "transpose_a=false transpose_b=false") {
  return kWeights + fmt::format("m = MatMul({}, w) {} : f32[2,2]\n", data, attributes);
}

const std::string kBias = "b = Const value=[1,2] : f32[1,2]\na = Add(m, b) : f32[2,2]\nr = Result(a)\n";

Converted checked(const std::string& text) {
  INFO(text);
  Converted converted(text, Dialect::openvino);
  check_same_function(parse_text(text), converted.model, 1e-5);
  return converted;
}

void check_stays(const std::string& text, std::string_view reason) {
  const auto converted = checked(text);
  CHECK(converted.formula().find("-> 0..") == std::string::npos);
  CHECK(converted.refusal("move_zero_point_into_bias") == reason);
}

}  // namespace

TEST_CASE("move_zero_point_into_bias: -1.32 * 0.09 and -1.32 * 0.12 go to the bias") {
  const auto converted = checked(quantized() + product() + kBias);
  CHECK(converted.formula() ==
        "Add(MatMul(FQ256(x; -1.32..1.23 -> 0..2.55), Multiply(Convert([1,2,3,4,5,6]:i8[3,2]), 0.01)), "
        "[0.8812,1.8416][1,2])");
  CHECK(Converted(quantized() + product() + kBias, Dialect::openvino, "gpu").formula().find("-> 0..") ==
        std::string::npos);
}

TEST_CASE("move_zero_point_into_bias: without a bias an Add is added, under the name of the product") {
  const auto converted = checked(quantized() + product() + "r = Result(m)\n");
  CHECK(converted.line("m") == "m = Add(m_original, m/zero_point) : f32[2,2]");
  CHECK(converted.line("m/zero_point") == "m/zero_point = Const value=[-0.1188,-0.1584] : f32[2]");
}

TEST_CASE("move_zero_point_into_bias: rows of transposed weights, steps, and what only moves elements") {
  const auto turned = dequantized("w", "v = Const value=[1,3,5,2,4,6] : i8[2,3]", "scale=[.01,.02]@0") +
                      "m = MatMul(q, w) transpose_a=false transpose_b=true : f32[2,2]\n";
  CHECK(checked(quantized() + turned + kBias).formula().ends_with("[0.8812,1.6832][1,2])"));
  const auto folded =
      fake_quantized("w", "v = Const value=[.01,.02,.03,.04,.05,.06] : f32[3,2]", 255, {"-1.27", "1.27"}) +
      "m = MatMul(q, w) transpose_a=false transpose_b=false : f32[2,2]\n";
  const auto steps = checked(quantized() + folded + kBias).formula();
  CHECK(steps.find("FQ256(x; -1.32..1.23 -> 0..255)") != std::string::npos);
  CHECK(steps.ends_with("[0.8812,1.8416][1,2])"));
  const auto moved = "o = Const value=[1,2,3] : i64[3]\nz = Reshape(q, o) special_zero=false : f32[1,2,3]\n" +
                     kWeights + "m = MatMul(z, w) transpose_a=false transpose_b=false : f32[1,2,2]\nr = Result(m)\n";
  CHECK(checked(quantized() + moved).line("m/zero_point") == "m/zero_point = Const value=[-0.1188,-0.1584] : f32[2]");
}

TEST_CASE("move_zero_point_into_bias: rt_info says what the tensor holds, and that the product vanished") {
  const auto converted = checked(quantized() + product() + kBias);
  const auto& multiples = converted.context.multiples;
  REQUIRE(multiples.size() == 1);
  CHECK(multiples[0].layer == "q");
  CHECK(multiples[0].type == ElementType::f32);
  CHECK(multiples[0].scale.values == std::vector<float>{1});
  CHECK(multiples[0].zero_point == 1.32F);
  CHECK(converted.line("m").empty());
}

TEST_CASE("move_zero_point_into_bias: symmetric ranges and ranges from 0 have no zero point") {
  for (const RangeText range : {RangeText{"0", "2.55"}, RangeText{"-1.28", "1.27"}}) {
    const auto converted = checked(quantized(range) + product() + kBias);
    CHECK(converted.refusal("move_zero_point_into_bias").empty());
    CHECK(converted.formula().ends_with("[1,2][1,2])"));
  }
}

TEST_CASE("move_zero_point_into_bias: refusals") {
  check_stays(quantized() + product() + kBias + "s = Result(q)\n", "\"s\" (Result) reads it as well");
  check_stays(quantized() + product() + kBias + "t = ReLU(q) : f32[2,3]\ns = Result(t)\n",
              "\"t\" (ReLU) reads it as well");
  check_stays(quantized() +
                  "y = Parameter : f32[3,2]\nm = MatMul(q, y) transpose_a=false transpose_b=false : f32[2,2]\n" + kBias,
              "the weights of \"m\" are no stored integers with a scale by column");
}

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fuse_multiply_into_fake_quantize";

std::string quantized(std::string_view low, std::string_view high, std::string_view type) {
  return fmt::format(
      "x = Parameter : f32[1,3,4,4]\nil = Const value=0 : f32[]\nih = Const value=2.55 : f32[]\nol = Const value={} : "
      "f32[]\noh = Const value={} : f32[]\n"
      "f = FakeQuantize@type_relaxed_opset1(x, il, ih, ol, oh) type_relax=true input_data_types=\"\" "
      "output_data_types={} levels=256 : {}[1,3,4,4]\n",
      low, high, type, type);
}

/// The ends of a range have one shape: where they do not OpenVINO mistakes the scales. The FakeQuantize gives what the
/// model calls d.
std::string real(std::string_view low, std::string_view high, std::string_view shape = {}) {
  return fmt::format(
      "x = Parameter : f32[1,3,4,4]\nil = Const value=0 : f32[]\nih = Const value=2.55 : f32[]\n\"f/output_low\" = "
      "Const value={0} : f32[{2}]\n"
      "\"f/output_high\" = Const value={1} : f32[{2}]\nd = FakeQuantize(x, il, ih, \"f/output_low\", "
      "\"f/output_high\") "
      "levels=256 : f32[1,3,4,4]\nr = Result(d)\n",
      low, high, shape);
}

}  // namespace

// Rows O.. of the specification of quantization.
TEST_CASE("fuse_multiply_into_fake_quantize: a dequantization that nobody took goes into the output range") {
  check_rewrite(kPass, quantized("0", "255", "u8") + "d = Dequantize(f) scale=.5 : f32[1,3,4,4]\nr = Result(d)\n",
                real("0", "127.5"), 1, 1e-6);
  check_rewrite(kPass, quantized("-128", "127", "i8") + "d = Dequantize(f) scale=.5 : f32[1,3,4,4]\nr = Result(d)\n",
                real("-64", "63.5"), 1, 1e-6);
  check_rewrite(kPass,
                quantized("0", "255", "u8") + "d = Dequantize(f) scale=[.5,.4,.3]@1 : f32[1,3,4,4]\nr = Result(d)\n",
                real("[0,0,0]", "[127.5,102,76.5]", "1,3,1,1"), 1, 1e-6);
  check_rewrite(
      kPass, quantized("0", "255", "u8") + "d = Dequantize(f) scale=.01 zero_point=128 : f32[1,3,4,4]\nr = Result(d)\n",
      real("-1.28", "1.27"), 1, 1e-6);
}

TEST_CASE("fuse_multiply_into_fake_quantize: a scale that is widened from f16, in front of the data") {
  check_conversion(fake_quantized("f", "x = Parameter : f32[1,3,4,4]", 256, {"0", "2.55"}) +
                       "h = Const value=.5 : f16[]\ns = Convert(h) : f32[]\ny = Multiply(s, f) : f32[1,3,4,4]\nr = "
                       "Result(y)\n",
                   {"FQ256(x; 0..2.55 -> 0..1.275)", "FQ256(x; 0..2.55 -> 0..1.275)"});
}

TEST_CASE("fuse_multiply_into_fake_quantize: other readers, or channels that are not known, keep the integers") {
  const auto unknown = fake_quantized("f", "x = Parameter : f32[1,?,4,4]", 256, {"0", "2.55"}, {"0", "255"}) +
                       "s = Const value=[.5,.4,.3] : f32[1,3,1,1]\ny = Multiply(f, s) : f32[1,?,4,4]\nr = Result(y)\n";
  check_refused(kPass, unknown, "its range cannot follow the channels");
  CHECK(Converted(unknown, Dialect::openvino).first_refusal(kPass).cause() == Cause::range_off_channels);
  check_no_match(kPass, quantized("0", "255", "u8") +
                            "d = Dequantize(f) scale=.5 : f32[1,3,4,4]\nr = Result(d)\ne = Dequantize(f) scale=.25 : "
                            "f32[1,3,4,4]\ns = Result(e)\n");
}

// Rows O2 to O8: what a model spells out behind a FakeQuantize, through the whole pipeline.
TEST_CASE("what stands behind a FakeQuantize goes into its output range") {
  const auto check = [](std::string_view shape, RangeText out, const std::string& lines, const std::string& formula,
                        const std::string& openvino = "unchanged") {
    auto text = fake_quantized("f", fmt::format("x = Parameter : f32[{}]", shape), 256, {"0", "2.55"}, out);
    check_conversion(text + lines + "r = Result(y)\n", {formula, openvino});
  };
  const std::string halves = "s = Const value=[.5,.4,.3] : f32[1,3,1,1]\n";
  check("1,3,4,4", {"0", "255"}, halves + "y = Multiply(f, s) : f32[1,3,4,4]\n",
        "FQ256(x; 0..2.55 -> 0..[127.5,102,76.5])");  // one range for each channel takes twice the bytes of the scales
  const std::string zero_points = "z = Const value=[128,64,32,16] : f32[1,4,1,1]\n";
  check("1,4,2,2", {"0", "255"}, zero_points + "y = Subtract(f, z) : f32[1,4,2,2]\n",
        "FQ256(x; 0..2.55 -> [-128,-64,-32,-16]..[127,191,223,239])");
  check("1,4,2,2", {"0", "255"}, "z = Const value=128 : f32[]\ny = Subtract(f, z) : f32[1,4,2,2]\n",
        "FQ256(x; 0..2.55 -> -128..127)", "FQ256(x; 0..2.55 -> -128..127)");
}

TEST_CASE("fuse_multiply_into_fake_quantize: halves that do not hold the new range stay") {
  const auto text = [](std::string_view scale) {
    return fmt::format(
        "x = Parameter : f16[2]\nl = Const value=0 : f16[]\nh = Const value=2.5 : f16[]\no = Const value=255 : "
        "f16[]\nq "
        "= FakeQuantize(x, l, h, l, o) levels=256 : f16[2]\ns = Const value={} : f16[]\ny = Multiply(q, s) : "
        "f16[2]\nr = Result(y)\n",
        scale);
  };
  check_refused("fuse_multiply_into_fake_quantize", text(".1"), "its range would be rounded in f16",
                Cause::half_precision_steps);
  CHECK(Converted(text(".5"), Dialect::openvino).formula() == "Convert(FQ256(Convert(x); 0..2.5 -> 0..127.5)):f16");
}

TEST_CASE(
    "fuse_multiply_into_fake_quantize: behind a MatMul a range for each channel would be more than its kernel takes") {
  const auto text = [](std::string_view shape, std::string_view scales) {
    return fmt::format("x = Parameter : f32[{0}]\nz = Parameter : f32[{0}]\n", shape) +
           fake_quantized("q", fmt::format("m = MatMul(x, z) transpose_a=false transpose_b=false : f32[{}]", shape),
                          256, {"0", "2.55"}) +
           fmt::format("s = Const value=[1,2] : f32[{}]\ny = Multiply(q, s) : f32[{}]\nr = Result(y)\n", scales, shape);
  };
  CHECK(Converted(text("1,2,4,4", "1,2,1,1"), Dialect::openvino).refusal("fuse_multiply_into_fake_quantize") ==
        fact_text("channel_parameters_behind_mat_mul"));
  CHECK(Converted(text("2,2", "1,2"), Dialect::openvino).refusal("fuse_multiply_into_fake_quantize").empty());
}

TEST_CASE("fuse_multiply_into_fake_quantize: a range that would not be finite stays") {
  check_refused(kPass, quantized("0", "255", "u8") + "d = Dequantize(f) scale=1e38 : f32[1,3,4,4]\nr = Result(d)\n",
                "its range would not be finite", Cause::range_not_usable);
}

TEST_CASE("fuse_multiply_into_fake_quantize: a zero point that keeps a scale in front of an eps stays") {
  const auto text = [](std::string_view zero_point) {
    return fake_quantized("f", "x = Parameter : f32[1,3,4,4]", 256, {"0", "2.55"}, {"0", "255"}) +
           fmt::format(
               "z = Const value={} : f32[]\ns = Const value=.01 : f32[]\nd = Subtract(f, z) : f32[1,3,4,4]\nm = "
               "Multiply(d, s) : f32[1,3,4,4]\na = Const value=[1] : i64[1]\ny = NormalizeL2(m, a) eps=0.001 "
               "eps_mode=add : f32[1,3,4,4]\nr = Result(y)\n",
               zero_point);
  };
  CHECK(Converted(text("128"), Dialect::openvino).refusal(kPass) == fact_text("epsilon_of_scaled_data"));
  CHECK(Converted(text("100"), Dialect::openvino).formula() == "NormalizeL2(FQ256(x; 0..2.55 -> -1..1.55))");
}

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "remove_fake_quantize";

std::string model(std::string_view type, std::string_view il, std::string_view ih, std::string_view ol,
                  std::string_view oh) {
  return fmt::format(
      "x = Parameter : {0}[1,4]\nil = Const value={1} : f32[]\nih = Const value={2} : f32[]\nol = Const value={3} : "
      "f32[]\noh = Const value={4} : f32[]\n"
      "q = FakeQuantize@type_relaxed_opset1(x, il, ih, ol, oh) type_relax=true input_data_types=[f32,f32,f32,f32,f32] "
      "output_data_types={0} levels=256 : "
      "{0}[1,4]\nm = Convert(q) : f32[1,4]\nr = Result(m)\n",
      type, il, ih, ol, oh);
}

std::string without(std::string_view type) {
  return fmt::format("x = Parameter : {0}[1,4]\nm = Convert(x) : f32[1,4]\nr = Result(m)\n", type);
}

}  // namespace

// Rows O12.. of the specification of quantization.
TEST_CASE("remove_fake_quantize: integers that stay what they are") {
  check_rewrite(kPass, model("u8", "0", "255", "0", "255"), without("u8"));
  check_rewrite(kPass, model("i8", "-128", "127", "-128", "127"), without("i8"));
  // Off by a tenth of a step at the end: 254.9 still becomes 255.
  check_rewrite(kPass, model("u8", "0", "254.9", "0", "255"), without("u8"));
}

TEST_CASE("remove_fake_quantize: another range changes them") {
  check_no_match(kPass, model("u8", "0", "127.5", "0", "255"));
  check_no_match(kPass, model("u8", "0", "255", "0", "254"));
  check_no_match(kPass, model("i8", "0", "255", "0", "127"));
}

TEST_CASE("remove_fake_quantize: on real edges integers that stay what they are, and no others") {
  const auto convolved = [](std::string_view name, std::string_view data) {
    return dequantized(fmt::format("w{}", name), filled(fmt::format("v{}", name), "2", "i8", "1,2,1,1"), "scale=.01") +
           fmt::format(
               "{0} = Convolution({1}, w{0}) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
               "auto_pad=explicit : f32[1,1,2,2]\nr{0} = Result({0})\n",
               name, data);
  };
  // The first Convolution has the integers of f, so that g reads them as well.
  const auto check = [&](std::string_view high, const std::string& expected) {
    const auto text = fake_quantized("f", "x = Parameter : f32[1,2,2,2]", 256, {"0", "2.55"}) +
                      "p = ReLU(f) : f32[1,2,2,2]\n" + convolved("y", "p") +
                      fake_quantized("g", "q = ReLU(p) : f32[1,2,2,2]", 256, {"0", high}) + convolved("z", "g");
    const Converted standard(text, Dialect::openvino);
    const std::string relu = "FQ256(x; 0..2.55 -> 0..255)", weights = ", Multiply(Convert(2:i8[1,2,1,1]), ";
    CHECK(standard.formula() == "Convolution(" + relu + weights + "0.0001))\nConvolution(" +
                                    fmt::format(fmt::runtime(expected), relu, weights));
    check_same_function(parse_text(text), standard.model, 1e-5);
  };
  check("2.55", "ReLU({}){}0.0001))");
  // A third of a step: halves would lie between two of them, where the last bit decides.
  check("7.65", "FQ256({}; 0..765 -> 0..255){}0.0003))");
}

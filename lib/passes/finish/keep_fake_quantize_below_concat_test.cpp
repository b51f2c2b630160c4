#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

struct Block {
  std::string_view multiplier = "[.5,2,1,1]", low = "0", more = "", batch = "1", relu = "ReLU";
  bool quantized = true;
};

/// Two inputs, batch normalization, ReLU, and a FakeQuantize that a Convolution reads.
std::string block(const Block& b) {
  std::string text;
  for (const auto* name : {"a", "b"}) {
    const auto input = fmt::format("{}_x = Parameter : f32[{},2,3,3]", name, b.batch);
    text += b.quantized ? fake_quantized(name, input, 256, {"-1.28", "1.27"})
                        : input + fmt::format("\n{0} = Sigmoid({0}_x) : f32[{1},2,3,3]\n", name, b.batch);
  }
  text += fmt::format(
      "c = Concat(a, b) axis=1 : f32[{0},4,3,3]\nk = Const value={1} : f32[1,4,1,1]\nm = Multiply(c, k) : "
      "f32[{0},4,3,3]\n"
      "t = Const value=[1,0,-1,0] : f32[1,4,1,1]\ns = Add(m, t) : f32[{0},4,3,3]\n",
      b.batch, b.multiplier);
  text += fake_quantized("q", fmt::format("y = {}(s) : f32[{},4,3,3]", b.relu, b.batch), 256, {b.low, "2.55"});
  return text + dequantized("w", filled("v", "2", "i8", "1,4,1,1"), "scale=.01") +
         fmt::format(
             "z = Convolution(q, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
             "f32[{},1,3,3]\nr = Result(z)\n",
             b.batch) +
         std::string(b.more);
}

std::string range_of(const Block& b) {
  const auto text = block(b);
  INFO(text);
  const Converted converted(text, Dialect::openvino);
  check_same_function(parse_text(text), converted.model, 1e-5);
  const auto formula = converted.formula();
  const auto at = formula.find("..2.55");
  return formula.substr(formula.rfind(' ', at) + 1, at - formula.rfind(' ', at) - 1);
}

}  // namespace

TEST_CASE("keep_fake_quantize_below_concat: the range begins just below 0, the ReLU stays, and 0 is read again") {
  CHECK(range_of({}) == "-1e-30");
  const Converted converted(block({}), Dialect::openvino);
  CHECK(converted.formula().find("ReLU(") != std::string::npos);
  auto again = Converted(print_text(*converted.model.graph), Dialect::type_relaxed).formula();
  again.replace(again.find("-1e-30"), 6, "0");
  CHECK(again == Converted(block({}), Dialect::type_relaxed).formula());
}

TEST_CASE("keep_fake_quantize_below_concat: other forms are not copied by the runtime, or nothing is lost by it") {
  CHECK(range_of({.low = "-.5"}) == "-0.5");
  CHECK(range_of({.quantized = false}) == "0");
  CHECK(range_of({.multiplier = "[.5,2,1,-1]"}) == "0");
  CHECK(range_of({.multiplier = "[.5,2,1,0]"}) == "0");
  CHECK(range_of({.more = "r2 = Result(y)\n"}) == "0");
  CHECK(range_of({.more = "r2 = Result(c)\n"}) == "0");
  CHECK(range_of({.batch = "?"}) == "0");
  CHECK(range_of({.relu = "Sigmoid"}) == "0");
}

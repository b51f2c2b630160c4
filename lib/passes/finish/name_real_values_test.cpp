#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "testing/check_conversion.hpp"

using namespace lpt;

namespace {

constexpr std::string_view kWindow = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";

/// A depthwise Convolution of q, data under a FakeQuantize, beside what some lines make of q.
std::string beside(const std::string& lines, RangeText range = {"0", "2.55"}) {
  auto quantized = fake_quantized("q", "x = Parameter : f32[1,2,4,4]", 256, range);
  quantized.insert(quantized.size() - 1, " names=\"q:0\"");
  return quantized + lines + dequantized("w", filled("v", "2", "i8", "2,1,1,3,3"), "scale=.01") +
         fmt::format("y = GroupConvolution(q, w) {} : f32[1,2,2,2]\nr = Result(y)\n", kWindow);
}

/// "q q:0 0 u8 [0.01]" for each tensor.
std::string integers(const Converted& converted) {
  std::string lines;
  for (const auto& tensor : converted.context.multiples)
    lines += fmt::format("{} {} {} {} [{}]\n", tensor.layer, tensor.names, tensor.port, name(tensor.type),
                         fmt::join(tensor.scale.values, ","));
  return lines;
}

const std::string kPool =
    "p = MaxPool(q) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor "
    "auto_pad=explicit : f32[1,2,2,2] names=\"p:0\"\ns = Sigmoid(p) : f32[1,2,2,2]\nt = Result(s)\n";

}  // namespace

TEST_CASE("name_real_values: the layer that dequantizes takes the name of the one that gives integers") {
  const Converted found(beside(kPool), Dialect::openvino);
  CHECK(found.line("p_original").find("p_original = MaxPool(q)") == 0);
  CHECK(found.line("p").find("p = Multiply(p_original, ") == 0);
  CHECK(found.line("p").find("names=\"p:0\"") != std::string::npos);
  CHECK(found.line("s").find("s = Sigmoid(p)") == 0);
  // Nothing gives the real values of q any more: its scale has gone into the weights, and behind the pool.
  CHECK(integers(found) == "w  0 f32 [100]\nq q:0 0 u8 [0.01]\n");
  CHECK(found.line("q").find("names=\"q:0\"") != std::string::npos);
}

TEST_CASE("name_real_values: a tensor of integers is listed with the scale of each channel") {
  const Converted found(beside("", {"[0,0]", "[2.55,5.1]", "1,2,1,1"}), Dialect::openvino);
  CHECK(integers(found) == "w  0 f32 [100,50]\nq q:0 0 u8 [0.01,0.02]\n");
  CHECK(found.context.multiples[1].rank == 4);
}

TEST_CASE("name_real_values: real values, and integers of an integer type, are what their type says") {
  const auto sum = beside("", {"-1.23", "2.55"});
  CHECK(integers(Converted(sum, Dialect::openvino)).empty());
  const Converted relaxed(beside(kPool), Dialect::type_relaxed);
  CHECK(integers(relaxed).empty());
  CHECK(relaxed.line("p_original").empty());
  CHECK(relaxed.line("p").find("p = MaxPool(q)") == 0);
}

TEST_CASE("name_real_values: what a model has behind a FakeQuantize names the FakeQuantize that takes it in") {
  const auto text =
      fake_quantized("q", "x = Parameter : f32[1,2]", 256, {"0", "2.55"}) +
      "k = Const value=2 : f32[]\nm = Multiply(q, k) : f32[1,2] names=\"m:0\"\ns = Sigmoid(m) : f32[1,2]\nr = "
      "Result(s)\n";
  const Converted found(text, Dialect::openvino);
  CHECK(found.line("m").find("m = FakeQuantize(x, ") == 0);
  CHECK(found.line("m").find("names=\"m:0\"") != std::string::npos);
  CHECK(found.line("q").empty());
}

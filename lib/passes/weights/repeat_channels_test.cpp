#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "repeat_channels";
constexpr std::string_view kWindow = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";
constexpr RangeText kRange = {"0", "2.55"};

std::string quantized(std::string_view name, std::string_view data, std::string_view shape) {
  return fmt::format("{0}l = Const value=0 : f32[]\n{0}h = Const value=2.55 : f32[]\n"
                     "{0} = FakeQuantize({1}, {0}l, {0}h, {0}l, {0}h) levels=256 : f32[{2}]\n",
                     name, data, shape);
}

std::string convolution(std::string_view name, std::string_view data, std::string_view weights, std::string_view out) {
  return fmt::format("{} = Convolution({}, {}) {} : f32[{}]\n", name, data, weights, kWindow, out);
}

/// Weights NAME, stored in NAMEv.
std::string weights(std::string_view name, std::string_view values, std::string_view type_and_shape,
                    std::string_view parameters) {
  return dequantized(name, fmt::format("{}v = Const value={} : {}", name, values, type_and_shape), parameters);
}

/// A Convolution y of quantized data q, of four channels, by weights of which a few leave i8: 200 - 5 = 127 + 68.
std::string leaves(std::string_view data = "q") {
  return weights("w", "[5,200,7,0,5,5,5,5]", "u8[2,4,1,1]", "scale=.01 zero_point=5") +
         convolution("y", data, "w", "1,2,2,2") + "r = Result(y)\n";
}

/// x, and a Convolution a of it that gives four channels.
const std::string kProducer = "x = Parameter : f32[1,1,2,2]\nu = Const value=[1,2,3,4] : f32[4,1,1,1]\n" +
                              convolution("a", "x", "u", "1,4,2,2");

/// Whether the channels are repeated where they come from, and not in front of y; the function is kept.
bool is_at_source(const std::string& text) {
  INFO(text);
  const Converted converted(text, Dialect::openvino);
  check_same_function(parse_text(text), converted.model, 1e-5);
  CHECK(converted.context.fitted.layers == 1);
  const bool in_front = !converted.line("y/all_channels").empty();
  CHECK(in_front == converted.line("\"a/widened\"").empty());
  return !in_front;
}

}  // namespace

TEST_CASE("repeat_channels: the Convolution in front gives the channel twice, and the rest of the weights lies on it") {
  const auto before = kProducer + "b = Const value=[.1,.2,.3,.4] : f32[1,4,1,1]\nc = Add(a, b) : f32[1,4,2,2]\n" +
                      quantized("q", "c", "1,4,2,2") + leaves();
  check_rewrite(kPass, before, "", 1, 1e-6, Dialect::openvino);
}

TEST_CASE("repeat_channels: in front of the Convolution, where the data is an input") {
  const auto before = "x = Parameter : f32[1,4,2,2]\n" + quantized("q", "x", "1,4,2,2") + leaves();
  check_rewrite(kPass, before, "", 1, 1e-6, Dialect::openvino);
}

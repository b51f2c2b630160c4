#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fit_convolution_weights";
constexpr std::string_view kWindow = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";

std::string quantized(std::string_view name, std::string_view data, std::string_view shape) {
  return fmt::format(
      "{0}l = Const value=0 : f32[]\n{0}h = Const value=2.55 : f32[]\n"
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

/// What becomes of them: the rest, 68, lies on a fifth channel.
std::string split(std::string_view data) {
  return dequantized("\"y/weights/DequantizationMultiply\"",
                     "wv_1 = Const value=[0,127,2,-5,68,0,0,0,0,0] : i8[2,5,1,1]", "scale=.01") +
         convolution("y", data, "\"y/weights/DequantizationMultiply\"", "1,2,2,2") + "r = Result(y)\n";
}

/// x, and a Convolution a of it that gives four channels.
const std::string kProducer =
    "x = Parameter : f32[1,1,2,2]\nu = Const value=[1,2,3,4] : f32[4,1,1,1]\n" + convolution("a", "x", "u", "1,4,2,2");

/// Whether the channels are repeated where they come from, and not in front of y; the function is kept.
bool is_at_source(const std::string& text) {
  INFO(text);
  const Converted converted(text, Dialect::openvino);
  check_same_function(parse_text(text), converted.model, 1e-5);
  CHECK(converted.context.fitted.layers == 1);
  const bool in_front = !converted.line("y/all_channels").empty();
  CHECK(in_front == converted.line("a/widened").empty());
  return !in_front;
}

}  // namespace

TEST_CASE(
    "fit_convolution_weights: the Convolution in front gives the channel twice, and the rest of the weights lies on "
    "it") {
  const auto before = kProducer + "b = Const value=[.1,.2,.3,.4] : f32[1,4,1,1]\nc = Add(a, b) : f32[1,4,2,2]\n" +
                      quantized("q", "c", "1,4,2,2") + leaves();
  const auto after =
      "x = Parameter : f32[1,1,2,2]\nu_1 = Const value=[1,2,3,4,2] : f32[5,1,1,1]\n" +
      convolution("\"a/widened\"", "x", "u_1", "1,5,2,2") +
      "b_1 = Const value=[.1,.2,.3,.4,.2] : f32[1,5,1,1]\n\"c/widened\" = Add(\"a/widened\", b_1) : f32[1,5,2,2]\n" +
      "ql = Const value=0 : f32[]\nqh = Const value=2.55 : f32[]\n"
      "\"q/widened\" = FakeQuantize(\"c/widened\", ql, qh, ql, qh) levels=256 : f32[1,5,2,2]\n" +
      split("\"q/widened\"");
  check_rewrite(kPass, before, after, 1, 1e-6, Dialect::openvino);
}

TEST_CASE("fit_convolution_weights: in front of the Convolution, where the data is an input") {
  const auto data = "x = Parameter : f32[1,4,2,2]\n" + quantized("q", "x", "1,4,2,2");
  const auto after = data +
                     "\"y/repeated/channels\" = Const value=[1] : i64[1]\n\"y/repeated/axis\" = Const value=1 : i64[]\n"
                     "\"y/repeated\" = Gather(q, \"y/repeated/channels\", \"y/repeated/axis\") : f32[1,1,2,2]\n"
                     "\"y/all_channels\" = Concat(q, \"y/repeated\") axis=1 : f32[1,5,2,2]\n" +
                     split("\"y/all_channels\"");
  check_rewrite(kPass, data + leaves(), after, 1, 1e-6, Dialect::openvino);
}

TEST_CASE("fit_convolution_weights: through what works channel by channel, to all that reads the channels") {
  const auto pool = [](std::string_view type, std::string_view attributes) {
    return fmt::format(
        "p = {}(a) kernel=[1,1] strides=[1,1] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor {} : "
        "f32[1,4,2,2]\n",
        type, attributes);
  };
  const auto behind = [](const std::string& lines) {
    return is_at_source(kProducer + lines + quantized("q", "p", "1,4,2,2") + leaves());
  };
  CHECK(behind(pool("AvgPool", "exclude-pad=true")));
  CHECK(behind(pool("MaxPool", "auto_pad=explicit")));
  CHECK(behind("p = ReLU(a) : f32[1,4,2,2]\n"));
  CHECK(behind("p = Clamp(a) min=0 max=6 : f32[1,4,2,2]\n"));
  CHECK(behind("k = Const value=[2,3,4,5] : f32[4,1,1]\np = Multiply(k, a) : f32[1,4,2,2]\n"));
  CHECK(behind(weights("d", "[1,200,3,4]", "u8[4,1,1,1,1]", "scale=[.1,.2,.3,.4]@0 zero_point=[1,2,3,4]@0") +
               fmt::format("p = GroupConvolution(a, d) {} : f32[1,4,2,2]\n", kWindow)));
  // A branch that comes back, with a Convolution that both reads the channels and gives them.
  CHECK(behind(weights("d", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]", "i8[4,4,1,1]", "scale=[.1,.2,.3,.4]@0") +
               convolution("e", "a", "d", "1,4,2,2") + "p = Add(a, e) : f32[1,4,2,2]\n"));
}

TEST_CASE("fit_convolution_weights: in front, where something depends on the number of channels") {
  const auto beside = [](const std::string& lines) {
    return is_at_source(kProducer + quantized("q", "a", "1,4,2,2") + lines + leaves());
  };
  CHECK(beside(""));
  CHECK_FALSE(beside("t = Result(q)\n"));
  CHECK_FALSE(beside("s = Sigmoid(q) : f32[1,4,2,2]\nt = Result(s)\n"));
  CHECK_FALSE(beside("d = Parameter : f32[1,4,1,1]\n" + convolution("s", "q", "d", "1,1,2,2") + "t = Result(s)\n"));
  CHECK_FALSE(beside("d = Const value=[1,2] : f32[1,1,1,2]\ns = Concat(q, q) axis=1 : f32[1,8,2,2]\nt = Result(s)\n"));
  CHECK_FALSE(beside("d = Parameter : f32[1,4,2,2]\ns = Add(a, d) : f32[1,4,2,2]\n" + quantized("e", "s", "1,4,2,2") +
                     "k = Const value=[1,2,3,4] : f32[1,4,1,1]\n" + convolution("o", "e", "k", "1,1,2,2") +
                     "t = Result(o)\n"));
}

TEST_CASE("fit_convolution_weights: several readers share repeated channels, unless they are too many together") {
  const auto convert = [](std::string_view values) {
    const auto text = kProducer + quantized("q", "a", "1,4,2,2") + leaves() +
                      weights("k", values, "u8[1,4,1,1]", "scale=.01 zero_point=1") +
                      convolution("z", "q", "k", "1,1,2,2") + "t = Result(z)\n";
    Converted converted(text, Dialect::openvino);
    check_same_function(parse_text(text), converted.model, 1e-5);
    CHECK(converted.context.fitted.layers == 2);
    CHECK(converted.line("y/all_channels").empty() == converted.line("z/all_channels").empty());
    return std::pair(converted.context.fitted.channels, converted.line("z/all_channels").empty());
  };
  CHECK(convert("[1,255,1,1]") == std::pair<std::size_t, bool>(1, true));
  CHECK(convert("[1,1,1,1]") == std::pair<std::size_t, bool>(1, true));
  CHECK(convert("[1,1,1,255]") == std::pair<std::size_t, bool>(2, false));
}

TEST_CASE("fit_convolution_weights: too many channels leave i8") {
  const auto text = "x = Parameter : f32[1,4,2,2]\n" + quantized("q", "x", "1,4,2,2") +
                    weights("w", "[255,255,0,0]", "u8[1,4,1,1]", "scale=.01 zero_point=0") +
                    convolution("y", "q", "w", "1,1,2,2") + "r = Result(y)\n";
  check_refused(kPass, text, "without their zero point its weights leave i8, in 2 of 4 input channels",
                Cause::weights_zero_point, Dialect::openvino);
  check_no_match(kPass, text, Dialect::type_relaxed);
}

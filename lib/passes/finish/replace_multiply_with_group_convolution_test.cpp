#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/pipeline.hpp"
#include "testing/check_conversion.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

struct Result {
  std::string text;
  std::string refusal;
};

Result convert(std::string_view text, std::string_view target) {
  auto model = parse_text(text);
  PassContext context({Mode::full, Dialect::type_relaxed, find_target(std::string(target))});
  PipelineOptions options;
  options.only = {"replace_multiply_with_group_convolution"};
  const auto reports = run_passes(model, pipeline(), options, context);
  return {print_text(*model.graph), reports[0].refusals.empty() ? "" : reports[0].refusals[0].reason.sentence()};
}

std::string with(std::string_view dequantization, std::string_view shape = "1,4,1,1") {
  return fmt::format(
      "x = Parameter : u8[{0}]\nd = Dequantize(x) {1} : f32[{0}]\ny = Sigmoid(d) : f32[{0}]\nr = Result(y)\n", shape,
      dequantization);
}

constexpr auto kConvolution =
    R"("d/GroupConvolution/ones" = Const value=[1,1,1,1] : i8[4,1,1,1,1]
    "d/GroupConvolution" = GroupConvolution@type_relaxed_opset1(x, "d/GroupConvolution/ones") type_relax=true input_data_types=[f32,f32] output_data_types=f32 strides=[1,1] pads_begin=[0,0] pads_end=[0,0] dilations=[1,1] auto_pad=explicit : f32[1,4,1,1]
)";

std::string expected(std::string_view lines) {
  const auto text = fmt::format(
      "x = Parameter : u8[1,4,1,1]\n\"d/scale\" = Const value=[.45,.82,.71,.37] : f32[1,4,1,1]\n{}{}y = Sigmoid(d) : "
      "f32[1,4,1,1]\nr = Result(y)\n",
      kConvolution, lines);
  return print_text(*parse_text(text).graph);
}

}  // namespace

// Rows O23 and O24 of the specification of quantization.
TEST_CASE("replace_multiply_with_group_convolution: ones in i8, and the scale behind them") {
  CHECK(convert(with("scale=[.45,.82,.71,.37]@1"), "gpu").text ==
        expected("d = Multiply(\"d/GroupConvolution\", \"d/scale\") : f32[1,4,1,1]\n"));
  CHECK(convert(with("scale=[.45,.82,.71,.37]@1 zero_point=[-.77,.8,.1,1.5]@1"), "gpu").text ==
        expected("\"d/shift\" = Const value=[.77,-.8,-.1,-1.5] : f32[1,4,1,1]\n\"d/Add\" = Add(\"d/GroupConvolution\", "
                 "\"d/shift\") : f32[1,4,1,1]\n"
                 "d = Multiply(\"d/Add\", \"d/scale\") : f32[1,4,1,1]\n"));
}

TEST_CASE("replace_multiply_with_group_convolution: other ranks and axes stay, and so does all for another target") {
  CHECK(convert(with("scale=.5", "1,4,4"), "gpu").refusal ==
        "its data is [1,4,4], should be an image of known channels");
  CHECK(convert(with("scale=[1,2,3]@2", "1,4,3,3"), "gpu").refusal == "its parameters do not lie along the channels");
  const auto text = with("scale=[.45,.82,.71,.37]@1");
  CHECK(convert(text, "cpu").text == print_text(*parse_text(text).graph));
}

TEST_CASE("replace_multiply_with_group_convolution: the dialect openvino has no operation of mixed types") {
  check_conversion(
      with("scale=[.45,.82,.71,.37]@1"),
      {"Sigmoid(Multiply(GroupConvolution(x, 1:i8[4,1,1,1,1]), [0.45,0.82,0.71,0.37][1,4,1,1]))", "unchanged", "gpu"});
}

TEST_CASE("replace_multiply_with_group_convolution: the codes of its refusals") {
  const auto cause = [](const std::string& text) {
    return Converted(text, Dialect::type_relaxed, "gpu")
        .first_refusal("replace_multiply_with_group_convolution")
        .cause();
  };
  CHECK(cause(with("scale=.5", "1,4,4")) == Cause::lengths_unknown);
  CHECK(cause(with("scale=[1,2,3]@2", "1,4,3,3")) == Cause::parameters_off_channel_axis);
}

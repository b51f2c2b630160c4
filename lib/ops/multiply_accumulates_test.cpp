#include "ops/multiply_accumulates.hpp"

#include <catch2/catch.hpp>

#include "ops/attributes.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

/// The count of a layer `y` on inputs a, b, ... of these types.
std::optional<std::uint64_t> count_of(const std::vector<std::string>& inputs, const std::string& layer,
                                      const std::string& output) {
  std::string text, names;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string input(1, static_cast<char>('a' + i));
    text += input + " = Parameter : " + inputs[i] + "\n";
    names += (i == 0 ? "" : ", ") + input;
  }
  const auto open = layer.find(' ');
  const auto model = parse_text(text + "y = " + layer.substr(0, open) + "(" + names + ")" +
                                (open == std::string::npos ? "" : layer.substr(open)) + " : " + output + "\n");
  const Node* node = model.graph->first();
  while (node->name() != "y") node = node->next();
  return multiply_accumulates(*node);
}

std::optional<std::uint64_t> convolution_of(const std::string& type, const std::string& data,
                                            const std::string& weights, const std::string& output) {
  return count_of({data, weights},
                  type + " strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit", output);
}

constexpr auto kNothing = std::nullopt;

}  // namespace

TEST_CASE("convolutions cost channels times taps for each element on their wide side") {
  // 2*8*6*6 outputs, 3*3*3 products each
  CHECK(convolution_of("Convolution", "f32[2,3,8,8]", "f32[8,3,3,3]", "f32[2,8,6,6]") == 576U * 27);
  // Three groups of 2 input and 4 output channels: 1*12*6*6 outputs, 2*3*3 each
  CHECK(convolution_of("GroupConvolution", "f32[1,6,8,8]", "f32[3,4,2,3,3]", "f32[1,12,6,6]") == 432U * 18);
  // 1*3*6*6 inputs, each adds to 8 channels and 3*3 places
  CHECK(convolution_of("ConvolutionBackpropData", "f32[1,3,6,6]", "f32[3,8,3,3]", "f32[1,8,8,8]") == 108U * 72);
  // Three groups of 2 input and 4 output channels: 1*6*6*6 inputs, 4*3*3 each
  CHECK(convolution_of("GroupConvolutionBackpropData", "f32[1,6,6,6]", "f32[3,2,4,3,3]", "f32[1,12,8,8]") == 216U * 36);
}

TEST_CASE("MatMul costs the summed axis for each output") {
  CHECK(count_of({"f32[2,3]", "f32[3,4]"}, "MatMul", "f32[2,4]") == 24U);
  CHECK(count_of({"f32[3,2]", "f32[4,3]"}, "MatMul transpose_a=true transpose_b=true", "f32[2,4]") == 24U);
  CHECK(count_of({"f32[5,1,2,3]", "f32[7,3,4]"}, "MatMul", "f32[5,7,2,4]") == 5U * 7 * 24);
  CHECK(count_of({"f32[3]", "f32[3,4]"}, "MatMul transpose_a=true", "f32[4]") == 12U);
  CHECK(count_of({"f32[2,3]", "f32[3]"}, "MatMul", "f32[2]") == 6U);
  CHECK(count_of({"f32[3]", "f32[3]"}, "MatMul", "f32[]") == 3U);
}

TEST_CASE("recurrent layers cost all of W and R for each step of each element of the batch") {
  // batch 2, input 3, hidden 4; five steps in the sequences, two directions in the last one
  CHECK(count_of({"f32[2,3]", "f32[2,4]", "f32[4,3]", "f32[4,4]", "f32[4]"}, "RNNCell hidden_size=4", "f32[2,4]") ==
        2U * (12 + 16));
  CHECK(count_of({"f32[2,3]", "f32[2,4]", "f32[12,3]", "f32[12,4]", "f32[16]"},
                 "GRUCell@opset3 hidden_size=4 linear_before_reset=true", "f32[2,4]") == 2U * (36 + 48));
  CHECK(count_of({"f32[2,3]", "f32[2,4]", "f32[2,4]", "f32[16,3]", "f32[16,4]", "f32[16]"},
                 "LSTMCell@opset4 hidden_size=4", "f32[2,4], f32[2,4]") == 2U * (48 + 64));
  CHECK(count_of({"f32[2,5,3]", "f32[2,1,4]", "i64[2]", "f32[1,4,3]", "f32[1,4,4]", "f32[1,4]"},
                 "RNNSequence@opset5 hidden_size=4 direction=forward", "f32[2,1,5,4], f32[2,1,4]") == 10U * (12 + 16));
  CHECK(count_of({"f32[2,5,3]", "f32[2,1,4]", "i64[2]", "f32[1,12,3]", "f32[1,12,4]", "f32[1,12]"},
                 "GRUSequence@opset5 hidden_size=4 direction=reverse", "f32[2,1,5,4], f32[2,1,4]") == 10U * (36 + 48));
  CHECK(count_of({"f32[2,5,3]", "f32[2,2,4]", "f32[2,2,4]", "i64[2]", "f32[2,16,3]", "f32[2,16,4]", "f32[2,16]"},
                 "LSTMSequence@opset5 hidden_size=4 direction=bidirectional",
                 "f32[2,2,5,4], f32[2,2,4], f32[2,2,4]") == 10U * 2 * (48 + 64));
}

TEST_CASE("other layers cost nothing, and what is not known is not guessed") {
  CHECK(count_of({"f32[2,?]", "f32[2,1]"}, "Add", "f32[2,?]") == 0U);
  CHECK(count_of({"f32[?,3]", "f32[3,4]"}, "MatMul", "f32[?,4]") == kNothing);
  CHECK(count_of({"f32[...]", "f32[3,4]"}, "MatMul", "f32[...]") == kNothing);
  CHECK(convolution_of("Convolution", "f32[1,3,?,8]", "f32[8,3,3,3]", "f32[1,8,?,6]") == kNothing);
  CHECK(count_of({"f32[?,3]", "f32[?,4]", "f32[4,3]", "f32[4,4]", "f32[4]"}, "RNNCell hidden_size=4", "f32[?,4]") ==
        kNothing);
  CHECK(count_of({"f32[0,3]", "f32[3,4]"}, "MatMul", "f32[0,4]") == 0U);
}

TEST_CASE("a count of more than 63 bits is none") {
  const std::string long_axis = "2147483648";  // 2^31
  CHECK(count_of({"f32[" + long_axis + ",1]", "f32[1," + long_axis + "]"}, "MatMul",
                 "f32[" + long_axis + "," + long_axis + "]") == std::uint64_t{1} << 62);
  CHECK(count_of({"f32[" + long_axis + ",2]", "f32[2," + long_axis + "]"}, "MatMul",
                 "f32[" + long_axis + "," + long_axis + "]") == kNothing);
  // 2^31 steps: W and R fit, 2^62 each, their sum does not.
  CHECK(count_of({"f32[" + long_axis + ",1]", "f32[" + long_axis + ",1]", "f32[" + long_axis + ",1]",
                  "f32[" + long_axis + ",1]", "f32[1]"},
                 "RNNCell hidden_size=1", "f32[" + long_axis + ",1]") == kNothing);
}

TEST_CASE("an attribute that says nothing is refused") {
  CHECK_THROWS_WITH(count_of({"f32[2,3]", "f32[3,4]"}, "MatMul transpose_a=perhaps", "f32[2,4]"),
                    "transpose_a is \"perhaps\", should be true or false");
}

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/pipeline.hpp"
#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr std::string_view kWindow = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";

/// A model whose Convolution y reads weights w, which some lines make.
std::string convolved(const std::string& weights, std::string_view out = "1,2,2,2",
                      std::string_view attributes = kWindow) {
  return "x = Parameter : f32[1,3,2,2]\n" + weights +
         fmt::format("y = Convolution(x, w) {} : f32[{}]\nr = Result(y)\n", attributes, out);
}

constexpr RangeText kByOutput = {"[-1.27,-2.54]", "[1.27,2.54]", "2,1,1,1"};

std::string quantized(std::string_view kernel = "1,1") {
  return fake_quantized("w", filled("v", ".5", "f32", fmt::format("2,3,{}", kernel)), 255, kByOutput);
}

/// What the pass makes of weights, the layers w/matrix... and w; and that the function is the same.
struct Stored {
  Converted converted;
  std::string w, dequantized, shape;

  explicit Stored(const std::string& text) : converted(text, Dialect::openvino) {
    INFO(text);
    w = converted.line("w");
    dequantized = converted.line("w/matrix/DequantizationMultiply");
    shape = converted.line("w/shape");
    check_same_function(parse_text(text), converted.model, 1e-5);
  }
};

void check_matrix(const Stored& found, std::string_view dequantized) {
  CHECK(found.w == "w = Reshape(w/matrix/DequantizationMultiply, w/shape) special_zero=true : f32[2,3,1,1]");
  CHECK_THAT(found.dequantized, Catch::EndsWith(std::string(dequantized)));
  CHECK(found.shape == "w/shape = Const value=[0,0,1,1] : i32[4]");
}

void check_stays(const std::string& text) {
  const Stored found(text);
  CHECK(found.w.find("Reshape") == std::string::npos);
  CHECK(found.shape.empty());
}

}  // namespace

TEST_CASE("store_pointwise_weights: a matrix under a Reshape, whatever is beside the Convolution") {
  const Stored found(convolved(quantized()));
  check_matrix(found, " = Dequantize(w/quantized_1) scale=[0.01,0.02]@0 : f32[2,3]");
  CHECK(found.converted.context.mended == 0);
  check_matrix(Stored(convolved(quantized(), "1,2,4,4",
                                "strides=[1,1] dilations=[1,1] pads_begin=[1,1] pads_end=[1,1] auto_pad=explicit")),
               "[0.01,0.02]@0 : f32[2,3]");
  for (const auto* order : {"0,1,3,2", "0,3,1,2"}) {
    const auto text = convolved(quantized());
    const auto turned =
        fmt::format("o = Const value=[{}] : i64[4]\nz = Transpose(y, o) : f32[1,2,2,2]\ns = Result(z)\n", order);
    check_matrix(Stored(text + turned), "[0.01,0.02]@0 : f32[2,3]");
  }
  const auto uniform = fake_quantized("w", filled("v", ".5", "f32", "2,3,1,1"), 255, {"-1.27", "1.27"});
  check_matrix(Stored(convolved(uniform)), "scale=0.01 : f32[2,3]");
}

TEST_CASE("store_pointwise_weights: weights that the model itself has stored are mended, and counted") {
  const auto check = [](std::string_view type, std::string_view dequantization, std::string_view expected) {
    INFO(type);
    const Stored found(convolved(dequantized("w", filled("v", "2", type, "2,3,1,1"), dequantization)));
    check_matrix(found, expected);
    CHECK(found.converted.context.mended == 1);
  };
  check("i8", "scale=[.1,.2]@0", "scale=[0.1,0.2]@0 : f32[2,3]");
  check("u8", "scale=.1 zero_point=3", "scale=0.1 zero_point=3 : f32[2,3]");
  check("i8", "scale=[.1,.2,.3]@1 zero_point=[3,4,5]@1", "scale=[0.1,0.2,0.3]@1 zero_point=[3,4,5]@1 : f32[2,3]");
  check("i4", "scale=.1", "scale=0.1 : f32[2,3]");
  const auto twice = convolved(dequantized("w", filled("v", "2", "i8", "2,3,1,1"), "scale=.1")) +
                     dequantized("u", filled("t", "3", "i8", "2,3,1,1"), "scale=.1") +
                     fmt::format("z = Convolution(x, u) {} : f32[1,2,2,2]\ns = Result(z)\n", kWindow);
  const Converted both(twice, Dialect::openvino);
  CHECK(both.context.mended == 2);
  CHECK(both.line("u") == "u = Reshape(u/matrix/DequantizationMultiply, w/shape) special_zero=true : f32[2,3,1,1]");
}

TEST_CASE("store_pointwise_weights: once is enough") {
  const auto model = parse_text(convolved(dequantized("w", filled("v", "2", "i8", "2,3,1,1"), "scale=.1")));
  std::string texts[2];
  for (const auto mended : {1U, 0U}) {
    PassContext context({Mode::weights, Dialect::openvino, find_target("cpu")});
    auto next = parse_text(mended == 1 ? print_text(*model.graph) : texts[0]);
    run_passes(next, pipeline(), {}, context);
    CHECK(context.mended == mended);
    texts[1 - mended] = print_text(*next.graph);
  }
  CHECK(texts[0] == texts[1]);
}

// As weight compression writes them.
TEST_CASE("store_pointwise_weights: a scale of f16 stays so, with its Convert") {
  const Stored found(convolved(
      "v = Const value=[1,2,3,4,5,6] : i8[2,3,1,1]\nc = Convert(v) : f16[2,3,1,1]\nk = Const value=[.5,.25] : "
      "f16[2,1,1,1]\nm = Multiply(c, k) : f16[2,3,1,1]\nw = Convert(m) : f32[2,3,1,1]\n"));
  CHECK(found.w == "w = Reshape(w/matrix/DequantizationConvert_1, w/shape) special_zero=true : f32[2,3,1,1]");
  CHECK(found.converted.line("w/matrix/DequantizationConvert_1") ==
        "w/matrix/DequantizationConvert_1 = Convert(w/matrix/DequantizationMultiply) : f32[2,3]");
  CHECK(found.converted.formula() ==
        "Convolution(x, Convert(Multiply(Convert([1,2,3,4,5,6]:i8[2,3,1,1]):f16, [0.5,0.25]:f16[2,1,1,1]):f16))");
  CHECK(found.converted.context.mended == 1);
}

TEST_CASE("store_pointwise_weights: weights in groups, which a Reshape joins") {
  const std::string lengths = "p = Const value=[2,4,1,1] : i64[4]\n";
  const std::string text =
      "x = Parameter : f32[1,4,2,2]\nv = Const value=[1,2,3,4,5,6,7,8] : i8[2,2,2,1,1]\nc = Convert(v) : "
      "f32[2,2,2,1,1]\nk = Const value=[.1,.2,.3,.4] : f32[2,2,1,1,1]\ng = Multiply(c, k) : f32[2,2,2,1,1]\n" +
      lengths + "w = Reshape(g, p) special_zero=false : f32[2,4,1,1]\n" +
      fmt::format("y = Convolution(x, w) {} : f32[1,2,2,2]\nr = Result(y)\n", kWindow);
  auto model = parse_text(text);
  PassContext context({Mode::weights, Dialect::openvino, find_target("cpu")});
  run_passes(model, pipeline(), {}, context);
  CHECK(context.mended == 1);
  CHECK(formula(model) ==
        "Convolution(x, Reshape(Multiply(Convert([1,2,3,4,5,6,7,8]:i8[2,2,2]), [0.1,0.2,0.3,0.4][2,2,1])))");
  const auto lines = print_text(*model.graph);
  CHECK(lines.find("[2,4,1,1]") != std::string::npos);
  CHECK(lines.find("special_zero=false") != std::string::npos);
  check_same_function(parse_text(text), model, 1e-5);
}

TEST_CASE("store_pointwise_weights: other kernels, ranks and operations keep the shape of their weights") {
  check_stays(convolved(quantized("2,1"), "1,2,1,2"));
  check_stays(convolved(quantized("1,2"), "1,2,2,1"));
  const auto line = [](std::string_view data, std::string_view shape, std::string_view zeros, std::string_view ones) {
    return "x = Parameter : f32[" + std::string(data) + "]\n" +
           dequantized("w", filled("v", "2", "i8", shape), "scale=.1") +
           fmt::format(
               "y = Convolution(x, w) strides={1} dilations={1} pads_begin={0} pads_end={0} auto_pad=explicit : "
               "f32[...]\nr = Result(y)\n",
               zeros, ones);
  };
  check_stays(line("1,3,4", "2,3,1", "[0]", "[1]"));
  check_stays(line("1,3,2,2,2", "2,3,1,1,1", "[0,0,0]", "[1,1,1]"));
  check_stays("x = Parameter : f32[1,3,2,2]\n" + dequantized("w", filled("v", "2", "i8", "3,2,1,1"), "scale=.1") +
              fmt::format("y = ConvolutionBackpropData(x, w) {} : f32[1,2,2,2]\nr = Result(y)\n", kWindow));
  check_stays(convolved(filled("w", ".5", "f32", "2,3,1,1") + "\n"));
}

TEST_CASE("store_pointwise_weights: other dialects and targets keep the shape, mode weights does not") {
  const auto text = convolved(quantized());
  CHECK(Converted(text, Dialect::type_relaxed).line("w/shape").empty());
  CHECK(Converted(text, Dialect::openvino, "gpu").line("w/shape").empty());
  auto model = parse_text(text);
  PassContext context({Mode::weights, Dialect::openvino, find_target("cpu")});
  run_passes(model, pipeline(), {}, context);
  CHECK(print_text(*model.graph).find("Const value=[0,0,1,1]") != std::string::npos);
}

namespace {

/// Weights under a FakeQuantize, in the shape in which they are quantized, and the lines that make those of a 1x1
/// Convolution of them.
std::string moved(std::string_view shape, std::string_view channels, const std::string& move) {
  return convolved(fake_quantized("q", fmt::format("v = Const value=[.1,.2,.3,.4,.5,.6] : f32[{}]", shape), 255,
                                  {"[-1.27,-2.54]", "[1.27,2.54]", channels}) +
                   move + " : f32[2,3,1,1]\n");
}

void check_moved_matrix(const std::string& text, const std::string& stored) {
  const Stored found(text);
  check_matrix(found, " scale=[0.01,0.02]@0 : f32[2,3]");
  CHECK(found.converted.formula().find("Convert(" + stored + ":i8[2,3,1,1])") != std::string::npos);
}

}  // namespace

TEST_CASE("store_pointwise_weights: also where the weights were moved after they were stored") {
  const std::string turn = "p = Const value=[1,0,2,3] : i64[4]\nw = Transpose(q, p)";
  const std::string lengths = "p = Const value=[2,3,1,1] : i64[4]\n";
  const std::string both =
      "t = Const value=[1,0] : i64[2]\nm = Transpose(q, t) : f32[2,3]\n" + lengths + "w = Reshape(m, p)";
  // The second channel has steps of 0.02: 0.2 is 10 of them.
  check_moved_matrix(moved("3,2,1,1", "1,2,1,1", turn), "[10,30,50,10,20,30]");
  check_moved_matrix(moved("2,3", "2,1", lengths + "w = Reshape(q, p) special_zero=false"), "[10,20,30,20,25,30]");
  check_moved_matrix(moved("3,2", "1,2", both + " special_zero=false"), "[10,30,50,10,20,30]");
}

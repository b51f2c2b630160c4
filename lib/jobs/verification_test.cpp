#include "jobs/verification.hpp"

#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kModel = R"(
  x = Parameter               : f32[1,4]  names="x"
  s = Const value=2           : f32[]
  y = Multiply(x, s)          : f32[1,4]  names="y"
  r = Result(y)
)";

}  // namespace

TEST_CASE("the ratio that is required holds beside the tolerance") {
  auto near = parse_text(kModel);
  auto& graph = *near.graph;
  // 2.002 instead of 2: 60 dB.
  const std::vector<float> value{2.002F};
  const auto bytes = std::as_bytes(std::span(value));
  for (Node* node = graph.first(); node != nullptr; node = node->next()) {
    if (node->is("Const")) graph.set_constant(*node, Blob::of({bytes.begin(), bytes.end()}));
  }
  VerifyOptions options;
  options.tolerance = 0.01;
  CHECK(Verification(parse_text(kModel), options).check(near).passed);
  options.least_sqnr_db = 59;
  CHECK(Verification(parse_text(kModel), options).check(near).passed);
  options.least_sqnr_db = 61;
  const auto result = Verification(parse_text(kModel), options).check(near);
  CHECK(!result.passed);
  CHECK(result.least_sqnr_db == Approx(60).margin(0.01));
  CHECK(result.output == "y");
}

TEST_CASE("a rounding that noise explains passes, a change of the function does not") {
  // Sums that fall on rounding steps: 0.1 + 0.2 and the like, times a scale of one step.
  const auto text = [](const char* weight) {
    return fmt::format(R"(
      x = Parameter                    : f32[1,64]
      w = Const value={}               : f32[]
      n = Const value=[64,64]          : i64[2]
      m = Broadcast@opset3(w, n) mode=numpy : f32[64,64]
      s = MatMul(x, m) transpose_a=false transpose_b=false : f32[1,64]
      low = Const value=-1             : f32[]
      high = Const value=1             : f32[]
      q = FakeQuantize(s, low, high, low, high) levels=256 : f32[1,64]
      r = Result(q)
    )",
                       weight);
  };
  Verification verification(parse_text(text("0.01")), {});
  CHECK(verification.check(parse_text(text("0.0100000005"))).passed);
  CHECK(!verification.check(parse_text(text("0.011"))).passed);
}

TEST_CASE("where an output is 0, noise explains no more than it makes of it") {
  // x * 1 - x * 1 is 0, and with noise in the sums about 2^-20 of the largest of them; what is added is no noise.
  const auto text = [](const char* added) {
    return fmt::format(R"(
      x = Parameter                : f32[1,4]
      w = Const value=[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1] : f32[4,4]
      m = MatMul(x, w) transpose_a=false transpose_b=false : f32[1,4]
      z = Subtract(m, x)           : f32[1,4]
      a = Const value={}           : f32[]
      y = Add(z, a)                : f32[1,4]  names="y"
      r = Result(y)
    )",
                       added);
  };
  Verification verification(parse_text(text("0")), {});
  CHECK(verification.check(parse_text(text("0"))).passed);
  const auto tiny = verification.check(parse_text(text("1e-8")));
  CHECK(tiny.passed);
  CHECK(tiny.is_like_noise);
  const auto wrong = verification.check(parse_text(text("0.5")));
  CHECK(!wrong.passed);
  CHECK(wrong.output == "y");
  CHECK(wrong.worst.max_abs == 0.5);
}

TEST_CASE("another shape passes where noise makes another one") {
  // As above; what is more than a limit is found.
  const auto text = [](const char* added, const char* limit) {
    return fmt::format(R"(
      x = Parameter                : f32[1,4]
      w = Const value=[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1] : f32[4,4]
      m = MatMul(x, w) transpose_a=false transpose_b=false : f32[1,4]
      z = Subtract(m, x)           : f32[1,4]
      a = Const value={}           : f32[]
      b = Add(z, a)                : f32[1,4]
      l = Const value={}           : f32[]
      g = Greater(b, l)            : boolean[1,4]
      y = NonZero@opset3(g)        : i64[2,0..4]
      r = Result(y)
    )",
                       added, limit);
  };
  const auto near = Verification(parse_text(text("0", "0")), {}).check(parse_text(text("1e-8", "0")));
  CHECK(near.passed);
  CHECK(near.is_like_noise);
  CHECK(!near.worst.same_shape);
  CHECK(!Verification(parse_text(text("0", "0.25")), {}).check(parse_text(text("0.5", "0.25"))).passed);
}

TEST_CASE("states go on from run to run, in both models") {
  const auto text = [](const char* growth) {
    return fmt::format(R"(
      one = Const value=[1]                  : f32[1]
      zero = Const value=[0]                 : f32[1]
      g = Const value={}                     : f32[1]
      v = ReadValue@opset6(zero) variable_id=v variable_shape="1" variable_type=f32 : f32[1]
      m = Multiply(v, g)                     : f32[1]
      n = Add(m, one)                        : f32[1]
      a = Assign@opset6(n) variable_id=v     : f32[1]
      y = Add(n, zero)                       : f32[1]  names="y"
      r = Result(y)
    )",
                       growth);
  };
  VerifyOptions options;
  options.runs = 3;
  Verification verification(parse_text(text("[1]")), options);
  CHECK(verification.check(parse_text(text("[1]"))).passed);
  // 1, 2, 3 and 1, 3, 7.
  const auto result = verification.check(parse_text(text("[2]")));
  CHECK(!result.passed);
  CHECK(result.worst.max_abs == 4);
}

namespace {

std::string quantize(std::string_view name, std::string_view data, std::string_view low, std::string_view high,
                     std::string_view shape) {
  return fmt::format(
      "{0}l = Const value={2} : f32[]\n{0}h = Const value={3} : f32[]\n{0} = FakeQuantize({1}, {0}l, {0}h, {0}l, {0}h) "
      "levels=256 : f32[{4}]\n",
      name, data, low, high, shape);
}

std::string convolve(std::string_view data, std::string_view dequantization, std::string_view size) {
  return fmt::format(
      "v = Const value=[1,2,3,4,5,-6] : i8[2,3,1,1]\nw = Dequantize(v) {1} : f32[2,3,1,1]\n"
      "y = Convolution({0}, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,2,{2}] names=\"y\"\nr = Result(y)\n",
      data, dequantization, size);
}

const std::string kData = "x = Parameter : f32[1,3,8,8]\n";
const std::string kAverage =
    kData + quantize("q", "x", "0", "2.55", "1,3,8,8") +
    "p = AvgPool(q) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] exclude-pad=true rounding_type=floor "
    "auto_pad=explicit : f32[1,3,4,4]\n" +
    convolve("p", "scale=.01", "4,4");

/// What the pipeline states of a model in the dialect that follows OpenVINO's rounding.
void check_stated(const std::string& text, std::string_view what, const Displacement& displacement) {
  INFO(text);
  Converted converted(text, Dialect::type_relaxed);
  const auto& departures = converted.context.departures;
  REQUIRE(departures.size() == 1);
  CHECK(departures[0].what == what);
  CHECK(departures[0].displacement.layer == displacement.layer);
  CHECK(departures[0].displacement.input == displacement.input);
  CHECK(departures[0].displacement.offset == Approx(displacement.offset).margin(1e-7));
  CHECK(departures[0].displacement.spread == Approx(displacement.spread).margin(1e-7));
  Verification verification(parse_text(text), {});
  const auto result = verification.check(converted.model, departures);
  CHECK(result.passed);
  CHECK(result.is_like_noise);
  CHECK(result.with_departures);
  CHECK(!verification.check(converted.model).passed);
  auto elsewhere = departures;
  elsewhere[0].displacement.layer = "no such layer";
  elsewhere.push_back(elsewhere[0]);
  CHECK(!verification.check(converted.model, elsewhere).passed);
  // One of six weights is wrong: -4 instead of 4.
  auto& graph = *converted.model.graph;
  Node& weights = layer_named(graph, "v");
  REQUIRE(weights.constant() != nullptr);
  std::vector<std::byte> bytes(weights.constant()->size());
  weights.constant()->read(0, bytes);
  bytes[3] = std::byte{0xFC};
  graph.set_constant(weights, Blob::of(std::move(bytes)));
  CHECK(!verification.check(converted.model, departures).passed);
}

}  // namespace

TEST_CASE("what a conversion states that it rounds passes, and nothing else does") {
  check_stated(kAverage, "averages are rounded to integers, by up to half a step", {"p", {}, 0, 0.005F});
  // The zero point 123.5 becomes 124, half a step of 0.01 below it.
  check_stated(kData + quantize("q", "x", "-1.235", "1.315", "1,3,8,8") + convolve("q", "scale=.01", "8,8"),
               "its zero point is rounded, by up to 0.5 steps", {"y", 0, -0.005F, 0});
  check_stated(kData + quantize("q", "x", "0", "2.55", "1,3,8,8") + convolve("q", "scale=.01 zero_point=.4", "8,8"),
               "its zero point is rounded, by up to 0.4 steps", {"y", 1, 0.004F, 0});
  // 1.275 is 127.5 steps of 0.01, and becomes 128 of them.
  check_stated("x = Parameter : f32[1,1,8,8]\nz = Parameter : f32[1,2,8,8]\n" +
                   quantize("q", "x", "0", "2.55", "1,1,8,8") + quantize("g", "z", "0", "1.275", "1,2,8,8") +
                   "c = Concat(q, g) axis=1 : f32[1,3,8,8]\n" + convolve("c", "scale=.01", "8,8"),
               "129 of 256 levels, 0..128, by up to half a step, for one scale with its neighbours",
               {"g", {}, 0.005F, 0.005F});
  check_stated("x = Parameter : f32[8,3]\n" + quantize("q", "x", "0", "2.55", "8,3") +
                   "v = Const value=[1,2,3,4,5,-6] : i8[3,2]\nw = Dequantize(v) scale=.01 zero_point=.4 : f32[3,2]\n"
                   "y = MatMul(q, w) transpose_a=false transpose_b=false : f32[8,2]\nr = Result(y)\n",
               "the zero point of its input 1 is left out, 0.4 steps", {"y", 1, 0.004F, 0});
}

TEST_CASE("what is stated of an input of a layer moves nothing for others that read the same") {
  // Half a step at the input of the Convolution says nothing of y2.
  const auto text = kData + quantize("q", "x", "-1.235", "1.315", "1,3,8,8") + convolve("q", "scale=.01", "8,8") +
                    "z = ReLU(q) : f32[1,3,8,8] names=\"z\"\nr2 = Result(z)\n";
  const auto moved = [&](std::string_view layer) {
    auto changed = text;
    changed.replace(changed.find(layer), layer.size(), std::string(layer.substr(0, layer.find('(') + 1)) + "m");
    return parse_text(
        changed.insert(changed.find("v = Const"), "o = Const value=-0.005 : f32[]\nm = Add(q, o) : f32[1,3,8,8]\n"));
  };
  const auto original = parse_text(text);
  const Node* node = original.graph->first();
  const std::vector<PassContext::Departure> departures{{LayerLabel(*node), "", {"y", 0, -0.005F, 0}}};
  Verification verification(parse_text(text), {});
  CHECK(verification.check(moved("Convolution(q"), departures).passed);
  CHECK(!verification.check(moved("ReLU(q"), departures).passed);
}

TEST_CASE("of layers without a kernel the inputs are compared, and what does not depend on them") {
  const auto text = [](const char* factor, const char* other) {
    return fmt::format(R"(
      x = Parameter             : f32[1,4]
      f = Const value={}        : f32[]
      m = Multiply(x, f)        : f32[1,4]
      n = NoSuch@opset3(m, x)   : f32[1,4]
      k = NoOther@opset3(n, m)  : f32[1,4]
      a = ReLU(k)               : f32[1,4]
      g = Const value={}        : f32[]
      b = Multiply(x, g)        : f32[1,4]  names="b"
      r = Result(a)
      q = Result(b)
    )",
                       factor, other);
  };
  Verification verification(parse_text(text("2", "3")), {});
  const auto same = verification.check(parse_text(text("2", "3")));
  CHECK(same.passed);
  CHECK(same.left_out == std::vector<std::string>{"\"n\" (NoSuch)", "\"k\" (NoOther)"});
  CHECK(same.coverage == Coverage{3, 5});
  const auto input = verification.check(parse_text(text("2.5", "3")));
  CHECK(!input.passed);
  CHECK(input.output == "n:0");
  const auto result = verification.check(parse_text(text("2", "5")));
  CHECK(!result.passed);
  CHECK(result.output == "b");
}

TEST_CASE("behind a layer without a kernel both models go on with the same made-up values") {
  const auto text = [](const char* factor, const char* shape) {
    return fmt::format(R"(
      x = Parameter             : f32[1,4]
      n = NoSuch@opset3(x)      : f32[{1}]
      f = Const value={0}       : f32[]
      y = Multiply(n, f)        : f32[{1}]  names="y"
      r = Result(y)
    )",
                       factor, shape);
  };
  CHECK(Verification(parse_text(text("2", "1,4")), {}).check(parse_text(text("2", "1,4"))).passed);
  const auto other = Verification(parse_text(text("2", "1,4")), {}).check(parse_text(text("3", "1,4")));
  CHECK(!other.passed);
  CHECK(other.output == "y");
  // Where its shape is not known, nothing behind it is run.
  const auto dynamic = Verification(parse_text(text("2", "1,?")), {}).check(parse_text(text("3", "1,?")));
  CHECK(dynamic.passed);
  CHECK(dynamic.coverage == Coverage{0, 2});
}

TEST_CASE("an output that holds one value is said to prove little") {
  const auto text =
      "x = Parameter : f32[1,4]\nz = Const value=0 : f32[]\ny = Multiply(x, z) : f32[1,4] names=\"y\"\nr = Result(y)\n"
      "p = Result(x)\n";
  CHECK(Verification(parse_text(text), {}).check(parse_text(text)).constant ==
        std::vector<std::string>{"output \"y\""});
}

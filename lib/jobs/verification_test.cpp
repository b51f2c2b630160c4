#include "jobs/verification.hpp"

#include <catch2/catch.hpp>

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

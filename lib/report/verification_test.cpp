#include "report/verification.hpp"

#include <catch2/catch.hpp>

#include "passes/conversion.hpp"
#include "passes/pass.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kModel = R"(
  x = Parameter               : f32[1,4]  names="x"
  s = Const value=2           : f32[]
  y = Multiply(x, s)          : f32[1,4]  names="y"
  r = Result(y)
)";

/// Leaves out a multiplication.
Outcome break_multiply(Graph& graph, Node& node, Conversion&) {
  graph.replace(node.output(0), node.input(0));
  return rewritten();
}

Outcome keep_multiply(Graph& graph, Node& node, Conversion&) {
  graph.set_name(node, "other");
  return rewritten();
}

}  // namespace

TEST_CASE("a wrong rewrite is caught after the pass that made it, and named") {
  auto model = parse_text(kModel);
  const Verification verification(model, {});
  const std::vector<Pass> passes{{"keep_multiply", "Multiply", Runs::always, "first", "", keep_multiply},
                                 {"break_multiply", "Multiply", Runs::always, "second", "", break_multiply}};
  std::vector<std::string> broken;
  PipelineOptions options;
  options.after = [&](const std::vector<std::string_view>& names, std::size_t) {
    const auto result = verification.check(model);
    if (!result.passed) broken.push_back(fmt::format("{}: {}", fmt::join(names, ", "), verification.describe(result)));
  };
  Conversion conversion;
  run_pipeline(model, options, conversion, passes);
  REQUIRE(broken.size() == 1);
  CHECK(broken[0].find("break_multiply: output \"y\": max abs ") == 0);
  CHECK(broken[0].find("rel 0.5, SQNR 6.0 dB, cosine 1.000000, arg-max 100 %; the tolerance is 0.001") !=
        std::string::npos);
}

TEST_CASE("the ratio that is required holds beside the tolerance") {
  const auto model = parse_text(kModel);
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
  CHECK(Verification(model, options).check(near).passed);
  options.least_sqnr_db = 59;
  CHECK(Verification(model, options).check(near).passed);
  options.least_sqnr_db = 61;
  const Verification strict(model, options);
  const auto result = strict.check(near);
  CHECK(!result.passed);
  CHECK(result.least_sqnr_db == Approx(60).margin(0.01));
  CHECK(strict.describe(result).find("; the least SQNR is 60.0 dB, should be 61 dB") != std::string::npos);
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
  const auto model = parse_text(text("0.01"));
  const Verification verification(model, {});
  CHECK(verification.check(parse_text(text("0.0100000005"))).passed);
  CHECK(!verification.check(parse_text(text("0.011"))).passed);
}

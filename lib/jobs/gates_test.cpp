#include "jobs/gates.hpp"

#include <catch2/catch.hpp>

#include "ir/error.hpp"
#include "jobs/execution.hpp"
#include "jobs/saturation.hpp"
#include "jobs/verification.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

/// A MatMul of 24 multiply-accumulates in f32, and one of 8 in i8; 48 + 4 bytes of weights.
constexpr auto kHalf = R"(
  x = Parameter : f32[2,4]
  e = Const value=[1,2,3,4,5,6,7,8,9,10,11,12] : f32[4,3]
  p = MatMul(x, e) transpose_a=false transpose_b=false : f32[2,3]
  low = Const value=0  : f32[]
  high = Const value=1 : f32[]
  q = FakeQuantize(x, low, high, low, high) levels=256 : f32[2,4]
  w = Const value=[1,2,3,4] : i8[4,1]
  d = Dequantize(w) scale=.5 : f32[4,1]
  y = MatMul(q, d) transpose_a=false transpose_b=false : f32[2,1]
  t = Const value=[1,2] : i64[2]
  r = Result(p)
  s = Result(y)
  u = Result(t)
)";

GateResult checked(Gate gate, std::uint64_t bytes = 0, const std::optional<VerifyResult>& verification = {},
                   const std::vector<Saturation>& saturation = {}) {
  const auto model = parse_text(kHalf);
  return check_gate(gate, model, {Execution(model), bytes, verification, saturation});
}

}  // namespace

TEST_CASE("gates are read, with or without their unit, and written") {
  for (const auto* text : {"int8=95%", "size=30%", "sqnr=40dB", "int8=12.5%", "int8=0%", "int8=100%", "saturation=0"})
    CHECK(to_string(parse_gate(text)) == text);
  CHECK(to_string(parse_gate("int8=95")) == "int8=95%");
  CHECK(to_string(parse_gate("sqnr=40")) == "sqnr=40dB");
  for (const auto* text : {"", "int8", "int8=", "int8=100.1%", "int8=95dB", "size=-1%", "sqnr=nan", "sqnr=inf", "x=1"})
    CHECK_THROWS_AS(parse_gate(text), Error);
}

TEST_CASE("the share in integers is that of the multiply-accumulates") {
  const auto enough = checked({Gate::int8, 25});
  CHECK(enough.passed);
  CHECK(enough.found == 25);
  CHECK(enough.costs.empty());
  const auto short_of = checked({Gate::int8, 26});
  CHECK(!short_of.passed);
  CHECK(short_of.costs == "\"p\" (MatMul) 75.0 %");
}

TEST_CASE("the size is compared with all real numbers as f32, others as they are") {
  // 12 + 2 + 1 + 4 numbers of 4 bytes, and 16 bytes of indices.
  CHECK(bytes_in_f32(parse_text(kHalf)) == (12 + 2 + 1 + 4) * 4 + 16);
  CHECK(checked({Gate::size, 50}, 46).passed);
  const auto missed = checked({Gate::size, 50}, 47);
  CHECK(!missed.passed);
  CHECK(missed.found == Approx(100.0 * 47 / 92));
  CHECK(missed.costs.starts_with("\"e\" (Const) 60.0 %, \"t\" (Const) 20.0 %"));
}

TEST_CASE("the signal to noise ratio is that of the worst output") {
  VerifyResult found;
  found.output = "y";
  found.least_sqnr_db = 39.9;
  CHECK(checked({Gate::sqnr, 39}, 0, found).passed);
  CHECK(checked({Gate::sqnr, 40}, 0, found).costs == "\"y\"");
}

TEST_CASE("channels that could saturate are counted") {
  const auto model = parse_text(kHalf);
  const LayerLabel first(*model.graph->first()), second(*model.graph->first()->next());
  const std::vector<Saturation> found{{first, 8, 0, 3}, {second, 4, 4, 0}, {first, 4}};
  CHECK(checked({Gate::saturation, 7}, 0, {}, found).passed);
  const auto missed = checked({Gate::saturation, 0}, 0, {}, found);
  CHECK(!missed.passed);
  CHECK(missed.found == 7);
  CHECK(missed.costs == "\"e\" (Const) 4, \"x\" (Parameter) 3");
}

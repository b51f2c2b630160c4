#include "jobs/statistics.hpp"

#include <catch2/catch.hpp>

#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kQuantized = R"(
  x = Parameter                             : f32[1,4]
  low = Const value=0                       : f32[]
  high = Const value=1                      : f32[]
  q = FakeQuantize(x, low, high, low, high) levels=256 : f32[1,4]
  w = Const value=[1,2,3,4,5,6,7,8] : i8[4,2]
  d = Convert(w) destination_type=f32       : f32[4,2]
  y = MatMul(q, d) transpose_a=false transpose_b=false : f32[1,2]
  r = Result(y)
)";

}  // namespace

TEST_CASE("statistics count layers, outputs and the bytes of constants") {
  const auto found = statistics(parse_text(kQuantized));
  CHECK(found.layers == 8);
  CHECK(found.operations ==
        Statistics::Counts{
            {"Parameter", 1}, {"Const", 3}, {"FakeQuantize", 1}, {"Convert", 1}, {"MatMul", 1}, {"Result", 1}});
  CHECK(found.bytes == Statistics::Counts{{"f32", 8}, {"i8", 8}});
  CHECK(found.edges == Statistics::Counts{{"f32", 4}});
}

TEST_CASE("statistics look into bodies") {
  const auto found = statistics(parse_text(R"(
    cond = Parameter                  : boolean[]
    x = Parameter                     : f32[1,3]
    y = If@opset8(cond, x)            : f32[1,3] {
      then_port_map input external_port_id=1 internal_layer_id=0
      then_port_map output external_port_id=2 internal_layer_id=2
      else_port_map input external_port_id=1 internal_layer_id=0
      else_port_map output external_port_id=2 internal_layer_id=1
      then_body {
        a#0 = Parameter               : f32[1,3]
        b = ReLU(a#0)                 : f32[1,3]
        r#2 = Result(b)
      }
      else_body {
        a#0 = Parameter               : f32[1,3]
        r#1 = Result(a#0)
      }
    }
    r = Result(y)
  )"));
  CHECK(found.operations.at("ReLU") == 1);
  CHECK(found.operations.at("Result") == 3);
}

#include "jobs/statistics.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/layer_named.hpp"
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

namespace {

/// "MatMul 1/1"
std::string counted(std::string_view text, const Goal& goal = {}) {
  std::string found;
  const auto model = parse_text(text);
  PassContext context(goal);
  for (const auto& [operation, low, all] : count_low_precision(model, context))
    found += fmt::format("{}{} {}/{}", found.empty() ? "" : ", ", operation, low, all);
  return found;
}

/// A MatMul of real data, in front of the quantized one.
std::string two_products(std::string_view weights) {
  return fmt::format(R"(
    x = Parameter                             : f32[1,4]
    low = Const value=0                       : f32[]
    high = Const value=1                      : f32[]
    e = Const value=[1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8] : f32[4,4]
    m = MatMul(x, e) transpose_a=false transpose_b=false : f32[1,4]
    q = FakeQuantize(m, low, high, low, high) levels=256 : f32[1,4]
    w = Const value=[1,2,3,4,5,6,7,8]         : i8[4,2]
    d = {}                                    : f32[4,2]
    y = MatMul(q, d) transpose_a=false transpose_b=false : f32[1,2]
    r = Result(y)
  )",
                     weights);
}

}  // namespace

TEST_CASE("low precision is what stock OpenVINO runs in integers, also in mode weights") {
  CHECK(counted(two_products("Dequantize(w) scale=.5")) == "MatMul 1/2");
  CHECK(counted(two_products("Dequantize(w) scale=.5"), {Mode::weights}) == "MatMul 1/2");
  // Without a Multiply there is no kernel.
  CHECK(counted(two_products("Convert(w)")) == "MatMul 0/2");
  // Without any FakeQuantize nothing starts, and what no result reads is not run.
  const std::string integers =
      "x = Parameter : u8[2,2]\na = Dequantize(x) scale=.1 : f32[2,2]\nv = Const value=[1,2,3,4] : i8[2,2]\nw = "
      "Dequantize(v) scale=.5 : f32[2,2]\ny = MatMul(a, w) transpose_a=false transpose_b=false : f32[2,2]\n";
  const std::string quantizer =
      "l = Const value=0 : f32[]\nh = Const value=1 : f32[]\nz = Parameter : f32[2]\nf = FakeQuantize(z, l, h, l, h) "
      "levels=256 : f32[2]\ns = Result(f)\n";
  CHECK(counted(integers + "r = Result(y)\n") == "MatMul 0/1");
  CHECK(counted(integers + quantizer + "r = Result(y)\n") == "MatMul 1/1");
  CHECK(counted(integers + quantizer + "r = Result(a)\n").empty());
}

TEST_CASE("low precision is what got integers where the result is for others") {
  const auto model = parse_text(two_products("Dequantize(w) scale=.5"));
  for (const Goal& goal :
       {Goal{Mode::full, Dialect::type_relaxed}, Goal{Mode::full, Dialect::openvino, find_target("gpu")}}) {
    PassContext context(goal);
    CHECK(count_low_precision(model, context)[0].low == 0);
    context.integer_kernels.insert(layer_named(*model.graph, "m"));
    const auto counts = count_low_precision(model, context);
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].operation == "MatMul");
    CHECK(counts[0].low == 1);
    CHECK(counts[0].all == 2);
  }
}

TEST_CASE("low precision is counted for convolutions, MatMuls and recurrent sequences, also in bodies") {
  CHECK(counted(R"(
    cond = Parameter                  : boolean[]
    x = Parameter                     : f32[2,2]
    y = If@opset8(cond, x)            : f32[2,2] {
      then_port_map input external_port_id=1 internal_layer_id=0
      then_port_map output external_port_id=2 internal_layer_id=2
      else_port_map input external_port_id=1 internal_layer_id=0
      else_port_map output external_port_id=2 internal_layer_id=1
      then_body {
        a#0 = Parameter               : f32[2,2]
        b = MatMul(a#0, a#0) transpose_a=false transpose_b=false : f32[2,2]
        r#2 = Result(b)
      }
      else_body {
        a#0 = Parameter               : f32[2,2]
        r#1 = Result(a#0)
      }
    }
    i = Parameter                     : f32[1,1,3,3]
    c = Convolution(i, i) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,1,1,1]
    t = Parameter : f32[1,2,4]
    h = Parameter : f32[1,1,2]
    n = Const value=[2] : i32[1]
    w = Parameter : f32[1,6,4]
    k = Parameter : f32[1,6,2]
    o = Parameter : f32[1,6]
    g = GRUSequence@opset5(t, h, n, w, k, o) direction=forward hidden_size=2 : f32[1,1,2,2], f32[1,1,2]
    p = Multiply(x, x)                : f32[2,2]
    r = Result(y)
    s = Result(c)
    u = Result(g.0)
    v = Result(p)
  )") == "Convolution 0/1, GRUSequence 0/1, MatMul 0/1");
}

TEST_CASE("a model holds quantization if it quantizes, or dequantizes what it stores") {
  CHECK(holds_quantization(parse_text(kQuantized)));
  const auto converting = [](const char* type) {
    return parse_text(fmt::format(R"(
      x = Parameter                       : f32[2]
      i = Parameter                       : u8[2]
      w = Const value=[1,1]               : {}[2]
      d = Convert(w) destination_type=f32 : f32[2]
      e = Convert(i) destination_type=f32 : f32[2]
      a = Add(x, d)                       : f32[2]
      y = Add(a, e)                       : f32[2]
      r = Result(y)
    )",
                                  type));
  };
  for (const char* type : {"i8", "u8", "i4", "i16"}) CHECK(holds_quantization(converting(type)));
  for (const char* type : {"f16", "boolean", "i64"}) CHECK(!holds_quantization(converting(type)));
}

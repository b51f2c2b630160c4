#include "jobs/execution.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <map>

#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

/// "MatMul 1/1"
std::string counted(std::string_view text, const Goal& goal = {}) {
  std::string found;
  const auto model = parse_text(text);
  PassContext context(goal);
  const Execution execution(model, &context);
  std::map<std::string_view, std::pair<std::size_t, std::size_t>> counts;
  for_each_node(*model.graph, [&](const Node& node) {
    if (!node.is_live() || !is_heavy(node)) return;
    counts[node.type()].first += execution.in_integers(node);
    ++counts[node.type()].second;
  });
  for (const auto& [operation, count] : counts)
    found += fmt::format("{}{} {}/{}", found.empty() ? "" : ", ", operation, count.first, count.second);
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
    CHECK(Execution(model, &context).share().low == 0);
    const Node& first = layer_named(*model.graph, "m");
    context.integer_kernels.insert(first);
    const Execution execution(model, &context);
    CHECK(execution.share().low == 1);
    CHECK(execution.share().all == 2);
    CHECK(execution.runs_in(first) == "i8");
    CHECK(execution.runs_in(layer_named(*model.graph, "y")) == "f32");
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
  CHECK(kind_of(parse_text(two_products("Dequantize(w) scale=.5"))).holds_quantization());
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
  for (const char* type : {"i8", "u8", "i4", "i16"}) CHECK(kind_of(converting(type)).holds_quantization());
  for (const char* type : {"f16", "boolean", "i64"}) CHECK(!kind_of(converting(type)).holds_quantization());
}

TEST_CASE("the share in integers is one of multiply-accumulates, or of layers where lengths are not known") {
  const auto share = [](std::string_view batch) {
    const auto model = parse_text(fmt::format(R"(
      x = Parameter : f32[{0},4]
      e = Const value=[1,2,3,4,5,6,7,8,9,10,11,12] : f32[4,3]
      p = MatMul(x, e) transpose_a=false transpose_b=false : f32[{0},3]
      low = Const value=0  : f32[]
      high = Const value=1 : f32[]
      q = FakeQuantize(x, low, high, low, high) levels=256 : f32[{0},4]
      w = Const value=[1,2,3,4] : i8[4,1]
      d = Dequantize(w) scale=.5 : f32[4,1]
      y = MatMul(q, d) transpose_a=false transpose_b=false : f32[{0},1]
      r = Result(p)
      s = Result(y)
    )",
                                              batch));
    return Execution(model).share();
  };
  const auto known = share("2");
  CHECK(known.macs == 2 * 4 * 3 + 2 * 4);
  CHECK(known.low_macs == 2 * 4);
  CHECK(known.is_complete);
  CHECK(known.fraction() == 0.25);
  const auto unknown = share("?");
  CHECK(!unknown.is_complete);
  CHECK(unknown.fraction() == 0.5);
  CHECK(IntegerShare{}.fraction() == 1);
}

TEST_CASE("how a model comes") {
  const auto kind = kind_of(parse_text(two_products("Dequantize(w) scale=.5")));
  CHECK(kind.quantizes_data);
  CHECK(kind.stored_weights);
  CHECK(!kind.float_weights);
  CHECK(!kind.spells_out);
  CHECK(!kind.converted);
  // Images of u8 are converted, which quantizes nothing.
  CHECK(!kind_of(parse_text("x = Parameter : u8[2]\ny = Convert(x) destination_type=f32 : f32[2]\nr = Result(y)\n"))
             .quantizes_data);
  const auto spelled = kind_of(parse_text(R"(
    x = Parameter : f32[2]
    u = Convert(x) destination_type=u8 : u8[2]
    y = Dequantize(u) scale=.5 : f32[2]
    r = Result(y)
  )"));
  CHECK(spelled.spells_out);
  CHECK(spelled.quantizes_data);
}

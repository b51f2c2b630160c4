#include "report/run_report.hpp"

#include <catch2/catch.hpp>

#include <limits>

#include "text/text.hpp"

using namespace lpt;

namespace {

/// All that can be asked for.
RunJob asked() {
  RunJob job;
  job.model = "m.xml";
  job.other = "o.xml";
  job.per_layer = job.bisect = job.profile = true;
  return job;
}

constexpr auto kModel = R"(
  x = Parameter       : f32[2]
  a = Exp(x)          : f32[2]
  c = Const value=2   : f32[]
  b = Multiply(a, c)  : f32[2]
  r = Result(b)
)";

constexpr auto kOther = R"(
  x = Parameter       : f32[2]
  d = Exp(x)          : f32[2]
  h = Abs(d)          : f32[2]
  c = Const value=3   : f32[]
  b = Multiply(h, c)  : f32[2]
  r = Result(b)
)";

/// What is told of no layer, one that agrees under another name, and one that parts for two reasons.
Ran found() {
  Tensor y(ElementType::f32, {2});
  y.data<float>()[0] = -1;
  y.data<float>()[1] = 2;
  Ran ran;
  ran.model = parse_text(kModel);
  ran.other = parse_text(kOther);
  ran.other.origin.path = "o.xml";
  const auto layer = [](const Model& model, std::string_view name) {
    const Node* node = model.graph->first();
    while (node->name() != name) node = node->next();
    return node;
  };
  const Distance none{0, 0, std::numeric_limits<double>::infinity()};
  const Distance far{0.5, 0.25, 12, 1, 1};
  LayerDifference one{layer(ran.model, "a"), layer(ran.other, "d")};
  one.reading = Reading::listed;
  one.distance = none;
  one.count = 2;
  LayerDifference two{layer(ran.model, "b"), layer(ran.other, "b")};
  two.together = {layer(ran.other, "h")};
  two.blamed = two.together.front();
  two.distance = far;
  two.count = 2;
  two.departing = 1;
  two.ties = 1;
  two.step = 0.125;
  two.place = {1};
  two.is = 2.5;
  two.should_be = 2;
  two.constant = 1;
  two.constant_difference = {.count = 1, .differing = 1, .max_abs = 1};
  LayerDifference three{layer(ran.model, "r"), layer(ran.other, "r")};
  three.problem = "a reason";
  ran.layers = {one, two, three};
  ran.outputs = {{"y", y}};
  ran.milliseconds = 1.5;
  ran.profile = {{"MatMul", 2, 0.003}, {"ReLU", 1, 0.001}};
  ran.layer_times = {{"m.xml:5: \"b\"", 0.002}, {"m.xml:4: \"a\"", 0.001}};
  ran.comparison = {.passed = false, .output = "y", .worst = far, .outputs = {{"y", far}}};
  return ran;
}

}  // namespace

TEST_CASE("a run as text") {
  auto job = asked();
  const auto agreeing = "  \"a\" -> \"d\" (Exp): identical, unit listed\n";
  const auto parting =
      "* \"b\" (Multiply): max abs 0.5, rel 0.25, SQNR 12.0 dB, cosine 1.000000, arg-max 100 %; 1 of 2 elements part "
      "by "
      "more than rounding; 1 ties, a step of 0.125 apart; 1 of 1 values of the constant at input 1 differ, by up to "
      "1\n";
  const auto left_out = "  \"r\" (Result): not compared: a reason\n";
  const auto text = [&](const std::string& layers) {
    return fmt::format(
        "\"y\" f32[2] min -1, max 2, mean 0.5, largest at 1\n"
        "operation                     layers    ms a run   share\n"
        "MatMul                             2       3.000    75 %\n"
        "ReLU                               1       1.000    25 %\n"
        "slowest layers, ms a run\n"
        "       2.000  m.xml:5: \"b\"\n"
        "       1.000  m.xml:4: \"a\"\n"
        "{}1 of 3 layers part by themselves, 1 could not be compared\n"
        "o.xml: \"h\" (Abs, id 2): is the first layer that parts by itself; seen behind it at \"b\" (Multiply); "
        "element [1] is 2.5, should be 2; 1 of 2 elements part by more than rounding; 1 ties, a step of 0.125 "
        "apart; "
        "1 of 1 values of the constant at input 1 differ, by up to 1\n"
        "\"y\": max abs 0.5, rel 0.25, SQNR 12.0 dB, cosine 1.000000, arg-max 100 %\n"
        "they differ: output \"y\": max abs 0.5, rel 0.25, SQNR 12.0 dB, cosine 1.000000, arg-max 100 %; "
        "the tolerance is 0.001, and noise in the last bits of the model's sums makes: 0.0 dB\n"
        "m.xml: 1.500 ms\n",
        layers);
  };
  CHECK(run_text(job, found()) == text(fmt::format("{}{}{}", agreeing, parting, left_out)));
  job.by_loss = true;
  CHECK(run_text(job, found()) == text(fmt::format("{}{}{}", parting, agreeing, left_out)));
  RunJob plain;
  plain.model = "m.xml";
  Ran ran;
  ran.milliseconds = 2;
  CHECK(run_text(plain, ran) == "m.xml: 2.000 ms\n");
  plain.bisect = true;
  CHECK(run_text(plain, ran) == "no layer parts by itself\nm.xml: 2.000 ms\n");
}

TEST_CASE("a run as JSON") {
  auto job = asked();
  job.profile = job.bisect = false;
  CHECK(run_json(job, found()) == R"({
  "model": "m.xml",
  "milliseconds": 1.5,
  "outputs": [
    {
      "name": "y",
      "type": "f32",
      "shape": [
        2
      ]
    }
  ],
  "compare": [
    {
      "output": "y",
      "same_shape": true,
      "max_abs": 0.5,
      "max_rel": 0.25,
      "sqnr_db": 12.0,
      "cosine": 1.0,
      "arg_max": 1.0
    }
  ],
  "verdict": "output \"y\": max abs 0.5, rel 0.25, SQNR 12.0 dB, cosine 1.000000, arg-max 100 %; the tolerance is 0.001, and noise in the last bits of the model's sums makes: 0.0 dB",
  "layers": [
    {
      "layer": "d",
      "pair": "a",
      "operation": "Exp",
      "port": 0,
      "agrees": true,
      "same_shape": true,
      "max_abs": 0.0,
      "max_rel": 0.0,
      "sqnr_db": null,
      "cosine": 1.0,
      "arg_max": 1.0,
      "unit": "listed",
      "elements": 2,
      "departing": 0,
      "ties": 0,
      "roundings": 0,
      "step": 0.0,
      "together": []
    },
    {
      "layer": "b",
      "pair": "b",
      "operation": "Multiply",
      "port": 0,
      "agrees": false,
      "same_shape": true,
      "max_abs": 0.5,
      "max_rel": 0.25,
      "sqnr_db": 12.0,
      "cosine": 1.0,
      "arg_max": 1.0,
      "unit": "as it is",
      "elements": 2,
      "departing": 1,
      "ties": 1,
      "roundings": 0,
      "step": 0.125,
      "blamed": "h",
      "constant": 1,
      "together": [
        "h"
      ]
    },
    {
      "layer": "r",
      "pair": "r",
      "operation": "Result",
      "port": 0,
      "agrees": true,
      "not_compared": "a reason"
    }
  ],
  "agrees": false
}
)");
}

#include "report/run_report.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace lpt;

namespace {

/// All that can be asked for.
RunJob asked() {
  RunJob job;
  job.model = "m.xml";
  job.other = "o.xml";
  job.per_layer = job.profile = job.accumulators = true;
  return job;
}

Ran found() {
  Tensor y(ElementType::f32, {2});
  y.data<float>()[0] = -1;
  y.data<float>()[1] = 2;
  const Distance none{0, 0, std::numeric_limits<double>::infinity()};
  const Distance far{0.5, 0.25, 12, 1, 1};
  return {{{"y", y}},
          1.5,
          {{"MatMul", 2, 0.003}, {"ReLU", 1, 0.001}},
          {{"m.xml:4: \"a\"", 1, 33}},
          {{"a", "MatMul", none, true}, {"b", "ReLU", far, false}},
          {{"y", "", far, false}}};
}

}  // namespace

TEST_CASE("a run as text") {
  CHECK(run_text(asked(), found()) ==
        "\"y\" f32[2] min -1, max 2, mean 0.5, largest at 1\n"
        "operation                     layers          ms   share\n"
        "MatMul                             2       3.000    75 %\n"
        "ReLU                               1       1.000    25 %\n"
        "m.xml:4: \"a\": 1 sums leave 32 bits, 33 sums of two products leave 16 bits\n"
        "  \"a\" (MatMul): identical\n"
        "* \"b\" (ReLU): max abs 0.5, rel 0.25, SQNR 12.0 dB, cosine 1.000000, arg-max 100 %\n"
        "they part first at \"b\" (ReLU)\n"
        "\"y\": max abs 0.5, rel 0.25, SQNR 12.0 dB, cosine 1.000000, arg-max 100 % (tolerance 0.001)\n"
        "m.xml: 1.500 ms\n");
  RunJob job;
  job.model = "m.xml";
  CHECK(run_text(job, {{}, 2, {}, {}, {}, {}}) == "m.xml: 2.000 ms\n");
}

TEST_CASE("a run as JSON") {
  auto job = asked();
  job.profile = false;
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
  "accumulators": [
    {
      "layer": "m.xml:4: \"a\"",
      "beyond_32_bits": 1,
      "pairs_beyond_16_bits": 33
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
      "arg_max": 1.0,
      "agrees": false
    }
  ],
  "layers": [
    {
      "layer": "a",
      "operation": "MatMul",
      "same_shape": true,
      "max_abs": 0.0,
      "max_rel": 0.0,
      "sqnr_db": null,
      "cosine": 1.0,
      "arg_max": 1.0,
      "agrees": true
    },
    {
      "layer": "b",
      "operation": "ReLU",
      "same_shape": true,
      "max_abs": 0.5,
      "max_rel": 0.25,
      "sqnr_db": 12.0,
      "cosine": 1.0,
      "arg_max": 1.0,
      "agrees": false
    }
  ],
  "agrees": false
}
)");
}

#include "report/optimize_report.hpp"

#include <catch2/catch.hpp>

#include "text/text.hpp"

using namespace lpt;

namespace {

struct Sample {
  Optimized result;
  std::size_t looked_up = 0;  ///< lines of the XML
  OptimizeJob job;
};

/// Two passes rewrote something, the second of them refused a layer, the third did nothing.
void fill(Sample& converted) {
  auto& result = converted.result;
  result.model = parse_text(R"(
    x = Parameter : f32[1,2]
    y = ReLU(x) : f32[1,2]
    v = Const value=[1,2] : f32[2,1]
    m = MatMul(y, v) transpose_a=false transpose_b=false : f32[1,1]
    l = Const value=0 : f32[]
    h = Const value=1 : f32[]
    q = FakeQuantize(y, l, h, l, h) levels=256 : f32[1,2]
    w = Const value=[1,2] : i8[2,1]
    d = Dequantize(w) scale=.5 : f32[2,1]
    n = MatMul(q, d) transpose_a=false transpose_b=false : f32[1,1]
    r = Result(m)
    s = Result(n)
  )");
  result.model.origin = {"m.xml", [&](std::uint64_t offset) { return ++converted.looked_up, offset + 2; }};
  LayerLabel relu(*result.model.graph->first()->next());
  relu.source_offset = 40;
  result.passes = {{"first", {relu}, {}},
                   {"second", {relu, relu}, {{relu, refusal(Cause::scale_negative, "scale {} is negative", -0.5)}}},
                   {"third", {}, {}}};
  result.departures = {{relu, "averages are rounded to integers"}};
  result.execution.emplace(result.model);
  result.weights_before = 2000;
  result.weights_after = 500;
  result.seconds = 1.25;
  converted.job.output = "out.xml";
}

}  // namespace

TEST_CASE("lines of the XML are looked up for what is printed, and for nothing else") {
  Sample converted;
  fill(converted);
  CHECK(summary(converted.job, converted.result) ==
        "out.xml: 3 layers rewritten, 1 of 2 operations in low precision, weights 2.0 kB -> 500 B (25 %), 1.25 s\n");
  CHECK(converted.looked_up == 0);
  CHECK(pass_lines(converted.result) ==
        std::vector<std::string>{"first: 1 rewritten, 0 refused", "  m.xml:42: \"y\" (ReLU, id 1): rewritten",
                                 "second: 2 rewritten, 1 refused", "  m.xml:42: \"y\" (ReLU, id 1): rewritten",
                                 "  m.xml:42: \"y\" (ReLU, id 1): rewritten",
                                 "  m.xml:42: \"y\" (ReLU, id 1): scale -0.5 is negative [scale-negative]",
                                 "m.xml:42: \"y\" (ReLU, id 1): averages are rounded to integers"});
  CHECK(converted.looked_up == 5);
}

TEST_CASE("the summary counts the Convolutions that were mended") {
  Sample converted;
  fill(converted);
  converted.result.mended = 2;
  CHECK(summary(converted.job, converted.result) ==
        "out.xml: 3 layers rewritten, 2 1x1 Convolutions that OpenVINO misreads mended, 1 of 2 operations in low "
        "precision, weights 2.0 kB -> 500 B (25 %), 1.25 s\n");
  converted.result.mended = 1;
  CHECK(summary(converted.job, converted.result) ==
        "out.xml: 3 layers rewritten, 1 1x1 Convolution that OpenVINO misreads mended, 1 of 2 operations in low "
        "precision, weights 2.0 kB -> 500 B (25 %), 1.25 s\n");
  converted.result.mended = 0;
  converted.result.fitted = {2, 0};
  CHECK(summary(converted.job, converted.result) ==
        "out.xml: 3 layers rewritten, weights of 2 layers brought into i8, 1 of 2 operations in low precision, weights "
        "2.0 kB -> 500 B (25 %), 1.25 s\n");
  converted.result.fitted = {1, 1};
  CHECK(summary(converted.job, converted.result)
            .starts_with(
                "out.xml: 3 layers rewritten, weights of 1 layer brought into i8 with 1 repeated channel, 1 of 2"));
}

TEST_CASE("the summary says what was not done, and what was verified") {
  Sample converted;
  fill(converted);
  auto& result = converted.result;
  result.was_converted = true;
  result.passes.clear();
  result.execution.emplace(parse_text("x = Parameter : f32[2]\nr = Result(x)\n"));
  result.verification.emplace().output = "y";
  converted.job.verify.emplace();
  converted.job.dry_run = true;
  converted.job.input = "in.xml";
  CHECK(summary(converted.job, result) ==
        "in.xml: already converted, nothing changed, weights 2.0 kB -> 500 B (25 %), 1.25 s, nothing written\n"
        "verified: the outputs are identical\n");
}

TEST_CASE("a check that failed is told with what was wanted, and the pass") {
  Sample converted;
  auto& job = converted.job;
  auto& result = converted.result;
  job.verify.emplace();
  result.verification = {false, "y", {0.5, 0.25, 12, 1, 1}, 12};
  const std::string found = "output \"y\": max abs 0.5, rel 0.25, SQNR 12.0 dB, cosine 1.000000, arg-max 100 %";
  CHECK(failure(job, result) == "the model computes something else than before: " + found +
                                    "; the tolerance is 0.001, and noise in the last bits of the model's sums makes: "
                                    "0.0 dB");
  result.broken_by = "second";
  result.verification->is_like_noise = true;
  result.verification->noise_sqnr_db = 14;
  CHECK(failure(job, result).starts_with("pass second changed what the model computes: " + found));
  job.verify->least_sqnr_db = 40;
  CHECK(failure(job, result) ==
        "--require sqnr=40dB is not met behind pass second: 12.0 dB; " + found +
            "; that is over the tolerance of 0.001, but no more than noise in the last bits of the model's sums makes: "
            "14.0 dB");
}

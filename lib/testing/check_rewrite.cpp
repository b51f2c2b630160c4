#include "testing/check_rewrite.hpp"

#include <catch2/catch.hpp>

#include "exec/compare.hpp"
#include "exec/executor.hpp"
#include "exec/inputs.hpp"
#include "ir/verify.hpp"
#include "passes/pipeline.hpp"
#include "text/text.hpp"

namespace lpt {
namespace {

PassReport run_one(Model& model, std::string_view pass) {
  PipelineOptions options;
  options.only = {std::string(pass)};
  PassContext context({Mode::full, Dialect::type_relaxed, find_target("cpu")});
  auto reports = run_passes(model, pipeline(), options, context);
  REQUIRE(reports.size() == 1);
  verify(model, pass);
  return std::move(reports[0]);
}

void check_unchanged(std::string_view pass, std::string_view graph, PassReport& report) {
  auto model = parse_text(graph);
  const auto before = print_text(*model.graph);
  report = run_one(model, pass);
  CHECK(report.rewritten.size() == 0);
  CHECK(print_text(*model.graph) == before);
}

/// Random inputs of a few seeds.
std::vector<std::vector<Tensor>> sampled_inputs(const Model& model) {
  Executor executor(model);
  std::vector<std::vector<Tensor>> samples;
  for (const std::uint64_t seed : {1, 2, 3}) samples.push_back(random_inputs(executor, seed));
  return samples;
}

/// The outputs of a model for these inputs, one behind the other.
std::vector<Tensor> sampled_outputs(const Model& model, const std::vector<std::vector<Tensor>>& samples) {
  Executor executor(model);
  std::vector<Tensor> all;
  for (const auto& inputs : samples) {
    auto outputs = executor.run(inputs);
    all.insert(all.end(), outputs.begin(), outputs.end());
  }
  return all;
}

void check_same_outputs(const std::vector<Tensor>& before, const std::vector<Tensor>& after, double tolerance) {
  REQUIRE(!before.empty());
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(after[i].type() == before[i].type());
    const auto d = distance(before[i], after[i]);
    CHECK(d.same_shape);
    CHECK(d.max_rel <= tolerance);
  }
}

}  // namespace

void check_same_function(const Model& before, const Model& after, double tolerance) {
  const auto samples = sampled_inputs(before);
  check_same_outputs(sampled_outputs(before, samples), sampled_outputs(after, samples), tolerance);
}

void check_rewrite(std::string_view pass, std::string_view before, std::string_view after, std::size_t rewrites,
                   double tolerance) {
  auto model = parse_text(before);
  verify(model, "parsing");
  const auto samples = sampled_inputs(model);
  const auto outputs = sampled_outputs(model, samples);
  const auto report = run_one(model, pass);
  CHECK(report.rewritten.size() == rewrites);
  const auto expected = parse_text(after);
  verify(expected, "parsing");
  CHECK(print_text(*model.graph) == print_text(*expected.graph));
  check_same_outputs(outputs, sampled_outputs(model, samples), tolerance);
  CHECK(run_one(model, pass).rewritten.size() == 0);
  CHECK(print_text(*model.graph) == print_text(*expected.graph));
}

void check_refused(std::string_view pass, std::string_view graph, std::string_view reason, std::optional<Cause> code) {
  PassReport report;
  check_unchanged(pass, graph, report);
  REQUIRE(report.refusals.size() == 1);
  CHECK(report.refusals[0].reason.sentence() == reason);
  if (code) CHECK(report.refusals[0].reason.cause() == *code);
}

void check_no_match(std::string_view pass, std::string_view graph) {
  PassReport report;
  check_unchanged(pass, graph, report);
  CHECK(report.refusals.empty());
}

}  // namespace lpt

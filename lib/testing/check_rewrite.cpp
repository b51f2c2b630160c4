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

PassReport run_one(Model& model, std::string_view pass, Dialect dialect) {
  PipelineOptions options;
  // What the passes that fit weights into i8 want to know; it changes nothing.
  options.only = {"foresee_kernels_without_zero_points", std::string(pass)};
  if (find_pass(pipeline(), pass).runs == Runs::openvino) dialect = Dialect::openvino;
  PassContext context({Mode::full, dialect, find_target("cpu")});
  auto reports = run_passes(model, pipeline(), options, context);
  std::erase_if(reports, [&](const PassReport& report) { return report.pass != pass; });
  REQUIRE(reports.size() == 1);
  verify(model, pass);
  return std::move(reports[0]);
}

void check_unchanged(std::string_view pass, std::string_view graph, PassReport& report, Dialect dialect) {
  auto model = parse_text(graph);
  const auto before = print_text(*model.graph);
  report = run_one(model, pass, dialect);
  CHECK(report.rewritten.size() == 0);
  CHECK(print_text(*model.graph) == before);
}

/// Random inputs for a model, of a few seeds.
std::vector<std::vector<Tensor>> sampled_inputs(const Model& model) {
  constexpr std::uint64_t kSeeds = 3;
  Executor executor(model);
  std::vector<std::vector<Tensor>> all;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) all.push_back(random_inputs(executor, seed));
  return all;
}

/// Its outputs, one behind the other.
std::vector<Tensor> outputs_for(const Model& model, const std::vector<std::vector<Tensor>>& inputs) {
  Executor executor(model);
  std::vector<Tensor> all;
  for (const auto& values : inputs) {
    auto outputs = executor.run(values);
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
  const auto inputs = sampled_inputs(before);
  check_same_outputs(outputs_for(before, inputs), outputs_for(after, inputs), tolerance);
}

void check_rewrite(std::string_view pass, std::string_view before, std::string_view after, std::size_t rewrites,
                   double tolerance, Dialect dialect) {
  auto model = parse_text(before);
  verify(model, "parsing");
  const auto inputs = sampled_inputs(model);
  const auto outputs = outputs_for(model, inputs);
  const auto report = run_one(model, pass, dialect);
  CHECK(report.rewritten.size() == rewrites);
  const auto expected = parse_text(after);
  verify(expected, "parsing");
  CHECK(print_text(*model.graph) == print_text(*expected.graph));
  check_same_outputs(outputs, outputs_for(model, inputs), tolerance);
  CHECK(run_one(model, pass, dialect).rewritten.size() == 0);
  CHECK(print_text(*model.graph) == print_text(*expected.graph));
}

void check_refused(std::string_view pass, std::string_view graph, std::string_view reason, std::optional<Cause> code,
                   Dialect dialect) {
  PassReport report;
  check_unchanged(pass, graph, report, dialect);
  REQUIRE(report.refusals.size() == 1);
  CHECK(report.refusals[0].reason.sentence() == reason);
  if (code) CHECK(report.refusals[0].reason.cause() == *code);
}

void check_no_match(std::string_view pass, std::string_view graph, Dialect dialect) {
  PassReport report;
  check_unchanged(pass, graph, report, dialect);
  CHECK(report.refusals.empty());
}

}  // namespace lpt

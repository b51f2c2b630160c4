#include "jobs/optimize.hpp"

#include <catch2/catch.hpp>

#include "testing/test_files.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

/// x * 2 -> ReLU.
constexpr auto kDoubled = R"(
  x = Parameter               : f32[1,4]  names="x"
  s = Const value=2           : f32[]
  m = Multiply(x, s)          : f32[1,4]
  y = ReLU(m)                 : f32[1,4]  names="y"
  r = Result(y)
)";

/// A MatMul on integers.
constexpr auto kQuantized = R"(
  x = Parameter                             : f32[1,4]
  low = Const value=0                       : f32[]
  high = Const value=2.55                   : f32[]
  q = FakeQuantize(x, low, high, low, high) levels=256 : f32[1,4]
  w = Const value=[1,2,3,4,5,6,7,8] : i8[4,2]
  d = Dequantize(w) scale=0.5               : f32[4,2]
  y = MatMul(q, d) transpose_a=false transpose_b=false : f32[1,2]
  r = Result(y)
)";

OptimizeJob job_of(const TestFolder& folder, const std::string& name, const char* text) {
  OptimizeJob job;
  job.input = folder / (name + ".xml");
  job.output = folder / (name + "_out.xml");
  OutputPair files(job.input, default_weights_path(job.input));
  write_model(parse_text(text), files, job.progress);
  return job;
}

Outcome leave_out(Graph& graph, Node& node, PassContext&) {
  graph.replace(node.output(0), node.input(0));
  return rewritten();
}

Outcome rename_layer(Graph& graph, Node& node, PassContext&) {
  graph.set_name(node, "other");
  return rewritten();
}

Outcome look_at(Graph&, Node&, PassContext&) { return refused(Cause::scale_negative, "scale {} is negative", -1); }

Pass pass(std::string_view name, std::string_view type, std::string_view step,
          Outcome (*run)(Graph&, Node&, PassContext&)) {
  return {name, type, Runs::always, step, "", run};
}

/// Of the passes of the second step one is wrong.
const Passes kPasses{
    pass("rename_multiply", "Multiply", "first", rename_layer), pass("look_at_relu", "ReLU", "second", look_at),
    pass("rename_result", "Result", "second", rename_layer), pass("break_multiply", "Multiply", "second", leave_out),
    pass("rename_relu", "ReLU", "second", rename_layer)};

}  // namespace

TEST_CASE("two conversions in one process give what their models give") {
  const TestFolder folder;
  auto job = job_of(folder, "quantized", kQuantized);
  job.statistics = true;
  const auto first = optimize(job);
  const auto second = optimize(job_of(folder, "doubled", kDoubled));
  CHECK(first.rewritten() > 0);
  REQUIRE(first.low_precision.size() == 1);
  CHECK(first.low_precision[0].low == 1);
  CHECK(first.before->operations.at("FakeQuantize") == 1);
  CHECK(first.weights_before == 8 + 3 * 4);
  CHECK(second.rewritten() == 0);
  CHECK(second.low_precision.empty());
  CHECK(!second.before);
  CHECK(second.weights_after == 4);
  CHECK(folder.file_count() == 8);
  job.input = job.output;
  job.dry_run = true;
  CHECK(optimize(job).was_converted);
}

TEST_CASE("a dry run writes nothing") {
  const TestFolder folder;
  auto job = job_of(folder, "quantized", kQuantized);
  job.dry_run = true;
  CHECK(optimize(job).rewritten() > 0);
  CHECK(folder.file_count() == 2);
}

TEST_CASE("a check that fails writes nothing, unless that is forced") {
  const TestFolder folder;
  auto job = job_of(folder, "doubled", kDoubled);
  job.verify.emplace();
  const auto result = optimize(job, kPasses);
  CHECK(!result.passed());
  CHECK(result.broken_by.empty());
  CHECK(result.verification->output == "y");
  CHECK(result.verification->worst.max_rel == 0.5);
  CHECK(folder.file_count() == 2);
  job.force = true;
  CHECK(!optimize(job, kPasses).passed());
  CHECK(folder.file_count() == 4);
}

TEST_CASE("a wrong pass is named, also among passes that run together") {
  const TestFolder folder;
  auto job = job_of(folder, "doubled", kDoubled);
  job.verify.emplace();
  job.verify_each = true;
  const auto result = optimize(job, kPasses);
  CHECK(!result.passed());
  CHECK(result.broken_by == "break_multiply");
  CHECK(folder.file_count() == 2);
}

TEST_CASE("a model is shown after single passes of a step") {
  const TestFolder folder;
  const auto job = job_of(folder, "doubled", kDoubled);
  const auto names_after = [&](std::string_view pass) {
    std::string names;
    const auto model = model_after(job, pass, kPasses);
    for (const Node* node = model.graph->first(); node != nullptr; node = node->next())
      names += std::string(node->type()) + " ";
    return names;
  };
  CHECK(names_after("rename_result") == "Parameter Const Multiply ReLU Result ");
  CHECK(names_after("break_multiply") == "Parameter ReLU Result ");
  std::vector<std::string> shown;
  const auto show = [&](std::string_view pass, const std::string&) { shown.emplace_back(pass); };
  print_after(job, {"look_at_relu", "break_multiply"}, show, kPasses);
  CHECK(shown == std::vector<std::string>{"look_at_relu", "break_multiply"});
  shown.clear();
  print_after(job, {"all"}, show, kPasses);
  CHECK(shown == std::vector<std::string>{"rename_multiply", "rename_result", "break_multiply", "rename_relu"});
  CHECK_THROWS_WITH(print_after(job, {"break_multiplies"}, show, kPasses),
                    "unknown pass 'break_multiplies', did you mean 'break_multiply'?");
}

TEST_CASE("a model without quantization is told apart") {
  const TestFolder folder;
  std::string said;
  const auto warning = [&](const char* text) {
    auto job = job_of(folder, "m", text);
    job.warn = [&](const std::string& message) { said += message; };
    said.clear();
    optimize(job);
    return said;
  };
  CHECK(warning(kQuantized) ==
        (folder / "m.xml").string() + ": 1 tensor holds integers, rt_info/lpt_opt/integers says of which scale: \"q\"");
  CHECK(warning(kDoubled) == (folder / "m.xml").string() +
                                 ": the model holds no quantization (no FakeQuantize, no stored integers); quantize it "
                                 "first, for instance with nncf.quantize");
}

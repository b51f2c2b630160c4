#include "jobs/optimize.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <algorithm>

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
  job.account = true;
  const auto first = optimize(job);
  const auto second = optimize(job_of(folder, "doubled", kDoubled));
  CHECK(first.rewritten() > 0);
  CHECK(first.execution->share().low == 1);
  CHECK(first.execution->share().all == 1);
  CHECK(first.account->before.statistics.operations.at("FakeQuantize") == 1);
  CHECK(first.weights_before == 8 + 3 * 4);
  CHECK(second.rewritten() == 0);
  CHECK(second.execution->share().all == 0);
  CHECK(!second.account);
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

namespace {

/// What a conversion of m.xml warns of, a line for each warning; PATH stands for the file.
std::string warnings(const OptimizeJob& job) {
  std::string said;
  auto listening = job;
  listening.warn = [&](const std::string& message) { said += message + "\n"; };
  optimize(listening);
  const auto path = job.input.string();
  for (auto at = said.find(path); at != std::string::npos; at = said.find(path)) said.replace(at, path.size(), "PATH");
  return said;
}

std::string warnings(const std::string& text) {
  const TestFolder folder;
  return warnings(job_of(folder, "m", text.c_str()));
}

/// The line of m.xml in which a layer begins.
std::size_t line_of(const TestFolder& folder, std::string_view layer) {
  const auto xml = folder.read("m.xml");
  const auto at = xml.find("name=\"" + std::string(layer) + "\"");
  return static_cast<std::size_t>(std::count(xml.begin(), xml.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
}

/// MatMuls of real data by weights under a FakeQuantize.
std::string real_products(int count) {
  std::string text = "x = Parameter : f32[1,2]\nl = Const value=-1.28 : f32[]\nh = Const value=1.27 : f32[]\n";
  for (int i = 0; i < count; ++i)
    text += fmt::format(
        "v{0} = Const value=[.1,.2,.3,.4] : f32[2,2]\nw{0} = FakeQuantize(v{0}, l, h, l, h) levels=256 : "
        "f32[2,2]\ny{0} = "
        "MatMul(x, w{0}) transpose_a=false transpose_b=false : f32[1,2]\nr{0} = Result(y{0})\n",
        i);
  return text;
}

/// Multiplies that FakeQuantizes take in.
std::string multiplied(int count) {
  std::string text =
      "l = Const value=0 : f32[]\nh = Const value=2.55 : f32[]\nk = Const value=2 : f32[]\nv = Const "
      "value=[1,2,3,4] : i8[2,2]\nw = Dequantize(v) scale=.5 : f32[2,2]\n";
  for (int i = 0; i < count; ++i)
    text += fmt::format(
        "x{0} = Parameter : f32[1,2]\nm{0} = Multiply(x{0}, k) : f32[1,2]\nq{0} = FakeQuantize(m{0}, l, h, l, h) "
        "levels=256 : f32[1,2]\ny{0} = MatMul(q{0}, w) transpose_a=false transpose_b=false : f32[1,2]\nr{0} = "
        "Result(y{0})\n",
        i);
  return text;
}

std::string fact(std::string_view name) {
  return std::string(std::ranges::find(runtime_facts(), name, &RuntimeFact::name)->sentence);
}

}  // namespace

TEST_CASE("a warning names the MatMuls whose weights stay under a FakeQuantize") {
  const TestFolder folder;
  const auto check = [&](int count, const std::string& others) {
    const auto said = warnings(job_of(folder, "m", real_products(count).c_str()));
    CHECK(said ==
          fmt::format("PATH:{}: \"y0\" (MatMul, id 5): its weights stay under a FakeQuantize, of integers: {}{}\n",
                      line_of(folder, "y0"), fact("dynamic_quantization_of_folded_mat_mul"), others));
  };
  check(1, "");
  check(2, "; likewise \"y1\"");
  check(11, "; likewise \"y1\", \"y2\", \"y3\", \"y4\", \"y5\", \"y6\", \"y7\", \"y8\" and 2 more");
}

TEST_CASE("a warning names the recurrent sequence whose states are cut off") {
  const TestFolder folder;
  const auto said = [&](std::string_view low, std::string_view high, std::string_view state) {
    return warnings(job_of(folder, "m",
                           fmt::format(R"(
    x = Parameter                    : f32[1,2,1]
    l = Const value={}               : f32[]
    h = Const value={}               : f32[]
    q = FakeQuantize(x, l, h, l, h) levels=256 : f32[1,2,1]
    p = Parameter                    : f32[1,1,1]
    c = Const value=[.5]             : f32[1,1,1]
    z = Const value=0                : f32[]
    e = Const value=1                : f32[]
    f = FakeQuantize(c, z, e, z, e) levels=256 : f32[1,1,1]
    n = Const value=[2]              : i32[1]
    v = Const value=[1,2,3]          : i8[1,3,1]
    w = Dequantize(v) scale=.5       : f32[1,3,1]
    u = Const value=[4,5,6]          : i8[1,3,1]
    k = Dequantize(u) scale=.5       : f32[1,3,1]
    b = Const value=[0,0,0]          : f32[1,3]
    y = GRUSequence@opset5(q, {}, n, w, k, b) direction=forward hidden_size=1 : f32[1,1,2,1], f32[1,1,1]
    r = Result(y.0)
    s = Result(p)
    t = Result(f)
  )",
                                       low, high, state)
                               .c_str()));
  };
  const auto check = [&](std::string_view low, std::string_view high, std::string_view state, std::string_view name) {
    const auto found = said(low, high, state);
    CHECK(found == fmt::format("PATH:{}: \"y\" (GRUSequence, id 19): {}\n", line_of(folder, "y"), fact(name)));
  };
  check("0", ".5", "p", "recurrent_ranges");
  check("-1.28", "1.27", "f", "stored_state");
  CHECK(said("-1.28", "1.27", "p").empty());
}

TEST_CASE("a warning lists the names that do not give any more what they gave") {
  CHECK(warnings(multiplied(1)) ==
        "PATH: 1 tensor holds integers, rt_info/lpt_opt/multiples says of what: \"q0\"\n"
        "PATH: 1 name vanished with what it named, rt_info/lpt_opt/vanished lists it: \"m0\"\n");
  CHECK(warnings(multiplied(2)) ==
        "PATH: 2 tensors hold integers, rt_info/lpt_opt/multiples says of what: \"q0\", \"q1\"\n"
        "PATH: 2 names vanished with what they named, rt_info/lpt_opt/vanished lists them: \"m0\", \"m1\"\n");
  CHECK(warnings(multiplied(9)).find("\"q6\", \"q7\" and 1 more\n") != std::string::npos);
  const TestFolder folder;
  auto job = job_of(folder, "m", multiplied(1).c_str());
  warnings(job);
  const auto xml = folder.read("m_out.xml");
  CHECK(xml.find("<layer value=\"q0\" />") != std::string::npos);
  CHECK(xml.find("<n0 value=\"m0\" />") != std::string::npos);
  // On integer edges a type says what is an integer.
  job.goal.dialect = Dialect::type_relaxed;
  CHECK(warnings(job).empty());
}

TEST_CASE("a model of an older version is left as it is, with a warning") {
  const TestFolder folder;
  warnings(job_of(folder, "m", kQuantized));
  OptimizeJob again;
  again.input = folder / "m_out.xml";
  again.dry_run = true;
  CHECK(warnings(again).empty());
  const std::string current = "<version value=\"" LPT_VERSION "\" />";
  auto xml = folder.read("m_out.xml");
  const auto at = xml.find(current);
  REQUIRE(at != std::string::npos);
  folder.write("m_out.xml", std::string(xml).replace(at, current.size(), "<version value=\"0.1.0\" />"));
  CHECK(warnings(again) == "PATH: version 0.1.0 of lpt-opt converted it, this is " LPT_VERSION
                           "; convert the original model again for what is better now\n");
  folder.write("m_out.xml", xml.replace(at, current.size(), ""));
  CHECK(warnings(again) == "PATH: an older lpt-opt converted it, this is " LPT_VERSION
                           "; convert the original model again for what is better now\n");
  CHECK(optimize(again).was_converted);
}

TEST_CASE("the dialect openvino does not begin with a model of the dialect type-relaxed") {
  const TestFolder folder;
  auto job = job_of(folder, "m", R"(
    x = Parameter : u8[1,2]
    v = Const value=[1,2,3,4] : i8[2,2]
    y = MatMul@type_relaxed_opset1(x, v) type_relax=true input_data_types=[f32,f32] output_data_types=f32 transpose_a=false transpose_b=false : f32[1,2]
    r = Result(y)
  )");
  CHECK_THROWS_WITH(optimize(job),
                    fmt::format("{}:{}: \"y\" (MatMul, id 2): version type_relaxed_opset1 is of the dialect "
                                "type-relaxed, which --dialect openvino cannot begin with; convert the "
                                "original model instead",
                                job.input.string(), line_of(folder, "y")));
  CHECK(folder.file_count() == 2);
  job.goal.dialect = Dialect::type_relaxed;
  CHECK(optimize(job).rewritten() == 0);
}

TEST_CASE("1x1 Convolutions that came in a form which the runtime misreads are counted") {
  const TestFolder folder;
  CHECK(optimize(job_of(folder, "m", R"(
    x = Parameter                    : f32[1,2,2,2]
    v = Const value=[1,2]            : i8[1,2,1,1]
    w = Dequantize(v) scale=.5       : f32[1,2,1,1]
    y = Convolution(x, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,1,2,2]
    r = Result(y)
  )"))
            .mended == 1);
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
        (folder / "m.xml").string() + ": 1 tensor holds integers, rt_info/lpt_opt/multiples says of what: \"q\"");
  CHECK(warning(kDoubled) == (folder / "m.xml").string() +
                                 ": the model holds no quantization (no FakeQuantize, no stored integers); quantize it "
                                 "first, for instance with nncf.quantize");
}

#include "driver/pass.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "ir/error.hpp"
#include "ops/operation.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

using Names = std::vector<std::string>;

/// What the passes below were shown, in order. A pass is a plain function: what it sees has no other place to go.
Names seen;

Outcome see(Graph&, Node& node, PassContext&) {
  seen.emplace_back(node.name());
  return no_match();
}

void look(Graph& graph, PassContext&) { seen.push_back(fmt::format("a graph of {}", graph.size())); }

Outcome refuse(Graph&, Node& node, PassContext&) { return refused(Cause::scale_zero, "{} has none", node.name()); }

Outcome not_understand(Graph&, Node& node, PassContext&) {
  integer_attribute(node, "levels");
  return rewritten();
}

/// Takes a ReLU away.
Outcome remove(Graph& graph, Node& node, PassContext&) {
  seen.emplace_back(node.name());
  graph.replace(node.output(0), node.input(0));
  return rewritten();
}

/// Breaks the promise that a pass that changes nothing says so, and that a constant has as many bytes as its shape
/// says.
Outcome enlarge(Graph& graph, Node& node, PassContext&) {
  graph.set_output(node, 0, node.output(0).type(), Shape{1000});
  return no_match();
}

/// Likewise, in a way that leaves the model valid.
Outcome rename(Graph& graph, Node& node, PassContext&) {
  graph.set_name(node, "renamed");
  return no_match();
}

Node& named(const Model& model, std::string_view name) {
  Node* node = model.graph->first();
  while (node->name() != name) node = node->next();
  return *node;
}

Pass pass(std::string_view name, std::string_view type, Outcome (*run)(Graph&, Node&, PassContext&),
          Runs runs = Runs::always, std::string_view step = {}) {
  return {name, type, runs, step.empty() ? name : step, "does something", run};
}

Names names_of(const std::vector<const Pass*>& passes) {
  Names names;
  for (const auto* p : passes) names.emplace_back(p->name);
  return names;
}

struct PassRun {
  Model model;
  PassContext context{Goal{}};
  std::vector<PassReport> reports;

  PassRun(std::string_view text, const Passes& passes, const PipelineOptions& options = {},
          const std::function<void(const StepReport&)>& after = {})
      : model(parse_text(text)) {
    seen.clear();
    reports = run_passes(model, passes, options, context, after);
  }
};

/// Calls, and returns the text and the code of the error that comes.
template <class F>
std::string error_of(const F& call) {
  try {
    call();
  } catch (const Error& error) {
    return fmt::format("{} {}", static_cast<int>(error.code()), error.what());
  }
  return "none";
}

constexpr std::string_view kTwo = "x = Parameter : f32[2]\na = ReLU(x) : f32[2]\nb = ReLU(a) : f32[2]\nr = Result(b)\n";

}  // namespace

TEST_CASE("passes are shown the live layers of their type, with the inputs that the operation reads") {
  const auto shown = [](const Pass& pass) {
    auto model = parse_text(R"(
      x = Parameter                : f32[1,2]
      c = Const value=1            : f32[]
      a = Add(x, c)                : f32[1,2]
      other = Add@opset99(a, c)    : f32[1,2]
      unheard = Unheard(other)     : f32[1,2]
      dead = Add(x, c)             : f32[1,2]
      relaxed = Add@type_relaxed_opset1(unheard, c) type_relax=true input_data_types=[f32,f32] output_data_types=f32 : f32[1,2]
      s = Sigmoid(relaxed)         : f32[1,2]
      r = Result(s)
    )");
    Node& sigmoid = named(model, "s");
    NodeSpec few;
    few.type = "Add";
    few.name = "few";
    few.inputs = {sigmoid.input(0)};
    few.outputs = {{ElementType::f32, Shape{1, 2}}};
    model.graph->set_input(sigmoid, 0, model.graph->insert_before(&sigmoid, std::move(few)).output(0));
    seen.clear();
    PassContext context{Goal{}};
    run_passes(model, {pass}, {}, context);
    return seen;
  };
  CHECK(shown(pass("p", "Add", see)) == Names{"a"});
  auto sees_relaxed = pass("p", "Add", see);
  sees_relaxed.sees_relaxed = true;
  CHECK(shown(sees_relaxed) == Names{"a", "relaxed"});
  CHECK(shown(pass("p", "*", see)) == Names{"x", "c", "a", "s", "r"});
  CHECK(shown(pass("p", "ReLU", see)).empty());
}

TEST_CASE("passes of one step see producers before consumers, and each layer one after the other") {
  const auto reversed = [&](const Passes& passes) {
    // The text form wants producers first: an edge is turned behind it.
    auto model = parse_text(
        "x = Parameter : f32[2]\nlate = ReLU(x) : f32[2]\nearly = ReLU(x) : f32[2]\nr = Result(late)\n"
        "s = Result(early)\n");
    model.graph->set_input(named(model, "late"), 0, named(model, "early").output(0));
    seen.clear();
    PassContext context{Goal{}};
    run_passes(model, passes, {}, context);
    return seen;
  };
  CHECK(reversed({pass("p", "ReLU", see)}) == Names{"late", "early"});
  CHECK(reversed({pass("p", "ReLU", see, Runs::always, "s"), pass("q", "ReLU", see, Runs::always, "s")}) ==
        Names{"early", "early", "late", "late"});
  CHECK(reversed({pass("p", "ReLU", see), pass("q", "ReLU", see)}) == Names{"late", "early", "late", "early"});
}

TEST_CASE("a pass over whole graphs looks before its neighbours are shown layers") {
  Pass looks = pass("look", "", see);
  looks.look = look;
  PassRun(kTwo, {looks, pass("p", "ReLU", see)});
  CHECK(seen == Names{"a graph of 4", "a", "b"});
}

TEST_CASE("bodies are walked like the model") {
  PassRun(R"(
    cond = Parameter : boolean[]
    y = If@opset8(cond) : f32[2] {
      then_port_map output external_port_id=1 internal_layer_id=9
      else_port_map output external_port_id=1 internal_layer_id=2
      then_body {
        c = Const value=[1,2] : f32[2]
        inner = ReLU(c) : f32[2]
        r#9 = Result(inner)
      }
      else_body {
        c = Const value=[1,2] : f32[2]
        r#2 = Result(c)
      }
    }
    outer = ReLU(y) : f32[2]
    r = Result(outer)
  )",
          {pass("p", "ReLU", see)});
  CHECK(seen == Names{"outer", "inner"});
}

TEST_CASE("what a pass has taken away is shown to nobody, and counted") {
  const PassRun run(kTwo, {pass("p", "ReLU", remove, Runs::always, "s"), pass("q", "ReLU", see, Runs::always, "s")});
  CHECK(seen == Names{"a", "b"});
  REQUIRE(run.reports.size() == 2);
  CHECK(run.reports[0].pass == "p");
  REQUIRE(run.reports[0].rewritten.size() == 2);
  CHECK(run.reports[0].rewritten[1].name == "b");
  CHECK(run.reports[1].rewritten.size() == 0);
  CHECK(print_text(*run.model.graph) == print_text(*parse_text("x = Parameter : f32[2]\nr = Result(x)\n").graph));
}

TEST_CASE("a refusal is reported with its layer, and so is a layer that its operation does not understand") {
  const PassRun refusing(kTwo, {pass("p", "ReLU", refuse)});
  REQUIRE(refusing.reports[0].refusals.size() == 2);
  CHECK(refusing.reports[0].rewritten.size() == 0);
  CHECK(refusing.reports[0].refusals[1].layer.name == "b");
  CHECK(refusing.reports[0].refusals[1].reason.sentence() == "b has none");
  CHECK(refusing.reports[0].refusals[1].reason.cause() == Cause::scale_zero);

  const PassRun failing(kTwo, {pass("p", "ReLU", not_understand)});
  REQUIRE(failing.reports[0].refusals.size() == 2);
  CHECK(failing.reports[0].refusals[0].reason.cause() == Cause::layer_not_understood);
  CHECK(failing.reports[0].refusals[0].reason.sentence() == "attribute levels is missing");
}

TEST_CASE("the model is verified behind a step that changed it, whatever its passes answer") {
  const auto* text = "c = Const value=[1,2] : f32[2]\nr = Result(c)\n";
  int steps = 0;
  const auto count = [&](const StepReport&) { ++steps; };
  const Passes passes{pass("p", "Const", see, Runs::always, "s"), pass("breaks", "Const", enlarge, Runs::always, "s"),
                      pass("later", "Const", see)};
  CHECK(error_of([&] { PassRun(text, passes, {}, count); }) ==
        "5 text: \"c\" (Const, id 0): its bytes do not fit (after p, breaks)");
  CHECK(steps == 0);

  const PassRun valid(text, {pass("p", "Const", rename)}, {}, count);
  CHECK(steps == 1);
  CHECK(valid.model.graph->first()->name() == "renamed");
}

TEST_CASE("each step is told of once the model is valid, with its passes in their order") {
  std::vector<Names> steps;
  PassRun(
      kTwo,
      {pass("p", "ReLU", see, Runs::always, "s"), pass("q", "ReLU", refuse, Runs::always, "s"), pass("t", "Add", see)},
      {}, [&](const StepReport& step) {
        steps.emplace_back();
        for (const auto& report : step)
          steps.back().push_back(fmt::format("{} {}", report.pass, report.refusals.size()));
      });
  CHECK(steps == std::vector<Names>{{"p 0", "q 2"}, {"t 0"}});
}

TEST_CASE("selected_passes: those of the goal that are not left out") {
  const Passes passes{pass("always", "*", see, Runs::always), pass("full", "*", see, Runs::full),
                      pass("relaxed", "*", see, Runs::type_relaxed), pass("last", "*", see, Runs::always)};
  const auto selected = [&](const PipelineOptions& options, Mode mode = Mode::full,
                            Dialect dialect = Dialect::type_relaxed) {
    Goal goal;
    goal.mode = mode;
    goal.dialect = dialect;
    return names_of(selected_passes(passes, options, goal));
  };
  CHECK(selected({}) == Names{"always", "full", "relaxed", "last"});
  CHECK(selected({}, Mode::full, Dialect::openvino) == Names{"always", "full", "last"});
  CHECK(selected({}, Mode::weights) == Names{"always", "last"});
  CHECK(selected({{"full", "last"}, {}, ""}) == Names{"always", "relaxed"});
  CHECK(selected({{}, {"last", "full"}, ""}) == Names{"full", "last"});
  CHECK(selected({{"full"}, {"last", "full"}, ""}) == Names{"last"});
  CHECK(selected({{}, {}, "full"}) == Names{"always", "full"});
  // One that does not run all the same ends the run.
  CHECK(selected({{"full"}, {}, "full"}) == Names{"always"});
  CHECK(selected({{}, {}, "relaxed"}, Mode::full, Dialect::openvino) == Names{"always", "full"});
  CHECK(selected({{}, {"last"}, "full"}).empty());
  CHECK(PipelineOptions{}.is_whole());
  for (const PipelineOptions& part : {PipelineOptions{{"full"}, {}, ""}, {{}, {"full"}, ""}, {{}, {}, "full"}}) {
    CHECK(!part.is_whole());
    auto misspelled = part;
    for (auto* names : {&misspelled.disable, &misspelled.only}) {
      if (!names->empty()) (*names)[0] = "ful";
    }
    if (!misspelled.stop_after.empty()) misspelled.stop_after = "ful";
    CHECK(error_of([&] { selected(misspelled); }) == "2 unknown pass 'ful', did you mean 'full'?");
  }
}

TEST_CASE("find_pass: a name that is not known brings the nearest one to mind") {
  const Passes passes{pass("propagate_add", "Add", see), pass("propagate_max_pool", "MaxPool", see)};
  CHECK(&find_pass(passes, "propagate_max_pool") == &passes[1]);
  const auto error = [&](std::string_view name) { return error_of([&] { find_pass(passes, name); }); };
  CHECK(error("propagate_maxpool") == "2 unknown pass 'propagate_maxpool', did you mean 'propagate_max_pool'?");
  CHECK(error("propagat_ad") == "2 unknown pass 'propagat_ad', did you mean 'propagate_add'?");
  CHECK(error("sigmoid") == "2 unknown pass 'sigmoid'; --list-passes names them");
  CHECK(error("") == "2 unknown pass ''; --list-passes names them");
}

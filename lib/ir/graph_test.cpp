#include "ir/graph.hpp"

#include <catch2/catch.hpp>

#include <limits>

#include "ir/error.hpp"
#include "ir/verify.hpp"
#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kChain = R"(
  x = Parameter   : f32[2]
  a = ReLU(x)     : f32[2] names="t"
  b = ReLU(a)     : f32[2]
  c = ReLU(a)     : f32[2]
  r = Result(b)
  s = Result(c)
)";

}  // namespace

TEST_CASE("replace moves all readers, the tensor names and nothing else") {
  auto model = parse_text(kChain);
  Graph& graph = *model.graph;
  Node& a = layer_named(graph, "a");
  NodeSpec spec;
  spec.type = "Sigmoid";
  spec.name = "a";
  spec.inputs = {a.input(0)};
  spec.outputs = {{ElementType::f32, Shape({2})}};
  Node& added = graph.insert_before(&a, std::move(spec));
  graph.replace(a.output(0), added.output(0));
  verify(model, "the test");
  CHECK(added.name() == "a_1");
  CHECK(added.id() == 6);
  CHECK(added.output(0).names() == "t");
  CHECK(!added.output(0).has_one_reader());
  CHECK(added.output(0).has_readers());
  CHECK(graph.remove_orphans() == 1);
  verify(model, "the test");
  CHECK(print_text(graph) == print_text(*parse_text(R"(
    x = Parameter     : f32[2]
    a_1 = Sigmoid(x)  : f32[2] names="t"
    b = ReLU(a_1)     : f32[2]
    c = ReLU(a_1)     : f32[2]
    r = Result(b)
    s = Result(c)
  )")
                                             .graph));
}

TEST_CASE("orphans go with all that only they read; what nobody read before stays") {
  auto model = parse_text(R"(
    x = Parameter     : f32[2]
    dead = ReLU(x)    : f32[2]
    a = ReLU(x)       : f32[2]
    b = ReLU(a)       : f32[2]
    r = Result(b)
  )");
  Graph& graph = *model.graph;
  graph.set_input(layer_named(graph, "r"), 0, layer_named(graph, "x").output(0));
  CHECK(graph.remove_orphans() == 2);
  CHECK(graph.size() == 3);
  CHECK(!layer_named(graph, "dead").output(0).has_readers());
  verify(model, "the test");
}

TEST_CASE("new ids stay above all others, or find a gap below the largest") {
  auto model = parse_text("x#9223372036854775807 = Parameter : f32[]\ny#1 = Parameter : f32[]\n");
  NodeSpec spec;
  spec.type = "Parameter";
  spec.name = "z";
  spec.outputs = {{ElementType::f32, Shape()}};
  CHECK(model.graph->insert_before(nullptr, spec).id() == 2);
  CHECK(model.graph->insert_before(nullptr, spec).id() == 3);
  verify(model, "the test");
}

TEST_CASE("a cycle is found and named, however long the way to it") {
  auto model = parse_text("x = Parameter : f32[]\na = ReLU(x) : f32[]\nb = ReLU(a) : f32[]\nr = Result(b)\n");
  Graph& graph = *model.graph;
  graph.set_input(layer_named(graph, "a"), 0, layer_named(graph, "b").output(0));
  const auto order = graph.topological_order();
  REQUIRE(order.cycle.size() == 2);
  CHECK(order.cycle[0]->name() == "a");
  CHECK(order.cycle[1]->name() == "b");
  CHECK_THROWS_WITH(verify(model, "some_pass"), "text: \"a\" (ReLU, id 1): is on a cycle (after some_pass)");
}

TEST_CASE("verify names the pass that left an input without a source") {
  auto model = parse_text("x = Parameter : f32[]\nr = Result(x)\n");
  model.graph->set_input(layer_named(*model.graph, "r"), 0, {});
  CHECK_THROWS_WITH(verify(model, "some_pass"),
                    "text: \"r\" (Result, id 1): an input is not connected (after some_pass)");
}

TEST_CASE("a chain of 200000 nodes is ordered without recursion") {
  Model model;
  NodeSpec spec;
  spec.type = "Parameter";
  spec.outputs = {{ElementType::f32, Shape()}};
  Value value = model.graph->insert_before(nullptr, spec).output(0);
  spec.type = "ReLU";
  for (int i = 0; i < 200000; ++i) {
    spec.inputs = {value};
    value = model.graph->insert_before(model.graph->first(), spec).output(0);
  }
  const auto order = model.graph->topological_order();
  CHECK(order.nodes.size() == 200001);
  CHECK(order.nodes.front()->is("Parameter"));
  verify(model, "the test");
}

TEST_CASE("a constant has to have the bytes that its shape asks for") {
  Model model;
  CHECK_THROWS_WITH(model.graph->insert_constant_before(nullptr, "c", ElementType::f32, Shape({2}),
                                                        Blob::of(std::vector<std::byte>(7))),
                    "a constant f32[2] was given 7 bytes");
}

TEST_CASE("verify finds two nodes of one id, whatever the ids") {
  Model model;
  const auto append = [&](std::uint64_t id) {
    LayerSpec layer;
    layer.id = id;
    layer.name = "a";
    layer.type = "ReLU";
    model.graph->append(std::move(layer));
  };
  for (std::uint64_t i = 40000; i > 0; --i) append(i << 40);
  CHECK_NOTHROW(verify(model, "reading"));
  append(std::uint64_t{7} << 40);
  CHECK_THROWS_WITH(verify(model, "reading"), ": \"a\" (ReLU, id 7696581394432): its id is used twice (after reading)");
}

TEST_CASE("dead readers keep a value from having one reader, and are none to look at") {
  const auto model = parse_text(R"(
    x = Parameter        : f32[2]
    a = ReLU(x)          : f32[2]
    b = ReLU(a)          : f32[2]
    dead = ReLU(a)       : f32[2]
    only_dead = ReLU(b)  : f32[2]
    r = Result(b)
    c = ReLU(x)          : f32[2]
    unread = ReLU(c)     : f32[2]
  )");
  const auto value = [&](std::string_view name) { return layer_named(*model.graph, name).output(0); };
  const auto readers = [&](std::string_view name) {
    std::string names;
    for (const Input& use : value(name).readers()) names += std::string(use.node->name()) + " ";
    return names;
  };
  // Of two one is dead.
  CHECK(value("a").has_several_readers());
  CHECK(!value("a").has_one_reader());
  CHECK(readers("a") == "b ");
  CHECK(value("a").single_reader() == nullptr);
  // The only one is dead.
  CHECK(value("c").has_one_reader());
  CHECK(readers("c").empty());
  CHECK(value("c").single_reader() == nullptr);
  // The first of two is dead.
  CHECK(readers("b") == "r ");
  CHECK(value("b").has_several_readers());
  // One, and none.
  CHECK(readers("x") == "a ");
  CHECK(!value("unread").has_readers());
  CHECK(!value("unread").has_one_reader());
  CHECK(value("unread").single_reader() == nullptr);
  const auto alive = parse_text("x = Parameter : f32[2]\nr = Result(x)\n");
  CHECK(layer_named(*alive.graph, "x").output(0).single_reader() == &layer_named(*alive.graph, "r"));
  // Of a type, and at the first input.
  const auto typed = parse_text(
      "x = Parameter : f32[2]\nc = Const value=[1,2] : f32[2]\na = Add(c, x) : f32[2]\ns = Subtract(a, c) : f32[2]\n"
      "r = Result(s)\n");
  CHECK(layer_named(*typed.graph, "a").output(0).single_reader("Subtract") == &layer_named(*typed.graph, "s"));
  CHECK(layer_named(*typed.graph, "a").output(0).single_reader("Add") == nullptr);
  CHECK(layer_named(*typed.graph, "x").output(0).single_reader("Add") == nullptr);
}

TEST_CASE("a held node that lost its readers goes once when it is released") {
  auto model = parse_text(kChain);
  Graph& graph = *model.graph;
  Node& b = layer_named(graph, "b");
  graph.hold(b);
  graph.hold(b);
  graph.set_input(layer_named(graph, "r"), 0, layer_named(graph, "a").output(0));
  CHECK(graph.remove_orphans() == 0);
  CHECK(!Graph::is_removed(b));
  // It is an orphan already when the other reader goes, and when it is released.
  graph.set_input(layer_named(graph, "s"), 0, b.output(0));
  graph.set_input(layer_named(graph, "s"), 0, layer_named(graph, "a").output(0));
  graph.release_held();
  graph.release_held();
  CHECK(graph.remove_orphans() == 2);  // with c, which s read
  CHECK(Graph::is_removed(b));
  graph.bury_removed();
  CHECK(graph.size() == 4);
  CHECK(graph.remove_orphans() == 0);
  verify(model, "the test");
}

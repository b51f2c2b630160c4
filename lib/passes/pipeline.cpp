#include "passes/pipeline.hpp"

namespace lpt {

#define NODE_PASS(name, type, runs, step, help) Outcome name(Graph& graph, Node& node, PassContext& context);
#define ANY_NODE_PASS NODE_PASS
#define GRAPH_PASS(name, runs, help) void name(Graph& graph, PassContext& context);
#include "passes/pipeline.def"
#undef NODE_PASS
#undef ANY_NODE_PASS
#undef GRAPH_PASS

const Passes& pipeline() {
  static const Passes passes{
#define NODE_PASS(name, type, runs, step, help) {#name, #type, Runs::runs, #step, help, name},
#define ANY_NODE_PASS(name, type, runs, step, help) {#name, #type, Runs::runs, #step, help, name, nullptr, true},
#define GRAPH_PASS(name, runs, help) {#name, "", Runs::runs, #name, help, nullptr, name},
#include "passes/pipeline.def"
#undef NODE_PASS
#undef ANY_NODE_PASS
#undef GRAPH_PASS
  };
  return passes;
}

}  // namespace lpt

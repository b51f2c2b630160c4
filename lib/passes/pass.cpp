#include "passes/pass.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>

#include "ir/error.hpp"
#include "ir/verify.hpp"
#include "ops/operation.hpp"
#include "passes/conversion.hpp"

namespace lpt {

#define NODE_PASS(name, type, runs, step, help) Outcome name(Graph& graph, Node& node, Conversion& conversion);
#define GRAPH_PASS(name, runs, help) void name(Graph& graph, Conversion& conversion);
#include "passes/pipeline.def"
#undef NODE_PASS
#undef GRAPH_PASS

namespace {

/// Edits that turn one word into the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const auto changed = diagonal + (a[i - 1] != b[k - 1]);
      diagonal = std::exchange(row[k], std::min({row[k] + 1, row[k - 1] + 1, changed}));
    }
  }
  return row.back();
}

bool is_selected(const Pass& pass, const PipelineOptions& options) {
  const auto contains = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), pass.name) != names.end();
  };
  return !contains(options.disable) && (options.only.empty() || contains(options.only));
}

bool belongs(const Pass& pass, const Conversion& conversion) {
  if (pass.runs == Runs::always) return true;
  if (conversion.mode != Mode::full) return false;
  return pass.runs == Runs::full || conversion.dialect == Dialect::type_relaxed;
}

/// The type in pipeline.def of passes that are shown all layers.
constexpr std::string_view kAnyType = "*";

/// Passes that are shown each layer one after the other.
class Step {
 public:
  Step(std::span<const Pass* const> passes, const Origin& origin) : origin_(origin) {
    for (const auto* pass : passes) {
      by_type_[pass->type].push_back(reports_.size());
      reports_.push_back({pass->name, 0, {}});
      passes_.push_back(pass);
    }
  }

  void run(Graph& graph, Conversion& conversion) {
    for (const auto* pass : passes_) {
      if (pass->look != nullptr) pass->look(graph, conversion);
    }
    for (Node* node : shown(graph)) {
      for (const std::string_view type : {kAnyType, node->type()}) {
        const auto found = by_type_.find(type);
        if (found == by_type_.end()) continue;
        for (const auto index : found->second) {
          if (!Graph::is_removed(*node)) run(graph, *node, conversion, index);
        }
      }
    }
    graph.bury_removed();
  }

  std::vector<PassReport>& reports() { return reports_; }
  std::size_t rewritten() const {
    std::size_t sum = 0;
    for (const auto& report : reports_) sum += report.rewritten;
    return sum;
  }
  /// The passes that changed something; the last one if none did.
  std::vector<std::string_view> names() const {
    std::vector<std::string_view> names;
    for (const auto& report : reports_) {
      if (report.rewritten != 0) names.push_back(report.pass);
    }
    return names.empty() ? std::vector{reports_.back().pass} : names;
  }

 private:
  /// The layers that a pass wants to see. Passes that run together see producers before consumers; one alone does not
  /// mind, and a walk along all edges takes far longer than one along the layers.
  std::vector<Node*> shown(const Graph& graph) const {
    const auto is_wanted = [&](const Node& node) {
      return by_type_.contains(kAnyType) || by_type_.contains(node.type());
    };
    std::vector<Node*> nodes;
    if (passes_.size() > 1) {
      nodes = graph.topological_order().nodes;
      std::erase_if(nodes, [&](const Node* node) { return !is_wanted(*node); });
    } else {
      for (Node* node = graph.first(); node != nullptr; node = node->next()) {
        if (is_wanted(*node)) nodes.push_back(node);
      }
    }
    return nodes;
  }

  void run(Graph& graph, Node& node, Conversion& conversion, std::size_t index) {
    auto outcome = attempt(*passes_[index], graph, node, conversion);
    auto& report = reports_[index];
    if (outcome.kind == Outcome::rewritten) {
      ++report.rewritten;
      graph.remove_orphans();
    } else if (outcome.kind == Outcome::refused) {
      report.refusals.push_back({where(origin_, node), std::move(outcome.reason)});
    }
  }

  /// A layer that its operation does not understand is left alone: passes read it before they change anything.
  static Outcome attempt(const Pass& pass, Graph& graph, Node& node, Conversion& conversion) {
    try {
      return pass.run(graph, node, conversion);
    } catch (const LayerError& problem) {
      return refused("{}", problem.what());
    }
  }

  const Origin& origin_;
  std::vector<const Pass*> passes_;
  std::vector<PassReport> reports_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_type_;
};

}  // namespace

const std::vector<Pass>& pipeline() {
  static const std::vector<Pass> passes{
#define NODE_PASS(name, type, runs, step, help) {#name, #type, Runs::runs, #step, help, name},
#define GRAPH_PASS(name, runs, help) {#name, "", Runs::runs, #name, help, nullptr, name},
#include "passes/pipeline.def"
#undef NODE_PASS
#undef GRAPH_PASS
  };
  return passes;
}

const Pass& find_pass(std::string_view name) {
  const auto& passes = pipeline();
  const auto found = std::find_if(passes.begin(), passes.end(), [&](const Pass& p) { return p.name == name; });
  if (found != passes.end()) return *found;
  const auto nearest = std::min_element(passes.begin(), passes.end(), [&](const Pass& a, const Pass& b) {
    return distance(a.name, name) < distance(b.name, name);
  });
  if (distance(nearest->name, name) <= name.size() / 2)
    throw usage_error("unknown pass '{}', did you mean '{}'?", name, nearest->name);
  throw usage_error("unknown pass '{}'; --list-passes names them all", name);
}

std::vector<PassReport> run_pipeline(Model& model, const PipelineOptions& options, Conversion& conversion,
                                     const std::vector<Pass>& passes) {
  for (const auto& name : options.disable) find_pass(name);
  for (const auto& name : options.only) find_pass(name);
  if (!options.stop_after.empty()) find_pass(options.stop_after);
  std::vector<const Pass*> wanted;
  for (const auto& pass : passes) {
    if (is_selected(pass, options) && belongs(pass, conversion)) wanted.push_back(&pass);
    if (pass.name == options.stop_after) break;
  }
  std::vector<PassReport> reports;
  for (auto first = wanted.begin(); first != wanted.end();) {
    const auto last = std::find_if(first, wanted.end(), [&](const Pass* pass) { return pass->step != (*first)->step; });
    Step step({first, last}, model.origin);
    for_each_graph(*model.graph, [&](Graph& graph) { step.run(graph, conversion); });
    if (step.rewritten() != 0) verify(model, fmt::format("{}", fmt::join(step.names(), ", ")));
    options.after(step.names(), step.rewritten());
    for (auto& report : step.reports()) reports.push_back(std::move(report));
    first = last;
  }
  for_each_graph(*model.graph, [](Graph& graph) {
    graph.release_held();
    graph.remove_orphans();
    graph.bury_removed();
  });
  return reports;
}

}  // namespace lpt

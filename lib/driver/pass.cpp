#include "driver/pass.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <unordered_map>

#include "ir/error.hpp"
#include "ir/nearest_name.hpp"
#include "ir/verify.hpp"
#include "ops/facts.hpp"
#include "ops/operation.hpp"

namespace lpt {
namespace {

bool belongs(const Pass& pass, const Goal& goal) {
  if (pass.runs == Runs::always) return true;
  if (goal.mode != Mode::full) return false;
  const auto own = goal.dialect == Dialect::type_relaxed ? Runs::type_relaxed : Runs::openvino;
  return pass.runs == Runs::full || pass.runs == own;
}

/// Data, a scale or the like without elements. Lists of axes and indices may be empty without more ado.
bool is_empty(Value value) {
  const auto type = value.type();
  if (type == ElementType::i32 || type == ElementType::i64) return false;
  return std::ranges::any_of(value.shape().dimensions(), [](Dimension d) { return d.max == 0; });
}

/// With nothing to compute there is nothing to gain, and the laws of the passes take for granted that a tensor has a
/// least element, that a sum has a summand and that a window fits.
bool has_empty_tensor(const Node& node) {
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (is_empty(node.input(i))) return true;
  }
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    if (is_empty(node.output(i))) return true;
  }
  return false;
}

/// The type in pipeline.def of passes that are shown all layers.
constexpr std::string_view kAnyType = "*";

/// The layers of each graph by type, in the order of the file. They are listed once for all steps that change nothing:
/// in a large graph a walk along the layers takes as long as many a pass.
class LayersByType {
 public:
  const std::vector<Node*>& of(const Graph& graph, std::string_view type) {
    auto& lists = lists_[&graph];
    if (!lists.edits || *lists.edits != graph.edits()) {
      for (auto& [name, nodes] : lists.by_type) nodes.clear();
      for (Node* node = graph.first(); node != nullptr; node = node->next())
        lists.by_type[node->type()].push_back(node);
      lists.edits = graph.edits();
    }
    return lists.by_type[type];
  }

 private:
  struct Lists {
    std::optional<std::uint64_t> edits;  ///< of the graph, when they were made
    std::unordered_map<std::string_view, std::vector<Node*>> by_type;
  };
  std::unordered_map<const Graph*, Lists> lists_;
};

/// Passes that are shown each layer one after the other.
class Step {
 public:
  Step(std::span<const Pass* const> passes, LayersByType& layers)
      : passes_(passes.begin(), passes.end()), layers_(layers) {
    for (const auto* pass : passes) {
      by_type_[pass->type].push_back(reports_.size());
      reports_.push_back({pass->name, {}, {}});
    }
  }

  /// True if the graph was changed.
  bool run(Graph& graph, PassContext& context) {
    const auto edits = graph.edits();
    for (const auto* pass : passes_) {
      if (pass->look != nullptr) pass->look(graph, context);
    }
    for (Node* node : shown(graph)) {
      for (const std::string_view type : {kAnyType, node->type()}) {
        const auto found = by_type_.find(type);
        if (found == by_type_.end()) continue;
        for (const auto index : found->second) {
          const bool sees = passes_[index]->sees_relaxed || !is_type_relaxed(*node);
          if (!Graph::is_removed(*node) && sees) run(graph, *node, context, index);
        }
      }
    }
    graph.bury_removed();
    return graph.edits() != edits;
  }

  std::vector<PassReport>& reports() { return reports_; }
  std::string names() const {
    std::vector<std::string_view> names;
    for (const auto* pass : passes_) names.push_back(pass->name);
    return fmt::format("{}", fmt::join(names, ", "));
  }

 private:
  /// What passes are written for: a layer that is built, with an operation, as many inputs as that reads, and elements.
  bool is_wanted(const Node& node) const {
    if (!node.is_live() || !(by_type_.contains(kAnyType) || by_type_.contains(node.type()))) return false;
    const auto* facts = find_facts(node.type());
    return find_operation(node.type(), operation_set(node)) != nullptr &&
           (facts == nullptr || node.input_count() >= facts->least_inputs) && !has_empty_tensor(node);
  }

  /// The layers that a pass wants to see. Passes that run together see producers before consumers; one alone does not
  /// mind, and a walk along all edges takes far longer than one along the layers.
  std::vector<Node*> shown(const Graph& graph) {
    std::vector<Node*> nodes;
    if (passes_.size() > 1) {
      nodes = graph.topological_order().nodes;
    } else if (passes_[0]->type != kAnyType) {
      nodes = layers_.of(graph, passes_[0]->type);
    } else {
      for (Node* node = graph.first(); node != nullptr; node = node->next()) nodes.push_back(node);
    }
    std::erase_if(nodes, [&](const Node* node) { return !is_wanted(*node); });
    return nodes;
  }

  void run(Graph& graph, Node& node, PassContext& context, std::size_t index) {
    using Clock = std::chrono::steady_clock;
    const LayerLabel label(node);
    const auto start = context.timed ? Clock::now() : Clock::time_point();
    auto outcome = attempt(*passes_[index], graph, node, context);
    auto& report = reports_[index];
    if (context.timed) report.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    if (outcome) {
      report.rewritten.push_back(label);
      graph.remove_orphans();
    } else if (!outcome.error().is_no_match()) {
      report.refusals.push_back({label, std::move(outcome.error())});
    }
  }

  /// A layer that its operation does not understand is left alone: passes read it before they change anything.
  static Outcome attempt(const Pass& pass, Graph& graph, Node& node, PassContext& context) {
    try {
      return pass.run(graph, node, context);
    } catch (const LayerError& problem) {
      return refused(Cause::layer_not_understood, "{}", std::string(problem.what()));
    }
  }

  std::vector<const Pass*> passes_;
  LayersByType& layers_;
  std::vector<PassReport> reports_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_type_;
};

}  // namespace

const Pass& find_pass(const Passes& passes, std::string_view name) {
  const auto found = std::find_if(passes.begin(), passes.end(), [&](const Pass& p) { return p.name == name; });
  if (found != passes.end()) return *found;
  std::vector<std::string_view> names;
  for (const auto& pass : passes) names.push_back(pass.name);
  const auto meant = nearest_name(name, names);
  if (!meant.empty()) throw usage_error("unknown pass '{}', did you mean '{}'?", name, meant);
  throw usage_error("unknown pass '{}'; --list-passes names them", name);
}

std::vector<const Pass*> selected_passes(const Passes& passes, const PipelineOptions& options, const Goal& goal) {
  const auto contains = [](const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& name : options.disable) find_pass(passes, name);
  for (const auto& name : options.only) find_pass(passes, name);
  if (!options.stop_after.empty()) find_pass(passes, options.stop_after);
  std::vector<const Pass*> selected;
  for (const auto& pass : passes) {
    const bool wanted =
        !contains(options.disable, pass.name) && (options.only.empty() || contains(options.only, pass.name));
    if (wanted && belongs(pass, goal)) selected.push_back(&pass);
    if (pass.name == options.stop_after) break;
  }
  return selected;
}

std::vector<PassReport> run_passes(Model& model, const Passes& passes, const PipelineOptions& options,
                                   PassContext& context, const std::function<void(const StepReport&)>& after) {
  const auto selected = selected_passes(passes, options, context.goal);
  std::vector<PassReport> reports;
  LayersByType layers;
  for (auto first = selected.begin(); first != selected.end();) {
    const auto last =
        std::find_if(first, selected.end(), [&](const Pass* pass) { return pass->step != (*first)->step; });
    Step step({first, last}, layers);
    bool changed = false;
    for_each_graph(*model.graph, [&](Graph& graph) { changed |= step.run(graph, context); });
    if (changed) verify(model, step.names());
    if (after) after(step.reports());
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

#include "passes/pass.hpp"

#include <algorithm>

#include "ir/error.hpp"
#include "ir/verify.hpp"

namespace lpt {

#define NODE_PASS(name, type, help) Outcome name(Graph& graph, Node& node);
#include "passes/pipeline.def"
#undef NODE_PASS

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

PassReport run_pass(const Pass& pass, Model& model) {
  PassReport report{pass.name, 0, {}};
  for_each_graph(*model.graph, [&](Graph& graph) {
    for (Node* node = graph.first(); node != nullptr;) {
      // A pass inserts before its node, and nodes are removed only below.
      Node* next = node->next();
      if (node->is(pass.type)) {
        auto outcome = pass.run(graph, *node);
        if (outcome.kind == Outcome::rewritten) ++report.rewritten;
        if (outcome.kind == Outcome::refused)
          report.refusals.push_back({where(model.origin, *node), std::move(outcome.reason)});
      }
      node = next;
    }
    graph.remove_orphans();
  });
  return report;
}

}  // namespace

const std::vector<Pass>& pipeline() {
  static const std::vector<Pass> passes{
#define NODE_PASS(name, type, help) {#name, #type, help, name},
#include "passes/pipeline.def"
#undef NODE_PASS
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

std::vector<PassReport> run_pipeline(Model& model, const PipelineOptions& options, const std::vector<Pass>& passes) {
  for (const auto& name : options.disable) find_pass(name);
  for (const auto& name : options.only) find_pass(name);
  if (!options.stop_after.empty()) find_pass(options.stop_after);
  std::vector<PassReport> reports;
  for (const auto& pass : passes) {
    if (is_selected(pass, options)) {
      reports.push_back(run_pass(pass, model));
      if (reports.back().rewritten != 0) verify(model, pass.name);
      options.after(pass, reports.back().rewritten);
    }
    if (pass.name == options.stop_after) break;
  }
  return reports;
}

}  // namespace lpt

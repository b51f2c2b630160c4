#include "report/statistics.hpp"

#include <fmt/format.h>

#include <set>

namespace lpt {
namespace {

/// The counter of a name, without a new string for each look.
template <class Counts>
auto& counter(Counts& counts, std::string_view name) {
  const auto found = counts.find(name);
  return found != counts.end() ? found->second : counts[std::string(name)];
}

void count(const Graph& graph, Statistics& result) {
  for (const Node* node = graph.first(); node != nullptr; node = node->next()) {
    ++result.layers;
    ++counter(result.operations, node->type());
    if (node->constant() != nullptr) {
      counter(result.bytes, name(node->output(0).type())) += node->constant()->size();
    } else {
      for (std::size_t i = 0; i < node->output_count(); ++i) ++counter(result.edges, name(node->output(i).type()));
    }
    for (const auto& body : node->bodies()) count(*body.graph, result);
  }
}

std::string line(std::string_view name, std::uint64_t before, std::uint64_t after) {
  std::string change;
  if (before != after) {
    const auto difference = static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
    change = fmt::format("{:+}", difference);
  }
  auto text = fmt::format("{:<28}{:>16}{:>16}{:>16}", name, before, after, change);
  return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
}

template <class Counts>
std::string section(std::string_view title, const Counts& before, const Counts& after) {
  std::set<std::string_view> names;
  for (const auto& [name, value] : before) names.insert(name);
  for (const auto& [name, value] : after) names.insert(name);
  if (names.empty()) return {};
  const auto of = [](const Counts& counts, std::string_view name) {
    const auto found = counts.find(name);
    return found == counts.end() ? std::uint64_t{0} : static_cast<std::uint64_t>(found->second);
  };
  std::string text = fmt::format("{}\n", title);
  for (const auto name : names) text += line(fmt::format("  {}", name), of(before, name), of(after, name));
  return text;
}

}  // namespace

Statistics statistics(const Model& model, std::uint64_t weights) {
  Statistics result;
  result.weights = weights;
  count(*model.graph, result);
  return result;
}

std::string before_after_table(const Statistics& before, const Statistics& after) {
  std::string text = fmt::format("{:<28}{:>16}{:>16}{:>16}\n", "", "before", "after", "change");
  text += line("layers", before.layers, after.layers);
  text += section("layers by operation", before.operations, after.operations);
  text += section("outputs by element type", before.edges, after.edges);
  text += section("constants by type, bytes", before.bytes, after.bytes);
  text += line("weights file, bytes", before.weights, after.weights);
  return text;
}

std::vector<LowPrecisionCount> count_low_precision(const Model& model, const Conversion& conversion) {
  if (conversion.mode != Mode::full) return {};
  std::map<std::string_view, LowPrecisionCount> counts;
  for_each_graph(*model.graph, [&](const Graph& graph) {
    for (const Node* node = graph.first(); node != nullptr; node = node->next()) {
      if (conversion.target.types(*node, 0) == nullptr) continue;
      auto& count = counts[node->type()];
      count.operation = node->type();
      ++count.all;
      count.low += conversion.low_precision.contains({&graph, node->id()});
    }
  });
  std::vector<LowPrecisionCount> result;
  for (auto& [name, count] : counts) result.push_back(std::move(count));
  return result;
}

std::string low_precision_table(const std::vector<LowPrecisionCount>& counts) {
  if (counts.empty()) return {};
  auto text = fmt::format("{:<28}{:>16}{:>16}\n", "low precision", "integer", "of");
  for (const auto& count : counts) text += fmt::format("  {:<26}{:>16}{:>16}\n", count.operation, count.low, count.all);
  return text;
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace lpt

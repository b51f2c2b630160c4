#include "jobs/statistics.hpp"

#include <string_view>

namespace lpt {
namespace {

/// The counter of a name, without a new string for each look.
std::uint64_t& counter(Statistics::Counts& counts, std::string_view name) {
  const auto found = counts.find(name);
  return found != counts.end() ? found->second : counts[std::string(name)];
}

/// A Convert from a constant of integers, or of floats of 8 bits and less.
bool converts_stored(const Node& node) {
  if (!node.is("Convert") || node.input_count() != 1 || node.input(0).node().constant() == nullptr) return false;
  const auto stored = node.input(0).type();
  return !is_real(stored) && stored != ElementType::boolean && bits(stored) <= 16;
}

}  // namespace

Statistics statistics(const Model& model) {
  Statistics result;
  for_each_node(*model.graph, [&](const Node& node) {
    ++result.layers;
    ++counter(result.operations, node.type());
    if (node.constant() != nullptr) {
      counter(result.bytes, name(node.output(0).type())) += node.constant()->size();
    } else {
      for (std::size_t i = 0; i < node.output_count(); ++i) ++counter(result.edges, name(node.output(i).type()));
    }
  });
  return result;
}

std::vector<LowPrecisionCount> count_low_precision(const Model& model, const PassContext& context) {
  RuntimeKernels kernels;
  if (context.runtime.asked()) for_each_graph(*model.graph, [&](const Graph& graph) { kernels.add(graph); });
  const auto is_low = [&](const Node& node) {
    return context.runtime.asked() ? kernels.start() && kernels.run_in_integers(node)
                                   : context.integer_kernels.contains(node);
  };
  std::map<std::string_view, LowPrecisionCount> counts;
  for_each_node(*model.graph, [&](const Node& node) {
    if (!is_heavy(node) || !node.is_live()) return;
    auto& count = counts[node.type()];
    count.operation = node.type();
    ++count.all;
    count.low += is_low(node);
  });
  std::vector<LowPrecisionCount> result;
  for (auto& [name, count] : counts) result.push_back(std::move(count));
  return result;
}

bool holds_quantization(const Model& model) {
  bool found = false;
  for_each_node(*model.graph, [&](const Node& node) {
    found = found || node.is("FakeQuantize") || node.is("FakeConvert") || converts_stored(node);
  });
  return found;
}

}  // namespace lpt

#include "jobs/statistics.hpp"

#include <string_view>

namespace lpt {
namespace {

/// The counter of a name, without a new string for each look.
std::uint64_t& counter(Statistics::Counts& counts, std::string_view name) {
  const auto found = counts.find(name);
  return found != counts.end() ? found->second : counts[std::string(name)];
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

}  // namespace lpt

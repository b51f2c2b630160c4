#include "jobs/diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/writer.hpp"
#include "ir/error.hpp"
#include "ir/nearest_name.hpp"

namespace lpt {
namespace {

DiffSide read_side(const std::filesystem::path& path, const std::optional<std::filesystem::path>& weights,
                   std::string_view option, const Warn& warn) {
  DiffSide side{read_model(path, {weights, warn, option}), {}};
  side.statistics = statistics(side.model);
  std::error_code error;
  const auto bytes = std::filesystem::file_size(weights.value_or(default_weights_path(path)), error);
  side.weights_bytes = error ? 0 : bytes;
  side.share = Execution(side.model).share();
  return side;
}

std::vector<const Node*> find_named(const Diffed& diffed, const std::string& name) {
  std::vector<const Node*> found;
  std::vector<std::string_view> known;
  for (const auto* side : {&diffed.before, &diffed.after}) {
    for_each_node(*side->model.graph, [&](const Node& node) {
      known.push_back(node.name());
      if (node.name() == name) found.push_back(&node);
    });
  }
  if (!found.empty()) return found;
  const auto near = nearest_name(name, known);
  throw usage_error("no layer \"{}\" in either model{}", name,
                    near.empty() ? "" : fmt::format(", did you mean \"{}\"?", near));
}

}  // namespace

std::unique_ptr<Diffed> diff_models(const DiffJob& job) {
  auto result = std::make_unique<Diffed>(Diffed{read_side(job.before, job.weights_before, "--weights-before", job.warn),
                                                read_side(job.after, job.weights_after, "--weights-after", job.warn),
                                                {},
                                                {}});
  if (job.layer) result->named = find_named(*result, *job.layer);
  result->diff = diff(result->before.model, result->after.model, job.ignored);
  return result;
}

}  // namespace lpt

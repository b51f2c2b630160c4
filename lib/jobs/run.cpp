#include "jobs/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <mutex>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "exec/inputs.hpp"
#include "exec/npz.hpp"
#include "ir/error.hpp"

namespace lpt {
namespace {

/// The entry of this name, which is added if there is none.
template <class Entry>
Entry& entry_of(std::vector<Entry>& entries, std::string Entry::*key, std::string_view name) {
  for (auto& entry : entries) {
    if (entry.*key == name) return entry;
  }
  entries.emplace_back().*key = name;
  return entries.back();
}

/// What the layers of one model gave, for the layers of the same name of another one.
class LayerOutputs {
 public:
  void keep(const Node& node, std::span<const Tensor> outputs) {
    if (!node.name().empty()) kept_[std::string(node.name())].assign(outputs.begin(), outputs.end());
  }

  void compare(const Node& node, std::span<const Tensor> outputs, double tolerance, std::vector<Compared>& result) {
    const auto found = kept_.find(std::string(node.name()));
    if (found == kept_.end()) return;
    for (std::size_t i = 0; i < std::min(outputs.size(), found->second.size()); ++i) {
      const auto d = distance(found->second[i], outputs[i]);
      const auto name = i == 0 ? std::string(node.name()) : fmt::format("{}:{}", node.name(), i);
      result.push_back({name, std::string(node.type()), d, within(d, tolerance)});
    }
    kept_.erase(found);
  }

 private:
  std::unordered_map<std::string, std::vector<Tensor>> kept_;
};

std::vector<Tensor> inputs_of(const RunJob& job, Executor& executor) {
  if (job.inputs.empty() && !job.archive) return random_inputs(executor, job.seed);
  std::vector<NamedTensor> arrays;
  if (job.archive) arrays = read_npz(*job.archive);
  auto named = read_named_npy(job.inputs);
  arrays.insert(arrays.end(), std::make_move_iterator(named.begin()), std::make_move_iterator(named.end()));
  return arrange_inputs(executor.inputs(), arrays);
}

void run_repeatedly(Executor& executor, const std::vector<Tensor>& inputs, unsigned times, Ran& ran) {
  std::vector<Tensor> outputs;
  std::vector<double> durations;
  for (unsigned i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    outputs = executor.run(inputs);
    durations.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(durations.begin(), durations.begin() + durations.size() / 2, durations.end());
  ran.milliseconds = durations[durations.size() / 2];
  const auto names = output_names(executor.outputs());
  for (std::size_t i = 0; i < names.size(); ++i) ran.outputs.emplace_back(names[i], outputs[i]);
}

void compare(const RunJob& job, const std::vector<Tensor>& inputs, LayerOutputs& layers, Ran& ran) {
  const Model other = read_model(*job.other, {{}, job.warn});
  RunOptions options;
  options.most_iterations = job.most_iterations;
  if (job.per_layer) {
    options.after_layer = [&](const Node& node, std::span<const Tensor> values, double) {
      if (&node.graph() == other.graph.get()) layers.compare(node, values, job.tolerance, ran.layers);
    };
  }
  Executor executor(other, options);
  const auto others = executor.run(inputs);
  if (others.size() != ran.outputs.size())
    throw bad_model("{}: has {} outputs, {} has {}", job.other->string(), others.size(), job.model.string(),
                    ran.outputs.size());
  for (std::size_t i = 0; i < others.size(); ++i) {
    const auto d = distance(ran.outputs[i].second, others[i]);
    ran.comparison.push_back({ran.outputs[i].first, "", d, within(d, job.tolerance)});
  }
}

}  // namespace

bool Ran::agrees() const {
  return std::all_of(comparison.begin(), comparison.end(), [](const Compared& output) { return output.agrees; });
}

Ran run_model(const RunJob& job) {
  if (job.per_layer && !job.other) throw usage_error("--per-layer compares two models; --compare names the other one");
  const Model model = read_model(job.model, {job.weights, job.warn});
  Ran ran;
  LayerOutputs layers;
  RunOptions options;
  options.most_iterations = job.most_iterations;
  options.watch.accumulators = job.accumulators;
  std::mutex counting;
  options.watch.overflow = [&](const Node& node, std::uint64_t wide, std::uint64_t pairs) {
    const std::lock_guard lock(counting);
    auto& overflow = entry_of(ran.overflows, &Overflow::layer, where(model.origin, node));
    overflow.wide += wide;
    overflow.pairs += pairs;
  };
  bool folding = true;  // what is computed once, when the executor is made, is no part of a run
  if (job.profile || job.per_layer) {
    options.after_layer = [&](const Node& node, std::span<const Tensor> outputs, double seconds) {
      if (job.profile && !folding) {
        auto& entry = entry_of(ran.profile, &ProfileEntry::operation, node.type());
        ++entry.layers;
        entry.seconds += seconds;
      }
      if (job.per_layer && &node.graph() == model.graph.get()) layers.keep(node, outputs);
    };
  }
  Executor executor(model, options);
  folding = false;
  const auto inputs = inputs_of(job, executor);
  run_repeatedly(executor, inputs, job.repeat, ran);
  std::stable_sort(ran.profile.begin(), ran.profile.end(),
                   [](const ProfileEntry& a, const ProfileEntry& b) { return a.seconds > b.seconds; });
  if (job.output) write_npz(*job.output, ran.outputs);
  if (job.other) compare(job, inputs, layers, ran);
  return ran;
}

}  // namespace lpt

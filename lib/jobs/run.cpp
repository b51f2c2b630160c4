#include "jobs/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "exec/inputs.hpp"
#include "exec/npz.hpp"
#include "io/output_pair.hpp"
#include "ir/error.hpp"

namespace lpt {
namespace {

/// The entry of an operation, which is added if there is none.
ProfileEntry& entry_of(std::vector<ProfileEntry>& entries, std::string_view operation) {
  const auto found = std::ranges::find(entries, operation, &ProfileEntry::operation);
  if (found != entries.end()) return *found;
  entries.emplace_back().operation = operation;
  return entries.back();
}

void sum_up(const std::unordered_map<const Node*, double>& times, Ran& ran) {
  for (const auto& [node, seconds] : times) {
    auto& entry = entry_of(ran.profile, node->type());
    ++entry.layers;
    entry.seconds += seconds;
    ran.layer_times.push_back({where(ran.model.origin, *node), seconds});
  }
  std::ranges::sort(ran.profile, std::greater(), &ProfileEntry::seconds);
  std::ranges::sort(ran.layer_times, std::greater(), &LayerTime::seconds);
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

void compare(const RunJob& job, const std::vector<Tensor>& inputs, Ran& ran) {
  ran.other = read_model(*job.other, {{}, job.warn});
  const auto count = Executor(ran.other, {.leaves_out = true}).outputs().size();
  if (count != ran.outputs.size())
    throw bad_model("{}: has {} outputs, {} has {}", job.other->string(), count, job.model.string(),
                    ran.outputs.size());
  const VerifyOptions options{
      .runs = 1, .inputs = job.inputs, .tolerance = job.tolerance, .most_iterations = job.most_iterations};
  ran.comparison = Verification(read_model(job.model, {job.weights}), options).check(ran.other);
  if (!job.per_layer && !job.bisect) return;
  ran.layers = compare_layers(ran.model, ran.other, inputs, {.most_iterations = job.most_iterations});
}

}  // namespace

Ran run_model(const RunJob& job) {
  for (const auto& [asked, flag] : {std::pair{job.per_layer, "--per-layer"}, {job.bisect, "--bisect"}}) {
    if (asked && !job.other) throw usage_error("{} compares two models; --compare names the other one", flag);
  }
  if (job.by_loss && !job.per_layer) throw usage_error("--sort sorts what --per-layer lists");
  Ran ran;
  ran.model = read_model(job.model, {job.weights, job.warn, "-w"});
  const Model& model = ran.model;
  RunOptions options;
  options.most_iterations = job.most_iterations;
  bool folding = true;  // what is computed once, when the executor is made, is no part of a run
  std::unordered_map<const Node*, double> times;
  if (job.profile) {
    options.after_layer = [&](const Node& node, std::span<const Tensor>, double seconds) {
      if (!folding) times[&node] += seconds / job.repeat;
    };
  }
  Executor executor(model, options);
  folding = false;
  const auto inputs = draw_inputs(job.inputs, executor);
  run_repeatedly(executor, inputs, job.repeat, ran);
  sum_up(times, ran);
  if (job.output) {
    remove_leftovers(*job.output, Leftover::incomplete, job.warn);
    write_npz(*job.output, ran.outputs);
  }
  if (job.other) compare(job, inputs, ran);
  return ran;
}

}  // namespace lpt

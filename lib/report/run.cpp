#include "report/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "exec/executor.hpp"
#include "exec/inputs.hpp"
#include "exec/npz.hpp"
#include "io/reader.hpp"
#include "ir/error.hpp"
#include "report/comparison.hpp"
#include "report/log.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

using Json = nlohmann::ordered_json;

/// Time spent in layers, by type.
class Profile {
 public:
  void add(const Node& node, double seconds) {
    auto& entry = by_type_[std::string(node.type())];
    ++entry.layers;
    entry.seconds += seconds;
  }

  Json to_json() const {
    Json list = Json::array();
    for (const auto& [type, entry] : sorted())
      list.push_back({{"operation", type}, {"layers", entry.layers}, {"milliseconds", entry.seconds * 1e3}});
    return list;
  }

  std::string to_text() const {
    double all = 0;
    for (const auto& [type, entry] : by_type_) all += entry.seconds;
    std::string text = fmt::format("{:<28}{:>8}{:>12}{:>8}\n", "operation", "layers", "ms", "share");
    for (const auto& [type, entry] : sorted())
      text += fmt::format("{:<28}{:>8}{:>12.3f}{:>6.0f} %\n", type, entry.layers, entry.seconds * 1e3,
                          100 * entry.seconds / all);
    return text;
  }

 private:
  struct Entry {
    std::size_t layers = 0;
    double seconds = 0;
  };
  std::vector<std::pair<std::string, Entry>> sorted() const {
    std::vector<std::pair<std::string, Entry>> list(by_type_.begin(), by_type_.end());
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
    return list;
  }
  std::map<std::string, Entry> by_type_;
};

/// Where the integer sums of layers would not fit accumulators, in the order of the run.
class Overflows {
 public:
  /// From any thread.
  void add(const std::string& layer, std::uint64_t wide, std::uint64_t pairs) {
    const std::lock_guard lock(mutex_);
    auto found = std::find_if(layers_.begin(), layers_.end(), [&](const Layer& l) { return l.name == layer; });
    if (found == layers_.end()) found = layers_.insert(layers_.end(), {layer, 0, 0});
    found->wide += wide;
    found->pairs += pairs;
  }

  std::string to_text() const {
    if (layers_.empty()) return "no integer sum leaves its accumulator\n";
    std::string text;
    for (const auto& [name, wide, pairs] : layers_)
      text += fmt::format("{}: {} sums leave 32 bits, {} sums of two products leave 16 bits\n", name, wide, pairs);
    return text;
  }

  Json to_json() const {
    Json list = Json::array();
    for (const auto& [name, wide, pairs] : layers_)
      list.push_back({{"layer", name}, {"beyond_32_bits", wide}, {"pairs_beyond_16_bits", pairs}});
    return list;
  }

 private:
  struct Layer {
    std::string name;
    std::uint64_t wide, pairs;
  };
  std::mutex mutex_;
  std::vector<Layer> layers_;
};

/// Where two models part: the outputs of layers of the same name, in the order in which the second model runs.
class LayerComparison {
 public:
  explicit LayerComparison(double tolerance) : tolerance_(tolerance) {}

  void keep(const Node& node, std::span<const Tensor> outputs) {
    if (!node.name().empty()) first_[std::string(node.name())].assign(outputs.begin(), outputs.end());
  }

  void compare(const Node& node, std::span<const Tensor> outputs) {
    const auto found = first_.find(std::string(node.name()));
    if (found == first_.end()) return;
    for (std::size_t i = 0; i < std::min(outputs.size(), found->second.size()); ++i) {
      const auto distance = lpt::distance(found->second[i], outputs[i]);
      const auto name = i == 0 ? std::string(node.name()) : fmt::format("{}:{}", node.name(), i);
      layers_.push_back({name, std::string(node.type()), distance});
    }
    first_.erase(found);
  }

  std::string to_text() const {
    std::string text;
    const Layer* parting = nullptr;
    for (const auto& layer : layers_) {
      const bool agrees = within(layer.distance, tolerance_);
      if (!agrees && parting == nullptr) parting = &layer;
      text += fmt::format("{} \"{}\" ({}): {}\n", agrees ? " " : "*", layer.name, layer.type, describe(layer.distance));
    }
    return text + (parting == nullptr ? fmt::format("all {} layers of the same name agree\n", layers_.size())
                                      : fmt::format("they part first at \"{}\" ({})\n", parting->name, parting->type));
  }

  Json to_json() const {
    Json list = Json::array();
    for (const auto& layer : layers_) {
      Json entry = {{"layer", layer.name}, {"operation", layer.type}};
      entry.update(lpt::to_json(layer.distance));
      entry["agrees"] = within(layer.distance, tolerance_);
      list.push_back(std::move(entry));
    }
    return list;
  }

 private:
  struct Layer {
    std::string name, type;
    Distance distance;
  };
  double tolerance_;
  std::unordered_map<std::string, std::vector<Tensor>> first_;
  std::vector<Layer> layers_;
};

std::vector<Tensor> inputs_of(const RunJob& job, const std::vector<ModelPort>& ports) {
  if (job.inputs.empty() && !job.archive) return random_inputs(ports, job.seed);
  std::vector<NamedTensor> arrays;
  if (job.archive) arrays = read_npz(*job.archive);
  auto named = read_named_npy(job.inputs);
  arrays.insert(arrays.end(), std::make_move_iterator(named.begin()), std::make_move_iterator(named.end()));
  return arrange_inputs(ports, arrays);
}

/// What one tensor holds, for people: type, shape, and the range of its values.
std::string summary(const Tensor& tensor) {
  auto text = fmt::format("{}[{}]", name(tensor.type()), to_string(tensor.lengths()));
  if (tensor.count() == 0) return text;
  const Tensor values = convert(tensor, ElementType::f64);
  const double* first = values.data<double>();
  const double* last = first + values.count();
  const auto [low, high] = std::minmax_element(first, last);
  double sum = 0;
  for (const double* x = first; x != last; ++x) sum += *x;
  return text + fmt::format(" min {:.6g}, max {:.6g}, mean {:.6g}, largest at {}", *low, *high,
                            sum / static_cast<double>(values.count()), std::max_element(first, last) - first);
}

struct Ran {
  std::vector<Tensor> outputs;
  double milliseconds;  ///< median
};

Ran run_repeatedly(Executor& executor, const std::vector<Tensor>& inputs, unsigned times) {
  Ran ran;
  std::vector<double> durations;
  for (unsigned i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    ran.outputs = executor.run(inputs);
    durations.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(durations.begin(), durations.begin() + durations.size() / 2, durations.end());
  ran.milliseconds = durations[durations.size() / 2];
  return ran;
}

/// All that a run has to say, as text and as JSON.
struct Report {
  std::string text;
  Json json;
};

bool compare(const RunJob& job, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs,
             const std::vector<std::string>& names, LayerComparison& layers, Report& report) {
  const Model other = read_model(*job.other, {{}, log_warning});
  RunOptions options;
  options.most_iterations = job.most_iterations;
  if (job.per_layer) {
    options.after_layer = [&](const Node& node, std::span<const Tensor> values, double) {
      if (&node.graph() == other.graph.get()) layers.compare(node, values);
    };
  }
  Executor executor(other, options);
  const auto others = executor.run(inputs);
  if (others.size() != outputs.size())
    throw bad_model("{}: has {} outputs, {} has {}", job.other->string(), others.size(), job.model.string(),
                    outputs.size());
  bool agree = true;
  Json list = Json::array();
  if (job.per_layer) report.text += layers.to_text();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto d = distance(outputs[i], others[i]);
    const bool fits = within(d, job.tolerance);
    agree = agree && fits;
    report.text += fmt::format("\"{}\": {}{}\n", names[i], describe(d),
                               fits ? "" : fmt::format(" (tolerance {:g})", job.tolerance));
    Json entry = {{"output", names[i]}};
    entry.update(to_json(d));
    entry["agrees"] = fits;
    list.push_back(std::move(entry));
  }
  report.json["compare"] = std::move(list);
  if (job.per_layer) report.json["layers"] = layers.to_json();
  report.json["agrees"] = agree;
  return agree;
}

}  // namespace

bool run_model(const RunJob& job) {
  if (job.per_layer && !job.other) throw usage_error("--per-layer compares two models; --compare names the other one");
  const Model model = read_model(job.model, {job.weights, log_warning});
  Profile profile;
  LayerComparison layers(job.tolerance);
  Overflows overflows;
  RunOptions options;
  options.most_iterations = job.most_iterations;
  options.watch.accumulators = job.accumulators;
  options.watch.overflow = [&](const Node& node, std::uint64_t wide, std::uint64_t pairs) {
    overflows.add(where(model.origin, node), wide, pairs);
  };
  bool folding = true;  // what is computed once, when the executor is made, is no part of a run
  if (job.profile || job.per_layer) {
    options.after_layer = [&](const Node& node, std::span<const Tensor> outputs, double seconds) {
      if (job.profile && !folding) profile.add(node, seconds);
      if (job.per_layer && &node.graph() == model.graph.get()) layers.keep(node, outputs);
    };
  }
  Executor executor(model, options);
  folding = false;
  const auto inputs = inputs_of(job, executor.inputs());
  const auto ran = run_repeatedly(executor, inputs, job.repeat);
  const auto names = output_names(executor.outputs());

  Report report;
  report.json["model"] = job.model.string();
  report.json["milliseconds"] = ran.milliseconds;
  report.json["outputs"] = Json::array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& tensor = ran.outputs[i];
    report.text += fmt::format("\"{}\" {}\n", names[i], summary(tensor));
    report.json["outputs"].push_back({{"name", names[i]}, {"type", name(tensor.type())}, {"shape", tensor.lengths()}});
  }
  if (job.output) {
    std::vector<NamedTensor> arrays;
    for (std::size_t i = 0; i < names.size(); ++i) arrays.emplace_back(names[i], ran.outputs[i]);
    write_npz(*job.output, arrays);
  }
  if (job.profile) {
    report.text += profile.to_text();
    report.json["profile"] = profile.to_json();
  }
  if (job.accumulators) {
    report.text += overflows.to_text();
    report.json["accumulators"] = overflows.to_json();
  }
  const bool agree = !job.other || compare(job, inputs, ran.outputs, names, layers, report);
  if (job.quiet) return agree;
  if (job.json) {
    print(report.json.dump(2) + "\n");
  } else {
    print(report.text + fmt::format("{}: {:.3f} ms\n", job.model.string(), ran.milliseconds));
  }
  return agree;
}

}  // namespace lpt

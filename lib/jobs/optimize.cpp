#include "jobs/optimize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <utility>

#include "driver/mark.hpp"
#include "driver/names.hpp"
#include "ir/error.hpp"
#include "jobs/statistics.hpp"
#include "jobs/up_to_date.hpp"
#include "ops/operation.hpp"
#include "quant/weights_source.hpp"
#include "text/text.hpp"

namespace lpt {
namespace {

/// Constants with more elements are cut in what print_after gives.
constexpr std::uint64_t kShownElements = 16;

std::filesystem::path weights_of(const OptimizeJob& job) {
  return job.weights.value_or(default_weights_path(job.input));
}

/// Refuses to write over what is being read, unless that is asked for.
void check_output(const OptimizeJob& job) {
  const auto weights = default_weights_path(job.output);
  if (weights == job.output)
    throw usage_error("{}: the output is the XML; its weights would take the same name", job.output.string());
  if (job.force) return;
  for (const auto& output : {job.output, weights}) {
    for (const auto& input : {job.input, weights_of(job)}) {
      if (FileIdentity(output).same_file(FileIdentity(input)))
        throw usage_error("{}: the output would replace an input; --force allows it", output.string());
    }
  }
}

/// The model once more, as it was; what there is to warn of has been said.
Model read_again(const OptimizeJob& job) { return read_model(job.input, {.weights = job.weights}); }

std::uint64_t file_size_or_zero(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

Goal goal_for(const OptimizeJob& job, const Model& model) {
  Goal goal = job.goal;
  if (!has_quantized_activations(model)) goal.mode = Mode::weights;
  return goal;
}

std::size_t rewrites(const std::vector<PassReport>& reports) {
  return std::accumulate(reports.begin(), reports.end(), std::size_t{0},
                         [](std::size_t sum, const PassReport& report) { return sum + report.rewritten.size(); });
}

void warn_without_quantization(const OptimizeJob& job, const ModelKind& kind) {
  if (kind.holds_quantization()) return;
  job.warn(
      fmt::format("{}: the model holds no quantization (no FakeQuantize, no stored integers); quantize it first, "
                  "for instance with nncf.quantize",
                  job.input.string()));
}

/// The pass with which the check of a step began to fail.
std::string_view breaking_pass(const OptimizeJob& job, const Passes& passes, const StepReport& step,
                               const std::vector<PassContext::Departure>& departures, Verification& verification) {
  const auto passes_check = [&](const PassReport& report) {
    return verification.check(model_after(job, report.pass, passes), departures).passed;
  };
  return std::partition_point(step.begin(), step.end() - 1, passes_check)->pass;
}

constexpr std::size_t kMostNamed = 8;

/// "a", "b" and 3 more
std::string listed(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i)
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", names[i]);
  return names.size() > kMostNamed ? text + fmt::format(" and {} more", names.size() - kMostNamed) : text;
}

/// Says which names do not give any more what they gave.
void warn_of_names(const OptimizeJob& job, const PassContext& context, const std::vector<std::string_view>& vanished) {
  std::vector<std::string_view> layers;
  for (const auto& tensor : context.multiples) {
    if (is_integer(tensor.type)) layers.push_back(tensor.layer);
  }
  if (!layers.empty())
    job.warn(fmt::format("{}: {} tensor{} integers, rt_info/lpt_opt/multiples says of what: {}", job.input.string(),
                         layers.size(), layers.size() == 1 ? " holds" : "s hold", listed(layers)));
  const bool one = vanished.size() == 1;
  if (!vanished.empty())
    job.warn(fmt::format("{}: {} name{} vanished with what {} named, rt_info/lpt_opt/vanished lists {}: {}",
                         job.input.string(), vanished.size(), one ? "" : "s", one ? "it" : "they", one ? "it" : "them",
                         listed(vanished)));
}

/// each  if not null, checks the model after every step that rewrote something, until a check fails
void run(const OptimizeJob& job, const Passes& passes, PassContext& context, Verification* each, Optimized& result) {
  const auto check = [&](const StepReport& step) {
    if (each == nullptr || !result.is_verified() || rewrites(step) == 0) return;
    result.verification = each->check(result.model, context.departures);
    if (!result.is_verified()) result.broken_by = breaking_pass(job, passes, step, context.departures, *each);
  };
  const bool keeps_names = context.goal.mode == Mode::full && !context.goal.has_integer_edges();
  const auto names = keeps_names ? names_of_real_values(result.model) : std::vector<std::string_view>{};
  result.passes = run_passes(result.model, passes, job.pipeline, context, check);
  if (context.goal.mode != Mode::full || !job.pipeline.is_whole()) return;
  result.vanished = vanished(names, result.model);
  mark(result.model, context, result.vanished);
}

void check_and_run(const OptimizeJob& job, const Passes& passes, PassContext& context, Optimized& result) {
  std::optional<Verification> verification;
  if (job.verify) verification.emplace(read_again(job), *job.verify);
  if (!result.was_converted)
    run(job, passes, context, job.verify_each && verification ? &*verification : nullptr, result);
  if (verification && !result.verification) result.verification = verification->check(result.model, context.departures);
  if (verification && result.is_verified()) result.saturated = run_saturated(result.model, *job.verify);
}

/// Says what the user has to know of single layers, a line for each thing.
void warn_of_layers(const OptimizeJob& job, const Model& model, const std::vector<PassContext::Warning>& warnings) {
  std::map<std::string_view, std::vector<const LayerLabel*>> layers;
  for (const auto& [layer, what] : warnings) layers[what].push_back(&layer);
  for (const auto& [what, those] : layers) {
    std::vector<std::string_view> others;
    for (const auto* layer : those) others.push_back(layer->name);
    others.erase(others.begin());
    job.warn(fmt::format("{}: {}{}{}", where(model.origin, *those.front()), what, others.empty() ? "" : "; likewise ",
                         listed(others)));
  }
}

/// Of the weights that were computed, to be written or to be verified.
void warn_of_nan(const OptimizeJob& job, const Model& model, const PassContext& context) {
  std::vector<PassContext::Warning> warnings;
  for (const auto& [layer, source] : context.computed) {
    if (source->has_nan()) warnings.push_back({layer, "its weights hold NaN, for which no integer stands"});
  }
  warn_of_layers(job, model, warnings);
}

/// No standard operation reads integers and gives real numbers: what the layers were cannot be told any more.
void refuse_relaxed_layers(const OptimizeJob& job, const Model& model) {
  if (job.goal.has_integer_edges()) return;
  for_each_node(*model.graph, [&](const Node& node) {
    if (!is_type_relaxed(node)) return;
    throw bad_model(
        "{}: version {} is of the dialect type-relaxed, which --dialect openvino cannot begin with; "
        "convert the original model instead",
        where(model.origin, node), node.version());
  });
}

void warn_of_older_version(const OptimizeJob& job, const Model& model) {
  const auto version = marked_version(model);
  if (version == LPT_VERSION) return;
  job.warn(fmt::format(
      "{}: {} lpt-opt converted it, this is {}; convert the original model again for what is better now",
      job.input.string(), version.empty() ? "an older" : fmt::format("version {} of", version), LPT_VERSION));
}

std::vector<FileFacts> files_of(const std::filesystem::path& xml, const std::filesystem::path& weights) {
  std::vector<FileFacts> files{facts_of(xml)};
  if (std::filesystem::exists(weights)) files.push_back(facts_of(weights));
  return files;
}

void take_account_before(const OptimizeJob& job, Optimized& result) {
  auto& account = result.account.emplace();
  account.before = {files_of(job.input, weights_of(job)), statistics(result.model), Execution(result.model).share()};
  for_each_node(*result.model.graph, [&](const Node& node) { account.layers.emplace_back(node); });
  account.constants = constants_of(result.model);
}

void take_account_after(const OptimizeJob& job, Optimized& result) {
  auto& after = result.account->after;
  if (!job.dry_run && (result.passed() || job.force))
    after.files = files_of(job.output, default_weights_path(job.output));
  after.statistics = statistics(result.model);
  after.share = result.execution->share();
}

void check_gates(const OptimizeJob& job, Optimized& result) {
  const auto wants = [&](Gate::Kind kind) {
    return std::ranges::find(job.gates, kind, &Gate::kind) != job.gates.end();
  };
  if (job.saturation || job.account || wants(Gate::saturation)) result.saturation = saturation(result.model);
  const auto bytes = wants(Gate::size) ? weights_size(result.model) : 0;
  for (const auto& gate : job.gates)
    result.gates.push_back(
        check_gate(gate, result.model, {*result.execution, bytes, result.verification, result.saturation}));
}

/// returns  bytes of the weights file
std::uint64_t write(const OptimizeJob& job, const Model& model) {
  if (job.dry_run) return weights_size(model);
  const auto weights = default_weights_path(job.output);
  const auto clean_up = [&](Leftover kind) {
    for (const auto& place : {job.output, weights}) remove_leftovers(place, kind, job.warn);
  };
  clean_up(Leftover::incomplete);
  OutputPair output(job.output, weights);
  const auto sizes = write_model(model, output, job.progress);
  clean_up(Leftover::replaced);
  return sizes.weights;
}

}  // namespace

std::size_t Optimized::rewritten() const { return rewrites(passes); }

bool Optimized::passed() const { return is_verified() && std::ranges::all_of(gates, &GateResult::passed); }

Refusal Optimized::why_not(const Node& heavy) const {
  if (execution->is_foreseen()) return execution->why_not(heavy);
  // What is not for the CPU plugin has only the word of the passes.
  for (const auto& pass : passes) {
    for (const auto& [layer, reason] : pass.refusals) {
      if (heavy.source_offset() != 0 && layer.source_offset == heavy.source_offset()) return reason;
    }
  }
  return execution->why_not(heavy);
}

Optimized optimize(const OptimizeJob& job, const Passes& passes) {
  const auto start = std::chrono::steady_clock::now();
  if (!job.dry_run) check_output(job);
  Optimized result;
  std::optional<Source> source;
  if (job.if_changed && !job.dry_run) source.emplace(job.input, weights_of(job), *job.if_changed);
  result.up_to_date = source && source->made(job.output);
  if (result.up_to_date) return result;
  result.model = read_model(job.input, {job.weights, job.warn, "-w"});
  result.weights_before = file_size_or_zero(weights_of(job));
  result.kind = kind_of(result.model);
  if (job.layer) result.story = story_of(result.model, *job.layer);
  if (job.account) take_account_before(job, result);
  const auto goal = goal_for(job, result.model);
  result.was_converted = is_marked(result.model, goal);
  if (result.was_converted) {
    warn_of_older_version(job, result.model);
  } else {
    refuse_relaxed_layers(job, result.model);
    warn_without_quantization(job, result.kind);
  }
  PassContext context(goal);
  context.timed = job.account;
  check_and_run(job, passes, context, result);
  result.execution.emplace(result.model, result.was_converted ? nullptr : &context);
  check_gates(job, result);
  result.mended = context.mended;
  result.fitted = context.fitted;
  result.departures = std::move(context.departures);
  if (!result.passed() && !job.force) {
    result.weights_after = weights_size(result.model);
  } else {
    if (source) source->mark(result.model);
    result.weights_after = write(job, result.model);
    warn_of_layers(job, result.model, context.warnings);
    warn_of_names(job, context, result.vanished);
    if (source) source->remember(job.output);
  }
  if (job.account) take_account_after(job, result);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  warn_of_nan(job, result.model, context);
  return result;
}

Model model_after(const OptimizeJob& job, std::string_view pass, const Passes& passes) {
  Model model = read_again(job);
  PassContext context(goal_for(job, model));
  auto options = job.pipeline;
  options.stop_after = pass;
  run_passes(model, passes, options, context);
  return model;
}

void print_after(const OptimizeJob& job, const std::vector<std::string>& wanted,
                 const std::function<void(std::string_view pass, const std::string& text)>& print,
                 const Passes& passes) {
  const auto is_wanted = [&](std::string_view pass) {
    return std::find(wanted.begin(), wanted.end(), pass) != wanted.end();
  };
  for (const auto& name : wanted) {
    if (name != "all") find_pass(passes, name);
  }
  const Model model = read_again(job);
  const auto goal = goal_for(job, model);
  if (is_marked(model, goal)) return;
  auto before = print_text(*model.graph, kShownElements);
  for (const auto* pass : selected_passes(passes, job.pipeline, goal)) {
    if (!is_wanted(pass->name) && !is_wanted("all")) continue;
    auto text = print_text(*model_after(job, pass->name, passes).graph, kShownElements);
    if (is_wanted(pass->name) || text != before) print(pass->name, text);
    before = std::move(text);
  }
}

}  // namespace lpt

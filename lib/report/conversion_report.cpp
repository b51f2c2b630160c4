#include "report/conversion_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_set>

#include "io/output_pair.hpp"
#include "ir/error.hpp"
#include "ops/multiply_accumulates.hpp"
#include "report/comparison.hpp"
#include "report/explanation.hpp"
#include "report/json.hpp"
#include "report/optimize_report.hpp"
#include "report/printable.hpp"
#include "report/saturation_report.hpp"

namespace lpt {
namespace {

Json line_json(const Model& model, const LayerLabel& layer) {
  const auto line = line_of(model, layer);
  return line == 0 ? Json(nullptr) : Json(line);
}

Json label_json(const Model& model, const LayerLabel& layer) {
  return {{"name", layer.name}, {"type", layer.type}, {"line", line_json(model, layer)}};
}

Json reason_json(const Refusal& reason) {
  return {{"code", text_of(reason.cause()).code}, {"text", reason.sentence()}};
}

Json share_json(const IntegerShare& share) {
  const auto macs = [&](std::uint64_t count) { return share.is_complete ? Json(count) : Json(nullptr); };
  return {{"low_precision", share.low},
          {"operations", share.all},
          {"low_precision_macs", macs(share.low_macs)},
          {"macs", macs(share.macs)},
          {"share", share.fraction()}};
}

Json model_json(const ModelAccount& account) {
  Json files = Json::array();
  for (const auto& file : account.files)
    files.push_back({{"path", file.path}, {"bytes", file.bytes}, {"xxh3", file.xxh3}});
  return {{"files", std::move(files)},
          {"layers", account.statistics.layers},
          {"layers_by_type", Json(account.statistics.operations)},
          {"constant_bytes_by_type", Json(account.statistics.bytes)},
          {"outputs_by_type", Json(account.statistics.edges)},
          {"coverage", share_json(account.share)}};
}

/// A layer of the result, with the keys that rows have everywhere.
Json layer_json(const Optimized& result, const Node& node) {
  const auto& execution = *result.execution;
  Json in = Json::array(), out = Json::array();
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    const Value input = node.input(i);
    in.push_back(input ? Json(name(input.type())) : Json(nullptr));
  }
  for (std::size_t i = 0; i < node.output_count(); ++i) out.push_back(name(node.output(i).type()));
  const bool heavy = node.is_live() && is_heavy(node);
  const auto macs = heavy ? multiply_accumulates(node) : std::nullopt;
  Json json = {{"name", node.name()},
               {"type", node.type()},
               {"version", node.version()},
               {"in", std::move(in)},
               {"out", std::move(out)},
               {"shape", node.output_count() == 0 ? Json(nullptr) : Json(node.output(0).shape().to_string())},
               {"macs", macs ? Json(*macs) : Json(nullptr)},
               {"bytes", node.constant() != nullptr ? node.constant()->size() : 0},
               {"runs_in", heavy ? Json(execution.runs_in(node)) : Json(nullptr)},
               {"reason", nullptr},
               {"culprit", nullptr},
               {"line", line_json(result.model, LayerLabel(node))}};
  if (heavy && !execution.in_integers(node)) {
    const auto reason = result.why_not(node);
    json["reason"] = reason_json(reason);
    if (reason.culprit()) json["culprit"] = label_json(result.model, *reason.culprit());
  }
  return json;
}

/// Which layers of the file are gone, and how many of the result are new.
struct Mapping {
  std::vector<const LayerLabel*> removed;
  std::size_t added = 0;
};

Mapping mapping_of(const Optimized& result) {
  Mapping mapping;
  std::unordered_set<std::uint64_t> kept;
  for_each_node(*result.model.graph, [&](const Node& node) {
    if (node.source_offset() == 0) {
      ++mapping.added;
    } else {
      kept.insert(node.source_offset());
    }
  });
  for (const auto& layer : result.account->layers) {
    if (!kept.contains(layer.source_offset)) mapping.removed.push_back(&layer);
  }
  return mapping;
}

Json passes_json(const Optimized& result) {
  Json passes = Json::array();
  for (const auto& pass : result.passes) {
    Json refusals = Json::array();
    for (const auto& [layer, reason] : pass.refusals) {
      auto entry = label_json(result.model, layer);
      entry["reason"] = reason_json(reason);
      if (reason.culprit()) entry["culprit"] = label_json(result.model, *reason.culprit());
      refusals.push_back(std::move(entry));
    }
    passes.push_back({{"name", pass.pass},
                      {"rewritten", pass.rewritten.size()},
                      {"seconds", pass.seconds},
                      {"refusals", std::move(refusals)}});
  }
  return passes;
}

Json constants_json(const Optimized& result) {
  Json constants = Json::array();
  for (const auto& [layer, type, bytes, elements, zeros] : result.account->constants) {
    auto entry = label_json(result.model, layer);
    entry["element_type"] = name(type);
    entry["bytes"] = bytes;
    entry["sparsity"] =
        elements == 0 ? Json(nullptr) : Json(static_cast<double>(zeros) / static_cast<double>(elements));
    constants.push_back(std::move(entry));
  }
  return constants;
}

Json verification_json(const OptimizeJob& job, const Optimized& result) {
  if (!result.verification) return nullptr;
  const auto& verification = *result.verification;
  return {{"passed", verification.passed},
          {"output", verification.output},
          {"max_abs", number(verification.worst.max_abs)},
          {"max_rel", number(verification.worst.max_rel)},
          {"tolerance", job.verify->tolerance},
          {"sqnr_db", number(verification.least_sqnr_db)},
          {"within_noise", verification.is_like_noise},
          {"text", describe(verification, *job.verify)}};
}

Json gates_json(const Optimized& result) {
  Json gates = Json::array();
  for (const auto& [gate, passed, found, costs] : result.gates)
    gates.push_back({{"asked", to_string(gate)}, {"passed", passed}, {"found", number(found)}, {"costs", costs}});
  return gates;
}

std::string json_report(const OptimizeJob& job, const Optimized& result) {
  const auto mapping = mapping_of(result);
  Json removed = Json::array(), layers = Json::array();
  for (const auto* layer : mapping.removed) removed.push_back(label_json(result.model, *layer));
  for_each_node(*result.model.graph, [&](const Node& node) { layers.push_back(layer_json(result, node)); });
  const bool full = job.goal.mode == Mode::full;
  const Json json = {{"format", "lpt-opt"},
                     {"version", 1},
                     {"program", LPT_VERSION},
                     {"options",
                      {{"mode", full ? "full" : "weights"},
                       {"dialect", job.goal.has_integer_edges() ? "type-relaxed" : "openvino"},
                       {"target", job.goal.target.name},
                       {"disable_pass", job.pipeline.disable},
                       {"only_pass", job.pipeline.only},
                       {"stop_after", job.pipeline.stop_after}}},
                     {"kind", describe(result.kind)},
                     {"passed", result.passed()},
                     {"seconds", result.seconds},
                     {"before", model_json(result.account->before)},
                     {"after", model_json(result.account->after)},
                     {"passes", passes_json(result)},
                     {"verification", verification_json(job, result)},
                     {"gates", gates_json(result)},
                     {"saturation", to_json(result.saturation)},
                     {"saturated_run", result.saturated ? to_json(*result.saturated) : Json(nullptr)},
                     {"counts",
                      {{"before", result.account->before.statistics.layers},
                       {"removed", mapping.removed.size()},
                       {"added", mapping.added},
                       {"after", result.account->after.statistics.layers}}},
                     {"removed", std::move(removed)},
                     {"constants", constants_json(result)},
                     {"layers", std::move(layers)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string markdown_report(const OptimizeJob& job, const Optimized& result) {
  const auto &before = result.account->before, &after = result.account->after;
  auto text = fmt::format("### {} lpt-opt: {}\n\n{}\n\n| | before | after | change |\n|---|--:|--:|--:|\n",
                          result.passed() ? "✅" : "❌", markdown(job.input.string()), markdown(describe(result.kind)));
  const auto row = [&](std::string_view title, std::uint64_t a, std::uint64_t b) {
    text += fmt::format("| {} | {} | {} | {} |\n", title, grouped(a), grouped(b), delta(a, b));
  };
  row("layers", before.statistics.layers, after.statistics.layers);
  row("weights file, bytes", result.weights_before, result.weights_after);
  const auto in_low = [](const IntegerShare& share) { return fmt::format("{} of {}", share.low, share.all); };
  text += fmt::format("| in low precision | {} | {} | {} |\n", in_low(before.share), in_low(after.share),
                      delta(before.share.low, after.share.low));
  text += fmt::format("\n{}\n", describe(after.share));
  if (result.verification)
    text += fmt::format("\n{}: {}\n", result.verification->passed ? "verified" : "**not verified**",
                        markdown(describe(*result.verification, *job.verify)));
  for (const auto& line : missed_gates(result)) text += fmt::format("\n**{}**\n", markdown(line));
  std::string rows;
  for (const auto* node : heavy_layers(result.model)) {
    if (result.execution->in_integers(*node)) continue;
    const auto reason = result.why_not(*node);
    rows += fmt::format("| {} | {} | {}: {} |\n", markdown(place(result.model, LayerLabel(*node))),
                        result.execution->runs_in(*node), text_of(reason.cause()).code, markdown(reason.sentence()));
  }
  if (!rows.empty()) text += "\n| in float | runs in | why |\n|---|---|---|\n" + rows;
  return text;
}

std::string junit_report(const OptimizeJob& job, const Optimized& result) {
  std::string cases;
  std::size_t count = 0, failures = 0;
  const auto add = [&](std::string_view name, const std::string& failure) {
    ++count;
    failures += !failure.empty();
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml(job.input.string()), xml(name));
    cases +=
        failure.empty() ? "/>\n" : fmt::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n", xml(failure));
  };
  add("convert", "");
  if (result.verification) add("verify", result.is_verified() ? "" : failure(job, result));
  auto missed = missed_gates(result);
  for (const auto& gate : result.gates) {
    add("require " + to_string(gate.gate), gate.passed ? "" : missed.front());
    if (!gate.passed) missed.erase(missed.begin());
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"lpt-opt\" tests=\"{}\" "
      "failures=\"{}\" errors=\"0\" time=\"{:.3f}\">\n{}  </testsuite>\n</testsuites>\n",
      count, failures, result.seconds, cases);
}

}  // namespace

ReportFormat report_format(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  if (name.ends_with(".json")) return ReportFormat::json;
  if (name.ends_with(".md")) return ReportFormat::markdown;
  if (name.ends_with(".junit.xml")) return ReportFormat::junit;
  throw usage_error("--report is '{}', should end in .json, .md or .junit.xml", file.string());
}

std::string conversion_report(const OptimizeJob& job, const Optimized& result, ReportFormat format) {
  switch (format) {
    case ReportFormat::markdown: return markdown_report(job, result);
    case ReportFormat::junit: return junit_report(job, result);
    default: return json_report(job, result);
  }
}

void write_report(const OptimizeJob& job, const Optimized& result, const std::filesystem::path& file) {
  const auto text = conversion_report(job, result, report_format(file));
  PendingFile output(file);
  output.resize(text.size());
  output.write_at(0, std::as_bytes(std::span(text)));
  output.flush();
  output.commit();
}

}  // namespace lpt

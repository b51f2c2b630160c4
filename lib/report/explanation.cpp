#include "report/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ops/multiply_accumulates.hpp"
#include "report/printable.hpp"
#include "report/saturation_report.hpp"

namespace lpt {
namespace {

constexpr std::string_view kIndent = "                 ";

/// "12.3 M", "0.2 M", "870"
std::string human_count(std::uint64_t count) {
  if (count >= 100'000'000'000) return fmt::format("{:.1f} G", static_cast<double>(count) / 1e9);
  if (count >= 100'000) return fmt::format("{:.1f} M", static_cast<double>(count) / 1e6);
  return std::to_string(count);
}

std::string percent(std::uint64_t part, std::uint64_t all) {
  return fmt::format("{:.0f} %", all == 0 ? 0.0 : 100 * static_cast<double>(part) / static_cast<double>(all));
}

/// The reason that a layer runs in float, its culprit, and what to do; behind an indent.
std::string why(const Model& model, const Refusal& reason) {
  auto text = fmt::format("{}{}\n", kIndent, printable(reason.sentence()));
  if (reason.culprit() && reason.culprit()->source_offset != 0)
    text += fmt::format("{}see {}\n", kIndent, place(model, *reason.culprit()));
  const auto help = text_of(reason.cause()).help;
  const auto advice = help.find("; ");  // behind what it means
  return advice == help.npos ? text : text + fmt::format("{}to mend: {}\n", kIndent, help.substr(advice + 2));
}

std::string header(const OptimizeJob& job, const Optimized& result) {
  return fmt::format("{}: {}\n{}\n", job.input.string(), describe(result.kind), describe(result.execution->share()));
}

}  // namespace

std::string place(const Model& model, const LayerLabel& layer) {
  const auto line = line_of(model, layer);
  return printable(line == 0 ? fmt::format("\"{}\" ({})", layer.name, layer.type)
                             : fmt::format("{}:{} \"{}\" ({})", model.origin.path, line, layer.name, layer.type));
}

std::vector<const Node*> heavy_layers(const Model& model) {
  std::vector<std::pair<std::uint64_t, const Node*>> found;
  for_each_node(*model.graph, [&](const Node& node) {
    if (node.is_live() && is_heavy(node)) found.emplace_back(multiply_accumulates(node).value_or(0), &node);
  });
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const Node*> layers;
  for (const auto& [macs, node] : found) layers.push_back(node);
  return layers;
}

std::string describe(const ModelKind& kind) {
  const std::string converted = kind.converted ? "converted already by lpt-opt; " : "";
  if (kind.type_relaxed) return converted + "the integer graph spelled out, with layers of type_relaxed_opset1";
  const auto* weights = kind.float_weights && kind.stored_weights
                            ? ", weights under FakeQuantize and stored in low precision"
                        : kind.float_weights  ? " over float weights and activations"
                        : kind.stored_weights ? " over activations, weights stored in low precision"
                                              : " over activations, weights in float";
  if (kind.quantizes_data)
    return converted + (kind.spells_out ? "integers and their dequantization spelled out (Q/DQ)" : "FakeQuantize") +
           weights;
  if (kind.float_weights || kind.stored_weights)
    return converted +
           "only weights are quantized, no activations: layers compute in float; quantize activations as well, for "
           "instance with nncf.quantize";
  return "not quantized: there is no FakeQuantize and there are no stored integers; quantize it first, for instance "
         "with "
         "nncf.quantize(model, calibration_dataset)";
}

std::string describe(const IntegerShare& share) {
  if (share.all == 0) return "no operation that integer kernels exist for";
  auto text = fmt::format("{} of {} operations with integer kernels in low precision", share.low, share.all);
  if (!share.is_complete) return text + "; lengths are not known, so multiply-accumulates are not counted";
  return text +
         fmt::format(", {} of {} multiply-accumulates", percent(share.low_macs, share.macs), human_count(share.macs));
}

std::string explanation(const OptimizeJob& job, const Optimized& result) {
  const auto& model = result.model;
  const auto& execution = *result.execution;
  auto text = header(job, result);
  const auto layers = heavy_layers(model);
  if (layers.empty()) return text;
  text += "\n share  runs in  operation\n";
  for (const auto* node : layers) {
    const bool is_known = execution.share().is_complete;
    const auto share = is_known ? percent(*multiply_accumulates(*node), execution.share().macs) : "?";
    text += fmt::format("{:>6}  {:<8} {}", share, execution.runs_in(*node), place(model, LayerLabel(*node)));
    if (execution.in_integers(*node)) {
      text += "\n";
      continue;
    }
    const auto reason = result.why_not(*node);
    text += fmt::format("  {}\n{}", text_of(reason.cause()).code, why(model, reason));
  }
  return text;
}

std::string story(const Optimized& result) {
  const auto& model = result.model;
  const auto& story = *result.story;
  auto text = place(model, story.layer) + "\n\ninputs\n";
  for (std::size_t i = 0; i < story.inputs.size(); ++i)
    text += fmt::format("  {}  {}\n", i, printable(story.inputs[i]));
  text += "\npasses that looked at it, or at what quantizes its inputs\n";
  const auto length = text.size();
  for (const auto& pass : result.passes) {
    for (const auto& layer : pass.rewritten) {
      if (story.is_about(layer)) text += fmt::format("  {}: rewrote {}\n", pass.pass, place(model, layer));
    }
    for (const auto& [layer, reason] : pass.refusals) {
      if (!story.is_about(layer)) continue;
      text += fmt::format("  {}: left {} alone: {} [{}]\n", pass.pass, place(model, layer),
                          printable(reason.sentence()), text_of(reason.cause()).code);
    }
  }
  if (text.size() == length) text += "  none\n";
  const Node* now = nullptr;
  for_each_node(*model.graph, [&](const Node& node) {
    if (node.source_offset() == story.layer.source_offset) now = &node;
  });
  if (now == nullptr) return text + "\nthe result does not have it any more\n";
  if (!now->is_live()) return text + "\nno output needs it: it does not run\n";
  if (!is_heavy(*now)) return text + "\nno integer kernels are counted for its type\n";
  text += fmt::format("\nruns in {}", result.execution->runs_in(*now));
  if (result.execution->in_integers(*now)) return text + "\n";
  const auto reason = result.why_not(*now);
  return text + fmt::format("  {}\n{}", text_of(reason.cause()).code, why(model, reason));
}

std::string check_text(const OptimizeJob& job, const Optimized& result) {
  auto text = header(job, result);
  std::map<std::string, std::pair<std::size_t, const Node*>> causes;
  for (const auto* node : heavy_layers(result.model)) {
    if (result.execution->in_integers(*node)) continue;
    auto& [count, first] = causes[text_of(result.why_not(*node).cause()).code];
    if (count++ == 0) first = node;
  }
  for (const auto& [code, layers] : causes)
    text += fmt::format("in float, {}: {}{}\n", code, place(result.model, LayerLabel(*layers.second)),
                        layers.first == 1 ? "" : fmt::format(" and {} more", layers.first - 1));
  if (!causes.empty()) text += "--explain says why, layer by layer\n";
  return text + saturation_text(result.saturation);
}

std::vector<std::string> missed_gates(const Optimized& result) {
  std::vector<std::string> lines;
  for (const auto& [gate, passed, found, costs] : result.gates) {
    // A check of the outputs that failed has been told, with the pass.
    if (passed || (gate.kind == Gate::sqnr && !result.is_verified())) continue;
    const auto of = gate.kind == Gate::int8   ? " of the multiply-accumulates run in integers; in float: "
                    : gate.kind == Gate::size ? " of the same weights in f32; largest of more than 8 bits: "
                    : gate.kind == Gate::sqnr ? " at "
                                              : " output channels could saturate: ";
    const auto value = gate.kind == Gate::sqnr         ? fmt::format("{:.1f} dB", found)
                       : gate.kind == Gate::saturation ? fmt::format("{:.0f}", found)
                                                       : fmt::format("{:.1f} %", found);
    lines.push_back(fmt::format("--require {} is not met: {}{}{}", to_string(gate), value, of, printable(costs)));
  }
  return lines;
}

}  // namespace lpt

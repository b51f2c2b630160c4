#include "report/saturation_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/printable.hpp"

namespace lpt {
namespace {

std::string title(const LayerLabel& layer) { return fmt::format("\"{}\" ({})", layer.name, layer.type); }

std::string channels(std::uint64_t some, std::uint64_t all) {
  return fmt::format("{} of {} output channel{}", some, all, all == 1 ? "" : "s");
}

}  // namespace

std::string saturation_text(const std::vector<Saturation>& layers) {
  if (layers.empty()) return "no layer runs in integers\n";
  std::vector<const Saturation*> sorted;
  for (const auto& layer : layers) {
    if (layer.could_saturate()) sorted.push_back(&layer);
  }
  if (sorted.empty()) return "no integer sum can leave 32 bits, no sum of two products 16 bits\n";
  std::ranges::stable_sort(sorted, std::greater(), [](const Saturation* layer) {
    return std::pair(layer->beyond_32_bits, layer->largest_pair_sum);
  });
  std::string text;
  for (const auto* layer : sorted) {
    text += title(layer->layer) + ": ";
    if (layer->beyond_32_bits != 0)
      text += fmt::format("{} could leave 32 bits on every CPU, sums up to {}{}",
                          channels(layer->beyond_32_bits, layer->channels), grouped(layer->largest_sum),
                          layer->beyond_16_bits != 0 ? "; " : "");
    if (layer->beyond_16_bits != 0)
      text += fmt::format("{} could saturate 16 bits on CPUs without VNNI, sums of two products up to {}",
                          channels(layer->beyond_16_bits, layer->channels), grouped(layer->largest_pair_sum));
    text += "\n";
  }
  return text;
}

std::string saturation_text(const SaturatedRun& run) {
  const auto saturated = run.saturated_layers();
  if (saturated == 0) return "on a CPU without VNNI no sum of two products saturated on these inputs\n";
  return fmt::format(
      "on a CPU without VNNI sums of two products saturate in {} of {} layers that could: SQNR {:.1f} dB\n", saturated,
      run.layers.size(), run.least_sqnr_db);
}

std::vector<std::string> saturation_lines(const SaturatedRun& run) {
  auto layers = run.layers;
  std::ranges::stable_sort(layers, std::greater(), &SaturatedRun::Layer::share);
  std::vector<std::string> lines;
  for (const auto& layer : layers) {
    if (layer.saturated != 0)
      lines.push_back(fmt::format("{}: {} of {} sums of two products saturate without VNNI, {:.2g} %",
                                  title(layer.layer), grouped(layer.saturated), grouped(layer.pairs),
                                  100 * layer.share()));
  }
  return lines;
}

Json to_json(const std::vector<Saturation>& layers) {
  auto result = Json::array();
  for (const auto& layer : layers)
    result.push_back({{"name", layer.layer.name},
                      {"type", layer.layer.type},
                      {"channels", layer.channels},
                      {"beyond_32_bits", layer.beyond_32_bits},
                      {"beyond_16_bits", layer.beyond_16_bits},
                      {"largest_sum", layer.largest_sum},
                      {"largest_pair_sum", layer.largest_pair_sum},
                      {"worst_channel", layer.worst_channel}});
  return result;
}

Json to_json(const SaturatedRun& run) {
  Json result = {{"sqnr_db", number(run.least_sqnr_db)}, {"outputs", Json::array()}, {"layers", Json::array()}};
  for (const auto& [output, distance] : run.outputs)
    result["outputs"].push_back(
        {{"name", output}, {"sqnr_db", number(distance.sqnr_db)}, {"max_abs", number(distance.max_abs)}});
  for (const auto& [layer, pairs, saturated] : run.layers)
    result["layers"].push_back(
        {{"name", layer.name}, {"type", layer.type}, {"pair_sums", pairs}, {"saturated", saturated}});
  return result;
}

}  // namespace lpt

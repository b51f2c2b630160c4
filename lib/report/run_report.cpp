#include "report/run_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/comparison.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

using Json = nlohmann::ordered_json;

/// What one tensor holds: type, shape, and the range of its values.
std::string summary(const Tensor& tensor) {
  auto text = fmt::format("{}[{}]", name(tensor.type()), to_string(tensor.lengths()));
  if (tensor.count() == 0) return text;
  const Tensor values = convert(tensor, ElementType::f64);
  const double* first = values.data<double>();
  const double* last = first + values.count();
  const auto [low, high] = std::minmax_element(first, last);
  return text + fmt::format(" min {:.6g}, max {:.6g}, mean {:.6g}, largest at {}", *low, *high,
                            std::accumulate(first, last, 0.0) / static_cast<double>(values.count()),
                            std::max_element(first, last) - first);
}

std::string profile_text(const std::vector<ProfileEntry>& profile) {
  double all = 0;
  for (const auto& entry : profile) all += entry.seconds;
  auto text = fmt::format("{:<28}{:>8}{:>12}{:>8}\n", "operation", "layers", "ms", "share");
  for (const auto& [operation, layers, seconds] : profile)
    text += fmt::format("{:<28}{:>8}{:>12.3f}{:>6.0f} %\n", operation, layers, seconds * 1e3, 100 * seconds / all);
  return text;
}

std::string overflows_text(const std::vector<Overflow>& overflows) {
  if (overflows.empty()) return "no integer sum leaves its accumulator\n";
  std::string text;
  for (const auto& [layer, wide, pairs] : overflows)
    text += fmt::format("{}: {} sums leave 32 bits, {} sums of two products leave 16 bits\n", layer, wide, pairs);
  return text;
}

std::string layers_text(const std::vector<Compared>& layers) {
  std::string text;
  for (const auto& [name, operation, distance, agrees] : layers)
    text += fmt::format("{} \"{}\" ({}): {}\n", agrees ? " " : "*", name, operation, describe(distance));
  const auto parting = std::find_if(layers.begin(), layers.end(), [](const Compared& layer) { return !layer.agrees; });
  return text + (parting == layers.end()
                     ? fmt::format("all {} layers of the same name agree\n", layers.size())
                     : fmt::format("they part first at \"{}\" ({})\n", parting->name, parting->operation));
}

/// `label` is the key of its name.
Json compared_json(const char* label, const Compared& compared) {
  Json entry = {{label, compared.name}};
  if (!compared.operation.empty()) entry["operation"] = compared.operation;
  const auto& distance = compared.distance;
  // JSON has no infinity: null stands for it.
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : nullptr; };
  entry["same_shape"] = distance.same_shape;
  if (distance.same_shape)
    entry.update({{"max_abs", number(distance.max_abs)},
                  {"max_rel", number(distance.max_rel)},
                  {"sqnr_db", number(distance.sqnr_db)},
                  {"cosine", number(distance.cosine)},
                  {"arg_max", number(distance.arg_max)}});
  entry["agrees"] = compared.agrees;
  return entry;
}

/// An array of what `print` makes of each entry.
template <class Entries, class Print>
Json list(const Entries& entries, const Print& print) {
  auto result = Json::array();
  for (const auto& entry : entries) result.push_back(print(entry));
  return result;
}

}  // namespace

std::string run_text(const RunJob& job, const Ran& ran) {
  std::string text;
  for (const auto& [name, tensor] : ran.outputs) text += fmt::format("\"{}\" {}\n", name, summary(tensor));
  if (job.profile) text += profile_text(ran.profile);
  if (job.accumulators) text += overflows_text(ran.overflows);
  if (job.per_layer) text += layers_text(ran.layers);
  for (const auto& output : ran.comparison)
    text += fmt::format("\"{}\": {}{}\n", output.name, describe(output.distance),
                        output.agrees ? "" : fmt::format(" (tolerance {:g})", job.tolerance));
  return text + fmt::format("{}: {:.3f} ms\n", job.model.string(), ran.milliseconds);
}

std::string run_json(const RunJob& job, const Ran& ran) {
  Json json = {{"model", job.model.string()}, {"milliseconds", ran.milliseconds}};
  json["outputs"] = list(ran.outputs, [](const NamedTensor& output) {
    const auto& [title, tensor] = output;
    return Json{{"name", title}, {"type", name(tensor.type())}, {"shape", tensor.lengths()}};
  });
  if (job.profile)
    json["profile"] = list(ran.profile, [](const ProfileEntry& entry) {
      return Json{{"operation", entry.operation}, {"layers", entry.layers}, {"milliseconds", entry.seconds * 1e3}};
    });
  if (job.accumulators)
    json["accumulators"] = list(ran.overflows, [](const Overflow& overflow) {
      return Json{
          {"layer", overflow.layer}, {"beyond_32_bits", overflow.wide}, {"pairs_beyond_16_bits", overflow.pairs}};
    });
  if (job.other) {
    json["compare"] = list(ran.comparison, [](const Compared& output) { return compared_json("output", output); });
    if (job.per_layer)
      json["layers"] = list(ran.layers, [](const Compared& layer) { return compared_json("layer", layer); });
    json["agrees"] = ran.agrees();
  }
  return json.dump(2) + "\n";
}

}  // namespace lpt

#include "report/run_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/comparison.hpp"
#include "report/json.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

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

constexpr std::size_t kSlowest = 10;

std::string profile_text(const Ran& ran) {
  double all = 0;
  for (const auto& entry : ran.profile) all += entry.seconds;
  auto text = fmt::format("{:<28}{:>8}{:>12}{:>8}\n", "operation", "layers", "ms a run", "share");
  for (const auto& [operation, layers, seconds] : ran.profile)
    text += fmt::format("{:<28}{:>8}{:>12.3f}{:>6.0f} %\n", operation, layers, seconds * 1e3, 100 * seconds / all);
  text += "slowest layers, ms a run\n";
  for (std::size_t i = 0; i < std::min(kSlowest, ran.layer_times.size()); ++i)
    text += fmt::format("{:>12.3f}  {}\n", ran.layer_times[i].seconds * 1e3, ran.layer_times[i].layer);
  return text;
}

std::string title(const LayerDifference& layer) {
  const auto port = layer.port == 0 ? "" : fmt::format(":{}", layer.port);
  const auto name = layer.before->name() == layer.after->name()
                        ? fmt::format("\"{}{}\"", layer.after->name(), port)
                        : fmt::format("\"{}{}\" -> \"{}{}\"", layer.before->name(), port, layer.after->name(), port);
  return fmt::format("{} ({})", name, layer.after->type());
}

std::string_view text_of(Reading reading) {
  switch (reading) {
    case Reading::listed: return "listed";
    case Reading::from_graph: return "from the graph";
    case Reading::fitted: return "fitted";
    default: return "as it is";
  }
}

/// What is to be said of a layer behind how far it is.
std::string remarks(const LayerDifference& layer) {
  std::string text;
  if (layer.reading != Reading::as_it_is) text += fmt::format(", unit {}", text_of(layer.reading));
  if (layer.departing != 0)
    text += fmt::format("; {} of {} elements part by more than rounding", layer.departing, layer.count);
  if (layer.ties != 0) text += fmt::format("; {} ties, a step of {:.3g} apart", layer.ties, layer.step);
  if (layer.roundings != 0) text += fmt::format("; {} roundings of the dialect", layer.roundings);
  if (layer.constant) {
    const auto& constant = layer.constant_difference;
    text += fmt::format("; {} of {} values of the constant at input {} differ, by up to {:.3g}", constant.differing,
                        constant.count, *layer.constant, constant.max_abs);
  }
  return text;
}

std::vector<const LayerDifference*> in_order(const RunJob& job, const Ran& ran) {
  std::vector<const LayerDifference*> layers;
  for (const auto& layer : ran.layers) layers.push_back(&layer);
  const auto key = [](const LayerDifference* layer) {
    return std::tuple(!layer->departs(), !layer->problem.empty(), layer->distance.sqnr_db);
  };
  if (job.by_loss) std::ranges::stable_sort(layers, {}, key);
  return layers;
}

std::string layers_text(const RunJob& job, const Ran& ran) {
  std::string text;
  std::size_t departing = 0, left_out = 0;
  for (const auto* layer : in_order(job, ran)) {
    const bool compared = layer->problem.empty();
    text += fmt::format("{} {}: {}{}\n", layer->departs() ? "*" : " ", title(*layer),
                        compared ? describe(layer->distance) : "not compared: " + layer->problem,
                        compared ? remarks(*layer) : "");
    departing += layer->departs();
    left_out += !compared;
  }
  return text + fmt::format("{} of {} layers part by themselves{}\n", departing, ran.layers.size(),
                            left_out == 0 ? "" : fmt::format(", {} could not be compared", left_out));
}

std::string bisect_text(const Ran& ran) {
  const auto first = std::ranges::find_if(ran.layers, [](const auto& layer) { return layer.departs(); });
  if (first == ran.layers.end()) return "no layer parts by itself\n";
  auto text = where(ran.other.origin, *first->blamed) + ": is the first layer that parts by itself";
  if (first->blamed != first->after) text += fmt::format("; seen behind it at {}", title(*first));
  if (!first->place.empty() || first->departing != 0)
    text +=
        fmt::format("; element [{}] is {:.6g}, should be {:.6g}", to_string(first->place), first->is, first->should_be);
  if (!first->distance.same_shape) text += "; it has another shape";
  text += remarks(*first);
  return text + "\n";
}

void add(Json& entry, const Distance& distance) {
  entry["same_shape"] = distance.same_shape;
  if (distance.same_shape)
    entry.update({{"max_abs", number(distance.max_abs)},
                  {"max_rel", number(distance.max_rel)},
                  {"sqnr_db", number(distance.sqnr_db)},
                  {"cosine", number(distance.cosine)},
                  {"arg_max", number(distance.arg_max)}});
}

Json layer_json(const LayerDifference& layer) {
  Json entry = {{"layer", layer.after->name()},
                {"pair", layer.before->name()},
                {"operation", layer.after->type()},
                {"port", layer.port},
                {"agrees", !layer.departs()}};
  if (!layer.problem.empty()) {
    entry["not_compared"] = layer.problem;
    return entry;
  }
  add(entry, layer.distance);
  entry.update({{"unit", text_of(layer.reading)},
                {"elements", layer.count},
                {"departing", layer.departing},
                {"ties", layer.ties},
                {"roundings", layer.roundings},
                {"step", layer.step}});
  if (layer.departs()) entry["blamed"] = layer.blamed->name();
  if (layer.constant) entry["constant"] = *layer.constant;
  auto together = Json::array();
  for (const Node* node : layer.together) together.push_back(node->name());
  entry["together"] = std::move(together);
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
  if (job.profile) text += profile_text(ran);
  if (job.per_layer) text += layers_text(job, ran);
  if (job.bisect) text += bisect_text(ran);
  if (ran.comparison) {
    for (const auto& [name, distance] : ran.comparison->outputs)
      text += fmt::format("\"{}\": {}\n", name, describe(distance));
    text += fmt::format("{}: {}\n", ran.agrees() ? "they agree" : "they differ",
                        describe(*ran.comparison, {.tolerance = job.tolerance}));
  }
  return text + fmt::format("{}: {:.3f} ms\n", job.model.string(), ran.milliseconds);
}

std::string run_json(const RunJob& job, const Ran& ran) {
  Json json = {{"model", job.model.string()}, {"milliseconds", ran.milliseconds}};
  json["outputs"] = list(ran.outputs, [](const NamedTensor& output) {
    const auto& [title, tensor] = output;
    return Json{{"name", title}, {"type", name(tensor.type())}, {"shape", tensor.lengths()}};
  });
  if (job.profile) {
    json["profile"] = list(ran.profile, [](const ProfileEntry& entry) {
      return Json{{"operation", entry.operation}, {"layers", entry.layers}, {"milliseconds", entry.seconds * 1e3}};
    });
    json["profile_layers"] = list(ran.layer_times, [](const LayerTime& time) {
      return Json{{"layer", time.layer}, {"milliseconds", time.seconds * 1e3}};
    });
  }
  if (ran.comparison) {
    json["compare"] = list(ran.comparison->outputs, [](const auto& output) {
      Json entry = {{"output", output.first}};
      add(entry, output.second);
      return entry;
    });
    json["verdict"] = describe(*ran.comparison, {.tolerance = job.tolerance});
    if (job.per_layer) json["layers"] = list(in_order(job, ran), [](const auto* layer) { return layer_json(*layer); });
    if (job.bisect) {
      const auto first = std::ranges::find_if(ran.layers, [](const auto& layer) { return layer.departs(); });
      json["first"] = first == ran.layers.end() ? Json(nullptr) : layer_json(*first);
    }
    json["agrees"] = ran.agrees();
  }
  return json.dump(2) + "\n";
}

}  // namespace lpt

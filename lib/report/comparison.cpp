#include "report/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace lpt {

bool within(const Distance& distance, double tolerance) { return distance.same_shape && distance.max_rel <= tolerance; }

std::string describe(const Distance& distance) {
  if (!distance.same_shape) return "another shape";
  if (distance.max_abs == 0) return "identical";
  return fmt::format("max abs {:.3g}, rel {:.3g}, SQNR {:.1f} dB, cosine {:.6f}, arg-max {:.0f} %", distance.max_abs,
                     distance.max_rel, distance.sqnr_db, distance.cosine, 100 * distance.arg_max);
}

nlohmann::ordered_json to_json(const Distance& distance) {
  if (!distance.same_shape) return {{"same_shape", false}};
  // JSON has no infinity: null stands for it.
  const auto number = [](double value) { return std::isfinite(value) ? nlohmann::ordered_json(value) : nullptr; };
  return {{"same_shape", true},
          {"max_abs", number(distance.max_abs)},
          {"max_rel", number(distance.max_rel)},
          {"sqnr_db", number(distance.sqnr_db)},
          {"cosine", number(distance.cosine)},
          {"arg_max", number(distance.arg_max)}};
}

std::vector<std::string> output_names(const std::vector<ModelPort>& ports) {
  std::vector<std::string> names;
  std::set<std::string> used;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    auto name = ports[i].name.empty() ? fmt::format("output_{}", i) : ports[i].name;
    if (used.contains(name)) name = fmt::format("output_{}", i);
    while (!used.insert(name).second) name += '_';
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace lpt

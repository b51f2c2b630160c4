#pragma once

#include <nlohmann/json.hpp>

#include <cmath>

namespace lpt {

using Json = nlohmann::ordered_json;

/// JSON has no infinity: null stands for it.
inline Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace lpt

#pragma once

#include <nlohmann/json.hpp>

#include "exec/compare.hpp"
#include "exec/executor.hpp"

namespace lpt {

inline constexpr double kDefaultTolerance = 1e-3;

/// Whether two tensors count as equal: the largest difference is at most `tolerance` times the largest magnitude.
bool within(const Distance& distance, double tolerance);

/// "max abs 1.2e-07, rel 3.4e-07, SQNR 141.2 dB, cosine 1.000000, arg-max 100 %"
std::string describe(const Distance& distance);

nlohmann::ordered_json to_json(const Distance& distance);

/// A name for an output in messages and files: its first tensor name, or output_N.
std::vector<std::string> output_names(const std::vector<ModelPort>& ports);

}  // namespace lpt

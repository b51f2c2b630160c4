#pragma once

#include <string>
#include <vector>

#include "jobs/saturation.hpp"
#include "report/json.hpp"

namespace lpt {

/// A line for each layer that could saturate, the worst first:
///
///     "conv1" (Convolution): 3 of 64 output channels could saturate 16 bits on CPUs without VNNI, sums of two products
///     up to 41 000
///
/// or one line that none could, or that there is none.
std::string saturation_text(const std::vector<Saturation>& layers);

/// What happened in a run, and how far it brings the worst output.
std::string saturation_text(const SaturatedRun& run);
/// A line for each layer that saturated, that with the largest share first.
std::vector<std::string> saturation_lines(const SaturatedRun& run);

/// An entry for each layer, in the order of the model.
Json to_json(const std::vector<Saturation>& layers);
Json to_json(const SaturatedRun& run);

}  // namespace lpt

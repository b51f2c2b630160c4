#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "io/output_pair.hpp"
#include "ir/model.hpp"

namespace lpt {

/// Bytes of the weights done so far, and in all. Called from any thread.
using WriteProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct WrittenSizes {
  std::uint64_t xml = 0;
  std::uint64_t weights = 0;
};

/// Length of the weights file that write_model would make.
std::uint64_t weights_size(const Model& model);

/// Writes a model: the XML as OpenVINO formats it, every text as it was read; the constants one behind another without
/// padding, as OpenVINO lays them out, equal ones once. Constants that are computed are computed here, in pieces, by
/// all cores. Nothing is visible at the final places before everything is complete.
///
/// throws  Error (io)
WrittenSizes write_model(const Model& model, OutputPair& output, const WriteProgress& progress);

}  // namespace lpt

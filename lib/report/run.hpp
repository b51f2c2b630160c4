#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "report/comparison.hpp"

namespace lpt {

/// One run of a model, as the command line of lpt-run asks for it.
struct RunJob {
  std::filesystem::path model;
  std::optional<std::filesystem::path> weights;  ///< by default beside the model
  std::vector<std::string> inputs;               ///< NAME=FILE.npy
  std::optional<std::filesystem::path> archive;  ///< .npz with all inputs
  std::uint64_t seed = 1;
  std::optional<std::filesystem::path> output;  ///< .npz for the outputs
  std::optional<std::filesystem::path> other;   ///< the model to compare with
  double tolerance = kDefaultTolerance;
  std::int64_t most_iterations = 1'000'000;
  unsigned repeat = 1;
  bool per_layer = false;
  bool profile = false;
  bool accumulators = false;
  bool json = false;
  bool quiet = false;
};

/// Runs, writes and compares, and says what came out on standard output.
/// returns  false if the other model's outputs are outside of the tolerance
/// throws   Error
bool run_model(const RunJob& job);

}  // namespace lpt

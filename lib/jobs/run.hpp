#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "diff/layer_comparison.hpp"
#include "exec/npy.hpp"
#include "io/reader.hpp"
#include "jobs/verification.hpp"

namespace lpt {

/// One run of a model.
struct RunJob {
  std::filesystem::path model;
  std::optional<std::filesystem::path> weights;  ///< by default beside the model
  InputSource inputs;
  std::optional<std::filesystem::path> output;  ///< .npz for the outputs
  std::optional<std::filesystem::path> other;   ///< the model to compare with
  double tolerance = kDefaultTolerance;
  std::int64_t most_iterations = 1'000'000;
  unsigned repeat = 1;
  bool per_layer = false;
  bool by_loss = false;  ///< layers with the greatest loss first
  bool bisect = false;
  bool profile = false;
  Warn warn = [](const std::string&) {};
};

/// Time spent in the layers of a type, in one run on average.
struct ProfileEntry {
  std::string operation;
  std::size_t layers = 0;
  double seconds = 0;
};

/// Likewise in one layer.
struct LayerTime {
  std::string layer;  ///< its place in the file
  double seconds = 0;
};

/// What came of a run; of what was not asked for, nothing.
struct Ran {
  Model model = {}, other = {};  ///< of which layers are told
  std::vector<NamedTensor> outputs;
  double milliseconds = 0;             ///< median
  std::vector<ProfileEntry> profile;   ///< the longest first
  std::vector<LayerTime> layer_times;  ///< the longest first
  std::vector<LayerDifference> layers;
  std::optional<VerifyResult> comparison = {};  ///< of the outputs

  /// False if an output of the other model is further away than it may be.
  bool agrees() const { return !comparison || comparison->passed; }
};

/// Runs, writes and compares. throws  Error
Ran run_model(const RunJob& job);

}  // namespace lpt

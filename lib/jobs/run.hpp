#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "exec/compare.hpp"
#include "exec/npy.hpp"
#include "io/reader.hpp"

namespace lpt {

/// One run of a model.
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
  Warn warn = [](const std::string&) {};
};

/// Time spent in the layers of a type, in all runs.
struct ProfileEntry {
  std::string operation;
  std::size_t layers = 0;
  double seconds = 0;
};

/// A layer whose integer sums would not fit accumulators.
struct Overflow {
  std::string layer;        ///< its place in the file
  std::uint64_t wide = 0;   ///< sums that leave 32 bits
  std::uint64_t pairs = 0;  ///< sums of two products that leave 16 bits
};

/// How far the other model's output is from the one of the same name.
struct Compared {
  std::string name;
  std::string operation;  ///< of a layer; empty for an output of the model
  Distance distance;
  bool agrees;  ///< within the tolerance
};

/// What came of a run; of what was not asked for, nothing.
struct Ran {
  std::vector<NamedTensor> outputs;
  double milliseconds = 0;            ///< median
  std::vector<ProfileEntry> profile;  ///< the longest first
  std::vector<Overflow> overflows;    ///< in the order of the run
  std::vector<Compared> layers;       ///< of the same name, in the order in which the other model runs
  std::vector<Compared> comparison;   ///< of the outputs

  /// False if an output of the other model is outside of the tolerance.
  bool agrees() const;
};

/// Runs, writes and compares. throws  Error
Ran run_model(const RunJob& job);

}  // namespace lpt

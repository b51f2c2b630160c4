#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "diff/diff.hpp"
#include "io/reader.hpp"
#include "jobs/execution.hpp"
#include "jobs/statistics.hpp"

namespace lpt {

/// One comparison of two models.
struct DiffJob {
  std::filesystem::path before, after;
  std::optional<std::filesystem::path> weights_before, weights_after;  ///< by default beside the models
  Ignored ignored;
  std::optional<std::string> layer;  ///< the only one to be told of
  bool all = false;                  ///< every layer, and no list is cut
  Warn warn = [](const std::string&) {};
};

/// One of the two models.
struct DiffSide {
  Model model;
  Statistics statistics;
  std::uint64_t weights_bytes = 0;  ///< of the file
  IntegerShare share = {};          ///< of operations with integer kernels
};

struct Diffed {
  DiffSide before, after;
  Diff diff;
  /// The layers that the job names, each in one of the models; empty if it names none.
  std::vector<const Node*> named;
};

/// Reads and compares. throws  Error, also for the name of a layer that neither model has
std::unique_ptr<Diffed> diff_models(const DiffJob& job);

}  // namespace lpt

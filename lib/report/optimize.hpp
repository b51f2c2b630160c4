#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "passes/pass.hpp"
#include "report/progress.hpp"

namespace lpt {

/// One conversion, as the command line asks for it.
struct OptimizeJob {
  std::filesystem::path input;
  std::optional<std::filesystem::path> weights;  ///< by default beside the input
  std::filesystem::path output;                  ///< may be empty for a dry run
  PipelineOptions pipeline;
  std::vector<std::string> print_after;  ///< passes after which the graph goes to standard output, or "all"
  ProgressMode progress = ProgressMode::automatic;
  bool dry_run = false;
  bool force = false;
  bool quiet = false;
};

/// Reads, runs the passes, writes, and says what was done on standard output.
/// returns  false if a check that was asked for failed
/// throws   Error
bool optimize(OptimizeJob job);

}  // namespace lpt

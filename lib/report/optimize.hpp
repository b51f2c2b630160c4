#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "passes/conversion.hpp"
#include "passes/pass.hpp"
#include "report/progress.hpp"
#include "report/verification.hpp"

namespace lpt {

/// One conversion, as the command line asks for it.
struct OptimizeJob {
  std::filesystem::path input;
  std::optional<std::filesystem::path> weights;  ///< by default beside the input
  std::filesystem::path output;                  ///< may be empty for a dry run
  Conversion conversion;
  PipelineOptions pipeline;
  std::vector<std::string> print_after;  ///< passes after which the graph goes to standard output, or "all"
  ProgressMode progress = ProgressMode::automatic;
  std::optional<VerifyOptions> verify;  ///< run the model before and after
  bool verify_each = false;             ///< and after every pass; needs `verify`
  bool dry_run = false;
  bool force = false;
  bool quiet = false;
  bool statistics = false;  ///< print tables of what changed
};

/// Reads, runs the passes, writes, and says what was done on standard output.
/// returns  false if a check that was asked for failed; then nothing is written, unless with `force`
/// throws   Error
bool optimize(OptimizeJob job);

}  // namespace lpt

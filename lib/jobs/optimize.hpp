#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/reader.hpp"
#include "io/writer.hpp"
#include "jobs/account.hpp"
#include "jobs/execution.hpp"
#include "jobs/gates.hpp"
#include "jobs/layer_story.hpp"
#include "jobs/saturation.hpp"
#include "jobs/verification.hpp"
#include "passes/pipeline.hpp"

namespace lpt {

/// One conversion.
struct OptimizeJob {
  std::filesystem::path input;
  std::optional<std::filesystem::path> weights;  ///< by default beside the input
  std::filesystem::path output;                  ///< may be empty for a dry run
  Goal goal;  ///< in mode full only weights are converted if nothing else is quantized
  PipelineOptions pipeline;
  std::optional<VerifyOptions> verify;  ///< run the model before and after
  bool verify_each = false;             ///< and after every step that rewrote something; needs `verify`
  std::vector<Gate> gates;              ///< what the result has to clear
  bool account = false;                 ///< count what the model consists of, before and after, and time the passes
  bool saturation = false;              ///< find out which sums could saturate
  std::optional<std::string> layer;     ///< one layer to tell the story of
  bool dry_run = false;
  /// Convert only if the output was made of other files, or with other options than these.
  std::optional<std::string> if_changed;
  bool force = false;  ///< let the output replace the input, and write it though a check failed
  Warn warn = [](const std::string&) {};
  WriteProgress progress = [](std::uint64_t, std::uint64_t) {};
};

/// What a conversion did.
struct Optimized {
  Model model;                     ///< as it is now; keeps the texts that labels and refusals view
  bool up_to_date = false;         ///< as `if_changed` asks, so that nothing was done
  bool was_converted = false;      ///< by an earlier conversion to the same goal, so that no pass ran
  std::vector<PassReport> passes;  ///< in the order in which they ran
  std::vector<PassContext::Departure> departures;
  ModelKind kind;                          ///< of the model that was read
  std::optional<Execution> execution;      ///< of the model as it is now
  std::vector<GateResult> gates;           ///< of all gates, in their order
  std::vector<std::string_view> vanished;  ///< names of real values that are computed no more
  PassContext::Fitted fitted;
  std::size_t mended = 0;  ///< 1x1 Convolutions whose weights came in a form that OpenVINO misreads
  std::uint64_t weights_before = 0, weights_after = 0;  ///< bytes of the weights file
  std::optional<Account> account;
  std::optional<LayerStory> story;
  std::optional<VerifyResult> verification;
  std::vector<Saturation> saturation;     ///< of the layers in integers, where it was wanted
  std::optional<SaturatedRun> saturated;  ///< where the check passed, and a layer could saturate
  std::string_view broken_by;             ///< the pass with which a check of `verify_each` began to fail
  double seconds = 0;

  bool is_verified() const { return !verification || verification->passed; }
  bool passed() const;  ///< nor is a gate missed
  std::size_t rewritten() const;
  /// Why a layer of the result for which is_heavy runs in real numbers.
  Refusal why_not(const Node& heavy) const;
};

/// Reads, runs the passes, checks and writes. Where a check fails nothing is written, unless with `force`.
/// throws   Error
Optimized optimize(const OptimizeJob& job, const Passes& passes = pipeline());

/// The model of a job, read again, behind the passes that the job runs up to this one. The passes of one step run
/// together, layer by layer; here the step runs with its first passes alone.
Model model_after(const OptimizeJob& job, std::string_view pass, const Passes& passes = pipeline());

/// Gives the model as text after single passes.
///
/// wanted  names of passes, or "all" for those after which the text is another one than before
/// throws  Error (usage) for an unknown name
void print_after(const OptimizeJob& job, const std::vector<std::string>& wanted,
                 const std::function<void(std::string_view pass, const std::string& text)>& print,
                 const Passes& passes = pipeline());

}  // namespace lpt

#include <lpt/convert.hpp>

#include "jobs/optimize.hpp"
#include "report/optimize_report.hpp"

namespace lpt {

Converted convert(const std::filesystem::path& model, const std::filesystem::path& output,
                  const ConvertOptions& options) {
  OptimizeJob job;
  job.input = model;
  job.output = output;
  job.weights = options.weights;
  job.goal = {options.mode, options.dialect, find_target(options.target)};
  if (options.verify_runs > 0) {
    job.verify.emplace();
    job.verify->runs = options.verify_runs;
    job.verify->tolerance = options.tolerance;
  }
  job.force = options.force;
  job.warn = options.warn;
  const auto result = optimize(job);
  if (!result.passed() && !job.force) throw Error(ExitCode::check_failed, failure(job, result));
  return {.was_converted = result.was_converted,
          .layers_rewritten = result.rewritten(),
          .operations = result.execution->share().all,
          .in_low_precision = result.execution->share().low,
          .weights_before = result.weights_before,
          .weights_after = result.weights_after,
          .summary = summary(job, result)};
}

}  // namespace lpt

#include "report/optimize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "io/reader.hpp"
#include "io/writer.hpp"
#include "ir/error.hpp"
#include "report/log.hpp"
#include "report/mark.hpp"
#include "report/statistics.hpp"
#include "text/text.hpp"

namespace lpt {
namespace {

/// Constants with more elements are cut in what --print-after shows.
constexpr std::uint64_t kShownElements = 16;

/// True if no pass was left out.
bool is_whole(const PipelineOptions& options) {
  return options.disable.empty() && options.only.empty() && options.stop_after.empty();
}

/// Refuses to write over what is being read, unless that is asked for.
void check_output(const OptimizeJob& job, const std::filesystem::path& input_weights,
                  const std::filesystem::path& output_weights) {
  if (output_weights == job.output)
    throw usage_error("{}: the output is the XML; its weights would take the same name", job.output.string());
  if (job.force) return;
  for (const auto& output : {job.output, output_weights}) {
    for (const auto& input : {job.input, input_weights}) {
      if (FileIdentity(output).same_file(FileIdentity(input))) {
        throw usage_error("{}: the output would replace an input; --force allows it", output.string());
      }
    }
  }
}

using Passes = std::vector<std::string_view>;

void print_after(const OptimizeJob& job, const Model& model, const Passes& passes) {
  const auto wanted = [&](std::string_view pass) {
    return std::find(job.print_after.begin(), job.print_after.end(), pass) != job.print_after.end();
  };
  if (wanted("all") || std::any_of(passes.begin(), passes.end(), wanted))
    print(fmt::format("# after {}\n{}\n", fmt::join(passes, ", "), print_text(*model.graph, kShownElements)));
}

std::size_t report_passes(const std::vector<PassReport>& reports) {
  std::size_t rewritten = 0;
  for (const auto& report : reports) {
    rewritten += report.rewritten;
    log_detail(fmt::format("{}: {} rewritten, {} refused", report.pass, report.rewritten, report.refusals.size()));
    for (const auto& refusal : report.refusals) log_detail(fmt::format("  {}: {}", refusal.layer, refusal.reason));
  }
  return rewritten;
}

/// "20 of 21 operations in low precision (Convolution 9 of 9, ...)".
std::string in_low_precision(const std::vector<LowPrecisionCount>& counts) {
  if (counts.empty()) return {};
  std::size_t low = 0, all = 0;
  for (const auto& count : counts) {
    low += count.low;
    all += count.all;
  }
  return fmt::format("{} of {} operations in low precision, ", low, all);
}

std::uint64_t file_size_or_zero(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

bool optimize(OptimizeJob job) {
  const auto start = std::chrono::steady_clock::now();
  for (const auto& name : job.print_after) {
    if (name != "all") find_pass(name);
  }
  const auto input_weights = job.weights.value_or(default_weights_path(job.input));
  const auto output_weights = default_weights_path(job.output);
  if (!job.dry_run) check_output(job, input_weights, output_weights);

  // Never destroyed: the process ends with it, and giving back a large graph piece by piece takes longer than that.
  static auto& model = *new Model(read_model(job.input, {job.weights, log_warning}));
  const auto before_size = file_size_or_zero(input_weights);
  const auto before = !job.statistics ? Statistics{} : statistics(model, before_size);
  std::optional<Verification> verification;
  if (job.verify) verification.emplace(model, *job.verify);
  std::optional<Verification::Result> checked;  // the model as it is
  const auto passed = [&] { return !checked || checked->passed; };
  job.pipeline.after = [&](const Passes& passes, std::size_t rewrites) {
    print_after(job, model, passes);
    if (!job.verify_each || rewrites == 0 || !passed()) return;
    checked = verification->check(model);
    if (!passed())
      log_error(fmt::format("{} {} changed what the model computes: {}", passes.size() == 1 ? "pass" : "passes",
                            fmt::join(passes, ", "), verification->describe(*checked)));
  };
  auto& conversion = job.conversion;
  if (!has_quantized_activations(model)) conversion.mode = Mode::weights;
  const bool is_converted = conversion.mode == Mode::full && is_marked(model, conversion);
  std::size_t rewritten = 0;
  if (!is_converted) {
    rewritten = report_passes(run_pipeline(model, job.pipeline, conversion));
    for (const auto& departure : conversion.departures) log_detail(departure);
    if (conversion.mode == Mode::full && is_whole(job.pipeline)) mark(model, conversion);
  }
  if (verification && !checked) {
    checked = verification->check(model);
    if (!passed()) log_error("the model computes something else than before: " + verification->describe(*checked));
  }
  if (!passed() && !job.force) return false;

  std::uint64_t after_size = 0;
  if (job.dry_run) {
    after_size = weights_size(model);
  } else {
    Progress progress(job.quiet ? ProgressMode::never : job.progress, "writing");
    OutputPair output(job.output, output_weights);
    after_size = write_model(model, output, [&](std::uint64_t done, std::uint64_t total) {
                   progress.update(done, total);
                 }).weights;
  }
  if (job.quiet) return passed();
  const auto counts = is_converted ? std::vector<LowPrecisionCount>{} : count_low_precision(model, conversion);
  if (job.statistics) {
    print(before_after_table(before, statistics(model, after_size)));
    print(low_precision_table(counts));
  }
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto share =
      before_size == 0 ? 100.0 : 100.0 * static_cast<double>(after_size) / static_cast<double>(before_size);
  const auto done = is_converted ? std::string("already converted, nothing changed")
                                 : fmt::format("{} {} rewritten", rewritten, rewritten == 1 ? "layer" : "layers");
  print(fmt::format("{}: {}, {}weights {} -> {} ({:.0f} %), {:.2f} s{}\n",
                    job.dry_run ? job.input.string() : job.output.string(), done, in_low_precision(counts),
                    human_bytes(before_size), human_bytes(after_size), share, seconds,
                    job.dry_run ? ", nothing written" : ""));
  if (checked && checked->passed) print(fmt::format("verified: {}\n", verification->describe(*checked)));
  return passed();
}

}  // namespace lpt

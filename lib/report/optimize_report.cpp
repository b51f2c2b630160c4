#include "report/optimize_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <string_view>

#include "report/comparison.hpp"
#include "report/progress.hpp"
#include "report/saturation_report.hpp"

namespace lpt {
namespace {

/// "20 of 21 operations in low precision, ".
std::string in_low_precision(const IntegerShare& share) {
  if (share.all == 0) return {};
  return fmt::format("{} of {} operations in low precision, ", share.low, share.all);
}

/// "weights of 36 layers brought into i8 with 39 repeated channels, ".
std::string fitted_weights(const PassContext::Fitted& fitted) {
  const auto counted = [](std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  if (fitted.layers == 0) return {};
  const auto channels = fitted.channels == 0 ? "" : " with " + counted(fitted.channels, "repeated channel");
  return fmt::format("weights of {} brought into i8{}, ", counted(fitted.layers, "layer"), channels);
}

}  // namespace

std::vector<std::string> pass_lines(const Optimized& result) {
  const auto& origin = result.model.origin;
  std::vector<std::string> lines;
  for (const auto& report : result.passes) {
    if (report.rewritten.empty() && report.refusals.empty()) continue;
    lines.push_back(
        fmt::format("{}: {} rewritten, {} refused", report.pass, report.rewritten.size(), report.refusals.size()));
    for (const auto& layer : report.rewritten) lines.push_back(fmt::format("  {}: rewritten", where(origin, layer)));
    for (const auto& [layer, reason] : report.refusals)
      lines.push_back(fmt::format("  {}: {} [{}]", where(origin, layer), reason, text_of(reason.cause()).code));
  }
  for (const auto& [layer, what, displacement] : result.departures)
    lines.push_back(fmt::format("{}: {}", where(origin, layer), what));
  if (result.saturated) std::ranges::move(saturation_lines(*result.saturated), std::back_inserter(lines));
  return lines;
}

std::string failure(const OptimizeJob& job, const Optimized& result) {
  const auto found = describe(*result.verification, *job.verify);
  const auto sqnr_db = result.verification->least_sqnr_db, wanted_db = job.verify->least_sqnr_db.value_or(sqnr_db);
  if (sqnr_db < wanted_db) {
    const auto pass = result.broken_by.empty() ? "" : fmt::format(" behind pass {}", result.broken_by);
    return fmt::format("--require sqnr={:g}dB is not met{}: {:.1f} dB; {}", wanted_db, pass, sqnr_db, found);
  }
  return result.broken_by.empty() ? "the model computes something else than before: " + found
                                  : fmt::format("pass {} changed what the model computes: {}", result.broken_by, found);
}

std::string summary(const OptimizeJob& job, const Optimized& result) {
  if (result.up_to_date) return fmt::format("{}: up to date\n", job.output.string());
  const auto before = result.weights_before, after = result.weights_after, rewritten = result.rewritten();
  const auto share = before == 0 ? 100.0 : 100.0 * static_cast<double>(after) / static_cast<double>(before);
  const auto done = result.was_converted
                        ? "already converted, nothing changed"
                        : fmt::format("{} {} rewritten", rewritten, rewritten == 1 ? "layer" : "layers");
  const auto mended = result.mended == 0 ? ""
                                         : fmt::format("{} 1x1 Convolution{} that OpenVINO misreads mended, ",
                                                       result.mended, result.mended == 1 ? "" : "s");
  auto text = fmt::format(
      "{}: {}, {}{}{}weights {} -> {} ({:.0f} %), {:.2f} s{}\n", job.dry_run ? job.input.string() : job.output.string(),
      done, mended, fitted_weights(result.fitted), in_low_precision(result.execution->share()), human_bytes(before),
      human_bytes(after), share, result.seconds, job.dry_run ? ", nothing written" : "");
  if (result.verification && result.verification->passed)
    text += fmt::format("verified: {}\n", describe(*result.verification, *job.verify));
  if (result.saturated) text += saturation_text(*result.saturated);
  return text;
}

}  // namespace lpt

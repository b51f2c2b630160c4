#include "report/optimize_report.hpp"

#include <fmt/format.h>

#include <map>
#include <string_view>
#include <utility>

#include "report/comparison.hpp"
#include "report/progress.hpp"

namespace lpt {
namespace {

std::string line(std::string_view name, std::uint64_t before, std::uint64_t after) {
  const auto difference = static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
  const auto change = difference == 0 ? "" : fmt::format("{:+}", difference);
  auto text = fmt::format("{:<28}{:>16}{:>16}{:>16}", name, before, after, change);
  return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
}

std::string section(std::string_view title, const Statistics::Counts& before, const Statistics::Counts& after) {
  std::map<std::string_view, std::pair<std::uint64_t, std::uint64_t>> rows;
  for (const auto& [name, count] : before) rows[name].first = count;
  for (const auto& [name, count] : after) rows[name].second = count;
  auto text = rows.empty() ? "" : fmt::format("{}\n", title);
  for (const auto& [name, counts] : rows) text += line(fmt::format("  {}", name), counts.first, counts.second);
  return text;
}

std::string low_precision_table(const std::vector<LowPrecisionCount>& counts) {
  if (counts.empty()) return {};
  auto text = fmt::format("{:<28}{:>16}{:>16}\n", "low precision", "integer", "of");
  for (const auto& count : counts) text += fmt::format("  {:<26}{:>16}{:>16}\n", count.operation, count.low, count.all);
  return text;
}

/// "20 of 21 operations in low precision, ".
std::string in_low_precision(const std::vector<LowPrecisionCount>& counts) {
  if (counts.empty()) return {};
  std::size_t low = 0, all = 0;
  for (const auto& count : counts) {
    low += count.low;
    all += count.all;
  }
  return fmt::format("{} of {} operations in low precision, ", low, all);
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

std::string statistics_tables(const Optimized& result) {
  const auto &before = *result.before, &after = *result.after;
  return fmt::format("{:<28}{:>16}{:>16}{:>16}\n", "", "before", "after", "change") +
         line("layers", before.layers, after.layers) +
         section("layers by operation", before.operations, after.operations) +
         section("outputs by element type", before.edges, after.edges) +
         section("constants by type, bytes", before.bytes, after.bytes) +
         line("weights file, bytes", result.weights_before, result.weights_after) +
         low_precision_table(result.low_precision);
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
  auto text = fmt::format("{}: {}, {}{}weights {} -> {} ({:.0f} %), {:.2f} s{}\n",
                          job.dry_run ? job.input.string() : job.output.string(), done, mended,
                          in_low_precision(result.low_precision), human_bytes(before), human_bytes(after), share,
                          result.seconds, job.dry_run ? ", nothing written" : "");
  if (result.verification && result.verification->passed)
    text += fmt::format("verified: {}\n", describe(*result.verification, *job.verify));
  return text;
}

}  // namespace lpt

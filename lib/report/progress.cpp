#include "report/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <utility>

#include "io/output_pair.hpp"
#include "report/terminal.hpp"

namespace lpt {
namespace {

constexpr std::int64_t kPatienceMs = 500;
constexpr std::int64_t kRedrawMs = 50;

bool can_redraw() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
}

}  // namespace

std::string human_bytes(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string progress_line(const std::string& title, std::uint64_t done, std::uint64_t total, std::size_t columns) {
  constexpr std::size_t kLeast = 5, kMost = 30;
  const auto share = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  const auto text = fmt::format("{:3.0f}% of {}", share * 100, human_bytes(total));
  // A bracket on either side, two blanks, and the last column, behind which terminals break the line.
  const auto taken = title.size() + text.size() + 5;
  if (columns < taken + kLeast) return text.substr(0, columns - std::min<std::size_t>(columns, 1));
  const auto width = std::min(kMost, columns - taken);
  const auto filled = std::min(width, static_cast<std::size_t>(share * static_cast<double>(width)));
  return fmt::format("{} [{:.<{}}] {}", title, std::string(filled, '#'), width, text);
}

Progress::Progress(ProgressMode mode, std::string title)
    : enabled_(mode == ProgressMode::always || (mode == ProgressMode::automatic && can_redraw())),
      title_(std::move(title)),
      next_draw_ms_(mode == ProgressMode::always ? 0 : kPatienceMs) {}

Progress::~Progress() {
  if (!drawn_) return;
  std::fputs("\r\033[K", stderr);
  clear_line_at_signal(false);
}

void Progress::update(std::uint64_t done, std::uint64_t total) {
  if (!enabled_) return;
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_).count();
  auto due = next_draw_ms_.load();
  if (now < due || !next_draw_ms_.compare_exchange_strong(due, now + kRedrawMs)) return;
  draw(done, total);
}

void Progress::draw(std::uint64_t done, std::uint64_t total) {
  const std::lock_guard lock(drawing_);
  const auto columns = terminal_width(STDERR_FILENO).value_or(80);
  std::fputs(("\r\033[K" + progress_line(title_, done, total, columns)).c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
  clear_line_at_signal(true);
}

}  // namespace lpt

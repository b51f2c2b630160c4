#include "report/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

namespace lpt {
namespace {

constexpr std::int64_t kPatienceMs = 500;
constexpr std::int64_t kRedrawMs = 50;

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

Progress::Progress(ProgressMode mode, std::string title)
    : enabled_(mode == ProgressMode::always || (mode == ProgressMode::automatic && ::isatty(STDERR_FILENO) != 0)),
      title_(std::move(title)),
      next_draw_ms_(mode == ProgressMode::always ? 0 : kPatienceMs) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
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
  constexpr std::size_t kWidth = 30;
  const std::lock_guard lock(drawing_);
  const auto share = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  const auto filled = std::min(kWidth, static_cast<std::size_t>(share * kWidth));
  const auto bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  std::fputs(fmt::format("\r\033[K{} [{}] {:3.0f}% of {}", title_, bar, share * 100, human_bytes(total)).c_str(),
             stderr);
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace lpt

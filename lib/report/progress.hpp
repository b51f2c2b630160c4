#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace lpt {

enum class ProgressMode { automatic, always, never };

/// "1.9 MB": for people; bytes in powers of 1000.
std::string human_bytes(std::uint64_t bytes);

/// "writing [###...]  50% of 1.9 MB", without the bar where the terminal is too narrow for it.
std::string progress_line(const std::string& title, std::uint64_t done, std::uint64_t total, std::size_t columns);

/// A bar on standard error for work that takes longer than half a second; nothing where standard error is no terminal
/// that can wipe it away, unless it is asked for.
class Progress {
 public:
  Progress(ProgressMode mode, std::string title);
  /// Wipes the bar away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// From any thread.
  void update(std::uint64_t done, std::uint64_t total);

 private:
  void draw(std::uint64_t done, std::uint64_t total);

  const bool enabled_;
  const std::string title_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::atomic<std::int64_t> next_draw_ms_;
  std::mutex drawing_;
  bool drawn_ = false;
};

}  // namespace lpt

#include "tensor/parallel.hpp"

#define EIGEN_MPL2_ONLY
#include <sched.h>
#include <unsupported/Eigen/CXX11/ThreadPool>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace lpt {

namespace {

std::size_t wanted = 0;

std::size_t usable_cores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) == 0) return static_cast<std::size_t>(CPU_COUNT(&cores));
  return std::max(1U, std::thread::hardware_concurrency());  // more cores than a set has room for
}

/// The threads beside the one that asks, started when first asked for. Those that wait look again for a while before they
/// sleep: to wake them takes 5 to 15 % of the time of small models.
Eigen::ThreadPool& pool() {
  static Eigen::ThreadPool threads(static_cast<int>(thread_count()) - 1, /*allow_spinning=*/true);
  return threads;
}

/// Whoever has time takes the next index. A thread that comes when all are taken touches nothing else, so that the one
/// that asked waits for no thread but those at work, and a body may share out work in turn.
class SharedWork {
 public:
  SharedWork(std::size_t count, const std::function<void(std::size_t)>& body)
      : count_(count), body_(body), left_(count), failed_(count) {}

  void take_part() {
    for (std::size_t index; (index = next_++) < count_;) {
      try {
        if (index < failed_) body_(index);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (index < failed_) {
          failed_ = index;
          problem_ = std::current_exception();
        }
      }
      if (--left_ == 0) left_.notify_one();
    }
  }

  void finish() {
    take_part();
    for (std::size_t left; (left = left_) != 0;) left_.wait(left);
    // The last thread lets go of this object later; the exception is for the caller alone.
    if (problem_) std::rethrow_exception(std::exchange(problem_, nullptr));
  }

 private:
  const std::size_t count_;
  const std::function<void(std::size_t)>& body_;
  std::atomic<std::size_t> next_{0}, left_, failed_;
  std::mutex mutex_;
  std::exception_ptr problem_;
};

}  // namespace

void set_threads(std::size_t count) { wanted = count; }

std::size_t thread_count() {
  static const std::size_t cores = usable_cores();
  return wanted != 0 ? wanted : cores;
}

void parallel_tasks(std::size_t count, const std::function<void(std::size_t)>& body) {
  const auto threads = std::min(thread_count(), count);
  if (threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  const auto work = std::make_shared<SharedWork>(count, body);
  for (std::size_t i = 1; i < threads; ++i) pool().Schedule([work] { work->take_part(); });
  work->finish();
}

void parallel_ranges(std::int64_t count, std::int64_t cost,
                     const std::function<void(std::int64_t, std::int64_t)>& body) {
  // Below this a second thread costs more than it does. A few ranges for each thread level out what is uneven.
  constexpr std::int64_t kLeastWork = 20'000, kRangesPerThread = 4;
  const std::int64_t grain = std::max<std::int64_t>(1, kLeastWork / std::max<std::int64_t>(1, cost));
  if (count <= grain) {
    if (count > 0) body(0, count);
    return;
  }
  const auto most = kRangesPerThread * static_cast<std::int64_t>(thread_count());
  const std::int64_t length = std::max(grain, (count + most - 1) / most);
  parallel_tasks(static_cast<std::size_t>((count + length - 1) / length), [&](std::size_t index) {
    const auto first = static_cast<std::int64_t>(index) * length;
    body(first, std::min(first + length, count));
  });
}

}  // namespace lpt

#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "tensor/parallel.hpp"

namespace lpt {

/// Makes results 0 ... count-1 by all cores and takes them one after another, in order; at most `in_memory` of them
/// exist at a time. The first exception in that order ends the work and is thrown here, not the one that came first in
/// time, which another run may not repeat.
///
/// make  Result(std::size_t), from any thread
/// take  void(Result)
template <class Result, class Make, class Take>
void in_order(std::size_t count, std::size_t in_memory, const Make& make, const Take& take) {
  struct Made {
    std::optional<Result> result;
    std::exception_ptr problem;
  };
  std::mutex mutex;  // over everything below
  std::condition_variable changed;
  std::vector<std::optional<Made>> made(in_memory);  // result i lies at i % in_memory
  std::size_t next = 0, taken = 0;
  bool is_taking = false;
  std::exception_ptr problem;

  const auto make_next = [&](std::unique_lock<std::mutex>& lock) {
    const std::size_t index = next++;
    lock.unlock();
    Made one;
    try {
      one.result.emplace(make(index));
    } catch (...) {
      one.problem = std::current_exception();
    }
    lock.lock();
    made[index % in_memory] = std::move(one);
  };
  const auto take_next = [&](std::unique_lock<std::mutex>& lock) {
    Made one = *std::exchange(made[taken % in_memory], std::nullopt);
    is_taking = true;
    lock.unlock();
    try {
      if (!one.problem) take(std::move(*one.result));
    } catch (...) {
      one.problem = std::current_exception();
    }
    lock.lock();
    is_taking = false;
    problem = std::move(one.problem);
    ++taken;
  };
  parallel_tasks(thread_count(), [&](std::size_t) {
    std::unique_lock lock(mutex);
    while (taken < count && !problem) {
      if (!is_taking && made[taken % in_memory]) {
        take_next(lock);
      } else if (next < count && next < taken + in_memory) {
        make_next(lock);
      } else {
        changed.wait(lock);
        continue;
      }
      changed.notify_all();
    }
  });
  if (problem) std::rethrow_exception(problem);
}

}  // namespace lpt

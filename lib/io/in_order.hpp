#pragma once

#include <oneapi/tbb/parallel_pipeline.h>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>

namespace lpt {

/// Makes results 0 ... count-1 by all cores and takes them one after another, in order; at most `in_memory` of them
/// exist at a time. The first exception in that order ends the work and is thrown here; oneTBB alone would throw the
/// one that came first in time, which another run may not repeat.
///
/// make  Result(std::size_t), from any thread
/// take  void(Result)
template <class Result, class Make, class Take>
void in_order(std::size_t count, std::size_t in_memory, const Make& make, const Take& take) {
  struct Made {
    std::unique_ptr<Result> result;
    std::exception_ptr problem;
  };
  std::size_t next = 0;
  std::atomic<bool> failed{false};
  std::exception_ptr problem;
  const auto number = [&](tbb::flow_control& control) {
    if (next == count || failed) control.stop();
    return next++;
  };
  const auto work = [&](std::size_t index) {
    auto made = std::make_shared<Made>();
    try {
      made->result = std::make_unique<Result>(make(index));
    } catch (...) {
      made->problem = std::current_exception();
    }
    return made;
  };
  const auto finish = [&](const std::shared_ptr<Made>& made) {
    if (failed) return;
    try {
      if (made->problem) std::rethrow_exception(made->problem);
      take(std::move(*made->result));
    } catch (...) {
      problem = std::current_exception();
      failed = true;
    }
  };
  tbb::parallel_pipeline(in_memory,
                         tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, number) &
                             tbb::make_filter<std::size_t, std::shared_ptr<Made>>(tbb::filter_mode::parallel, work) &
                             tbb::make_filter<std::shared_ptr<Made>, void>(tbb::filter_mode::serial_in_order, finish));
  if (problem) std::rethrow_exception(problem);
}

}  // namespace lpt

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace lpt {

/// How many threads work at a time, the one that asks among them. To be called before anything is shared out.
/// count  0, as without a call: as many as this process may use cores
void set_threads(std::size_t count);
std::size_t thread_count();

/// Calls `body(0)` ... `body(count - 1)`, each once, begun in this order, on all cores. May be called from a body.
/// throws  of the exceptions that came, the one of the first index, when all that was begun is done
void parallel_tasks(std::size_t count, const std::function<void(std::size_t)>& body);

/// Calls `body(first, last)` for ranges that make up 0 ... count-1, on all cores where that pays.
/// cost  of one index, in units of about a nanosecond
void parallel_ranges(std::int64_t count, std::int64_t cost,
                     const std::function<void(std::int64_t, std::int64_t)>& body);

/// Likewise `body(index)`.
template <class Body>
void parallel_each(std::int64_t count, std::int64_t cost, const Body& body) {
  parallel_ranges(count, cost, [&](std::int64_t first, std::int64_t last) {
    for (auto index = first; index < last; ++index) body(index);
  });
}

}  // namespace lpt

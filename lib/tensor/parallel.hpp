#pragma once

#include <cstdint>
#include <functional>

namespace lpt {

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

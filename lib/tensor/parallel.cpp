#include "tensor/parallel.hpp"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>

namespace lpt {

void parallel_ranges(std::int64_t count, std::int64_t cost,
                     const std::function<void(std::int64_t, std::int64_t)>& body) {
  // Below this a second thread costs more than it does.
  constexpr std::int64_t kLeastWork = 20'000;
  const std::int64_t grain = std::max<std::int64_t>(1, kLeastWork / std::max<std::int64_t>(1, cost));
  if (count <= grain) {
    if (count > 0) body(0, count);
    return;
  }
  tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, count, static_cast<std::size_t>(grain)),
                    [&](const auto& range) { body(range.begin(), range.end()); });
}

}  // namespace lpt

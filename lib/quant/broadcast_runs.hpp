#pragma once

#include <algorithm>
#include <cstdint>

#include "tensor/broadcast.hpp"

namespace lpt {

/// Neighbouring elements of a tensor that are treated alike: all by one parameter, or each by the next one.
struct Run {
  std::uint64_t first;  ///< element of the tensor
  std::uint64_t count;
  std::uint64_t parameter;  ///< index of the first element's parameter
  bool varies;              ///< false: the whole run has this parameter
};

/// Which parameter belongs to which element when a small tensor of parameters is broadcast to a large one, by numpy's
/// rule, for any piece of the large one.
class BroadcastRuns {
 public:
  /// Both shapes static; `parameters` broadcasts to `tensor`.
  BroadcastRuns(const Shape& tensor, const Shape& parameters) : rows_(lengths_of(tensor), {lengths_of(parameters)}) {}

  /// Calls `visit` with the runs that make up elements first ... first+count-1, in order.
  template <class Visit>
  void visit(std::uint64_t first, std::uint64_t count, Visit&& visit) const {
    const auto length = static_cast<std::uint64_t>(rows_.row_length());
    const auto step = static_cast<std::uint64_t>(rows_.steps()[0]);
    while (count != 0) {
      const auto row = static_cast<std::int64_t>(first / length);
      const auto inside = first % length;
      const auto part = std::min(count, length - inside);
      rows_.visit(row, row + 1, [&](const auto& place) {
        visit(Run{first, part, static_cast<std::uint64_t>(place.inputs[0]) + inside * step, step != 0});
      });
      first += part;
      count -= part;
    }
  }

 private:
  BroadcastRows<1> rows_;
};

}  // namespace lpt

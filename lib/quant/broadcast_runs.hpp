#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ir/shape.hpp"

namespace lpt {

/// Neighbouring elements of a tensor that are treated alike: all by one parameter, or each by the next one.
struct Run {
  std::uint64_t first;  ///< element of the tensor
  std::uint64_t count;
  std::uint64_t parameter;  ///< index of the first element's parameter
  bool varies;              ///< false: the whole run has this parameter
};

/// Which parameter belongs to which element when a small tensor of parameters is broadcast to a large one, by numpy's
/// rule. Axes that behave alike are taken together, so that runs are as long as they can be.
class BroadcastRuns {
 public:
  /// Both shapes static; `parameters` broadcasts to `tensor`.
  BroadcastRuns(const Shape& tensor, const Shape& parameters);

  /// Calls `visit` with the runs that make up elements first ... first+count-1, in order.
  template <class Visit>
  void visit(std::uint64_t first, std::uint64_t count, Visit&& visit) const {
    const Axis inner = axes_.back();
    while (count != 0) {
      const auto inside = first % inner.length;
      std::uint64_t parameter = inside * inner.stride;
      std::uint64_t rest = first / inner.length;
      for (std::size_t axis = axes_.size() - 1; axis-- > 0;) {
        parameter += rest % axes_[axis].length * axes_[axis].stride;
        rest /= axes_[axis].length;
      }
      const auto length = std::min(count, inner.length - inside);
      visit(Run{first, length, parameter, inner.stride != 0});
      first += length;
      count -= length;
    }
  }

 private:
  struct Axis {
    std::uint64_t length;
    std::uint64_t stride;  ///< of the parameter; 0 where it is repeated
  };
  std::vector<Axis> axes_;  ///< never empty
};

}  // namespace lpt

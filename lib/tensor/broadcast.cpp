#include "tensor/broadcast.hpp"

#include <algorithm>

namespace lpt {

std::optional<Lengths> broadcast_lengths(const Lengths& a, const Lengths& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  const auto at = [rank](const Lengths& s, std::size_t axis) {
    return axis + s.size() < rank ? 1 : s[axis + s.size() - rank];
  };
  Lengths result(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const auto x = at(a, axis);
    const auto y = at(b, axis);
    if (x != y && x != 1 && y != 1) return std::nullopt;
    result[axis] = x == 1 ? y : x;
  }
  return result;
}

}  // namespace lpt

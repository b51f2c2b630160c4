#include "tensor/broadcast.hpp"

namespace lpt {

std::optional<Lengths> broadcast_lengths(const Lengths& a, const Lengths& b) {
  const auto shape = broadcast(shape_of(a), shape_of(b));
  return shape ? std::optional(lengths_of(*shape)) : std::nullopt;
}

}  // namespace lpt

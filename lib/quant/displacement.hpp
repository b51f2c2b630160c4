#pragma once

#include <optional>
#include <string>

namespace lpt {

/// How far the values of a layer may move, in real units, where a result follows a rounding of the runtime.
struct Displacement {
  std::string layer;                      ///< by the name that it has in the original model
  std::optional<std::size_t> input = {};  ///< what it reads there moves; absent: what it gives at output 0
  float offset = 0;                       ///< by which all of them move alike
  float spread = 0;                       ///< up to which each one moves by itself, up or down
};

/// Steps by which a zero point that is meant to be whole may be off.
inline constexpr float kZeroPointTolerance = 1e-4F;

}  // namespace lpt

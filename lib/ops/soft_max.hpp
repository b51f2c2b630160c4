#pragma once

#include <algorithm>
#include <cmath>

#include "ops/axis_lines.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

/// The largest element of a line, which is taken away from all so that no power is too large.
template <class T>
Compute<T> largest(const T* line, const AxisLines& lines) {
  Compute<T> best = line[0];
  for (std::int64_t i = 1; i < lines.length; ++i) best = std::max<Compute<T>>(best, line[i * lines.stride]);
  return best;
}

/// out = e^in over the sum of e^in along a line; `in` may be `out`.
template <class T>
void softmax_line(const T* in, T* out, const AxisLines& lines) {
  using C = Compute<T>;
  const C top = largest(in, lines);
  std::vector<C> powers(static_cast<std::size_t>(lines.length));
  C sum = 0;
  for (std::int64_t i = 0; i < lines.length; ++i) {
    const C power = std::exp(static_cast<C>(in[i * lines.stride]) - top);
    powers[static_cast<std::size_t>(i)] = power;
    sum += power;
  }
  for (std::int64_t i = 0; i < lines.length; ++i)
    out[i * lines.stride] = static_cast<T>(powers[static_cast<std::size_t>(i)] / sum);
}

}  // namespace lpt

#include "tensor/half.hpp"

#include <Eigen/Core>

namespace lpt {

template <>
Half::ShortReal(float value) : bits(Eigen::half(value).x) {}

template <>
Half::operator float() const {
  return Eigen::half_impl::half_to_float(Eigen::half_impl::raw_uint16_to_half(bits));
}

}  // namespace lpt

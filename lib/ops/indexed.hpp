#pragma once

#include "ops/operation.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

/// An index into an axis, which may count from the end, as 0 ... length-1. throws  LayerError if it is outside
std::int64_t checked_index(std::int64_t index, std::int64_t length);

/// throws  LayerError unless indices of these lengths lie inside of data along every axis but one
void expect_inside(const Lengths& indices, const Lengths& data, std::size_t axis);

/// For each element of `indices` the element of data that lies at its own place, but at the index along `axis`.
/// throws  LayerError if an index is outside of the axis
Lengths places_along(const Lengths& data, const Lengths& lengths, const std::vector<std::int64_t>& indices,
                     std::size_t axis);

/// For each tuple along the last axis of `indices` the first element of data that it names, behind `batch` axes that
/// indices and data share.
/// throws  LayerError if an index is outside of its axis
Lengths places_of_tuples(const Lengths& data, const Lengths& lengths, const std::vector<std::int64_t>& indices,
                         std::size_t batch);

/// How an update joins what is there.
enum class Reduction : std::size_t { none, sum, sub, prod, min, max, mean };
Reduction reduction(const Node& node);

/// throws  LayerError if the reduction cannot be applied to the type
void expect_reducible(Reduction reduction, ElementType type);

template <class T>
T reduced(Reduction reduction, T a, T b) {
  switch (reduction) {
    case Reduction::none: return b;
    case Reduction::sum:
    case Reduction::mean: return static_cast<T>(a + b);
    case Reduction::sub: return static_cast<T>(a - b);
    case Reduction::prod: return static_cast<T>(a * b);
    case Reduction::min: return b < a ? b : a;
    case Reduction::max: return b > a ? b : a;
  }
  return b;
}

}  // namespace lpt

#pragma once

#include "passes/propagation.hpp"

namespace lpt {

/// One input of an Add or Multiply.
struct Branch {
  Value data;                                    ///< below the dequantization, if there is one
  std::optional<Dequantization> dequantization;  ///< of integers, or of what an integer operation gave
  bool is_read_by_many = false;                  ///< the data, or something on the way down to the operation

  bool is_low_precision() const { return dequantization && dequantization->is_low_precision(); }
  SmallTensor scale() const { return dequantization && dequantization->scale ? *dequantization->scale : scalar(1); }
  SmallTensor zero_point() const;
};

Branch branch_of(const Node& node, std::size_t port, const Conversion& conversion);

/// The values of an input that is constant, stored as integers or not; empty for all else.
std::optional<SmallTensor> constant_branch(const Node& node, std::size_t port, const Conversion& conversion);

/// Why neither branch can be moved, as far as both operations agree on that; empty if one can.
std::optional<std::string> unusable_branches(const Node& node, const Branch& a, const Branch& b);

/// Which of two branches, 0 or 1, is to be real and to take the dequantization of both. The other one, the "empty" one,
/// brings its integers as they are. In this order:
///
///     one is of integers and the other is not                           it is empty
///     one comes right from a FakeQuantize                               that one is full: the FakeQuantize takes it
///     both do, and one of the FakeQuantizes has several readers         that one is empty
///     both or neither come from a Convolution, GroupConvolution or MatMul     the one with the larger volume is empty
///     several read something between one branch and where it comes from       that one is empty
///     one comes from such an operation                                  that one is full: it can be one kernel with it
///     otherwise                                                         branch 0 is full
///
/// source  OpenVINO LPT, EltwiseBaseTransformation, and its documentation for the volume, which the code only compares
///         with one value for each channel
std::size_t full_branch(const Branch& a, const Branch& b, const Conversion& conversion);

}  // namespace lpt

#pragma once

#include "passes/propagate/propagation.hpp"

namespace lpt {

/// One input of an Add or Multiply.
struct Branch {
  Value data;                                    ///< below the dequantization, if there is one
  std::optional<Dequantization> dequantization;  ///< of integers, or of what an integer operation gave
  bool is_read_by_many = false;                  ///< the data, or something on the way down to the operation

  bool is_low_precision() const { return dequantization && dequantization->is_low_precision(); }
  SmallTensor scale() const { return dequantization && dequantization->scale ? *dequantization->scale : scalar(1); }
  /// What is still to be subtracted.
  SmallTensor zero_point() const {
    return dequantization && dequantization->zero_point ? *dequantization->zero_point : scalar(0);
  }
};

Branch branch_of(const Node& node, std::size_t port, const PassContext& context);

/// The values of an input that is constant, stored as integers or not; empty for all else.
std::optional<SmallTensor> constant_branch(const Node& node, std::size_t port, const PassContext& context);

/// Refuses two branches of which neither can be moved, as far as both operations agree on that.
Expected<void> check_branches(const Node& node, const Branch& a, const Branch& b);

/// Which of two branches, 0 or 1, is to be real and to take the dequantization of both. The other one brings its
/// integers as they are. In this order:
///
///     one is of integers and the other is not                           its integers are taken
///     one comes right from a FakeQuantize                               that one is real: the FakeQuantize takes it
///     both do, and one of the FakeQuantizes has several readers         the integers of that one are taken
///     both or neither come from a Convolution, GroupConvolution or MatMul     those of the one with the larger volume
///     several read something between one branch and where it comes from       those of that one
///     one comes from such an operation                                  that one is real: it can be one kernel with it
///     otherwise                                                         branch 0 is real
///
/// source  OpenVINO LPT, EltwiseBaseTransformation, and its documentation for the volume, which the code only compares
///         with one value for each channel
std::size_t real_branch(const Branch& a, const Branch& b, const PassContext& context);

}  // namespace lpt

#pragma once

#include <span>
#include <string_view>

#include "ir/graph.hpp"
#include "quant/dequantization.hpp"
#include "refusal/refusal.hpp"
#include "runtime/kernels.hpp"

namespace lpt {

/// A row of facts.def.
struct RuntimeFact {
  std::string_view name;
  std::string_view first, last;  ///< versions of OpenVINO
  std::string_view machine;      ///< the instruction set that it was seen on
  std::string_view sentence;
};

/// All rows, in the order of facts.def.
std::span<const RuntimeFact> runtime_facts();

/// "OpenVINO 2026.4.1: a Convolution ... runs in f32"
Refusal refusal(const RuntimeFact& fact);

/// How stock OpenVINO's CPU plugin takes the forms that passes would give: each question is answered by the fact that
/// speaks against the form, or null. For every other target nothing does, and the plainest form is written.
class RuntimeFacts {
 public:
  /// asked  whether the result is for that plugin
  explicit RuntimeFacts(bool asked) : asked_(asked) {}
  bool asked() const { return asked_; }

  /// Stored weights of a 1x1 Convolution in four dimensions, or in five under a Reshape.
  const RuntimeFact* against_pointwise_weights(const Node& convolution) const;

  /// Stored weights with this dequantization, instead of a FakeQuantize, for a layer that reads them.
  const RuntimeFact* against_folded_weights(const Node& layer, const Dequantization& weights,
                                            const RuntimeKernels& kernels) const;

  /// Stored weights with this dequantization for a kernel of integers.
  const RuntimeFact* against_integer_kernel(const Dequantization& weights) const;

  /// Stored weights with this dequantization, in groups, right in front of a layer.
  const RuntimeFact* against_parameters_of_groups(const Node& layer, const Dequantization& weights) const;

  /// A constant stored as integers that is an initial state of a recurrent sequence.
  const RuntimeFact* against_stored_state(Value constant) const;
  /// What happens to the states of a sequence.
  static const RuntimeFact& of_cut_states(CutStates::By by);

  /// A Multiply in a real type for the scale of a FakeQuantize.
  const RuntimeFact* against_scale_in(ElementType real) const;

  /// A FakeQuantize that gives steps, with their scale behind it, instead of real units.
  const RuntimeFact* against_steps(std::uint64_t levels) const;

  /// A FakeQuantize of such a range, in real units, in the place of steps whose zero point stands apart.
  const RuntimeFact* against_real_range(Value quantized, std::uint64_t levels, const SmallTensor& low,
                                        const SmallTensor& high) const;

  /// A parameter in a FakeQuantize, or in a scale in front of one, behind some data or what is run as one kernel with
  /// where that comes from.
  const RuntimeFact* against_channels_behind(Value data, const SmallTensor& parameter) const;

  /// A scale for each channel on the way from some data to a FakeQuantize.
  const RuntimeFact* against_channels_from(Value data) const;

  /// A ReLU or Clamp behind a FakeQuantize.
  const RuntimeFact* against_clamp_behind_quantizer() const;

  /// A scale behind an AvgPool of integers.
  const RuntimeFact* against_scale_behind_average(const Node& pool) const;

  /// A scale behind a MatMul, for data of `rank`.
  const RuntimeFact* against_scale_behind_mat_mul(const SmallTensor& scale, std::size_t rank) const;

  // What costs the runtime time while it loads a model.

  /// A zero point of what a MatMul reads.
  const RuntimeFact* against_zero_point_of_mat_mul() const;

  /// A Gather from a table of integers behind their dequantization.
  const RuntimeFact* against_gather_of_real_values() const;

  /// A FakeQuantize right behind some data, instead of behind the ReLU or Clamp that stands there.
  const RuntimeFact* against_quantizer_behind(Value data) const;

  /// A FakeQuantize of some data whose range begins at 0.
  const RuntimeFact* against_range_from_0(Value data, const RuntimeKernels& kernels) const;

 private:
  bool asked_;
};

/// True if low precision passes may find a dequantization in front of a value: there is a FakeQuantize not far above
/// it.
bool may_be_quantized(Value value);

}  // namespace lpt

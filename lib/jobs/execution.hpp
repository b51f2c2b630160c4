#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "driver/context.hpp"
#include "ir/model.hpp"

namespace lpt {

/// Layers that integer kernels exist for, and how many of them get integers; by number and by multiply-accumulates.
struct IntegerShare {
  std::size_t low = 0, all = 0;
  std::uint64_t low_macs = 0, macs = 0;
  bool is_complete = true;  ///< false where lengths that are not known keep a layer out of the multiply-accumulates

  /// Of the multiply-accumulates, or of the layers where those are not known; 1 where there are none.
  double fraction() const;
};

/// What the convolutions, MatMuls and recurrent sequences of a model run in: type-relaxed ones in the types that they
/// state; others as stock OpenVINO's CPU plugin runs them, told from the graph; or in integers if they got them, where
/// a conversion is given whose result is for something else.
class Execution {
 public:
  /// conversion  what a conversion of the model found out; null for a model as it is
  explicit Execution(const Model& model, const PassContext* conversion = nullptr);

  /// heavy  a live layer for which is_heavy
  bool in_integers(const Node& heavy) const;
  /// "i8", or the type of its data.
  std::string_view runs_in(const Node& heavy) const;
  /// Why it is not in integers.
  Refusal why_not(const Node& heavy) const;

  /// False where a conversion has said what got integers.
  bool is_foreseen() const { return !by_conversion_; }
  const IntegerShare& share() const { return share_; }

 private:
  RuntimeKernels kernels_;
  NodeSet given_integers_;  ///< by such a conversion
  bool by_conversion_;
  std::string target_;
  IntegerShare share_;
};

/// How a model comes, as far as quantization is concerned.
struct ModelKind {
  bool converted = false;       ///< by lpt-opt
  bool type_relaxed = false;    ///< some layers are
  bool quantizes_data = false;  ///< a FakeQuantize, or integers that become real, over activations
  bool spells_out = false;     ///< FakeQuantize or rounding to integers, and their dequantization, as ONNX's Q/DQ gives
  bool float_weights = false;  ///< under a FakeQuantize or FakeConvert
  bool stored_weights = false;  ///< as integers, or floats of 8 bits and less, behind a Convert

  bool holds_quantization() const { return quantizes_data || float_weights || stored_weights; }
};
ModelKind kind_of(const Model& model);

}  // namespace lpt

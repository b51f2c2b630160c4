#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/model.hpp"

namespace lpt {

class Execution;
struct Saturation;
struct VerifyResult;

/// What the result of a conversion has to clear: --require.
struct Gate {
  enum Kind {
    int8,        ///< at least this share of the multiply-accumulates in integers, in percent
    size,        ///< the weights file at most this share of the same weights in f32, in percent
    sqnr,        ///< every output at least this signal to noise ratio, in decibels
    saturation,  ///< at most so many output channels that could saturate
  } kind;
  double bar;
};

/// "int8=95%", "size=30%", "sqnr=40dB", "saturation=0"; the unit may be left out. throws  Error (usage) for anything else
Gate parse_gate(const std::string& text);
/// The way back.
std::string to_string(const Gate& gate);

struct GateResult {
  Gate gate;
  bool passed;
  double found;       ///< in the unit of the bar
  std::string costs;  ///< which layers keep it from the bar, the dearest first; empty where it passed
};

/// What is known of a result; what a gate asks for has to be there.
struct GateEvidence {
  const Execution& execution;
  std::uint64_t weights_bytes;  ///< of the file that is written
  const std::optional<VerifyResult>& verification;
  const std::vector<Saturation>& saturation;
};
GateResult check_gate(const Gate& gate, const Model& result, const GateEvidence& evidence);

/// Bytes of all constants of a model, those that stand for real numbers counted as f32.
std::uint64_t bytes_in_f32(const Model& model);

}  // namespace lpt

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "refusal/refusal.hpp"

namespace lpt {

/// An operation behind `x:type[in] -> Dequantize(before)`, and what it becomes. The result of the model reads it.
struct Move {
  std::string_view in;          ///< shape of x
  std::string_view operation;   ///< "Reshape(%, p) special_zero=true"; % is its data
  std::string_view out;         ///< shape of its output
  std::string_view before;      ///< "scale=.1 zero_point=128"
  std::string_view after = {};  ///< of the dequantization behind it
  std::string_view constants = {};
  std::string_view type = "u8";
};

/// Asserts that a pass lets the operation read x, and that its output is dequantized: what check_rewrite asserts.
/// given  the type of the operation's output; "" for the type of x
void check_moves(std::string_view pass, const Move& move, std::string_view given = {}, double tolerance = 0);

/// Asserts that a pass leaves the operation alone for a reason, and its code, if there is one.
void check_stays(std::string_view pass, const Move& move, std::string_view reason,
                 std::optional<Cause> code = std::nullopt);

/// An operation that reads integers behind the pass, and gives real numbers: a type-relaxed layer.
struct RelaxedMove {
  std::string_view in, type, set, inputs;  ///< inputs behind the data: ", a"
  std::string_view attributes;             ///< before
  std::string_view out, before;
  std::string_view scale, scale_shape = {};
  std::string_view zero_point = {}, zero_point_shape = {};
  std::string_view constants = {};
  std::string_view changed = {};  ///< attributes behind the pass, where they differ
  std::string_view stored = "u8";
};
void check_relaxed(std::string_view pass, const RelaxedMove& move, double tolerance = 1e-6);

/// The model before the pass.
std::string text_before(const Move& move);

}  // namespace lpt

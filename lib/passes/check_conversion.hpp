#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ir/model.hpp"
#include "passes/conversion.hpp"
#include "passes/pass.hpp"

namespace lpt {

/// A model behind the whole pipeline.
struct Converted {
  Model model;
  Conversion conversion;
  std::vector<PassReport> reports;

  Converted(std::string_view text, Dialect dialect, std::string_view target = "cpu");

  /// The line of the model's text that declares a name; empty if none does.
  std::string line(std::string_view name) const;
  /// Why a pass left the first of its layers alone; empty if it left none.
  std::string refusal(std::string_view pass) const;
  /// What the results of the model are, as formulas of its parameters:
  ///
  ///     Multiply(Convolution(Subtract(x, 128:u8[1,3,1,1]), -125:i8[6,3,1,1]), 0.0002)
  ///
  /// A constant of one value is written once; the type of a value stands behind it unless it is f32. Constants of
  /// indices, and attributes other than levels and bounds, are left out.
  std::string formula() const;
};

/// What the pipeline makes of a model.
struct Expectation {
  std::string formula;  ///< in the dialect type-relaxed
  std::string_view target = "cpu";
  /// By how much the outputs may differ, relative to their largest value, in the dialect type-relaxed, where OpenVINO
  /// rounds. On real edges nothing but the order of operations differs.
  double rounding = 1e-5;
};

/// Asserts that, and that the results are those of the model, in both dialects, for random inputs.
void check_conversion(std::string_view model, const Expectation& expectation);

/// The ends of a range: a number, or numbers in brackets of a shape.
struct RangeText {
  std::string_view low, high, shape = "";
};
/// `value`, lines of which the last declares a value, such as `x = Parameter : u8[1,3]`, and those of its
/// dequantization, whose result has a name.
std::string dequantized(std::string_view name, std::string_view value, std::string_view dequantization);
/// `value`, and the lines of a FakeQuantize of it.
std::string fake_quantized(std::string_view name, std::string_view value, int levels, RangeText in, RangeText out);
std::string fake_quantized(std::string_view name, std::string_view value, int levels, RangeText range);
/// `name`, a Const of one number.
std::string filled(std::string_view name, std::string_view value, std::string_view type, std::string_view shape);

}  // namespace lpt

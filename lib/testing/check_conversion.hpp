#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ir/model.hpp"
#include "driver/context.hpp"
#include "driver/pass.hpp"

namespace lpt {

/// What the results of a model are, as formulas of its parameters:
///
///     Multiply(Convolution(Subtract(x, 128:u8[1,3,1,1]), -125:i8[6,3,1,1]), 0.0002)
///
/// A constant of one value is written once; the type of a value stands behind it unless it is f32. Constants of
/// indices, and attributes other than levels and bounds, are left out. The matrix of a 1x1 Convolution is written in four
/// dimensions, without its Reshape.
std::string formula(const Model& model);

/// A model behind the whole pipeline.
struct Converted {
  Model model;
  PassContext context;
  std::vector<PassReport> reports;

  Converted(std::string_view text, Dialect dialect, std::string_view target = "cpu");

  /// The line of the model's text that declares a name; empty if none does.
  std::string line(std::string_view name) const;
  /// Why a pass left the first of its layers alone; empty if it left none.
  Refusal first_refusal(std::string_view pass) const;
  std::string refusal(std::string_view pass) const { return first_refusal(pass).sentence(); }
  std::string formula() const { return lpt::formula(model); }
  /// How many operations work on integers.
  std::size_t kernel_count() const;
};

/// What is said of a layer that is left alone because of a row of runtime/facts.def.
std::string fact_text(std::string_view name);

/// What the pipeline makes of a model.
struct Expectation {
  std::string formula;  ///< in the dialect type-relaxed
  /// In the dialect openvino: another formula, or "unchanged" if it is that of the model, "rewritten" if it is not.
  std::string openvino;
  std::string_view target = "cpu";
  /// By how much the outputs may differ, relative to their largest value, in the dialect type-relaxed, where OpenVINO
  /// rounds. On real edges nothing but the order of operations differs.
  double rounding = 1e-5;
};

/// Asserts that, and that the results are those of the model, in both dialects, for random inputs.
void check_conversion(std::string_view model, const Expectation& expectation);

/// Asserts why a pass of the pipeline leaves the first of its layers alone, and the code of that.
void check_conversion_refused(std::string_view pass, std::string_view model, Dialect dialect, std::string_view reason,
                              Cause code);

/// The ends of a range: a number, or numbers in brackets of a shape.
struct RangeText {
  std::string_view low, high, shape = "";
};
/// An operation with the name of its data in the place of each %.
std::string with_data(std::string_view operation, std::string_view data);
/// `value`, lines of which the last declares a value, such as `x = Parameter : u8[1,3]`, and those of its
/// dequantization, whose result has a name.
std::string dequantized(std::string_view name, std::string_view value, std::string_view dequantization);
/// `value`, and the lines of a FakeQuantize of it.
std::string fake_quantized(std::string_view name, std::string_view value, int levels, RangeText in, RangeText out);
std::string fake_quantized(std::string_view name, std::string_view value, int levels, RangeText range);
/// `name`, a Const of one number.
std::string filled(std::string_view name, std::string_view value, std::string_view type, std::string_view shape);

/// An operation on q, real data x under a FakeQuantize of 256 levels; % is its data.
struct QuantizedOperation {
  std::string_view in, operation, out;  ///< "1,3,8,8", "Reshape(%, p) special_zero=false", "1,3,4,16"
  std::string_view constants = {};
  RangeText range = {"-1.28", "1.27"};
};
/// The operation y, and a Convolution of it by weights that are stored as 2 of 0.01, to one channel: the result.
std::string before_convolution(const QuantizedOperation& operation);
/// The operation y, and a Convolution of q beside it: two results.
std::string beside_convolution(const QuantizedOperation& operation);

}  // namespace lpt

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ir/graph.hpp"
#include "quant/small_tensor.hpp"

namespace lpt {

/// A value that comes from constants alone, such as weights under a FakeQuantize or behind their dequantization:
/// elements as they are stored, and what happens to each on its way.
///
/// source  quant/dequantization.hpp; the FakeQuantize of tensor/kernels.hpp
class ConstantValue {
 public:
  /// empty  if it has no static shape, an element type without numbers, or is no constant, or an operation on the way
  ///        cannot be computed
  static std::optional<ConstantValue> of(Value value);

  const Shape& shape() const { return shape_; }
  std::uint64_t count() const { return *shape_.element_count(); }
  ElementType stored() const { return stored_; }
  /// True where elements are real numbers under no FakeQuantize.
  bool is_plain() const { return steps_.empty(); }
  bool is_quantized() const { return levels_ || !is_real(stored_); }
  std::optional<unsigned> levels() const { return levels_; }
  /// Product of all scales, of the shape that they have at the data; empty where there is none.
  const std::optional<SmallTensor>& scale() const { return scale_; }
  const std::optional<SmallTensor>& zero_point() const { return zero_point_; }
  /// Elements that share one scale, where scales are for less than a channel; 0 otherwise.
  std::uint64_t group() const { return group_; }

  /// "i8[16,3,7,7], scale[16] along axis 0, zero point 3", "f32[16,3,7,7] under FakeQuantize of 255 levels"
  std::string to_string() const;

  /// All real values at once, for what is known to be small.
  SmallTensor to_small_tensor() const;
  /// Real values `first` ... of the shape, in row-major order. Any number of threads may ask.
  void read(std::uint64_t first, std::span<float> out) const;
  /// Likewise the integers of i8 that scales alone follow.
  /// returns  false, and reads nothing, where there are none
  bool read_integers(std::uint64_t first, std::span<std::int8_t> out) const;

 private:
  struct Step {
    enum Kind { add, multiply, quantize } kind;
    Shape data;  ///< as it is at this step
    /// Of one shape: a summand, a factor, or the four ends of a range.
    std::vector<SmallTensor> parameters;
    float last_step = 0;
  };
  bool take(const Node& node);
  bool transpose(const Node& node);

  Blob blob_;
  ElementType stored_ = ElementType::dynamic;
  Shape stored_shape_, shape_;
  std::vector<Step> steps_;
  std::optional<unsigned> levels_;
  std::optional<SmallTensor> scale_, zero_point_;
  std::uint64_t group_ = 0;
};

/// How far values are from those that count as right.
struct ValueDifference {
  std::uint64_t count = 0, differing = 0;  ///< of elements; differing by more than rounding
  double max_abs = 0, mean_abs = 0;
  double sqnr_db = 0;               ///< infinite where nothing differs
  std::uint64_t worst_channel = 0;  ///< along axis 0, the one with the largest share of noise
  bool is_identical = false;        ///< bit for bit
  bool is_equal() const { return differing == 0; }
};

/// Compares `factor_after` * after with `factor_before` * before, which have as many elements; the factors broadcast to
/// the shape. Elements differ where they are further apart than 2^-18 of the largest of their channel: sums and products
/// in f32 round, and weights may leave their step by 1e-4 of it. Where nothing is computed, every bit counts.
ValueDifference compare(const ConstantValue& before, const std::optional<SmallTensor>& factor_before,
                        const ConstantValue& after, const std::optional<SmallTensor>& factor_after);

/// What each channel of `before` has to be multiplied by to give `after`: along its first axis, its last one, or the first
/// two together, whichever fits first. Least squares over each channel.
///
/// empty  if no axis fits within the bounds of `compare`
std::optional<SmallTensor> fitted_factor(const ConstantValue& before, const ConstantValue& after);

/// "scale 0.02", "scale[16] along axis 0 (0.001...0.02)"
std::string describe_parameter(std::string_view name, const SmallTensor& tensor, std::size_t rank);

}  // namespace lpt

#include "quant/constant_sums.hpp"

#include <algorithm>

#include "ops/attributes.hpp"

namespace lpt {
namespace {

/// Part of a line of memory, `first` elements behind its beginning.
template <class T>
struct Part {
  std::span<const T> values;
  std::uint64_t line, first;
};

/// A line is summed to one number.
template <class T>
void add_up(const Part<T>& part, std::span<const float> factors, std::vector<double>& sums) {
  if (factors.size() > 1) {
    for (std::size_t i = 0; i < part.values.size(); ++i)
      sums[part.line] += static_cast<double>(part.values[i]) * static_cast<double>(factors[part.first + i]);
    return;
  }
  // Integers are added up fast; a part is too short for its sum to leave 32 bits.
  std::int32_t sum = 0;
  for (const auto value : part.values) sum += value;
  sums[part.line] += static_cast<double>(sum) * static_cast<double>(factors[0]);
}

/// Lines are added to one another.
template <class T>
void add_to(const Part<T>& part, std::span<const float> factors, std::vector<double>& sums) {
  const double factor = static_cast<double>(factors[factors.size() == 1 ? 0 : part.line]);
  for (std::size_t i = 0; i < part.values.size(); ++i)
    sums[part.first + i] += static_cast<double>(part.values[i]) * factor;
}

template <class T>
std::vector<double> sums_of(Value matrix, std::size_t axis, std::span<const float> factors) {
  const Shape& shape = matrix.shape();
  const auto count = *shape.element_count();
  const bool is_inner = axis + 1 == shape.rank();
  const auto summed = static_cast<std::uint64_t>(shape[axis].min);
  const auto length = is_inner ? summed : count / summed;
  std::vector<double> sums(count / summed);
  constexpr std::uint64_t kLongest = 1 << 20;
  std::uint64_t place = 0;
  matrix.node().constant()->visit(0, count, [&](std::span<const std::byte> bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const auto first = place % length, size = std::min({bytes.size() - done, length - first, kLongest});
      const Part<T> part{{reinterpret_cast<const T*>(bytes.data()) + done, size}, place / length, first};
      is_inner ? add_up(part, factors, sums) : add_to(part, factors, sums);
      done += size;
      place += size;
    }
  });
  return sums;
}

}  // namespace

std::vector<double> sums_along(Value matrix, std::size_t axis, std::span<const float> factors) {
  return matrix.type() == ElementType::i8 ? sums_of<std::int8_t>(matrix, axis, factors)
                                          : sums_of<std::uint8_t>(matrix, axis, factors);
}

std::optional<StoredMatrix> StoredMatrix::of(const Node& mat_mul) {
  const Shape &data = mat_mul.input(0).shape(), &shape = mat_mul.input(1).shape();
  if (!data.has_rank() || data.rank() < 2 || !shape.is_static() || shape.rank() < 2) return std::nullopt;
  auto dq = Dequantization::producing_constant(mat_mul.input(1), {});
  const auto rank = shape.rank();
  const bool transposed = boolean_attribute(mat_mul, "transpose_b", false);
  const auto summed = transposed ? rank - 1 : rank - 2, columns = transposed ? rank - 2 : rank - 1;
  const auto elements = static_cast<std::uint64_t>(shape[summed].min) * static_cast<std::uint64_t>(shape[columns].min);
  if (!dq || dq->stored.node().constant() == nullptr || !is_integer(dq->type) || bits(dq->type) != 8 ||
      dq->stored.shape() != shape || shape.element_count() != elements || elements == 0 || dq->zero_point ||
      !dq->scale || !varies_only_along(*dq->scale, columns, rank))
    return std::nullopt;
  return StoredMatrix{std::move(*dq), summed};
}

SmallTensor StoredMatrix::times(float value) const {
  const float one = 1;
  const auto sums = sums_along(weights.stored, summed, std::span(&one, 1));
  const auto& scales = weights.scale->values;
  SmallTensor result{Shape{static_cast<std::int64_t>(sums.size())}, {}};
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double scale = scales[scales.size() == 1 ? 0 : i];
    result.values.push_back(static_cast<float>(static_cast<double>(value) * sums[i] * scale));
  }
  return result;
}

}  // namespace lpt

#include "ops/product.hpp"

#include <algorithm>

#include "tensor/visit_type.hpp"

namespace lpt {

ElementType product_type(const Arguments& arguments) {
  const auto a = arguments.type(0);
  const auto b = arguments.type(1);
  if (a != b) throw LayerError("its inputs are {} and {}, should have one type", name(a), name(b));
  if (!is_number(a)) throw LayerError("{} cannot be multiplied", name(a));
  return a;
}

ElementType accumulator_type(ElementType a, ElementType b) {
  if (a == ElementType::f64 || b == ElementType::f64) return ElementType::f64;
  if (is_real(a) || is_real(b)) return ElementType::f32;
  return bits(a) == 64 || bits(b) == 64 ? ElementType::i64 : ElementType::i32;
}

bool is_small_product(const Evaluation& run) {
  const auto is_small = [&](std::size_t i) {
    const Tensor& factor = run.input(i);
    if (is_integer(factor.type()) && bits(factor.type()) == 8) return true;
    // Integers of 8 bits without their zero point, as ONNX models spell them out. They have no accumulators to watch.
    return factor.type() == ElementType::i32 && !run.watch().accumulators &&
           std::all_of(factor.data<std::int32_t>(), factor.data<std::int32_t>() + factor.count(),
                       [](std::int32_t x) { return x >= -255 && x <= 255; });
  };
  return is_small(0) && is_small(1);
}

void watch_sums(Evaluation& run, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t neighbour,
                MatrixView<float> a, const ColumnSource<float>& b) {
  const auto& watch = run.watch();
  if (!watch.accumulators) return;
  std::uint64_t wide = 0;
  std::uint64_t pairs = 0;
  std::vector<float> column(static_cast<std::size_t>(k));
  const auto in_16_bits = [](std::int64_t v) { return v >= INT16_MIN && v <= INT16_MAX; };
  for (std::int64_t j = 0; j < n; ++j) {
    b(j, 1, column.data());
    for (std::int64_t i = 0; i < m; ++i) {
      const auto term = [&](std::int64_t row) {
        return static_cast<std::int64_t>(*a.from(i, row).data * column[static_cast<std::size_t>(row)]);
      };
      std::int64_t sum = 0;
      for (std::int64_t row = 0; row < k; ++row) {
        sum += term(row);
        const bool first_of_pair = row / neighbour % 2 == 0 && row + neighbour < k;
        if (first_of_pair && !in_16_bits(term(row) + term(row + neighbour))) ++pairs;
      }
      if (sum < INT32_MIN || sum > INT32_MAX) ++wide;
    }
  }
  if (wide + pairs != 0) watch.overflow(run.node(), wide, pairs);
}

void watch_sums(Evaluation& run, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t neighbour,
                MatrixView<float> a, MatrixView<float> b) {
  watch_sums(run, m, n, k, neighbour, a, [&](std::int64_t column, std::int64_t, float* block) {
    for (std::int64_t i = 0; i < k; ++i) block[i] = *b.from(i, column).data;
  });
}

}  // namespace lpt

#include "ops/product.hpp"

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

void watch_sums(Evaluation& run, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t neighbour,
                MatrixView<std::uint32_t> a, const PanelSource<std::uint32_t>& b) {
  const auto& watch = run.watch();
  if (!watch.accumulators || bits(run.input(0).type()) != 8 || bits(run.input(1).type()) != 8) return;
  std::uint64_t wide = 0;
  std::uint64_t pairs = 0;
  std::vector<std::uint32_t> column(static_cast<std::size_t>(k));
  const auto in_16_bits = [](std::int64_t v) { return v >= INT16_MIN && v <= INT16_MAX; };
  for (std::int64_t j = 0; j < n; ++j) {
    b(0, k, j, 1, column.data(), 1);
    for (std::int64_t i = 0; i < m; ++i) {
      const auto term = [&](std::int64_t row) {
        return static_cast<std::int64_t>(static_cast<std::int32_t>(a.data[i * a.row_stride + row * a.column_stride])) *
               static_cast<std::int32_t>(column[static_cast<std::size_t>(row)]);
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

}  // namespace lpt

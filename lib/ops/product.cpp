#include "ops/product.hpp"

#include "tensor/visit_type.hpp"

namespace lpt {

ElementType product_type(const Arguments& arguments) {
  const auto a = arguments.type(0);
  const auto b = arguments.type(1);
  if (a != b) throw LayerError("its inputs are {} and {}, should have one type", name(a), name(b));
  if (!is_number(a)) throw NotInferred("{} cannot be multiplied", name(a));
  return a;
}

ElementType accumulator_type(ElementType a, ElementType b) {
  if (a == ElementType::f64 || b == ElementType::f64) return ElementType::f64;
  if (is_real(a) || is_real(b)) return ElementType::f32;
  return bits(a) == 64 || bits(b) == 64 ? ElementType::i64 : ElementType::i32;
}

bool is_small_product(const Evaluation& run) {
  const auto is_small = [&](std::size_t i) {
    return is_integer(run.input(i).type()) && bits(run.input(i).type()) == 8;
  };
  return is_small(0) && is_small(1);
}

}  // namespace lpt

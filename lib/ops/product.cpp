#include "ops/product.hpp"

#include <algorithm>

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
    const Tensor& factor = run.input(i);
    if (is_integer(factor.type()) && bits(factor.type()) == 8) return true;
    // Integers of 8 bits without their zero point, as ONNX models spell them out.
    return factor.type() == ElementType::i32 &&
           std::all_of(factor.data<std::int32_t>(), factor.data<std::int32_t>() + factor.count(),
                       [](std::int32_t x) { return x >= -255 && x <= 255; });
  };
  return is_small(0) && is_small(1);
}

}  // namespace lpt

#pragma once

#include "ops/operation.hpp"
#include "tensor/convert.hpp"
#include "tensor/gemm.hpp"

namespace lpt {

/// The type of what two factors give: theirs, which has to be the same one.
/// throws  LayerError if it is not
ElementType product_type(const Arguments& arguments);

/// The type in which sums of products of two inputs are computed: f64 and f32 as they are, f16 and bf16 as f32,
/// integers exactly in 32 bits, or 64 if the inputs have as many.
ElementType accumulator_type(ElementType a, ElementType b);

/// True if all factors are integers from -255 to 255, whose products are sums of f32 products.
bool is_small_product(const Evaluation& run);

/// Calls `compute(a, b, out)` with both inputs, converted, and an output of the accumulator type, which becomes the
/// result in the type of the output. Pointers are to the types that `multiply` takes and gives.
template <class Compute>
void evaluate_products(Evaluation& run, const Compute& compute) {
  const auto type = accumulator_type(run.input(0).type(), run.input(1).type());
  const bool is_small = is_small_product(run);
  const Tensor a = convert(run.input(0), is_small ? ElementType::f32 : type);
  const Tensor b = convert(run.input(1), is_small ? ElementType::f32 : type);
  Tensor out = run.output_type() == type ? run.output() : Tensor(type, run.output_lengths());
  const auto as = [&]<class T, class Sum>(std::type_identity<T>, std::type_identity<Sum>) {
    compute(a.data<T>(), b.data<T>(), out.data<Sum>());
  };
  using std::type_identity;
  if (is_small) {
    as(type_identity<float>{}, type_identity<std::int32_t>{});
  } else if (type == ElementType::f32) {
    as(type_identity<float>{}, type_identity<float>{});
  } else if (type == ElementType::f64) {
    as(type_identity<double>{}, type_identity<double>{});
  } else if (type == ElementType::i32) {
    as(type_identity<std::uint32_t>{}, type_identity<std::uint32_t>{});
  } else {
    as(type_identity<std::uint64_t>{}, type_identity<std::uint64_t>{});
  }
  run.set_output(0, convert(out, run.output_type()));
}

/// Tells the watch how many sums of products of integers leave 32 bits, and how many sums of two neighbouring products
/// leave 16 bits, as the instructions of older machines compute them. Neighbours are `neighbour` rows of b apart, in
/// pairs from row 0 on.
void watch_sums(Evaluation& run, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t neighbour,
                MatrixView<float> a, const ColumnSource<float>& b);
void watch_sums(Evaluation& run, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t neighbour,
                MatrixView<float> a, MatrixView<float> b);

}  // namespace lpt

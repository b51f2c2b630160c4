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

/// Calls `compute(T{}, a, b, out)` with both inputs and an output of the accumulator type, where T is float, double,
/// std::uint32_t or std::uint64_t, and gives the result in the type of the output.
template <class Compute>
void evaluate_products(Evaluation& run, const Compute& compute) {
  const auto type = accumulator_type(run.input(0).type(), run.input(1).type());
  const Tensor a = convert(run.input(0), type);
  const Tensor b = convert(run.input(1), type);
  Tensor out = run.output_type() == type ? run.output() : Tensor(type, run.output_lengths());
  switch (type) {
    case ElementType::f32: compute(float{}, a, b, out); break;
    case ElementType::f64: compute(double{}, a, b, out); break;
    case ElementType::i32: compute(std::uint32_t{}, a, b, out); break;
    default: compute(std::uint64_t{}, a, b, out); break;
  }
  run.set_output(0, convert(out, run.output_type()));
}

/// Tells the watch how many sums of products of integers leave 32 bits, and how many sums of two neighbouring products
/// leave 16 bits, as the instructions of older machines compute them. Neighbours are `neighbour` rows of b apart, in
/// pairs from row 0 on.
void watch_sums(Evaluation& run, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t neighbour,
                MatrixView<std::uint32_t> a, const PanelSource<std::uint32_t>& b);

}  // namespace lpt

// MatMul: products of matrices along the last two axes; the axes before them broadcast. A vector on the left is a row,
// on the right a column, and the axis that this adds is dropped again. Source: OpenVINO MatMul-1.
#include "ops/mat_mul.hpp"

#include "ops/product.hpp"
#include "tensor/broadcast.hpp"
#include "tensor/parallel.hpp"

namespace lpt {

MatMulSizes mat_mul_sizes(const Arguments& arguments) {
  Lengths a = arguments.lengths(0);
  Lengths b = arguments.lengths(1);
  if (a.empty() || b.empty())
    throw LayerError("its inputs are [{}] and [{}], should have axes", to_string(a), to_string(b));
  // A vector is not transposed.
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  const bool transpose_a = !row && boolean_attribute(arguments.node(), "transpose_a", false);
  const bool transpose_b = !column && boolean_attribute(arguments.node(), "transpose_b", false);
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  MatMulSizes sizes{a[a.size() - (transpose_a ? 1 : 2)],
                    b[b.size() - (transpose_b ? 2 : 1)],
                    a[a.size() - (transpose_a ? 2 : 1)],
                    Lengths(a.begin(), a.end() - 2),
                    Lengths(b.begin(), b.end() - 2),
                    {},
                    transpose_a,
                    transpose_b,
                    {}};
  const auto batch = broadcast_lengths(sizes.a_batch, sizes.b_batch);
  if (sizes.k != b[b.size() - (transpose_b ? 1 : 2)] || !batch) {
    throw LayerError("[{}]{} and [{}]{} cannot be multiplied", to_string(arguments.lengths(0)),
                     transpose_a ? " transposed" : "", to_string(arguments.lengths(1)),
                     transpose_b ? " transposed" : "");
  }
  sizes.batch = *batch;
  sizes.result = *batch;
  if (!row) sizes.result.push_back(sizes.m);
  if (!column) sizes.result.push_back(sizes.n);
  return sizes;
}

namespace {

template <class T, class Sum>
void multiply_all(const MatMulSizes& sizes, const T* a, const T* b, Sum* out) {
  const auto view = [](const T* data, bool transposed, std::int64_t rows, std::int64_t columns) {
    return transposed ? MatrixView<T>{data, 1, rows} : MatrixView<T>{data, columns, 1};
  };
  const BroadcastRows<2> batches(sizes.batch, {sizes.a_batch, sizes.b_batch});
  const auto one = [&](std::int64_t a_index, std::int64_t b_index, std::int64_t index, std::int64_t m) {
    const auto left = view(a + a_index * sizes.m * sizes.k, sizes.transpose_a, sizes.m, sizes.k);
    const auto right = view(b + b_index * sizes.k * sizes.n, sizes.transpose_b, sizes.k, sizes.n);
    multiply(m, sizes.n, sizes.k, left, right, out + index * sizes.m * sizes.n, sizes.n);
  };
  // All matrices of a with one of b are one large matrix.
  if (product(sizes.b_batch) == 1 && !sizes.transpose_a) return one(0, 0, 0, product(sizes.batch) * sizes.m);
  batches.visit_all(sizes.m * sizes.n * sizes.k / 32, [&](const auto& row) {
    for (std::int64_t i = 0; i < batches.row_length(); ++i) {
      one(row.inputs[0] + i * batches.steps()[0], row.inputs[1] + i * batches.steps()[1], row.first + i, sizes.m);
    }
  });
}

}  // namespace

std::vector<OutputSpec> mat_mul_infer(const Arguments& arguments) {
  return one_output(product_type(arguments), mat_mul_sizes(arguments).result);
}

void mat_mul_evaluate(Evaluation& run) {
  const auto sizes = mat_mul_sizes(run.arguments());
  evaluate_products(run, [&](const auto* a, const auto* b, auto* out) { multiply_all(sizes, a, b, out); });
}

}  // namespace lpt

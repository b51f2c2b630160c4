// ScaledDotProductAttention: softmax(Q K^T * scale + mask) V, where scale is 1 / sqrt(E) unless given. A boolean mask
// keeps what is true, a mask of real numbers is added; with causal, row l keeps columns 0 ... l. Source: OpenVINO
// ScaledDotProductAttention-13.
#include <algorithm>

#include <cmath>

#include "ops/operation.hpp"
#include "tensor/broadcast.hpp"
#include "tensor/convert.hpp"
#include "tensor/gemm.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

namespace {

struct Sizes {
  std::int64_t rows, columns, depth, width;  ///< L, S, E, Ev
  Lengths q_batch, k_batch, v_batch, mask_batch, batch;
  std::int64_t mask_row, mask_column;  ///< steps of the mask, 0 where it is repeated
  bool has_mask;
};

Lengths front(const Lengths& lengths) { return {lengths.begin(), lengths.end() - 2}; }

Sizes sizes_of(const Arguments& arguments) {
  const auto& q = arguments.lengths(0);
  const auto& k = arguments.lengths(1);
  const auto& v = arguments.lengths(2);
  const auto fail = [&] {
    return LayerError("query [{}], key [{}] and value [{}] do not fit", to_string(q), to_string(k), to_string(v));
  };
  if (q.size() < 2 || k.size() < 2 || v.size() < 2) throw fail();
  Sizes sizes{q[q.size() - 2], k[k.size() - 2], q.back(), v.back(), front(q), front(k), front(v), {}, {}, 0, 0, false};
  const auto qk = broadcast_lengths(sizes.q_batch, sizes.k_batch);
  const auto all = qk ? broadcast_lengths(*qk, sizes.v_batch) : std::nullopt;
  if (!all || k.back() != sizes.depth || v[v.size() - 2] != sizes.columns) throw fail();
  sizes.batch = *all;
  const bool causal = boolean_attribute(arguments.node(), "causal", false);
  if (arguments.size() < 4 || causal || arguments.lengths(3).empty()) return sizes;
  Lengths mask = arguments.lengths(3);
  if (mask.size() == 1) mask.insert(mask.begin(), 1);
  const auto l = mask[mask.size() - 2];
  const auto s = mask.back();
  sizes.mask_batch = front(mask);
  if ((l != 1 && l != sizes.rows) || (s != 1 && s != sizes.columns) ||
      broadcast_lengths(sizes.batch, sizes.mask_batch) != sizes.batch) {
    throw LayerError("its mask [{}] does not broadcast to [{},{},{}]", to_string(mask), to_string(sizes.batch),
                     sizes.rows, sizes.columns);
  }
  sizes.has_mask = true;
  sizes.mask_row = l == 1 ? 0 : s;
  sizes.mask_column = s == 1 ? 0 : 1;
  return sizes;
}

/// The mask as numbers to add.
Tensor added_mask(const Tensor& mask) {
  Tensor numbers = convert(mask, ElementType::f32);
  if (mask.type() != ElementType::boolean) return numbers;
  for (std::int64_t i = 0; i < numbers.count(); ++i) {
    float& x = numbers.data<float>()[i];
    x = x != 0 ? 0.0F : -std::numeric_limits<float>::infinity();
  }
  return numbers;
}

}  // namespace

std::vector<OutputSpec> scaled_dot_product_attention_infer(const Arguments& arguments) {
  expect_real(arguments, 0);
  const auto sizes = sizes_of(arguments);
  Lengths result = sizes.batch;
  result.insert(result.end(), {sizes.rows, sizes.width});
  return one_output(arguments.type(0), result);
}

void scaled_dot_product_attention_evaluate(Evaluation& run) {
  const auto sizes = sizes_of(run.arguments());
  const bool causal = boolean_attribute(run.node(), "causal", false);
  const auto real = [&](std::size_t i) { return convert(run.input(i), ElementType::f32); };
  const Tensor q = real(0), k = real(1), v = real(2);
  Tensor mask(ElementType::f32, {});
  if (sizes.has_mask) mask = added_mask(run.input(3));
  const float scale = run.input_count() > 4 && run.input(4).count() == 1
                          ? *real(4).data<float>()
                          : 1 / std::sqrt(static_cast<float>(sizes.depth));
  Tensor out(ElementType::f32, run.output_lengths());
  const BroadcastRows<4> batches(sizes.batch, {sizes.q_batch, sizes.k_batch, sizes.v_batch, sizes.mask_batch});
  const auto mask_size = (sizes.mask_row == 0 ? 1 : sizes.rows) * (sizes.mask_column == 0 ? 1 : sizes.columns);
  const auto attend = [&](const std::array<std::int64_t, 4>& at, std::int64_t index) {
    std::vector<float> scores(static_cast<std::size_t>(sizes.rows * sizes.columns));
    multiply(sizes.rows, sizes.columns, sizes.depth,
             MatrixView<float>{q.data<float>() + at[0] * sizes.rows * sizes.depth, sizes.depth, 1},
             MatrixView<float>{k.data<float>() + at[1] * sizes.columns * sizes.depth, 1, sizes.depth}, scores.data(),
             sizes.columns);
    for (std::int64_t r = 0; r < sizes.rows; ++r) {
      float* row = scores.data() + r * sizes.columns;
      for (std::int64_t c = 0; c < sizes.columns; ++c) {
        row[c] *= scale;
        if (sizes.has_mask)
          row[c] += mask.data<float>()[at[3] * mask_size + r * sizes.mask_row + c * sizes.mask_column];
        if (causal && c > r) row[c] = -std::numeric_limits<float>::infinity();
      }
      functions<float>().softmax(row, row, sizes.columns);
    }
    multiply(sizes.rows, sizes.width, sizes.columns, MatrixView<float>{scores.data(), sizes.columns, 1},
             MatrixView<float>{v.data<float>() + at[2] * sizes.columns * sizes.width, sizes.width, 1},
             out.data<float>() + index * sizes.rows * sizes.width, sizes.width);
  };
  if (out.count() == 0) return run.set_output(0, convert(out, run.output_type()));
  const auto& steps = batches.steps();
  batches.visit_all(sizes.rows * sizes.columns * 16, [&](const auto& row) {
    for (std::int64_t i = 0; i < batches.row_length(); ++i) {
      auto at = row.inputs;
      for (std::size_t k_input = 0; k_input < at.size(); ++k_input) at[k_input] += i * steps[k_input];
      attend(at, row.first + i);
    }
  });
  run.set_output(0, convert(out, run.output_type()));
}

}  // namespace lpt

#pragma once

#include "ops/operation.hpp"
#include "tensor/convert.hpp"
#include "tensor/kernels.hpp"
#include "tensor/parallel.hpp"
#include "tensor/strided.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

/// Lets `normalize(in, out, count)` work on the elements of input 0 that differ only in the given axes, one such
/// segment at a time, as neighbours in memory; in f64 if the input is that, otherwise in f32. Gives output 0.
template <class Normalize>
void normalize_segments(Evaluation& run, const std::vector<std::size_t>& axes, const Normalize& normalize) {
  const auto type = run.input(0).type() == ElementType::f64 ? ElementType::f64 : ElementType::f32;
  const Tensor data = convert(run.input(0), type);
  // The order that puts the axes last, and its inverse.
  Lengths order;
  std::vector<bool> chosen(data.rank());
  for (const auto axis : axes) chosen[axis] = true;
  for (const bool last : {false, true}) {
    for (std::size_t axis = 0; axis < data.rank(); ++axis) {
      if (chosen[axis] == last) order.push_back(static_cast<std::int64_t>(axis));
    }
  }
  Lengths inverse(order.size());
  Lengths lengths;
  for (std::size_t i = 0; i < order.size(); ++i) {
    inverse[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
    lengths.push_back(data.lengths()[static_cast<std::size_t>(order[i])]);
  }
  const bool moves = order != inverse || !std::is_sorted(order.begin(), order.end());
  Tensor in = data;
  if (moves) {
    in = Tensor(type, lengths);
    permute(data, order, in);
  }
  Tensor out(type, lengths);
  const auto count = product(lengths, lengths.size() - axes.size(), lengths.size());
  visit_real(type, [&]<class T>(std::type_identity<T>) {
    parallel_each(count == 0 ? 0 : in.count() / count, count * 3,
                  [&](std::int64_t i) { normalize(in.data<T>() + i * count, out.data<T>() + i * count, count); });
  });
  if (moves) {
    Tensor back(type, data.lengths());
    permute(out, inverse, back);
    out = std::move(back);
  }
  run.set_output(0, convert(out, run.output_type()));
}

}  // namespace lpt

#pragma once

#include <algorithm>

#include "ops/operation.hpp"
#include "tensor/kernels.hpp"
#include "tensor/parallel.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

/// The type and lengths of a reduction over the axes of the second input: they are dropped, or 1 with keep_dims.
std::vector<OutputSpec> reduce_infer(const Arguments& arguments);
Lengths reduced_lengths(const Node& node, const Lengths& lengths, const std::vector<std::size_t>& axes);

/// The axes of a tensor, those to reduce and those to keep, outermost first, with neighbours of one kind taken
/// together.
struct ReducedAxes {
  struct Axis {
    std::int64_t length, stride;
  };
  std::vector<Axis> kept, reduced;
  std::int64_t kept_count = 1, reduced_count = 1;

  ReducedAxes(const Lengths& lengths, const std::vector<std::size_t>& axes);
};

/// The element that an index over axes names.
inline std::int64_t element_at(const std::vector<ReducedAxes::Axis>& axes, std::int64_t index) {
  std::int64_t element = 0;
  for (std::size_t i = axes.size(); i-- > 0;) {
    element += index % axes[i].length * axes[i].stride;
    index /= axes[i].length;
  }
  return element;
}

/// out = finish(join(... join(join(first, x0), x1) ..., xn), n + 1) over the reduced axes, in accumulators of type Sum.
/// add_up  for sums: what `count` neighbours, which are reduced to one, add to an accumulator; for float and double
template <class T, class Sum, class Join, class Finish, class AddUp = std::nullptr_t>
void reduce_as(Evaluation& run, Sum first, const Join& join, const Finish& finish, const AddUp& add_up = {}) {
  const Tensor& data = run.input(0);
  const ReducedAxes axes(data.lengths(), axes_of(run.integers(1), data.rank()));
  const T* in = data.data<T>();
  T* out = run.output().data<T>();
  // A row is what lies side by side in memory and is kept; it is reduced as a whole.
  const bool rows = !axes.kept.empty() && axes.kept.back().stride == 1;
  constexpr std::int64_t kLongestRow = 512;
  const std::int64_t row = rows ? axes.kept.back().length : 1;
  const std::int64_t pieces = (row + kLongestRow - 1) / kLongestRow;
  auto outer = axes.kept;
  if (rows) outer.pop_back();
  const auto inner = axes.reduced.empty() ? ReducedAxes::Axis{1, 1} : axes.reduced.back();
  auto middle = axes.reduced;
  if (!middle.empty()) middle.pop_back();
  if (axes.kept_count == 0) return;
  parallel_ranges(axes.kept_count / row * pieces, axes.reduced_count * std::min(row, kLongestRow),
                  [&](std::int64_t begin, std::int64_t end) {
                    std::vector<Sum> sums(static_cast<std::size_t>(std::min(row, kLongestRow)));
                    for (std::int64_t piece = begin; piece < end; ++piece) {
                      const auto from = piece % pieces * kLongestRow;
                      const auto count = std::min(kLongestRow, row - from);
                      const T* base = in + element_at(outer, piece / pieces) + from;
                      std::fill(sums.begin(), sums.end(), first);
                      for (std::int64_t m = 0; axes.reduced_count != 0 && m < axes.reduced_count / inner.length; ++m) {
                        const T* line = base + element_at(middle, m);
                        if constexpr (std::is_floating_point_v<T> && !std::is_null_pointer_v<AddUp>) {
                          if (!rows && inner.stride == 1) {
                            sums[0] += add_up(line, inner.length);
                            continue;
                          }
                        }
                        for (std::int64_t k = 0; k < inner.length; ++k) {
                          const T* x = line + k * inner.stride;
                          for (std::int64_t i = 0; i < count; ++i) {
                            auto& sum = sums[static_cast<std::size_t>(i)];
                            sum = join(sum, static_cast<Sum>(x[i]));
                          }
                        }
                      }
                      T* to = out + piece / pieces * row + from;
                      for (std::int64_t i = 0; i < count; ++i)
                        to[i] = static_cast<T>(finish(sums[static_cast<std::size_t>(i)], axes.reduced_count));
                    }
                  });
}

/// For the last argument of reduce_as.
inline constexpr auto kAddUp = []<class T>(const T* in, std::int64_t count) { return functions<T>().sum(in, count); };

/// Sums in double for real numbers, in 64 bits for integers.
template <class T>
using ReduceSum = std::conditional_t<std::is_floating_point_v<T>, double,
                                     std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;

}  // namespace lpt

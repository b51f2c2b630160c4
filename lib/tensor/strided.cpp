#include "tensor/strided.hpp"

#include <algorithm>
#include <cstring>

#include "tensor/parallel.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

using Axis = StridedAxis;

/// Axes of a strided view, outermost first, with those taken together that follow one another in memory.
std::vector<Axis> joined_axes(const Lengths& lengths, const Lengths& strides) {
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const Axis next{lengths[i], strides[i]};
    if (next.length == 1) continue;
    if (!axes.empty() && axes.back().stride == next.length * next.stride) {
      axes.back() = {axes.back().length * next.length, next.stride};
    } else {
      axes.push_back(next);
    }
  }
  if (axes.empty()) axes.push_back({1, 1});
  return axes;
}

/// Calls `row(out element, in element)` for every row along the last axis.
template <class Row>
void for_each_row(const std::vector<Axis>& axes, std::int64_t offset, std::int64_t cost, const Row& row) {
  const std::span outer(axes.data(), axes.size() - 1);
  std::int64_t rows = 1;
  for (const auto& axis : outer) rows *= axis.length;
  parallel_each(rows, axes.back().length * cost,
                [&](std::int64_t r) { row(r * axes.back().length, offset + element_at(outer, r)); });
}

/// A block of the transposition of two axes: reads along one, writes along the other, and stays in the cache.
template <class T>
void transpose_planes(const T* in, T* out, std::vector<Axis> axes, std::int64_t offset) {
  constexpr std::int64_t kBlock = 16;
  const Axis columns = axes.back();
  axes.pop_back();
  const Axis rows = axes.back();
  axes.back() = {1, 0};
  const std::int64_t plane = rows.length * columns.length;
  const std::int64_t strips = (rows.length + kBlock - 1) / kBlock;
  std::int64_t planes = 1;
  for (const auto& axis : axes) planes *= axis.length;
  parallel_each(planes * strips, kBlock * columns.length, [&](std::int64_t piece) {
    const std::int64_t from = offset + element_at(axes, piece / strips);
    T* to = out + piece / strips * plane;
    const std::int64_t top = piece % strips * kBlock;
    const std::int64_t bottom = std::min(top + kBlock, rows.length);
    for (std::int64_t left = 0; left < columns.length; left += kBlock) {
      const std::int64_t right = std::min(left + kBlock, columns.length);
      for (std::int64_t r = top; r < bottom; ++r) {
        const T* source = in + from + r * rows.stride;
        for (std::int64_t c = left; c < right; ++c) to[r * columns.length + c] = source[c * columns.stride];
      }
    }
  });
}

}  // namespace

Lengths strides_of(const Lengths& lengths) {
  Lengths strides(lengths.size(), 1);
  for (std::size_t i = lengths.size(); i-- > 1;) strides[i - 1] = strides[i] * lengths[i];
  return strides;
}

void gather_strided(const Tensor& in, std::int64_t offset, const Lengths& strides, Tensor& out) {
  if (out.count() == 0) return;
  const auto axes = joined_axes(out.lengths(), strides);
  visit_width(in.type(), [&]<class T>(std::type_identity<T>) {
    const T* from = in.data<T>();
    T* to = out.data<T>();
    const auto [length, stride] = axes.back();
    if (stride == 1) {
      for_each_row(axes, offset, 1, [&, n = length](std::int64_t o, std::int64_t i) {
        std::memcpy(to + o, from + i, static_cast<std::size_t>(n) * sizeof(T));
      });
    } else if (stride == 0) {
      for_each_row(axes, offset, 1,
                   [&, n = length](std::int64_t o, std::int64_t i) { std::fill_n(to + o, n, from[i]); });
    } else if (axes.size() > 1 && std::abs(axes[axes.size() - 2].stride) == 1) {
      transpose_planes(from, to, axes, offset);
    } else {
      for_each_row(axes, offset, 2, [&, n = length, step = stride](std::int64_t o, std::int64_t i) {
        for (std::int64_t k = 0; k < n; ++k) to[o + k] = from[i + k * step];
      });
    }
  });
}

void permute(const Tensor& in, const Lengths& order, Tensor& out) {
  const auto strides = strides_of(in.lengths());
  Lengths permuted;
  for (const auto axis : order) permuted.push_back(strides[static_cast<std::size_t>(axis)]);
  gather_strided(in, 0, permuted, out);
}

void permute_parts(const Tensor& in, const Lengths& parts, const Lengths& order, Tensor& out) {
  Lengths lengths;
  for (const auto axis : order) lengths.push_back(parts[static_cast<std::size_t>(axis)]);
  Tensor view = out.reshaped(lengths);
  permute(in.reshaped(parts), order, view);
}

void gather_by_axis(const Tensor& in, const std::vector<Lengths>& indices, const std::byte* filler, Tensor& out) {
  if (out.count() == 0) return;
  const auto strides = strides_of(in.lengths());
  const std::size_t rank = out.rank();
  const std::int64_t length = rank == 0 ? 1 : out.lengths().back();
  const Lengths only{0};
  const Lengths& inner = rank == 0 ? only : indices.back();
  visit_width(in.type(), [&]<class T>(std::type_identity<T>) {
    const T* from = in.data<T>();
    T fill{};
    if (filler != nullptr) std::memcpy(&fill, filler, sizeof fill);
    parallel_each(out.count() / length, length * 2, [&](std::int64_t row) {
      T* to = out.data<T>() + row * length;
      std::int64_t base = 0;
      std::int64_t rest = row;
      bool outside = false;
      for (std::size_t axis = rank == 0 ? 0 : rank - 1; axis-- > 0;) {
        const auto at = indices[axis][static_cast<std::size_t>(rest % out.lengths()[axis])];
        rest /= out.lengths()[axis];
        outside = outside || at < 0;
        base += at * strides[axis];
      }
      for (std::size_t k = 0; k < inner.size(); ++k) to[k] = outside || inner[k] < 0 ? fill : from[base + inner[k]];
    });
  });
}

void repeat(const Tensor& in, const Lengths& aligned, Tensor& out) {
  const auto inner = strides_of(aligned);
  Lengths strides(out.rank());
  const std::size_t added = out.rank() - aligned.size();
  for (std::size_t i = 0; i < aligned.size(); ++i) strides[added + i] = aligned[i] == 1 ? 0 : inner[i];
  gather_strided(in, 0, strides, out);
}

void place(const Tensor& in, const Lengths& first, Tensor& out) {
  if (in.count() == 0) return;
  const auto strides = strides_of(out.lengths());
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < first.size(); ++i) offset += first[i] * strides[i];
  const auto axes = joined_axes(in.lengths(), strides);
  visit_width(in.type(), [&]<class T>(std::type_identity<T>) {
    const auto [length, stride] = axes.back();
    for_each_row(axes, offset, 1, [&, n = length, step = stride](std::int64_t i, std::int64_t o) {
      T* to = out.data<T>() + o;
      const T* from = in.data<T>() + i;
      if (step == 1) {
        std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
      } else {
        for (std::int64_t k = 0; k < n; ++k) to[k * step] = from[k];
      }
    });
  });
}

Tensor padded(const Tensor& in, const Lengths& first, const Lengths& lengths) {
  Tensor out(in.type(), lengths);
  std::memset(out.bytes(), 0, out.byte_count());
  place(in, first, out);
  return out;
}

}  // namespace lpt

// Reductions over the axes of the second input, which are dropped, or stay with length 1 with keep_dims. Sums and means
// of real numbers are added up in double. Source: OpenVINO ReduceSum-1, ReduceMean-1, ReduceProd-1, ReduceMax-1,
// ReduceMin-1, ReduceL1-4, ReduceL2-4, ReduceLogicalAnd-1, ReduceLogicalOr-1.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/operation.hpp"
#include "tensor/kernels.hpp"
#include "tensor/parallel.hpp"
#include "tensor/strided.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

Lengths reduced_lengths(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  const auto axes = axes_of(required_integers(arguments, 1), lengths.size());
  const bool keep = boolean_attribute(arguments.node(), "keep_dims", false);
  Lengths result;
  for (std::size_t axis = 0; axis < lengths.size(); ++axis) {
    const bool reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (!reduced || keep) result.push_back(reduced ? 1 : lengths[axis]);
  }
  return result;
}

/// The axes of a tensor, those to reduce and those to keep, outermost first, with neighbours of one kind taken
/// together.
struct ReducedAxes {
  std::vector<StridedAxis> kept, reduced;
  std::int64_t kept_count = 1, reduced_count = 1;

  ReducedAxes(const Lengths& lengths, const std::vector<std::size_t>& axes) {
    std::int64_t stride = 1;
    std::vector<StridedAxis>* last = nullptr;
    for (std::size_t axis = lengths.size(); axis-- > 0;) {
      const bool is_reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
      auto& list = is_reduced ? reduced : kept;
      (is_reduced ? reduced_count : kept_count) *= lengths[axis];
      if (last == &list) {
        list.front().length *= lengths[axis];
      } else if (lengths[axis] != 1) {
        list.insert(list.begin(), {lengths[axis], stride});
        last = &list;
      }
      stride *= lengths[axis];
    }
  }
};

/// out = finish(join(... join(join(first, x0), x1) ..., xn), n + 1) over the reduced axes, in accumulators of type Sum.
/// add_up  for sums: what `count` neighbours, which are reduced to one, add to an accumulator; for float and double
template <class T, class Sum, class Join, class Finish, class AddUp = std::nullptr_t>
void reduce_as(Evaluation& run, Sum first, const Join& join, const Finish& finish, const AddUp& add_up = {}) {
  const Tensor& data = run.input(0);
  const ReducedAxes axes(data.lengths(), axes_of(run.integers(1), data.rank()));
  if (axes.kept_count == 0) return;
  const T* in = data.data<T>();
  T* out = run.output().data<T>();
  // A row is what lies side by side in memory and is kept; it is reduced as a whole.
  const bool rows = !axes.kept.empty() && axes.kept.back().stride == 1;
  constexpr std::int64_t kLongestRow = 512;
  const std::int64_t row = rows ? axes.kept.back().length : 1;
  const std::int64_t pieces = (row + kLongestRow - 1) / kLongestRow;
  auto outer = axes.kept;
  if (rows) outer.pop_back();
  const auto inner = axes.reduced.empty() ? StridedAxis{1, 1} : axes.reduced.back();
  auto middle = axes.reduced;
  if (!middle.empty()) middle.pop_back();
  const auto reduce_piece = [&](std::int64_t piece) {
    Sum sums[kLongestRow];
    const auto from = piece % pieces * kLongestRow;
    const auto count = std::min(kLongestRow, row - from);
    const T* base = in + element_at(outer, piece / pieces) + from;
    std::fill_n(sums, count, first);
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
        for (std::int64_t i = 0; i < count; ++i) sums[i] = join(sums[i], static_cast<Sum>(x[i]));
      }
    }
    T* to = out + piece / pieces * row + from;
    for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<T>(finish(sums[i], axes.reduced_count));
  };
  parallel_each(axes.kept_count / row * pieces, axes.reduced_count * std::min(row, kLongestRow),
                [&](std::int64_t piece) { reduce_piece(piece); });
}

/// For the last argument of reduce_as.
constexpr auto kAddUp = []<class T>(const T* in, std::int64_t count) { return functions<T>().sum(in, count); };

constexpr auto kPlus = [](auto a, auto b) { return a + b; };
constexpr auto kAsItIs = [](auto result, std::int64_t) { return result; };

/// Sums in double for real numbers, in 64 bits for integers.
template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, double,
                                std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;
/// Those of integers wrap around.
template <class T>
using Wrapping = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;

}  // namespace

std::vector<OutputSpec> reduce_infer(const Arguments& arguments) {
  if (!is_number(arguments.type(0))) throw LayerError("its input is {}, should be numbers", name(arguments.type(0)));
  return one_output(arguments.type(0), reduced_lengths(arguments));
}

std::vector<OutputSpec> reduce_logical_infer(const Arguments& arguments) {
  if (arguments.type(0) != ElementType::boolean)
    throw LayerError("its input is {}, should be boolean", name(arguments.type(0)));
  return one_output(ElementType::boolean, reduced_lengths(arguments));
}

void reduce_sum_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(),
               [&]<class T>(std::type_identity<T>) { reduce_as<T, Wrapping<T>>(run, 0, kPlus, kAsItIs, kAddUp); });
}

/// That of integers loses its fraction.
void reduce_mean_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    const auto divide = [](Wide<T> sum, std::int64_t count) {
      return count == 0 ? 0 : sum / static_cast<Wide<T>>(count);
    };
    reduce_as<T, Wide<T>>(run, 0, kPlus, divide, kAddUp);
  });
}

void reduce_prod_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    reduce_as<T, Wrapping<T>>(
        run, 1, [](auto a, auto b) { return a * b; }, kAsItIs);
  });
}

void reduce_max_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    using Limits = std::numeric_limits<T>;
    reduce_as<T, T>(
        run, Limits::has_infinity ? -Limits::infinity() : Limits::lowest(), [](T a, T b) { return b > a ? b : a; },
        kAsItIs);
  });
}

void reduce_min_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    using Limits = std::numeric_limits<T>;
    reduce_as<T, T>(
        run, Limits::has_infinity ? Limits::infinity() : Limits::max(), [](T a, T b) { return b < a ? b : a; },
        kAsItIs);
  });
}

/// The sum of magnitudes.
void reduce_l1_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    reduce_as<T, Wide<T>>(
        run, 0, [](auto a, auto b) { return b < 0 ? a - b : a + b; }, kAsItIs);
  });
}

/// The square root of the sum of squares; that of integers is rounded to the nearest.
void reduce_l2_evaluate(Evaluation& run) {
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    const auto root = [](double sum, std::int64_t) {
      return std::is_floating_point_v<T> ? std::sqrt(sum) : std::round(std::sqrt(sum));
    };
    reduce_as<T, double>(
        run, 0, [](double a, double b) { return a + b * b; }, root,
        []<class R>(const R* in, std::int64_t count) { return functions<R>().squares(in, count, 0); });
  });
}

/// Whether all or any of the elements are true.
void reduce_logical_evaluate(Evaluation& run) {
  using T = std::uint8_t;
  const bool all = run.node().is("ReduceLogicalAnd");
  reduce_as<T, T>(
      run, all ? 1 : 0, [all](T a, T b) { return static_cast<T>(all ? a & b : a | b); }, kAsItIs);
}

}  // namespace lpt

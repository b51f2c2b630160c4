#pragma once

#include <cmath>

#include "ops/operation.hpp"
#include "tensor/kernels.hpp"
#include "tensor/parallel.hpp"
#include "tensor/saturate.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

/// One tensor, element by element, into one of the same type and shape.
void elementwise_unary_check(const Node& node, const LayerWarn& warn);
std::vector<OutputSpec> elementwise_unary_infer(const Arguments& arguments);

/// out = formula(in) for elements of type T; `cost` of one in nanoseconds.
template <class T, class Out, class Formula>
void apply_unary(Evaluation& run, std::int64_t cost, const Formula& formula) {
  const T* in = run.input(0).data<T>();
  Out* out = (sizeof(T) == sizeof(Out) ? run.output_over(0) : run.output()).template data<Out>();
  parallel_ranges(run.input(0).count(), cost, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) out[i] = formula(in[i]);
  });
}

/// A formula that serves integers and real numbers alike.
template <class Formula>
void evaluate_number(Evaluation& run, const Formula& formula) {
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    apply_unary<T, T>(run, 1, [&](T x) { return static_cast<T>(formula(x)); });
  });
}

/// A formula that leaves integers as they are.
template <class Formula>
void evaluate_rounding(Evaluation& run, const Formula& formula) {
  if (is_integer(run.input(0).type())) return run.set_output(0, run.input(0));
  visit_real(run.input(0).type(), [&]<class T>(std::type_identity<T>) { apply_unary<T, T>(run, 1, formula); });
}

/// A formula of real numbers. Integers are computed in double and rounded to the nearest.
template <class Formula>
void evaluate_real(Evaluation& run, const Formula& formula) {
  constexpr std::int64_t kCost = 10;
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_floating_point_v<T>) {
      apply_unary<T, T>(run, kCost, formula);
    } else {
      apply_unary<T, T>(run, kCost, [&](T x) { return static_cast<T>(std::round(formula(static_cast<double>(x)))); });
    }
  });
}

/// The function that `choose(functions<T>())` gives. Integers are computed in double and rounded to the nearest.
template <class Choose>
void evaluate_function(Evaluation& run, const Choose& choose) {
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    using C = std::conditional_t<std::is_floating_point_v<T>, T, double>;
    const auto function = choose(functions<C>());
    const T* in = run.input(0).data<T>();
    T* out = run.output_over(0).template data<T>();
    parallel_ranges(run.input(0).count(), 1, [&](std::int64_t first, std::int64_t last) {
      if constexpr (std::is_same_v<T, C>) {
        function(in + first, out + first, last - first);
      } else {
        C values[256];
        for (std::int64_t count = 0; first < last; first += count) {
          count = std::min<std::int64_t>(std::ssize(values), last - first);
          std::copy_n(in + first, count, values);
          function(values, values, count);
          std::transform(values, values + count, out + first, [](double x) { return static_cast<T>(std::round(x)); });
        }
      }
    });
  });
}

/// A question about real numbers, with a boolean answer.
std::vector<OutputSpec> truth_infer(const Arguments& arguments);
template <class Formula>
void evaluate_test(Evaluation& run, const Formula& formula) {
  visit_real(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    apply_unary<T, std::uint8_t>(run, 1, [&](T x) { return static_cast<std::uint8_t>(formula(x)); });
  });
}

/// -x; the smallest integer has no negative and stays as it is.
template <class T>
T wrapping_negative(T x) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(0 - static_cast<std::uint64_t>(x));
  } else {
    return -x;
  }
}

}  // namespace lpt

#pragma once

#include "ops/operation.hpp"
#include "tensor/broadcast.hpp"
#include "tensor/saturate.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

enum class Broadcasting : std::size_t { none, numpy, pdpd, explicitly };

/// The rule that auto_broadcast names.
Broadcasting broadcasting(const Node& node);

/// The lengths of an input, with ones behind them where the rule pdpd aligns it by its attribute axis.
Lengths aligned_lengths(const Evaluation& run, std::size_t index);

/// Two tensors of one type, element by element.
void elementwise_binary_check(const Node& node, const LayerWarn& warn);
std::vector<OutputSpec> elementwise_binary_infer(const Arguments& arguments);
/// The same with a boolean result.
std::vector<OutputSpec> comparison_infer(const Arguments& arguments);

/// out[i] = formula(a[i], b[i]) over a row in which each input goes on or stands still.
template <class T, class Out, class Formula>
void apply_row(const T* a, std::int64_t a_step, const T* b, std::int64_t b_step, Out* out, std::int64_t count,
               const Formula& formula) {
  if (a_step != 0 && b_step != 0) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = formula(a[i], b[i]);
  } else if (a_step != 0) {
    const T y = *b;
    for (std::int64_t i = 0; i < count; ++i) out[i] = formula(a[i], y);
  } else {
    const T x = *a;
    for (std::int64_t i = 0; i < count; ++i) out[i] = formula(x, b[i * b_step]);
  }
}

/// Applies `formula` to elements of type T, giving elements of type Out; the second input has the lengths `second`.
template <class T, class Out, class Formula>
void apply_binary(Evaluation& run, const Lengths& second, const Formula& formula) {
  const T* a = run.input(0).data<T>();
  const T* b = run.input(1).data<T>();
  if (broadcast_lengths(run.input(0).lengths(), second) != run.output_lengths()) {
    throw LayerError("its inputs are [{}] and [{}], which do not broadcast", to_string(run.input(0).lengths()),
                     to_string(run.input(1).lengths()));
  }
  const bool over_first = sizeof(T) == sizeof(Out) && run.input(0).lengths() == run.output_lengths();
  const BroadcastRows<2> rows(run.output_lengths(), {run.input(0).lengths(), second});
  Out* out = (over_first ? run.output_over(0) : run.output()).template data<Out>();
  rows.visit_all(1, [&](const auto& row) {
    apply_row(a + row.inputs[0], rows.steps()[0], b + row.inputs[1], rows.steps()[1], out + row.first,
              rows.row_length(), formula);
  });
}

/// An operation on numbers that gives numbers of the same type.
template <class Formula>
void evaluate_arithmetic(Evaluation& run, const Formula& formula) {
  visit_number(run.input(0).type(), [&]<class T>(std::type_identity<T>) {
    apply_binary<T, T>(run, aligned_lengths(run, 1), [&](T a, T b) { return static_cast<T>(formula(a, b)); });
  });
}

/// A comparison. Booleans compare as 0 and 1.
template <class Formula>
void evaluate_comparison(Evaluation& run, const Formula& formula) {
  const auto compare = [&]<class T>(std::type_identity<T>) {
    apply_binary<T, std::uint8_t>(run, aligned_lengths(run, 1),
                                  [&](T a, T b) { return static_cast<std::uint8_t>(formula(a, b)); });
  };
  if (run.input(0).type() == ElementType::boolean) return compare(std::type_identity<std::uint8_t>{});
  visit_number(run.input(0).type(), compare);
}

/// An operation on the bits of integers or booleans.
template <class Formula>
void evaluate_bits(Evaluation& run, const Formula& formula) {
  const auto combine = [&]<class T>(std::type_identity<T>) {
    apply_binary<T, T>(run, aligned_lengths(run, 1), [&](T a, T b) { return static_cast<T>(formula(a, b)); });
  };
  if (run.input(0).type() == ElementType::boolean) return combine(std::type_identity<std::uint8_t>{});
  visit_integer(run.input(0).type(), combine);
}

/// Integers wrap around.
template <class T, class Formula>
T wrapping(T a, T b, const Formula& formula) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(formula(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
  } else {
    return formula(a, b);
  }
}

/// throws  LayerError if an integer divisor is 0
template <class T>
void expect_divisor(T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == 0) throw LayerError("divides an integer by 0");
  }
}

/// True for the one division that leaves its type: the smallest integer by -1.
template <class T>
bool overflows(T a, T b) {
  if constexpr (std::is_signed_v<T> && std::is_integral_v<T>) {
    return b == -1 && a == std::numeric_limits<T>::min();
  } else {
    return false;
  }
}

}  // namespace lpt

// ScatterElementsUpdate: a copy of the data in which each update replaces or joins the element at its own place, but at
// its index along the axis. Without use_init_val the old element does not count. Source: OpenVINO
// ScatterElementsUpdate-3, ScatterElementsUpdate-12.
#include <cstring>

#include "ops/indexed.hpp"

namespace lpt {

std::vector<OutputSpec> scatter_elements_update_infer(const Arguments& arguments) {
  const auto& data = arguments.lengths(0);
  if (arguments.type(2) != arguments.type(0))
    throw LayerError("its updates are {}, its data {}", name(arguments.type(2)), name(arguments.type(0)));
  if (arguments.lengths(2) != arguments.lengths(1)) {
    throw LayerError("its updates are [{}], its indices [{}]", to_string(arguments.lengths(2)),
                     to_string(arguments.lengths(1)));
  }
  expect_inside(arguments.lengths(1), data, axis_of(required_integer(arguments, 3), data.size()));
  expect_reducible(reduction(arguments.node()), arguments.type(0));
  return one_output(arguments.type(0), data);
}

namespace {

/// What a reduction begins with if the old element does not count.
template <class T>
T neutral(Reduction reduction) {
  using Limits = std::numeric_limits<T>;
  if (reduction == Reduction::min) return Limits::has_infinity ? Limits::infinity() : Limits::max();
  if (reduction == Reduction::max) return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  return reduction == Reduction::prod ? 1 : 0;
}

template <class T>
T divided(T sum, std::int64_t count) {
  if constexpr (std::is_integral_v<T>) {
    // Rounded down, as OpenVINO rounds the mean of integers.
    auto quotient = static_cast<std::int64_t>(sum) / count;
    if (static_cast<std::int64_t>(sum) % count < 0) --quotient;
    return static_cast<T>(quotient);
  } else {
    return sum / static_cast<T>(count);
  }
}

template <class T>
void update(Evaluation& run, const Lengths& places, Reduction how) {
  const bool counts = boolean_attribute(run.node(), "use_init_val", true);
  T* out = run.output().data<T>();
  const T* updates = run.input(2).data<T>();
  if (!counts && how != Reduction::none) {
    for (const auto at : places) out[at] = neutral<T>(how);
  }
  std::vector<std::int64_t> joined;  // how many a mean is of
  if (how == Reduction::mean) joined.assign(static_cast<std::size_t>(run.output().count()), counts ? 1 : 0);
  for (std::size_t i = 0; i < places.size(); ++i) {
    T& element = out[places[i]];
    element = reduced(how, element, updates[i]);
    if (how == Reduction::mean) ++joined[static_cast<std::size_t>(places[i])];
  }
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (joined[i] > 1) out[i] = divided(out[i], joined[i]);
  }
}

}  // namespace

void scatter_elements_update_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  std::memcpy(run.output().bytes(), data.bytes(), data.byte_count());
  const auto axis = axis_of(run.integers(3).at(0), data.rank());
  const auto places = places_along(data.lengths(), run.input(1).lengths(), run.integers(1), axis);
  const auto how = reduction(run.node());
  if (how == Reduction::none) {
    return visit_width(data.type(), [&]<class T>(std::type_identity<T>) { update<T>(run, places, how); });
  }
  visit_number(data.type(), [&]<class T>(std::type_identity<T>) { update<T>(run, places, how); });
}

}  // namespace lpt

// ScatterNDUpdate: a copy of the data in which each tuple of indices names a slice that its update replaces or joins.
// Source: OpenVINO ScatterNDUpdate-3, ScatterNDUpdate-15.
#include <cstring>

#include "ops/indexed.hpp"

namespace lpt {

std::vector<OutputSpec> scatter_nd_update_infer(const Arguments& arguments) {
  const auto& data = arguments.lengths(0);
  if (arguments.type(2) != arguments.type(0))
    throw LayerError("its updates are {}, its data {}", name(arguments.type(2)), name(arguments.type(0)));
  const auto& indices = arguments.lengths(1);
  if (indices.empty() || indices.back() > static_cast<std::int64_t>(data.size()))
    throw LayerError("its indices are [{}], its data is [{}]", to_string(indices), to_string(data));
  Lengths updates(indices.begin(), indices.end() - 1);
  updates.insert(updates.end(), data.begin() + indices.back(), data.end());
  if (arguments.lengths(2) != updates)
    throw LayerError("its updates are [{}], should be [{}]", to_string(arguments.lengths(2)), to_string(updates));
  expect_reducible(reduction(arguments.node()), arguments.type(0));
  return one_output(arguments.type(0), data);
}

void scatter_nd_update_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const Tensor& updates = run.input(2);
  Tensor& out = run.output();
  std::memcpy(out.bytes(), data.bytes(), data.byte_count());
  const auto& lengths = run.input(1).lengths();
  const auto places = places_of_tuples(data.lengths(), lengths, run.integers(1), 0);
  const auto slice = product(data.lengths(), static_cast<std::size_t>(lengths.back()), data.rank());
  const auto how = reduction(run.node());
  const auto update = [&]<class T>(std::type_identity<T>) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      T* to = out.data<T>() + places[i];
      const T* from = updates.data<T>() + static_cast<std::int64_t>(i) * slice;
      for (std::int64_t k = 0; k < slice; ++k) to[k] = reduced(how, to[k], from[k]);
    }
  };
  if (how == Reduction::none) return visit_width(data.type(), update);
  visit_number(data.type(), update);
}

}  // namespace lpt

// GatherND: each tuple along the last axis of the indices names a slice of the data, behind batch_dims axes that both
// share. Source: OpenVINO GatherND-5 (joins the batch axes to one), GatherND-8.
#include <cstring>

#include "ops/indexed.hpp"

namespace lpt {

namespace {

std::size_t batch_axes(const Arguments& arguments) {
  const auto& data = arguments.lengths(0);
  const auto& indices = arguments.lengths(1);
  const auto batch = integer_attribute(arguments.node(), "batch_dims", 0);
  if (indices.empty()) throw LayerError("its indices have no axis");
  if (batch < 0 || batch >= static_cast<std::int64_t>(std::min(data.size() + 1, indices.size())))
    throw LayerError("batch_dims is {}, its inputs are [{}] and [{}]", batch, to_string(data), to_string(indices));
  const auto shared = static_cast<std::size_t>(batch);
  if (static_cast<std::size_t>(indices.back()) > data.size() - shared)
    throw LayerError("its tuples have {} indices, its data has {} axes for them", indices.back(), data.size() - shared);
  for (std::size_t i = 0; i < shared; ++i) {
    if (data[i] != indices[i])
      throw LayerError("its data [{}] and indices [{}] differ in batch axis {}", to_string(data), to_string(indices),
                       i);
  }
  return shared;
}

}  // namespace

std::vector<OutputSpec> gather_nd_infer(const Arguments& arguments) {
  const auto batch = batch_axes(arguments);
  const auto& data = arguments.lengths(0);
  const auto& indices = arguments.lengths(1);
  Lengths result(indices.begin(), indices.end() - 1);
  if (set_number(arguments.node()) < 8 && batch > 1) {
    result.erase(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(batch));
    result.insert(result.begin(), product(indices, 0, batch));
  }
  result.insert(result.end(), data.begin() + static_cast<std::ptrdiff_t>(batch) + indices.back(), data.end());
  return one_output(arguments.type(0), result);
}

void gather_nd_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto batch = batch_axes(run.arguments());
  const auto& lengths = run.input(1).lengths();
  const auto places = places_of_tuples(data.lengths(), lengths, run.integers(1), batch);
  const auto element = bits(data.type()) / 8;
  const auto slice =
      static_cast<std::size_t>(product(data.lengths(), batch + static_cast<std::size_t>(lengths.back()), data.rank())) *
      element;
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::memcpy(run.output().bytes() + i * slice, data.bytes() + static_cast<std::size_t>(places[i]) * element, slice);
  }
}

}  // namespace lpt

// ScatterUpdate: a copy of the data in which the slices at the indices along the axis are replaced.
// Source: OpenVINO ScatterUpdate-3.
#include <cstring>

#include "ops/indexed.hpp"

namespace lpt {

std::vector<OutputSpec> scatter_update_infer(const Arguments& arguments) {
  const auto& data = arguments.lengths(0);
  if (arguments.type(2) != arguments.type(0))
    throw LayerError("its updates are {}, its data {}", name(arguments.type(2)), name(arguments.type(0)));
  const auto axis = static_cast<std::ptrdiff_t>(axis_of(required_integer(arguments, 3), data.size()));
  Lengths updates(data.begin(), data.begin() + axis);
  updates.insert(updates.end(), arguments.lengths(1).begin(), arguments.lengths(1).end());
  updates.insert(updates.end(), data.begin() + axis + 1, data.end());
  if (product(arguments.lengths(2)) != product(updates))
    throw LayerError("its updates are [{}], should be [{}]", to_string(arguments.lengths(2)), to_string(updates));
  return one_output(arguments.type(0), data);
}

void scatter_update_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  Tensor& out = run.output();
  std::memcpy(out.bytes(), data.bytes(), data.byte_count());
  const auto axis = axis_of(run.integers(3).at(0), data.rank());
  const auto indices = run.integers(1);
  const auto length = data.lengths()[axis];
  const auto outer = product(data.lengths(), 0, axis);
  const auto slice = static_cast<std::size_t>(product(data.lengths(), axis + 1, data.rank())) * bits(data.type()) / 8;
  const std::byte* from = run.input(2).bytes();
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const auto index : indices) {
      const auto at = checked_index(index, length);
      std::memcpy(out.bytes() + static_cast<std::size_t>(o * length + at) * slice, from, slice);
      from += slice;
    }
  }
}

}  // namespace lpt

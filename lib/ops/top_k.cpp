// TopK: the k largest or smallest elements along an axis, and where they lie; sorted by value, by index, or not at all
// (which here is by value). Equal elements keep their order. Source: OpenVINO TopK-1, TopK-3, TopK-11.
#include <algorithm>

#include <numeric>

#include "ops/axis_lines.hpp"
#include "tensor/parallel.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

std::vector<OutputSpec> top_k_infer(const Arguments& arguments) {
  Lengths lengths = arguments.lengths(0);
  const Node& node = arguments.node();
  const auto axis = axis_of(integer_attribute(node, "axis"), lengths.size());
  const auto k = required_integer(arguments, 1);
  if (k < 0 || k > lengths[axis]) throw LayerError("k is {}, its axis has {} elements", k, lengths[axis]);
  lengths[axis] = k;
  const auto type = index_type_attribute(node, "index_element_type", ElementType::i32);
  return {{arguments.type(0), shape_of(lengths)}, {type, shape_of(lengths)}};
}

void top_k_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto axis = axis_of(integer_attribute(run.node(), "axis"), data.rank());
  const bool largest = enumeration_attribute(run.node(), "mode", {"max", "min"}, 0) == 0;
  const bool by_index = enumeration_attribute(run.node(), "sort", {"value", "index", "none"}, 0) == 1;
  const AxisLines lines(data.lengths(), axis);
  const AxisLines found(run.output_lengths(), axis);
  Tensor& indices = run.output(1);
  visit_number(data.type(), [&]<class T>(std::type_identity<T>) {
    T* out = run.output().data<T>();
    parallel_ranges(lines.count, lines.length * 10, [&](std::int64_t begin, std::int64_t end) {
      std::vector<std::int64_t> order(static_cast<std::size_t>(lines.length));
      for (std::int64_t line = begin; line < end; ++line) {
        const T* in = data.data<T>() + lines.first(line);
        std::iota(order.begin(), order.end(), std::int64_t{0});
        const auto last = order.begin() + found.length;
        std::partial_sort(order.begin(), last, order.end(), [&](std::int64_t a, std::int64_t b) {
          const T x = in[a * lines.stride];
          const T y = in[b * lines.stride];
          if (x != y) return largest ? x > y : x < y;
          return a < b;
        });
        if (by_index) std::sort(order.begin(), last);
        for (std::int64_t i = 0; i < found.length; ++i) {
          const auto at = order[static_cast<std::size_t>(i)];
          const auto place = found.first(line) + i * found.stride;
          out[place] = in[at * lines.stride];
          if (indices.type() == ElementType::i32) {
            indices.data<std::int32_t>()[place] = static_cast<std::int32_t>(at);
          } else {
            indices.data<std::int64_t>()[place] = at;
          }
        }
      }
    });
  });
}

}  // namespace lpt

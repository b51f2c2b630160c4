// NonZero: the indices of the elements that are not 0, one row for each axis.
// Source: OpenVINO NonZero-3.
#include "ops/operation.hpp"
#include "tensor/convert.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

namespace {

Tensor truth(const Tensor& tensor) { return convert(tensor, ElementType::boolean); }

}  // namespace

std::vector<OutputSpec> non_zero_infer(const Arguments& arguments) {
  const auto type = index_type_attribute(arguments.node(), "output_type", ElementType::i64);
  const auto elements = truth(arguments.tensor(0));
  std::int64_t found = 0;
  for (std::int64_t i = 0; i < elements.count(); ++i) found += elements.data<std::uint8_t>()[i];
  return one_output(type, {static_cast<std::int64_t>(arguments.lengths(0).size()), found});
}

void non_zero_evaluate(Evaluation& run) {
  const auto& lengths = run.input(0).lengths();
  const auto elements = truth(run.input(0));
  visit_integer(run.output_type(), [&]<class T>(std::type_identity<T>) {
    T* out = run.output().data<T>();
    const auto found = run.output_lengths()[1];
    std::int64_t column = 0;
    for (std::int64_t i = 0; i < elements.count(); ++i) {
      if (elements.data<std::uint8_t>()[i] == 0) continue;
      auto rest = i;
      for (std::size_t axis = lengths.size(); axis-- > 0;) {
        out[static_cast<std::int64_t>(axis) * found + column] = static_cast<T>(rest % lengths[axis]);
        rest /= lengths[axis];
      }
      ++column;
    }
  });
}

}  // namespace lpt

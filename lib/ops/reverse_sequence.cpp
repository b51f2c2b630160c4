// ReverseSequence: turns the first seq_lengths[b] elements along seq_axis around, for each b along batch_axis.
// Source: OpenVINO ReverseSequence-0.
#include "ops/operation.hpp"
#include "tensor/strided.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

std::vector<OutputSpec> reverse_sequence_infer(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  const auto batch = axis_of(integer_attribute(arguments.node(), "batch_axis", 0), lengths.size());
  const auto sequence = axis_of(integer_attribute(arguments.node(), "seq_axis", 1), lengths.size());
  const auto turned = required_integers(arguments, 1);
  if (static_cast<std::int64_t>(turned.size()) != lengths[batch])
    throw LayerError("has {} sequence lengths for a batch of {}", turned.size(), lengths[batch]);
  for (const auto length : turned) {
    if (length < 0 || length > lengths[sequence])
      throw LayerError("a sequence length is {}, the axis has {}", length, lengths[sequence]);
  }
  return one_output(arguments.type(0), lengths);
}

void reverse_sequence_evaluate(Evaluation& run) {
  const Tensor& data = run.input(0);
  const auto batch = axis_of(integer_attribute(run.node(), "batch_axis", 0), data.rank());
  const auto sequence = axis_of(integer_attribute(run.node(), "seq_axis", 1), data.rank());
  const auto turned = run.integers(1);
  const auto strides = strides_of(data.lengths());
  visit_width(data.type(), [&]<class T>(std::type_identity<T>) {
    for (std::int64_t i = 0; i < data.count(); ++i) {
      const auto at = i / strides[sequence] % data.lengths()[sequence];
      const auto length = turned[static_cast<std::size_t>(i / strides[batch] % data.lengths()[batch])];
      const auto from = at < length ? i + (length - 1 - 2 * at) * strides[sequence] : i;
      run.output().data<T>()[i] = data.data<T>()[from];
    }
  });
}

}  // namespace lpt

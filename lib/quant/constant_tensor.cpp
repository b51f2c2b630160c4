#include "quant/constant_tensor.hpp"

#include "tensor/convert.hpp"

namespace lpt {

std::optional<Tensor> constant_tensor(Value value, std::uint64_t most) {
  // Longer chains would be walked again and again, from each of their layers.
  constexpr std::size_t kMostConverts = 16;
  std::vector<ElementType> types;
  while (value.node().is("Convert") && value.node().input_count() == 1) {
    if (types.size() == kMostConverts) return std::nullopt;
    types.push_back(value.type());
    value = value.node().input(0);
  }
  const Node& node = value.node();
  if (node.constant() == nullptr || !value.shape().is_static() || *value.shape().element_count() > most)
    return std::nullopt;
  if (value.type() == ElementType::string || value.type() == ElementType::dynamic) return std::nullopt;
  Tensor tensor(value.type(), lengths_of(value.shape()));
  if (node.constant()->size() < tensor.byte_count()) return std::nullopt;
  node.constant()->read(0, {tensor.bytes(), tensor.byte_count()});
  for (auto type = types.rbegin(); type != types.rend(); ++type) {
    if (!can_convert(tensor.type(), *type)) return std::nullopt;
    tensor = convert(tensor, *type);
  }
  return tensor;
}

}  // namespace lpt

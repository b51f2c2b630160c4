#include "quant/constant_tensor.hpp"

#include "tensor/convert.hpp"

namespace lpt {

std::optional<Tensor> constant_tensor(Value value, std::uint64_t most) {
  const Node& node = value.node();
  if (node.is("Convert") && node.input_count() == 1) {
    auto tensor = constant_tensor(node.input(0), most);
    if (!tensor || !can_convert(tensor->type(), value.type())) return std::nullopt;
    return convert(*tensor, value.type());
  }
  if (node.constant() == nullptr || !value.shape().is_static() || *value.shape().element_count() > most)
    return std::nullopt;
  if (value.type() == ElementType::string || value.type() == ElementType::dynamic) return std::nullopt;
  Tensor tensor(value.type(), lengths_of(value.shape()));
  if (node.constant()->size() < tensor.byte_count()) return std::nullopt;
  node.constant()->read(0, {tensor.bytes(), tensor.byte_count()});
  return tensor;
}

}  // namespace lpt

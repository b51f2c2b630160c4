#pragma once

#include <optional>

#include "ir/model.hpp"
#include "ir/node_map.hpp"
#include "quant/small_tensor.hpp"

namespace lpt {

/// What the numbers of a tensor mean: real = scale * (value - zero_point).
struct Unit {
  SmallTensor scale;  ///< of a shape that broadcasts to the tensor
  std::optional<SmallTensor> zero_point;
  bool is_integer = false;  ///< the tensor has an integer type
};

/// The tensors of a model that hold integers, or other multiples, of what they stand for: those that its rt_info lists,
/// integers that are dequantized, and what only moves either of them.
class Units {
 public:
  explicit Units(const Model& model);

  /// Null where nothing is known, and a value is what it stands for.
  const Unit* of(Value value) const { return units_.find(value); }

 private:
  ValueMap<Unit> units_;
};

}  // namespace lpt

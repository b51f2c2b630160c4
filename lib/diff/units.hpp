#pragma once

#include <optional>

#include "ir/model.hpp"
#include "ir/node_map.hpp"
#include "quant/small_tensor.hpp"

namespace lpt {

/// What the numbers of a tensor mean: real = scale * (value - zero_point).
struct Unit {
  SmallTensor scale;  ///< of a shape that broadcasts to the tensor
  std::optional<SmallTensor> zero_point = {};
  bool is_integer = false;  ///< the tensor has an integer type
  bool is_listed = false;   ///< by the model, and not only found in the graph
};

/// One scale and one zero point for all elements.
bool is_uniform(const Unit& unit);
/// Scalars in the place of what is uniform.
Unit collapsed(Unit unit);

/// The tensors of a model that hold integers, or other multiples, of what they stand for: those that its rt_info lists,
/// integers that are dequantized, what somebody else knows, and what only moves or adds up any of them.
class Units {
 public:
  explicit Units(const Model& model);

  /// Null where nothing is known, and a value is what it stands for.
  const Unit* of(Value value) const { return units_.find(value); }
  /// In the place of what is not listed.
  void learn(Value value, Unit unit);
  /// Finds the units of what moves and adds up the values that units are known of.
  void spread(const Graph& graph);

 private:
  ValueMap<Unit> units_;
};

}  // namespace lpt

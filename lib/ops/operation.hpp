#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ops/attributes.hpp"
#include "tensor/tensor.hpp"

namespace lpt {

/// Receives one sentence about a layer that is legal but odd.
using LayerWarn = std::function<void(const std::string&)>;

/// What an operation is applied to, as far as it is known: in a file types, partial shapes and the values of constants;
/// at run time everything.
class Arguments {
 public:
  /// As the graph knows them. All inputs must be connected.
  explicit Arguments(const Node& node) : node_(node) {}
  /// At run time. The tensors must live as long as this.
  Arguments(const Node& node, std::span<const Tensor> tensors);
  /// Likewise, for a type-relaxed layer, whose rules are to see other types than the tensors have.
  Arguments(const Node& node, std::span<const Tensor> tensors, std::vector<ElementType> believed);

  const Node& node() const { return node_; }
  std::size_t size() const { return node_.input_count(); }
  ElementType type(std::size_t index) const;
  const Shape& shape(std::size_t index) const;
  /// The values of an input of integers; empty if they are not known, or too many to matter.
  std::optional<std::vector<std::int64_t>> integers(std::size_t index) const;
  /// An input's lengths and elements. throws  NotInferred if a file does not say them: the lengths of a shape that is not
  /// static, the elements of what is no constant or a large one
  const Lengths& lengths(std::size_t index) const;
  const Tensor& tensor(std::size_t index) const;

 private:
  const Node& node_;
  std::optional<std::span<const Tensor>> tensors_;  ///< empty in a file
  std::vector<Shape> shapes_;
  std::vector<ElementType> believed_;
  mutable std::vector<Lengths> lengths_;   ///< in a file, of the inputs that were asked for
  mutable std::vector<Tensor> constants_;  ///< likewise
};

/// The elements of a Const. throws  LayerError if it has no bytes, or elements that are not run
Tensor constant_tensor(const Node& node);

/// One operation at work: its inputs are there, its outputs are wanted.
class Evaluation {
 public:
  /// throws  LayerError if an output does not fit the memory of this machine
  Evaluation(const Node& node, std::vector<Tensor> inputs, std::vector<OutputSpec> outputs);

  const Node& node() const { return node_; }
  std::size_t input_count() const { return inputs_.size(); }
  const Tensor& input(std::size_t index) const {
    expect_input(index, inputs_.size());
    return inputs_[index];
  }
  Arguments arguments() const { return {node_, inputs_}; }
  std::vector<std::int64_t> integers(std::size_t index) const;

  std::size_t output_count() const { return outputs_.size(); }
  ElementType output_type(std::size_t index = 0) const { return specs_[index].type; }
  const Lengths& output_lengths(std::size_t index = 0) const { return lengths_[index]; }
  /// The tensor to fill, of the type and lengths that were inferred.
  Tensor& output(std::size_t index = 0);
  /// Likewise, in the memory of an input that nobody else needs and whose elements are read just before their place is
  /// written; otherwise in memory of its own.
  Tensor& output_over(std::size_t input);
  /// Gives an output that shares the elements of another tensor.
  void set_output(std::size_t index, Tensor tensor) { outputs_[index] = std::move(tensor); }

  std::vector<Tensor> take_outputs();

 private:
  const Node& node_;
  std::vector<Tensor> inputs_;
  std::vector<OutputSpec> specs_;
  std::vector<Lengths> lengths_;
  std::vector<Tensor> outputs_;
};

/// What is known here about an operation. All its inputs are connected when these are called.
struct Operation {
  std::string_view type;
  unsigned first_set;  ///< the oldest operation set that has it
  /// Checks attributes, inputs and bodies in a file; throws LayerError. Null if there is nothing to check.
  void (*check)(const Node& node, const LayerWarn& warn);
  /// Types and shapes of all outputs, from inputs and attributes; throws LayerError. Null if lib/exec runs the layer
  /// itself.
  std::vector<OutputSpec> (*infer)(const Arguments& arguments);
  /// True if `infer` also serves for what a file knows. If not, the ports of the file are the only word on the outputs,
  /// and are kept as written.
  bool infers_partial_shapes;
  /// Fills the outputs; throws LayerError. Null if lib/exec runs the layer itself.
  void (*evaluate)(Evaluation& run);
};

/// The operation of a layer; null if its type is not in ops.def or its set is not one of opset1 ... opset16.
const Operation* find_operation(std::string_view type, std::string_view version);
inline const Operation* find_operation(const Node& node) { return find_operation(node.type(), node.version()); }
/// throws  LayerError if a layer of a type in ops.def names a set of OpenVINO's without it
void expect_in_its_set(const Node& node);
/// The types in ops.def.
std::vector<std::string_view> operation_types();

/// The operation set of a layer, "opset1"; of a type-relaxed layer that of the operation inside.
std::string_view operation_set(const Node& node);

/// The number of the operation set of a layer that find_operation knows. A set holds the newest version of an operation
/// up to its number.
unsigned set_number(const Node& node);

/// True if a layer was made to have other types than its operation allows.
inline bool is_type_relaxed(const Node& node) { return operation_set(node).size() != node.version().size(); }

/// throws  NotInferred unless an input is of a real type; OpenVINO reads others, and runs none
void expect_real(const Arguments& arguments, std::size_t index);

/// The values of an input of integers, at run time. throws  LayerError if it holds anything else
std::vector<std::int64_t> required_integers(const Arguments& arguments, std::size_t index);
/// Likewise of an input of one integer.
std::int64_t required_integer(const Arguments& arguments, std::size_t index);
/// Likewise of an input of one number of any type.
double required_real(const Arguments& arguments, std::size_t index);

/// One output of a static shape.
std::vector<OutputSpec> one_output(ElementType type, const Lengths& lengths);

}  // namespace lpt

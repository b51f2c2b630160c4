#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "ir/graph.hpp"

namespace lpt {

/// What is wrong with one layer, without its place; whoever knows the file puts that in front.
class LayerError : public std::runtime_error {
 public:
  template <class... Args>
  explicit LayerError(fmt::format_string<Args...> format, Args&&... args)
      : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// Receives one sentence about a layer that is legal but odd.
using LayerWarn = std::function<void(const std::string&)>;

/// What is known here about an operation. All its inputs are connected when these are called.
struct Operation {
  std::string_view type;
  /// Checks attributes, inputs and bodies; throws LayerError. Null if there is nothing to check.
  void (*check)(const Node& node, const LayerWarn& warn);
  /// Types and shapes of all outputs, from inputs and attributes; throws LayerError. Null if it is not known here:
  /// then the ports of the file are the only word on them, and are kept as written.
  std::vector<OutputSpec> (*infer)(const Node& node);
};

/// The operation of a layer; null if its type is not in ops.def or its set is not one of opset1 ... opset16.
const Operation* find_operation(std::string_view type, std::string_view version);
inline const Operation* find_operation(const Node& node) { return find_operation(node.type(), node.version()); }

/// Attributes of data, each with the error that its absence or its text deserves.
std::string_view required_attribute(const Node& node, std::string_view name);
std::int64_t integer_attribute(const Node& node, std::string_view name);
ElementType element_type_attribute(const Node& node, std::string_view name);
bool boolean_attribute(const Node& node, std::string_view name, bool otherwise);
std::vector<std::int64_t> integer_list_attribute(const Node& node, std::string_view name);
/// The place of the attribute's text in `members`, in any case; `otherwise` if the attribute is absent.
std::size_t enumeration_attribute(const Node& node, std::string_view name, const std::vector<std::string_view>& members,
                                  std::size_t otherwise);

/// throws  LayerError unless the node has between `least` and `most` inputs
void expect_inputs(const Node& node, std::size_t least, std::size_t most);

/// The values of an integer Const that feeds an input; empty if another layer feeds it or it is too large to matter.
std::optional<std::vector<std::int64_t>> constant_integers(Value value);

}  // namespace lpt

#pragma once

#include <cstdint>
#include <optional>
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

/// Why nothing can be said of the outputs of a layer, though nothing is wrong with it: a length or a value is not known
/// before it runs, or the layer has a form that is not run here.
class NotInferred : public LayerError {
 public:
  using LayerError::LayerError;
};

/// Attributes of data, each with the error that its absence or its text deserves; `otherwise` if there may be none.
std::string_view required_attribute(const Node& node, std::string_view name);
std::int64_t integer_attribute(const Node& node, std::string_view name);
std::int64_t integer_attribute(const Node& node, std::string_view name, std::int64_t otherwise);
std::vector<std::int64_t> integer_list_attribute(const Node& node, std::string_view name);
std::vector<std::int64_t> integer_list_attribute(const Node& node, std::string_view name,
                                                 std::vector<std::int64_t> otherwise);
double real_attribute(const Node& node, std::string_view name);
double real_attribute(const Node& node, std::string_view name, double otherwise);
/// Empty if there is no such attribute.
std::vector<float> real_list_attribute(const Node& node, std::string_view name);
bool boolean_attribute(const Node& node, std::string_view name, bool otherwise);
ElementType element_type_attribute(const Node& node, std::string_view name);
/// The type of an output of indices: i64 or i32.
ElementType index_type_attribute(const Node& node, std::string_view name, ElementType otherwise);
/// The place of the attribute's text in `members`, in any case; `otherwise` if the attribute is absent.
std::size_t enumeration_attribute(const Node& node, std::string_view name, const std::vector<std::string_view>& members,
                                  std::size_t otherwise);

/// Constants of more elements are data, and matter to no rule.
inline constexpr std::uint64_t kMostConstantElements = 4096;

/// The values of an integer Const that feeds an input; empty if another layer feeds it or it is too large to matter.
std::optional<std::vector<std::int64_t>> constant_integers(Value value);

/// throws  LayerError if a layer with `count` inputs does not have the one that its operation needs
void expect_input(std::size_t index, std::size_t count);
/// throws  LayerError unless the node has between `least` and `most` inputs
void expect_inputs(const Node& node, std::size_t least, std::size_t most);

/// `axis`, which may count from the end, as 0 ... rank-1.
/// throws  LayerError if there is no such axis
std::size_t axis_of(std::int64_t axis, std::size_t rank);
/// Likewise all of a list, in the order given. throws  NotInferred if one is named twice, as OpenVINO allows
std::vector<std::size_t> axes_of(const std::vector<std::int64_t>& axes, std::size_t rank);

}  // namespace lpt

#include "ops/attributes.hpp"

#include <algorithm>
#include <cctype>

#include "ir/number.hpp"

namespace lpt {
namespace {

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// A whole number, which old converters also wrote as a real one: "2.0".
std::optional<std::int64_t> whole_number(std::string_view text) {
  text = trim(text);
  const auto point = text.find('.');
  const bool is_whole = point != std::string_view::npos && text.find_first_not_of('0', point + 1) == text.npos;
  return parse_number(is_whole ? text.substr(0, point) : text);
}

/// A list of what `parse` makes of an item.
template <class Parse>
auto list_attribute(const Node& node, std::string_view name, std::string_view kind, Parse parse) {
  const auto text = required_attribute(node, name);
  std::vector<typename decltype(parse(text))::value_type> values;
  for_each_item(without_last_comma(text), [&](std::string_view item) {
    const auto value = parse(item);
    if (!value) throw LayerError("{} is \"{}\", should be a list of {}", name, text, kind);
    values.push_back(*value);
  });
  return values;
}

}  // namespace

std::string_view required_attribute(const Node& node, std::string_view name) {
  const auto* text = node.attribute(name);
  if (text == nullptr) throw LayerError("attribute {} is missing", name);
  return *text;
}

std::int64_t integer_attribute(const Node& node, std::string_view name) {
  const auto text = required_attribute(node, name);
  const auto value = whole_number(text);
  if (!value) throw LayerError("{} is \"{}\", should be an integer", name, text);
  return *value;
}

std::int64_t integer_attribute(const Node& node, std::string_view name, std::int64_t otherwise) {
  return node.attribute(name) == nullptr ? otherwise : integer_attribute(node, name);
}

std::vector<std::int64_t> integer_list_attribute(const Node& node, std::string_view name) {
  return list_attribute(node, name, "integers", whole_number);
}

std::vector<std::int64_t> integer_list_attribute(const Node& node, std::string_view name,
                                                 std::vector<std::int64_t> otherwise) {
  return node.attribute(name) == nullptr ? otherwise : integer_list_attribute(node, name);
}

double real_attribute(const Node& node, std::string_view name) {
  const auto text = required_attribute(node, name);
  const auto value = parse_real(text);
  if (!value) throw LayerError("{} is \"{}\", should be a number", name, text);
  return *value;
}

double real_attribute(const Node& node, std::string_view name, double otherwise) {
  return node.attribute(name) == nullptr ? otherwise : real_attribute(node, name);
}

std::vector<float> real_list_attribute(const Node& node, std::string_view name) {
  if (node.attribute(name) == nullptr) return {};
  return list_attribute(node, name, "numbers", [](std::string_view item) { return parse_real<float>(item); });
}

bool boolean_attribute(const Node& node, std::string_view name, bool otherwise) {
  const auto* text = node.attribute(name);
  if (text == nullptr) return otherwise;
  if (*text == "1" || equal_in_any_case(*text, "true")) return true;
  if (*text == "0" || equal_in_any_case(*text, "false")) return false;
  throw LayerError("{} is \"{}\", should be true or false", name, *text);
}

ElementType element_type_attribute(const Node& node, std::string_view name) {
  const auto text = required_attribute(node, name);
  const auto type = element_type(text);
  if (!type) throw LayerError("{} is \"{}\", should be an element type such as \"f32\"", name, text);
  return *type;
}

ElementType index_type_attribute(const Node& node, std::string_view name, ElementType otherwise) {
  if (node.attribute(name) == nullptr) return otherwise;
  const auto type = element_type_attribute(node, name);
  if (type != ElementType::i64 && type != ElementType::i32)
    throw NotInferred("{} is {}, should be i64 or i32", name, lpt::name(type));
  return type;
}

std::size_t enumeration_attribute(const Node& node, std::string_view name, const std::vector<std::string_view>& members,
                                  std::size_t otherwise) {
  const auto* text = node.attribute(name);
  if (text == nullptr) return otherwise;
  const auto found =
      std::find_if(members.begin(), members.end(), [&](std::string_view m) { return equal_in_any_case(m, *text); });
  if (found == members.end())
    throw LayerError("{} is \"{}\", should be one of {}", name, *text, fmt::join(members, ", "));
  return static_cast<std::size_t>(found - members.begin());
}

std::optional<std::vector<std::int64_t>> constant_integers(Value value) {
  const Blob* blob = value.node().constant();
  const auto count = blob != nullptr ? value.shape().element_count() : std::nullopt;
  if (!count || *count > kMostConstantElements) return std::nullopt;
  const auto decode = [&](auto zero) {
    std::vector<decltype(zero)> raw(*count);
    blob->read(0, std::as_writable_bytes(std::span(raw)));
    return std::vector<std::int64_t>(raw.begin(), raw.end());
  };
  if (value.type() == ElementType::i64) return decode(std::int64_t{});
  if (value.type() == ElementType::i32) return decode(std::int32_t{});
  if (value.type() == ElementType::u64) return decode(std::uint64_t{});
  if (value.type() == ElementType::u32) return decode(std::uint32_t{});
  if (value.type() == ElementType::i8) return decode(std::int8_t{});
  if (value.type() == ElementType::u8) return decode(std::uint8_t{});
  return std::nullopt;
}

void expect_input(std::size_t index, std::size_t count) {
  if (index >= count) throw LayerError("has {} inputs, needs at least {}", count, index + 1);
}

void expect_inputs(const Node& node, std::size_t least, std::size_t most) {
  const auto count = node.input_count();
  if (count >= least && count <= most) return;
  if (least == most) throw LayerError("has {} inputs, should have {}", count, least);
  throw LayerError("has {} inputs, should have {} to {}", count, least, most);
}

std::size_t axis_of(std::int64_t axis, std::size_t rank) {
  const auto limit = static_cast<std::int64_t>(rank);
  if (axis < -limit || axis >= limit) throw LayerError("axis {} does not exist, its tensor has {} axes", axis, rank);
  return static_cast<std::size_t>(axis < 0 ? axis + limit : axis);
}

std::vector<std::size_t> axes_of(const std::vector<std::int64_t>& axes, std::size_t rank) {
  std::vector<std::size_t> result;
  for (const auto axis : axes) {
    const auto found = axis_of(axis, rank);
    if (std::find(result.begin(), result.end(), found) != result.end())
      throw NotInferred("axis {} is named twice", axis);
    result.push_back(found);
  }
  return result;
}

}  // namespace lpt

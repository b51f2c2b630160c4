#include "ops/operation.hpp"

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "ir/number.hpp"

namespace lpt {

#define OPERATION(type, prefix)                                 \
  void prefix##_check(const Node& node, const LayerWarn& warn); \
  std::vector<OutputSpec> prefix##_infer(const Node& node);
#define CHECKED(type, prefix) void prefix##_check(const Node& node, const LayerWarn& warn);
#include "ops/ops.def"
#undef OPERATION
#undef CHECKED

namespace {

constexpr Operation kOperations[] = {
#define OPERATION(type, prefix) {#type, prefix##_check, prefix##_infer},
#define CHECKED(type, prefix) {#type, prefix##_check, nullptr},
#include "ops/ops.def"
#undef OPERATION
#undef CHECKED
};

bool is_known_set(std::string_view version) {
  if (version == "opset1") return true;
  if (version.substr(0, 5) != "opset") return false;
  const auto number = parse_number<unsigned>(version.substr(5));
  return number && *number >= 1 && *number <= 16;
}

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

const Operation* find_operation(std::string_view type, std::string_view version) {
  // A Const is a Const in any set: its bytes have to move with the weights file.
  if (!is_known_set(version) && type != "Const") return nullptr;
  static const std::unordered_map<std::string_view, const Operation*> by_type = [] {
    std::unordered_map<std::string_view, const Operation*> map;
    for (const auto& operation : kOperations) map.emplace(operation.type, &operation);
    return map;
  }();
  const auto found = by_type.find(type);
  return found == by_type.end() ? nullptr : found->second;
}

std::string_view required_attribute(const Node& node, std::string_view name) {
  const auto* text = node.attribute(name);
  if (text == nullptr) throw LayerError("attribute {} is missing", name);
  return *text;
}

std::int64_t integer_attribute(const Node& node, std::string_view name) {
  const auto text = required_attribute(node, name);
  const auto value = parse_number(text);
  if (!value) throw LayerError("{} is \"{}\", should be an integer", name, text);
  return *value;
}

ElementType element_type_attribute(const Node& node, std::string_view name) {
  const auto text = required_attribute(node, name);
  const auto type = element_type(text);
  if (!type) throw LayerError("{} is \"{}\", should be an element type such as \"f32\"", name, text);
  return *type;
}

bool boolean_attribute(const Node& node, std::string_view name, bool otherwise) {
  const auto* text = node.attribute(name);
  if (text == nullptr) return otherwise;
  if (*text == "1" || equal_in_any_case(*text, "true")) return true;
  if (*text == "0" || equal_in_any_case(*text, "false")) return false;
  throw LayerError("{} is \"{}\", should be true or false", name, *text);
}

std::vector<std::int64_t> integer_list_attribute(const Node& node, std::string_view name) {
  const auto text = required_attribute(node, name);
  std::vector<std::int64_t> values;
  for_each_item(text, [&](std::string_view item) {
    const auto value = parse_number(item);
    if (!value) throw LayerError("{} is \"{}\", should be a list of integers", name, text);
    values.push_back(*value);
  });
  return values;
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

void expect_inputs(const Node& node, std::size_t least, std::size_t most) {
  const auto count = node.input_count();
  if (count >= least && count <= most) return;
  if (least == most) throw LayerError("has {} inputs, should have {}", count, least);
  throw LayerError("has {} inputs, should have {} to {}", count, least, most);
}

std::optional<std::vector<std::int64_t>> constant_integers(Value value) {
  constexpr std::uint64_t kMost = 4096;
  const Blob* blob = value.node().constant();
  const auto count = blob != nullptr ? value.shape().element_count() : std::nullopt;
  if (!count || *count > kMost) return std::nullopt;
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

}  // namespace lpt

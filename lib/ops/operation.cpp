#include "ops/operation.hpp"

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "ir/number.hpp"
#include "tensor/convert.hpp"

namespace lpt {

// What the files of the operations define; several operations may share rules, so that some are declared more than
// once.
#define OPERATION(type, rules, values)                               \
  void rules##_check(const Node& node, const LayerWarn& warn);       \
  std::vector<OutputSpec> rules##_infer(const Arguments& arguments); \
  void values##_evaluate(Evaluation& run);
#define DECLARED(type, rules)                                  \
  void rules##_check(const Node& node, const LayerWarn& warn); \
  std::vector<OutputSpec> rules##_infer(const Arguments& arguments);
#define COMPUTED(type, rules, values)                                \
  std::vector<OutputSpec> rules##_infer(const Arguments& arguments); \
  void values##_evaluate(Evaluation& run);
#define CHECKED(type, rules, values)                                  \
  void rules##_check(const Node& node, const LayerWarn& warn);        \
  std::vector<OutputSpec> values##_infer(const Arguments& arguments); \
  void values##_evaluate(Evaluation& run);
#define CONTROL(type, rules) void rules##_check(const Node& node, const LayerWarn& warn);
#include "ops/ops.def"
#undef OPERATION
#undef DECLARED
#undef COMPUTED
#undef CHECKED
#undef CONTROL

namespace {

constexpr Operation kOperations[] = {
#define OPERATION(type, rules, values) {#type, rules##_check, rules##_infer, true, values##_evaluate},
#define DECLARED(type, rules) {#type, rules##_check, rules##_infer, true, nullptr},
#define COMPUTED(type, rules, values) {#type, nullptr, rules##_infer, false, values##_evaluate},
#define CHECKED(type, rules, values) {#type, rules##_check, values##_infer, false, values##_evaluate},
#define CONTROL(type, rules) {#type, rules##_check, nullptr, false, nullptr},
#include "ops/ops.def"
#undef OPERATION
#undef DECLARED
#undef COMPUTED
#undef CHECKED
#undef CONTROL
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

Arguments::Arguments(const Node& node, std::span<const Tensor> tensors) : node_(node), tensors_(tensors) {
  for (const auto& tensor : tensors) shapes_.push_back(shape_of(tensor.lengths()));
}

Arguments::Arguments(const Node& node, std::span<const Tensor> tensors, std::vector<ElementType> believed)
    : Arguments(node, tensors) {
  believed_ = std::move(believed);
}

void expect_input(std::size_t index, std::size_t count) {
  if (index >= count) throw LayerError("has {} inputs, needs at least {}", count, index + 1);
}

ElementType Arguments::type(std::size_t index) const {
  expect_input(index, size());
  if (!believed_.empty()) return believed_[index];
  return tensors_.empty() ? node_.input(index).type() : tensors_[index].type();
}

const Shape& Arguments::shape(std::size_t index) const {
  expect_input(index, size());
  return tensors_.empty() ? node_.input(index).shape() : shapes_[index];
}

std::optional<std::vector<std::int64_t>> Arguments::integers(std::size_t index) const {
  return tensors_.empty() ? constant_integers(node_.input(index)) : required_integers(*this, index);
}

Evaluation::Evaluation(const Node& node, std::vector<Tensor> inputs, std::vector<OutputSpec> outputs,
                       const RunWatch& watch)
    : node_(node), watch_(watch), inputs_(std::move(inputs)), specs_(std::move(outputs)), outputs_(specs_.size()) {
  for (const auto& spec : specs_) {
    if (!bytes_of(spec.type, spec.shape))
      throw LayerError("its output, [{}] of {}, does not fit the memory of this machine", spec.shape.to_string(),
                       name(spec.type));
    lengths_.push_back(lengths_of(spec.shape));
  }
}

std::vector<std::int64_t> Evaluation::integers(std::size_t index) const {
  return required_integers(arguments(), index);
}

Tensor& Evaluation::output(std::size_t index) {
  if (!outputs_[index]) outputs_[index] = Tensor(specs_[index].type, lengths_[index]);
  return outputs_[index];
}

Tensor& Evaluation::output_over(std::size_t input) {
  const Tensor& tensor = inputs_[input];
  const bool fits =
      tensor.is_sole_owner() && bits(tensor.type()) == bits(specs_[0].type) && tensor.lengths() == lengths_[0];
  if (!fits) return output();
  outputs_[0] = tensor.seen_as(specs_[0].type);
  return outputs_[0];
}

std::vector<Tensor> Evaluation::take_outputs() {
  for (std::size_t i = 0; i < outputs_.size(); ++i) output(i);
  return std::move(outputs_);
}

void expect_real(const Arguments& arguments, std::size_t index) {
  if (!is_real(arguments.type(index)))
    throw LayerError("input {} is {}, should be a real type", index, name(arguments.type(index)));
}

std::vector<std::int64_t> required_integers(const Arguments& arguments, std::size_t index) {
  const Tensor& tensor = arguments.tensor(index);
  if (!is_integer(tensor.type()) || bits(tensor.type()) < 8)
    throw LayerError("input {} is {}, should be an integer type", index, name(tensor.type()));
  const Tensor wide = convert(tensor, ElementType::i64);
  return {wide.data<std::int64_t>(), wide.data<std::int64_t>() + wide.count()};
}

std::int64_t required_integer(const Arguments& arguments, std::size_t index) {
  const auto values = required_integers(arguments, index);
  if (values.size() != 1)
    throw LayerError("input {} is [{}], should be one number", index, to_string(arguments.lengths(index)));
  return values[0];
}

double required_real(const Arguments& arguments, std::size_t index) {
  const Tensor& tensor = arguments.tensor(index);
  if (tensor.count() != 1)
    throw LayerError("input {} is [{}], should be one number", index, to_string(tensor.lengths()));
  return *convert(tensor, ElementType::f64).data<double>();
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
      throw LayerError("axis {} is named twice", axis);
    result.push_back(found);
  }
  return result;
}

std::vector<OutputSpec> one_output(ElementType type, const Lengths& lengths) { return {{type, shape_of(lengths)}}; }

double real_attribute(const Node& node, std::string_view name) {
  const auto text = required_attribute(node, name);
  const auto value = parse_real(text);
  if (!value) throw LayerError("{} is \"{}\", should be a number", name, text);
  return *value;
}

double real_attribute(const Node& node, std::string_view name, double otherwise) {
  return node.attribute(name) == nullptr ? otherwise : real_attribute(node, name);
}

std::int64_t integer_attribute(const Node& node, std::string_view name, std::int64_t otherwise) {
  return node.attribute(name) == nullptr ? otherwise : integer_attribute(node, name);
}

std::vector<std::int64_t> integer_list_attribute(const Node& node, std::string_view name,
                                                 std::vector<std::int64_t> otherwise) {
  return node.attribute(name) == nullptr ? otherwise : integer_list_attribute(node, name);
}

std::string_view operation_set(const Node& node) {
  constexpr std::string_view kRelaxed = "type_relaxed_";
  const auto version = node.version();
  return version.substr(0, kRelaxed.size()) == kRelaxed ? version.substr(kRelaxed.size()) : version;
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

ElementType index_type_attribute(const Node& node, std::string_view name, ElementType otherwise) {
  if (node.attribute(name) == nullptr) return otherwise;
  const auto type = element_type_attribute(node, name);
  if (type != ElementType::i64 && type != ElementType::i32)
    throw LayerError("{} is {}, should be i64 or i32", name, lpt::name(type));
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

#include "ops/operation.hpp"

#include <algorithm>
#include <unordered_map>

#include "ir/number.hpp"
#include "tensor/convert.hpp"
#include "tensor/small_types.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {

// What the files of the operations define; several operations may share rules, so that some are declared more than
// once.
#define OPERATION(type, first, rules, values)                        \
  void rules##_check(const Node& node, const LayerWarn& warn);       \
  std::vector<OutputSpec> rules##_infer(const Arguments& arguments); \
  void values##_evaluate(Evaluation& run);
#define DECLARED(type, first, rules)                           \
  void rules##_check(const Node& node, const LayerWarn& warn); \
  std::vector<OutputSpec> rules##_infer(const Arguments& arguments);
#define COMPUTED(type, first, rules, values)                         \
  std::vector<OutputSpec> rules##_infer(const Arguments& arguments); \
  void values##_evaluate(Evaluation& run);
#define CHECKED(type, first, rules, values)                           \
  void rules##_check(const Node& node, const LayerWarn& warn);        \
  std::vector<OutputSpec> values##_infer(const Arguments& arguments); \
  void values##_evaluate(Evaluation& run);
#define CONTROL(type, first, rules) void rules##_check(const Node& node, const LayerWarn& warn);
#include "ops/ops.def"
#undef OPERATION
#undef DECLARED
#undef COMPUTED
#undef CHECKED
#undef CONTROL

namespace {

constexpr Operation kOperations[] = {
#define OPERATION(type, first, rules, values) {#type, first, rules##_check, rules##_infer, true, values##_evaluate},
#define DECLARED(type, first, rules) {#type, first, rules##_check, rules##_infer, true, nullptr},
#define COMPUTED(type, first, rules, values) {#type, first, nullptr, rules##_infer, false, values##_evaluate},
#define CHECKED(type, first, rules, values) {#type, first, rules##_check, values##_infer, false, values##_evaluate},
#define CONTROL(type, first, rules) {#type, first, rules##_check, nullptr, false, nullptr},
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

void expect_in_its_set(const Node& node) {
  const auto version = node.version();
  // The set of what users add to OpenVINO, where any name may stand.
  const auto* operation = version != "extension" ? find_operation(node.type(), "opset16") : nullptr;
  if (operation == nullptr || is_type_relaxed(node)) return;
  if (version.substr(0, 5) != "opset")
    throw LayerError("version is \"{}\", should be one of opset{} to opset16", version, operation->first_set);
  const auto number = parse_number<unsigned>(version.substr(5));
  // opset17 is still being made: whatever it has is left to OpenVINO.
  if (!number || *number < operation->first_set || *number > 17)
    throw LayerError("{} has no {}, should be one of opset{} to opset16", version, node.type(), operation->first_set);
}

std::vector<std::string_view> operation_types() {
  std::vector<std::string_view> types;
  for (const auto& operation : kOperations) types.push_back(operation.type);
  return types;
}

unsigned set_number(const Node& node) { return parse_number<unsigned>(operation_set(node).substr(5)).value_or(0); }

std::string_view operation_set(const Node& node) {
  constexpr std::string_view kRelaxed = "type_relaxed_";
  const auto version = node.version();
  return version.substr(0, kRelaxed.size()) == kRelaxed ? version.substr(kRelaxed.size()) : version;
}

Arguments::Arguments(const Node& node, std::span<const Tensor> tensors) : node_(node), tensors_(tensors) {
  for (const auto& tensor : tensors) shapes_.push_back(shape_of(tensor.lengths()));
}

Arguments::Arguments(const Node& node, std::span<const Tensor> tensors, std::vector<ElementType> believed)
    : Arguments(node, tensors) {
  believed_ = std::move(believed);
}

ElementType Arguments::type(std::size_t index) const {
  expect_input(index, size());
  if (!believed_.empty()) return believed_[index];
  return tensors_ ? (*tensors_)[index].type() : node_.input(index).type();
}

const Shape& Arguments::shape(std::size_t index) const {
  expect_input(index, size());
  return tensors_ ? shapes_[index] : node_.input(index).shape();
}

const Lengths& Arguments::lengths(std::size_t index) const {
  expect_input(index, size());
  if (tensors_) return (*tensors_)[index].lengths();
  if (!shape(index).is_static()) throw NotInferred("the lengths of input {} are not known", index);
  lengths_.resize(size());
  if (lengths_[index].empty()) lengths_[index] = lengths_of(shape(index));
  return lengths_[index];
}

const Tensor& Arguments::tensor(std::size_t index) const {
  expect_input(index, size());
  if (tensors_) return (*tensors_)[index];
  const Node& constant = node_.input(index).node();
  const auto count = constant.constant() != nullptr ? shape(index).element_count() : std::nullopt;
  if (!count || *count > kMostConstantElements) throw NotInferred("the values of input {} are not known", index);
  constants_.resize(size());
  if (!constants_[index]) constants_[index] = constant_tensor(constant);
  return constants_[index];
}

std::optional<std::vector<std::int64_t>> Arguments::integers(std::size_t index) const {
  expect_input(index, size());
  return tensors_ ? required_integers(*this, index) : constant_integers(node_.input(index));
}

Tensor constant_tensor(const Node& node) {
  if (node.constant() == nullptr) throw LayerError("its bytes are not in the weights file");
  const auto type = node.output(0).type();
  if (!is_number(type) && !is_small_type(type) && type != ElementType::boolean)
    throw NotInferred("a constant of type {} is not run", name(type));
  Tensor tensor(type, lengths_of(node.output(0).shape()));
  // In pieces, so that a large constant is not in memory twice, as it lies in the file and as a tensor.
  constexpr std::size_t kPiece = 4 << 20;
  for (std::size_t at = 0; at < tensor.byte_count(); at += kPiece)
    node.constant()->read(at, {tensor.bytes() + at, std::min(kPiece, tensor.byte_count() - at)});
  return tensor;
}

Evaluation::Evaluation(const Node& node, std::vector<Tensor> inputs, std::vector<OutputSpec> outputs)
    : node_(node), inputs_(std::move(inputs)), specs_(std::move(outputs)), outputs_(specs_.size()) {
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
    throw NotInferred("input {} is {}, should be a real type", index, name(arguments.type(index)));
}

std::vector<std::int64_t> required_integers(const Arguments& arguments, std::size_t index) {
  const auto type = arguments.type(index);
  if (!is_integer(type)) throw NotInferred("input {} is {}, should be an integer type", index, name(type));
  const Tensor& tensor = arguments.tensor(index);
  if (bits(tensor.type()) < 8) throw NotInferred("input {} is {}, should be an integer type", index, name(type));
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

std::vector<OutputSpec> one_output(ElementType type, const Lengths& lengths) { return {{type, shape_of(lengths)}}; }

}  // namespace lpt

#include "testing/check_conversion.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <regex>

#include "ir/verify.hpp"
#include "testing/check_rewrite.hpp"
#include "passes/pipeline.hpp"
#include "quant/constant_tensor.hpp"
#include "tensor/convert.hpp"
#include "text/text.hpp"

namespace lpt {
namespace {

std::string type_suffix(Value value) {
  return value.type() == ElementType::f32 ? "" : fmt::format(":{}", name(value.type()));
}

std::string constant_text(Value value, bool bare) {
  const auto tensor = constant_tensor(value, 1000);
  REQUIRE(tensor);
  const auto values = convert(*tensor, ElementType::f64);
  std::vector<std::string> texts;
  for (std::int64_t i = 0; i < values.count(); ++i) texts.push_back(fmt::format("{:.6g}", values.data<double>()[i]));
  const bool is_uniform = std::all_of(texts.begin(), texts.end(), [&](const auto& text) { return text == texts[0]; });
  const auto text = is_uniform && !texts.empty() ? texts[0] : fmt::format("[{}]", fmt::join(texts, ","));
  if (bare) return text;
  return text + type_suffix(value) + (value.shape().rank() == 0 ? "" : fmt::format("[{}]", value.shape().to_string()));
}

bool is_index(Value value) {
  return value.node().is("Const") && (value.type() == ElementType::i64 || value.type() == ElementType::i32);
}

/// The Reshape of stored weights, also of guarded ones; store_pointwise_weights has a test of it.
bool is_pointwise_matrix(const Node& node) {
  if (!node.is("Reshape") || node.output(0).shape().rank() != 4 || node.input(0).shape().rank() != 2) return false;
  auto weights = Dequantization::producing_constant(node.input(0), {});
  if (weights && weights->stored.node().is("FakeQuantize"))
    weights->stored = weights->stored.node().input(0).node().input(0);
  return weights && weights->stored.node().constant() != nullptr;
}

std::string formula_of(Value value) {
  const Node& node = value.node();
  if (node.is("Parameter")) return std::string(node.name());
  if (node.is("Const")) return constant_text(value, false);
  const auto output = node.output_count() > 1 ? fmt::format(".{}", value.index()) : std::string();
  if (node.is("FakeQuantize")) {
    const auto range = [&](std::size_t low) {
      return constant_text(node.input(low), true) + ".." + constant_text(node.input(low + 1), true);
    };
    return fmt::format("FQ{}({}; {} -> {}){}", *node.attribute("levels"), formula_of(node.input(0)), range(1), range(3),
                       type_suffix(value));
  }
  if (is_pointwise_matrix(node)) {
    static const std::regex kShape(R"(\[(\d+),(\d+)\](?=[,)]))");
    return std::regex_replace(formula_of(node.input(0)), kShape, "[$1,$2,1,1]");
  }
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!is_index(node.input(i))) inputs.push_back(formula_of(node.input(i)));
  }
  if (node.is("Clamp")) inputs.push_back(fmt::format("{}..{}", *node.attribute("min"), *node.attribute("max")));
  return fmt::format("{}({}){}{}", node.type(), fmt::join(inputs, ", "), output, type_suffix(value));
}

}  // namespace

Converted::Converted(std::string_view text, Dialect dialect, std::string_view target)
    : model(parse_text(text)), context({Mode::full, dialect, find_target(std::string(target))}) {
  reports = run_passes(model, pipeline(), {}, context);
  verify(model, "the pipeline");
}

std::string Converted::line(std::string_view name) const {
  const auto text = "\n" + print_text(*model.graph);
  const auto begin = text.find(fmt::format("\n{} = ", name));
  if (begin == std::string::npos) return {};
  const auto found = text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
  // One blank between words.
  std::string tidy;
  for (const char c : found) {
    if (c != ' ' || tidy.empty() || tidy.back() != ' ') tidy += c;
  }
  return tidy;
}

std::size_t Converted::kernel_count() const {
  std::size_t count = 0;
  for (const Node* node = model.graph->first(); node != nullptr; node = node->next())
    count += context.integer_kernels.contains(*node);
  return count;
}

std::string fact_text(std::string_view name) {
  const auto fact = std::ranges::find(runtime_facts(), name, &RuntimeFact::name);
  REQUIRE(fact != runtime_facts().end());
  return refusal(*fact).sentence();
}

Refusal Converted::first_refusal(std::string_view pass) const {
  for (const auto& report : reports) {
    if (report.pass == pass && !report.refusals.empty()) return report.refusals[0].reason;
  }
  return {};
}

std::string formula(const Model& model) {
  std::vector<std::string> results;
  for (const Node* node = model.graph->first(); node != nullptr; node = node->next()) {
    if (node->is("Result")) results.push_back(formula_of(node->input(0)));
  }
  return fmt::format("{}", fmt::join(results, "\n"));
}

namespace {

/// What the last of some lines declares.
std::string_view declared_name(std::string_view lines) {
  const auto line = lines.substr(lines.rfind('\n') + 1);
  return line.substr(0, line.find(' '));
}
std::string_view declared_shape(std::string_view line) { return line.substr(line.rfind('[')); }

std::string range_lines(std::string_view name, RangeText range) {
  return fmt::format("{0}l = Const value={1} : f32[{3}]\n{0}h = Const value={2} : f32[{3}]\n", name, range.low,
                     range.high, range.shape);
}

std::string operation_lines(const QuantizedOperation& o) {
  return fake_quantized("q", fmt::format("x = Parameter : f32[{}]", o.in), 256, o.range) +
         fmt::format("{}\ny = {} : f32[{}]\n", o.constants, with_data(o.operation, "q"), o.out);
}

/// The result of a Convolution of data of a shape "batch,channels,height,width".
std::string convolution_lines(std::string_view data, std::string_view shape) {
  const auto batch = shape.substr(0, shape.find(','));
  const auto channels = shape.substr(batch.size() + 1, shape.find(',', batch.size() + 1) - batch.size() - 1);
  const auto place = shape.substr(batch.size() + 1 + channels.size());
  return dequantized("k_w", filled("k_v", "2", "i8", fmt::format("1,{},1,1", channels)), "scale=.01") +
         fmt::format(
             "k = Convolution({}, k_w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit "
             ": "
             "f32[{},1{}]\nk_r = Result(k)\n",
             data, batch, place);
}

}  // namespace

std::string with_data(std::string_view operation, std::string_view data) {
  std::string text(operation);
  for (auto at = text.find('%'); at != std::string::npos; at = text.find('%', at)) text.replace(at, 1, data);
  return text;
}

std::string dequantized(std::string_view name, std::string_view value, std::string_view dequantization) {
  return fmt::format("{}\n{} = Dequantize({}) {} : f32{}\n", value, name, declared_name(value), dequantization,
                     declared_shape(value));
}

std::string fake_quantized(std::string_view name, std::string_view value, int levels, RangeText in, RangeText out) {
  return fmt::format("{1}\n{2}{3}{0} = FakeQuantize({4}, {0}_il, {0}_ih, {0}_ol, {0}_oh) levels={5} : f32{6}\n", name,
                     value, range_lines(fmt::format("{}_i", name), in), range_lines(fmt::format("{}_o", name), out),
                     declared_name(value), levels, declared_shape(value));
}

std::string fake_quantized(std::string_view name, std::string_view value, int levels, RangeText range) {
  return fake_quantized(name, value, levels, range, range);
}

std::string filled(std::string_view name, std::string_view value, std::string_view type, std::string_view shape) {
  const std::vector<std::string_view> values(Shape::parse(shape).value().element_count().value(), value);
  return fmt::format("{} = Const value=[{}] : {}[{}]", name, fmt::join(values, ","), type, shape);
}

std::string before_convolution(const QuantizedOperation& operation) {
  return operation_lines(operation) + convolution_lines("y", operation.out);
}

std::string beside_convolution(const QuantizedOperation& operation) {
  return operation_lines(operation) + "r = Result(y)\n" + convolution_lines("q", operation.in);
}

void check_conversion(std::string_view text, const Expectation& expectation) {
  INFO(text);
  const auto model = parse_text(text);
  verify(model, "parsing");
  const Converted relaxed(text, Dialect::type_relaxed, expectation.target);
  CHECK(relaxed.formula() == expectation.formula);
  check_same_function(model, relaxed.model, expectation.rounding);
  const Converted converted(text, Dialect::openvino, expectation.target);
  const bool is_word = expectation.openvino == "unchanged" || expectation.openvino == "rewritten";
  const auto made = converted.formula();
  CHECK((!is_word ? made : made == formula(model) ? "unchanged" : "rewritten") == expectation.openvino);
  constexpr double kOrderOfOperations = 1e-5;
  check_same_function(model, converted.model, kOrderOfOperations);
}

void check_conversion_refused(std::string_view pass, std::string_view text, Dialect dialect, std::string_view reason,
                              Cause code) {
  INFO(text);
  const Converted converted(text, dialect);
  CHECK(converted.refusal(pass) == reason);
  CHECK(converted.first_refusal(pass).cause() == code);
}

}  // namespace lpt

#include "passes/check_conversion.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "ir/verify.hpp"
#include "passes/check_rewrite.hpp"
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
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!is_index(node.input(i))) inputs.push_back(formula_of(node.input(i)));
  }
  if (node.is("Clamp")) inputs.push_back(fmt::format("{}..{}", *node.attribute("min"), *node.attribute("max")));
  return fmt::format("{}({}){}{}", node.type(), fmt::join(inputs, ", "), output, type_suffix(value));
}

}  // namespace

Converted::Converted(std::string_view text, Dialect dialect, std::string_view target) : model(parse_text(text)) {
  conversion.dialect = dialect;
  conversion.target = find_target(std::string(target));
  reports = run_pipeline(model, {}, conversion);
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

std::string Converted::refusal(std::string_view pass) const {
  for (const auto& report : reports) {
    if (report.pass == pass && !report.refusals.empty()) return report.refusals[0].reason;
  }
  return {};
}

std::string Converted::formula() const {
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

}  // namespace

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

void check_conversion(std::string_view text, const Expectation& expectation) {
  INFO(text);
  const auto model = parse_text(text);
  verify(model, "parsing");
  const Converted relaxed(text, Dialect::type_relaxed, expectation.target);
  CHECK(relaxed.formula() == expectation.formula);
  check_same_function(model, relaxed.model, expectation.rounding);
  constexpr double kOrderOfOperations = 1e-5;
  check_same_function(model, Converted(text, Dialect::openvino, expectation.target).model, kOrderOfOperations);
}

}  // namespace lpt

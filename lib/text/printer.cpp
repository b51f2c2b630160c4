#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/number.hpp"
#include "text/text.hpp"
#include "text/values.hpp"

namespace lpt {
namespace {

bool is_word(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0) return false;
  return std::all_of(
             text.begin(), text.end(),
             [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/' || c == ':'; }) &&
         text.back() != ':';
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// "1, 2" is the file's way to write [1,2]; any other text is shown as it is, in quotes where it needs them.
std::string attribute_value(std::string_view text) {
  std::vector<std::string_view> items;
  for_each_item(text, [&](std::string_view item) { items.push_back(item); });
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-' || c == '+';
  });
  if (plain && !text.empty()) return std::string(text);
  const bool items_plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ',' || c == ' ';
  });
  if (items.size() > 1 && items_plain && fmt::format("{}", fmt::join(items, ", ")) == text)
    return fmt::format("[{}]", fmt::join(items, ","));
  return quoted(text);
}

/// Convert, Subtract and Multiply that the text form shows as one.
struct Pattern {
  const Node* convert;
  const Node* subtract;  ///< null if there is no zero point
  const Node* multiply;
};

/// One graph, with what its names have to look like.
class Printer {
 public:
  Printer(const Graph& graph, std::uint64_t most, bool in_body) : graph_(graph), most_(most), in_body_(in_body) {
    std::unordered_map<std::string_view, int> seen;
    for (const Node* node = graph.first(); node != nullptr; node = node->next()) {
      if (++seen[node->name()] > 1) shared_.insert(node->name());
    }
    for (const Node* node = graph.first(); node != nullptr; node = node->next()) find_pattern(*node);
  }

  void print(std::string& out, int indent, const std::unordered_set<const Node*>* only = nullptr) const {
    const std::string margin(static_cast<std::size_t>(indent), ' ');
    for (const Node* node : graph_.topological_order().nodes) {
      if (hidden_.contains(node) || (only != nullptr && !only->contains(node))) continue;
      auto line = margin + declaration(*node);
      const auto types = type_list(*node);
      if (!types.empty()) {
        constexpr std::size_t kColumn = 56;
        if (line.size() < kColumn) line.append(kColumn - line.size(), ' ');
        line += " : " + types;
      }
      out += line;
      if (!node->bodies().empty()) print_bodies(*node, out, indent);
      out += '\n';
    }
  }

 private:
  void find_pattern(const Node& multiply) {
    if (!is_whole(multiply, "Multiply", 2)) return;
    const Node* convert = &multiply.input(0).node();
    const Node* subtract = nullptr;
    if (is_whole(*convert, "Subtract", 2)) {
      subtract = convert;
      convert = &subtract->input(0).node();
    }
    const bool shown = is_whole(*convert, "Convert", 1) && is_parameter(multiply) &&
                       (subtract == nullptr || is_parameter(*subtract)) && has_one_reader(*convert) &&
                       (subtract == nullptr || has_one_reader(*subtract));
    if (!shown) return;
    patterns_[&multiply] = {convert, subtract, &multiply};
    hidden_.insert({convert, &multiply.input(1).node()});
    if (subtract != nullptr) hidden_.insert({subtract, &subtract->input(1).node()});
  }

  /// A layer that no result reaches may have any number of ports.
  static bool is_whole(const Node& node, std::string_view type, std::size_t inputs) {
    return node.is(type) && node.input_count() == inputs && node.output_count() == 1;
  }

  static bool has_one_reader(const Node& node) {
    return node.output(0).has_one_reader() && node.output(0).names().empty();
  }

  /// A binary operation by a constant that the short form can show: f32, and a scalar or along one axis.
  static bool is_parameter(const Node& node) {
    const auto* rule = node.attribute("auto_broadcast");
    const Node& constant = node.input(1).node();
    if (constant.constant() == nullptr || !has_one_reader(constant) || node.input(1).type() != ElementType::f32)
      return false;
    if (rule == nullptr || *rule != "numpy" || node.attributes().size() != 1) return false;
    const Shape& shape = constant.output(0).shape();
    return shape.rank() == 0 || axis_of(shape, node.output(0).shape()).has_value();
  }

  static std::optional<std::size_t> axis_of(const Shape& shape, const Shape& data) {
    if (!data.has_rank() || shape.rank() != data.rank()) return std::nullopt;
    std::optional<std::size_t> axis;
    for (std::size_t i = 0; i < shape.rank(); ++i) {
      if (shape[i].min == 1) continue;
      if (axis) return std::nullopt;
      axis = i;
    }
    return axis;
  }

  std::string parameter(const Node& node) const {
    const Value value = node.input(1);
    auto text = print_values(value.type(), *value.node().constant(), *value.shape().element_count(), most_);
    const auto axis = axis_of(value.shape(), node.output(0).shape());
    return axis ? fmt::format("{}@{}", text, *axis) : text;
  }

  std::string name_of(const Node& node) const {
    const bool numbered = node.name().empty() || shared_.contains(node.name()) ||
                          (in_body_ && (node.is("Parameter") || node.is("Result")));
    const auto text = is_word(node.name()) ? std::string(node.name()) : quoted(node.name());
    return numbered ? fmt::format("{}#{}", text, node.id()) : text;
  }

  std::string reference(Value value) const {
    const auto name = name_of(value.node());
    return value.node().output_count() > 1 ? fmt::format("{}.{}", name, value.index()) : name;
  }

  std::string declaration(const Node& node) const {
    const auto found = patterns_.find(&node);
    if (found != patterns_.end()) {
      const auto& pattern = found->second;
      auto text = fmt::format("{} = Dequantize({}) scale={}", name_of(node), reference(pattern.convert->input(0)),
                              parameter(node));
      return pattern.subtract == nullptr ? text : fmt::format("{} zero_point={}", text, parameter(*pattern.subtract));
    }
    std::string text =
        fmt::format("{} = {}", name_of(node), is_word(node.type()) ? std::string(node.type()) : quoted(node.type()));
    if (node.version() != "opset1")
      text += fmt::format("@{}", is_word(node.version()) ? std::string(node.version()) : quoted(node.version()));
    std::string inputs;
    for (std::size_t i = 0; i < node.input_count(); ++i) inputs += (i == 0 ? "" : ", ") + reference(node.input(i));
    if (!inputs.empty()) text += fmt::format("({})", inputs);
    for (const auto& [name, value] : node.attributes()) {
      if (is_told_by_type(node, name)) continue;
      text += fmt::format(" {}={}", is_word(name) ? std::string(name) : quoted(name), attribute_value(value));
    }
    if (node.constant() != nullptr) text += " value=" + constant(node);
    return text;
  }

  /// Attributes that stand behind the colon, or that only make sense in a file.
  static bool is_told_by_type(const Node& node, std::string_view name) {
    if (node.is("Parameter")) return name == "shape" || name == "element_type";
    if (node.constant() != nullptr)
      return name == "shape" || name == "element_type" || name == "offset" || name == "size";
    if (node.is("Convert")) return name == "destination_type";
    return name == "auto_broadcast" && *node.attribute(name) == "numpy";
  }

  std::string constant(const Node& node) const {
    const Value value = node.output(0);
    return print_values(value.type(), *node.constant(), value.shape().element_count().value_or(0), most_);
  }

  static std::string type_list(const Node& node) {
    std::string text;
    for (std::size_t i = 0; i < node.output_count(); ++i) {
      const auto& port = node.output_port(i);
      text += fmt::format("{}{}[{}]", i == 0 ? "" : ", ", lpt::name(port.type), port.shape.to_string());
      if (port.names) text += fmt::format(" names={}", quoted(*port.names));
    }
    return text;
  }

  void print_bodies(const Node& node, std::string& out, int indent) const {
    const std::string margin(static_cast<std::size_t>(indent) + 2, ' ');
    out += " {\n";
    if (node.extras() != nullptr) {
      for (const auto& map : node.extras()->port_maps) {
        for (const auto& entry : map.children) {
          out += fmt::format("{}{} {}", margin, map.name, entry.name);
          for (const auto& [name, value] : entry.attributes) out += fmt::format(" {}={}", name, attribute_value(value));
          out += '\n';
        }
      }
    }
    for (const auto& body : node.bodies()) {
      out += fmt::format("{}{} {{\n", margin, body.name);
      Printer(*body.graph, most_, true).print(out, indent + 4);
      out += margin + "}\n";
    }
    out += std::string(static_cast<std::size_t>(indent), ' ') + "}";
  }

  const Graph& graph_;
  std::uint64_t most_;
  bool in_body_;
  std::unordered_set<std::string_view> shared_;
  std::unordered_map<const Node*, Pattern> patterns_;
  std::unordered_set<const Node*> hidden_;
};

}  // namespace

std::string print_text(const Graph& graph, std::uint64_t most_values, const std::unordered_set<const Node*>* only) {
  std::string out;
  Printer(graph, most_values, false).print(out, 0, only);
  return out;
}

}  // namespace lpt

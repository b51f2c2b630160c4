#include <fmt/format.h>

#include <cctype>
#include <unordered_map>

#include "ir/error.hpp"
#include "ir/number.hpp"
#include "ops/operation.hpp"
#include "tensor/rounding.hpp"
#include "text/text.hpp"
#include "text/values.hpp"

namespace lpt {
namespace {

/// The pieces of the text, with the line for messages.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[noreturn]] void fail(std::string_view what) const {
    throw bad_model("line {}: {} at \"{}\"", line_, what,
                    text_.substr(at_, std::min<std::size_t>(20, text_.find('\n', at_) - at_)));
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    const bool comment = at_ < text_.size() && text_[at_] == '#' &&
                         (at_ == 0 || std::isspace(static_cast<unsigned char>(text_[at_ - 1])) != 0);
    if (comment) at_ = std::min(text_.find('\n', at_), text_.size());
  }
  void skip_lines() {
    for (skip_blanks(); at_ < text_.size() && text_[at_] == '\n'; skip_blanks()) {
      ++at_;
      ++line_;
    }
  }
  bool at_end() const { return at_ >= text_.size(); }
  bool at_line_end() const { return at_end() || text_[at_] == '\n'; }
  bool looking_at(char c) const { return at_ < text_.size() && text_[at_] == c; }

  /// Takes a character if it comes next, without blanks in front of it.
  bool take_now(char c) {
    if (!looking_at(c)) return false;
    ++at_;
    return true;
  }
  bool take(char c) {
    skip_blanks();
    return take_now(c);
  }
  void expect(char c) {
    if (!take(c)) fail(fmt::format("'{}' expected", c));
  }
  void expect_line_end() {
    skip_blanks();
    if (!at_line_end()) fail("the line should end");
  }

  /// A word, or a text in quotes.
  std::string word() {
    skip_blanks();
    if (looking_at('"')) return quoted();
    const auto start = at_;
    while (at_ < text_.size() && is_word_character(text_[at_])) ++at_;
    while (at_ > start && text_[at_ - 1] == ':') --at_;
    if (at_ == start) fail("a name expected");
    return std::string(text_.substr(start, at_ - start));
  }

  /// Everything up to a blank, ',' or ')'.
  std::string_view token() {
    const auto start = at_;
    while (at_ < text_.size() && std::string_view(" \t\n,)]@").find(text_[at_]) == std::string_view::npos) ++at_;
    if (at_ == start) fail("a value expected");
    return text_.substr(start, at_ - start);
  }

  /// "[a,b]" as its items, or one token.
  std::vector<std::string_view> list() {
    std::vector<std::string_view> items;
    if (!take_now('[')) return {token()};
    skip_blanks();
    while (!take(']')) {
      skip_blanks();
      items.push_back(token());
      skip_blanks();
      take(',');
    }
    return items;
  }

  std::string_view until(char c) {
    const auto end = text_.find(c, at_);
    if (end == std::string_view::npos) fail(fmt::format("'{}' expected", c));
    const auto piece = text_.substr(at_, end - at_);
    at_ = end + 1;
    return piece;
  }

  std::size_t position() const { return at_; }
  void back_to(std::size_t position) { at_ = position; }

 private:
  static bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '/' || c == ':' || c == '-';
  }

  std::string quoted() {
    std::string out;
    for (++at_; !looking_at('"'); ++at_) {
      if (at_line_end()) fail("a closing '\"' expected");
      if (text_[at_] == '\\') ++at_;
      out += text_[at_ - 1] == '\\' && text_[at_] == 'n' ? '\n' : text_[at_];
    }
    ++at_;
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

struct Parameter {
  std::vector<std::string_view> items;
  std::optional<std::size_t> axis;
};

/// Fills one graph from its lines.
class GraphParser {
 public:
  /// depth  how many bodies the graph stands in
  GraphParser(Scanner& scanner, Model& model, Graph& graph, std::size_t depth)
      : scan_(scanner), model_(model), graph_(graph), depth_(depth) {}

  /// Reads lines until the text or the body ends.
  void parse() {
    for (scan_.skip_lines(); !scan_.at_end() && !scan_.looking_at('}'); scan_.skip_lines()) layer();
  }

 private:
  struct Name {
    std::string text;
    std::optional<std::uint64_t> id;
    std::string key() const { return id ? fmt::format("{}#{}", text, *id) : text; }
  };

  std::string_view keep(std::string text) { return model_.text->keep(std::move(text)); }

  Name name() {
    Name name{scan_.word(), {}};
    if (scan_.take_now('#')) name.id = number();
    return name;
  }

  std::uint64_t number() {
    const auto value = parse_unsigned(scan_.token());
    if (!value) scan_.fail("a number expected");
    return *value;
  }

  void layer() {
    const Name own = name();
    scan_.expect('=');
    LayerSpec spec;
    spec.id = own.id.value_or(next_id_);
    next_id_ = std::max(next_id_, spec.id + 1);
    spec.name = keep(own.text);
    spec.type = keep(scan_.word());
    spec.version = scan_.take_now('@') ? keep(scan_.word()) : "opset1";
    const auto inputs = scan_.take_now('(') ? references() : std::vector<Value>{};
    if (spec.type == "Dequantize") return dequantize(own, inputs);
    std::optional<Parameter> value;
    attributes(spec, value);
    const auto types = scan_.take(':') ? type_list(spec) : std::vector<OutputSpec>{};
    complete(spec, types);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      Input input;
      input.port_id = i;
      spec.inputs.push_back(std::move(input));
    }
    for (std::size_t i = 0; i < spec.outputs.size(); ++i) spec.outputs[i].port_id = inputs.size() + i;
    if (scan_.take('{')) bodies(spec);
    scan_.expect_line_end();
    define(own, spec, inputs, value);
  }

  void define(const Name& own, LayerSpec& spec, const std::vector<Value>& inputs,
              const std::optional<Parameter>& value) {
    Node& node = graph_.append(std::move(spec));
    for (std::size_t i = 0; i < inputs.size(); ++i) graph_.set_input(node, i, inputs[i]);
    if (value) {
      const auto bytes = parse_values(node.output(0).type(), value->items);
      if (!bytes) scan_.fail("value is not of the constant's type");
      const auto count = node.output(0).shape().element_count();
      if (!count || byte_count(node.output(0).type(), *count).value_or(bytes->size()) != bytes->size())
        scan_.fail("value has another size than the shape");
      graph_.set_constant(node, Blob::of(*bytes));
    }
    if (!values_.emplace(own.key(), &node).second) scan_.fail("the name is used twice");
    if (const Operation* operation = find_operation(node)) check(node, *operation);
  }

  void check(const Node& node, const Operation& operation) {
    try {
      if (operation.check != nullptr) operation.check(node, [](const std::string&) {});
      if (!operation.infers_partial_shapes) return;
      const auto outputs = operation.infer(Arguments(node));
      for (std::size_t i = 0; i < outputs.size() && i < node.output_count(); ++i) {
        const Value value = node.output(i);
        if (value.type() == outputs[i].type && value.shape().compatible(outputs[i].shape)) continue;
        scan_.fail(fmt::format("its type is {}[{}]", lpt::name(outputs[i].type), outputs[i].shape.to_string()));
      }
    } catch (const LayerError& problem) {
      scan_.fail(problem.what());
    }
  }

  std::vector<Value> references() {
    std::vector<Value> inputs;
    while (!scan_.take(')')) {
      inputs.push_back(reference());
      scan_.take(',');
    }
    return inputs;
  }

  /// A layer's name, or "name.1" for an output of one that has several.
  Value reference() {
    const auto key = name().key();
    if (const auto found = values_.find(key); found != values_.end()) return found->second->output(0);
    const auto dot = key.rfind('.');
    const auto index =
        dot == std::string::npos ? std::nullopt : parse_number<std::size_t>(std::string_view(key).substr(dot + 1));
    const auto found = index ? values_.find(key.substr(0, dot)) : values_.end();
    if (found == values_.end() || *index >= found->second->output_count())
      scan_.fail(fmt::format("\"{}\" is not defined above", key));
    return found->second->output(*index);
  }

  Parameter parameter() {
    Parameter result{scan_.list(), {}};
    if (scan_.take_now('@')) result.axis = number();
    return result;
  }

  void attributes(LayerSpec& spec, std::optional<Parameter>& value) {
    for (scan_.skip_blanks(); !scan_.at_line_end() && !scan_.looking_at(':') && !scan_.looking_at('{');
         scan_.skip_blanks()) {
      const auto name = scan_.word();
      scan_.expect('=');
      if (spec.type == "Const" && name == "value") {
        value = parameter();
      } else {
        spec.attributes.push_back({keep(name), keep(attribute_text())});
        spec.has_data = true;
      }
    }
  }

  std::string attribute_text() {
    if (scan_.looking_at('"')) return scan_.word();
    return fmt::format("{}", fmt::join(scan_.list(), ", "));
  }

  std::vector<OutputSpec> type_list(LayerSpec& spec) {
    std::vector<OutputSpec> types;
    do {
      const auto type = element_type(scan_.word());
      if (!type) scan_.fail("an element type expected");
      scan_.expect('[');
      const auto shape = Shape::parse(scan_.until(']'));
      if (!shape) scan_.fail("a shape expected");
      types.push_back({*type, *shape});
      Output output;
      output.type = *type;
      output.shape = *shape;
      scan_.skip_blanks();
      const auto here = scan_.position();
      if (!scan_.at_line_end() && !scan_.looking_at(',') && !scan_.looking_at('{')) {
        if (scan_.word() != "names") {
          scan_.back_to(here);
          scan_.fail("names expected");
        }
        scan_.expect('=');
        output.names = keep(scan_.word());
      }
      spec.outputs.push_back(std::move(output));
    } while (scan_.take(','));
    return types;
  }

  /// Adds the attributes that the part behind the colon tells.
  void complete(LayerSpec& spec, const std::vector<OutputSpec>& types) {
    const auto add = [&](std::string_view name, std::string text) {
      if (find(spec.attributes, name) == nullptr) spec.attributes.push_back({name, keep(std::move(text))});
      spec.has_data = true;
    };
    const bool binary = spec.type == "Add" || spec.type == "Subtract" || spec.type == "Multiply" ||
                        spec.type == "Divide" || spec.type == "Maximum" || spec.type == "Minimum" ||
                        spec.type == "FakeQuantize";
    if (binary) add("auto_broadcast", "numpy");
    if (types.empty()) return;
    if (spec.type == "Convert") add("destination_type", std::string(lpt::name(types[0].type)));
    if (spec.type == "Parameter") {
      add("shape", types[0].shape.to_string());
      add("element_type", std::string(lpt::name(types[0].type)));
    }
    if (spec.type == "Const") {
      add("element_type", std::string(lpt::name(types[0].type)));
      std::vector<std::int64_t> lengths;
      for (const auto d : types[0].shape.dimensions()) lengths.push_back(d.min);
      add("shape", fmt::format("{}", fmt::join(lengths, ", ")));
      add("offset", "0");
      add("size", "0");
    }
  }

  // -- Dequantize

  void dequantize(const Name& own, const std::vector<Value>& inputs) {
    if (inputs.size() != 1) scan_.fail("Dequantize has one input");
    std::optional<Parameter> scale, zero_point;
    for (scan_.skip_blanks(); !scan_.looking_at(':'); scan_.skip_blanks()) {
      const auto name = scan_.word();
      scan_.expect('=');
      if (name != "scale" && name != "zero_point") scan_.fail("scale or zero_point expected");
      (name == "scale" ? scale : zero_point) = parameter();
    }
    if (!scale) scan_.fail("Dequantize needs a scale");
    scan_.expect(':');
    LayerSpec types;
    const auto type = type_list(types).at(0);
    scan_.expect_line_end();
    NodeSpec convert;
    convert.type = "Convert";
    convert.name = own.text + "/convert";
    convert.attributes = {{"destination_type", std::string(lpt::name(type.type))}};
    convert.inputs = {inputs[0]};
    convert.outputs = {{type.type, inputs[0].shape()}};
    Value value = graph_.insert_before(nullptr, std::move(convert)).output(0);
    if (zero_point)
      value = binary("Subtract", own.text + "/subtract", own.text + "/zero_point", value, *zero_point, type);
    const Value result = binary("Multiply", own.text, own.text + "/scale", value, *scale, type);
    Node& node = result.node();
    graph_.set_output(node, 0, type.type, type.shape);
    if (types.outputs[0].names) graph_.set_names(node, 0, *types.outputs[0].names);
    if (!values_.emplace(own.key(), &node).second) scan_.fail("the name is used twice");
    next_id_ = std::max(next_id_, node.id() + 1);
  }

  Value binary(std::string_view type, std::string name, std::string constant, Value data, const Parameter& p,
               const OutputSpec& out) {
    std::vector<Dimension> shape;
    if (p.axis) {
      shape.assign(out.shape.rank(), Dimension::exactly(1));
      if (*p.axis >= shape.size()) scan_.fail("the axis is not below the rank");
      shape[*p.axis] = Dimension::exactly(static_cast<std::int64_t>(p.items.size()));
    } else if (p.items.size() != 1) {
      scan_.fail("several values need an axis, as in [1,2]@0");
    }
    auto bytes = parse_values(out.type, p.items);
    if (!bytes) scan_.fail("a parameter is not of the output's type");
    const Value other =
        graph_.insert_constant_before(nullptr, std::move(constant), out.type, Shape(shape), Blob::of(std::move(*bytes)))
            .output(0);
    NodeSpec spec;
    spec.type = type;
    spec.name = std::move(name);
    spec.attributes = {{"auto_broadcast", "numpy"}};
    spec.inputs = {data, other};
    spec.outputs = {{out.type, data.shape()}};
    return graph_.insert_before(nullptr, std::move(spec)).output(0);
  }

  // -- bodies

  void bodies(LayerSpec& spec) {
    spec.extras = std::make_unique<LayerExtras>();
    for (scan_.skip_lines(); !scan_.take('}'); scan_.skip_lines()) {
      if (scan_.at_end()) scan_.fail("'}' expected");
      const auto name = keep(scan_.word());
      if (scan_.take('{')) {
        Body body;
        body.name = name;
        body.graph = std::make_unique<Graph>(model_.text);
        if (depth_ == kDeepestBody) scan_.fail(fmt::format("bodies are nested deeper than {}", kDeepestBody));
        GraphParser(scan_, model_, *body.graph, depth_ + 1).parse();
        scan_.expect('}');
        spec.bodies.push_back(std::move(body));
      } else {
        port_map_entry(name, *spec.extras);
      }
    }
  }

  void port_map_entry(std::string_view map, LayerExtras& extras) {
    if (extras.port_maps.empty() || extras.port_maps.back().name != map) {
      extras.port_maps.emplace_back();
      extras.port_maps.back().name = map;
    }
    Element entry;
    entry.name = keep(scan_.word());
    for (scan_.skip_blanks(); !scan_.at_line_end(); scan_.skip_blanks()) {
      const auto name = keep(scan_.word());
      scan_.expect('=');
      entry.attributes.push_back({name, keep(attribute_text())});
    }
    extras.port_maps.back().children.push_back(std::move(entry));
  }

  Scanner& scan_;
  Model& model_;
  Graph& graph_;
  std::size_t depth_;
  std::unordered_map<std::string, Node*> values_;
  std::uint64_t next_id_ = 0;
};

}  // namespace

Model parse_text(std::string_view text) {
  Model model;
  model.origin.path = "text";
  Scanner scanner(text);
  GraphParser(scanner, model, *model.graph, 0).parse();
  if (!scanner.at_end()) scanner.fail("a layer expected");
  for_each_graph(*model.graph, [](Graph& graph) { graph.mark_live(); });
  return model;
}

}  // namespace lpt

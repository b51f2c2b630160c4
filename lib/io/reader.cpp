#include "io/reader.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "io/dom.hpp"
#include "io/file.hpp"
#include "io/in_order.hpp"
#include "io/layer_reader.hpp"
#include "io/packing.hpp"
#include "ir/number.hpp"
#include "ops/facts.hpp"
#include "ops/operation.hpp"
#include "ops/variables.hpp"

namespace lpt {
namespace {

/// Opens the weights file when the first constant asks for it, so that a model without constants needs none.
class Weights {
 public:
  explicit Weights(const std::filesystem::path& xml, const ReadOptions& options)
      : path_(options.weights.value_or(default_weights_path(xml))),
        option_(options.weights ? std::string_view() : options.weights_option) {}

  const std::shared_ptr<const MappedFile>& file() {
    const std::lock_guard lock(opening_);
    if (file_ == nullptr) file_ = open();
    return file_;
  }
  std::string name() const { return path_.string(); }

  /// A range of the file; empty if it runs past the end.
  std::optional<Blob> range(std::uint64_t offset, std::uint64_t size) {
    const auto& whole = file();
    if (offset > whole->size() || size > whole->size() - offset) return std::nullopt;
    return Blob(whole, offset, size);
  }

 private:
  std::shared_ptr<const MappedFile> open() const {
    try {
      return std::make_shared<MappedFile>(path_);
    } catch (const Error& problem) {
      if (option_.empty()) throw;
      throw Error(problem.code(), fmt::format("{}; {} names another file", problem.what(), option_));
    }
  }

  std::filesystem::path path_;
  std::string_view option_;
  std::mutex opening_;
  std::shared_ptr<const MappedFile> file_;
};

/// Reads one layers/edges pair.
class GraphReader {
 public:
  GraphReader(const Dom& dom, Model& model, Weights& weights, const Warn& warn)
      : dom_(dom), model_(model), weights_(weights), warn_(warn) {}

  void read(pugi::xml_node parent, Graph& graph) {
    const auto layers = dom_.only_child(parent, "layers");
    if (!layers) throw dom_.error(parent, "<{}> has no <layers>", parent.name());
    const bool is_root = parent == dom_.root();
    if (is_root && !dom_.layer_pieces().empty()) add_layer_pieces(graph);
    add_layers(layers, graph);
    const auto edges = dom_.only_child(parent, "edges");
    if (!edges && graph.first() != nullptr) throw dom_.error(parent, "<{}> has no <edges>", parent.name());
    if (is_root) {
      for (const auto& piece : dom_.edge_pieces()) {
        dom_.visit_piece(piece, "edge", [&](pugi::xml_node edge) { connect(edge, graph); });
      }
    }
    for (auto edge = edges.child("edge"); edge; edge = edge.next_sibling("edge")) connect(edge, graph);
    read_sections(parent, graph);
    check_connected(graph);
    // What no Result or Assign reaches OpenVINO never looks at.
    graph.mark_live();
    for (const auto& [node, problem] : constants_without_bytes_) {
      if (node->is_live()) throw problem;
    }
    check(graph);
  }

 private:
  // -- layers

  void add_layers(pugi::xml_node layers, Graph& graph) {
    for (const auto layer : layers.children()) {
      if (layer.type() != pugi::node_element) continue;
      if (std::strcmp(layer.name(), "layer") != 0) {
        warn_(
            fmt::format("{}: <{}> in <layers> is dropped; OpenVINO would ignore it", dom_.place(layer), layer.name()));
        continue;
      }
      append(read_layer(layer, dom_, read_body_, warn_), graph);
    }
  }

  /// Reads the layers of a large file by all cores. Whatever there is to say about them is left to a reading in one
  /// piece, which says it in the order of the file.
  void add_layer_pieces(Graph& graph) {
    const auto no_warning = [](const std::string&) { throw Dom::NotInPieces(); };
    const ReadGraph read_body = [&](pugi::xml_node body) { return read_nested(body, no_warning); };
    const auto& pieces = dom_.layer_pieces();
    using Layers = std::vector<LayerSpec>;
    const auto parse = [&](std::size_t i) {
      Layers layers;
      try {
        dom_.visit_piece(pieces[i], "layer",
                         [&](pugi::xml_node xml) { layers.push_back(read_layer(xml, dom_, read_body, no_warning)); });
      } catch (const Error&) {
        throw Dom::NotInPieces();
      }
      return layers;
    };
    const auto add = [&](Layers layers) {
      for (auto& layer : layers) append(std::move(layer), graph);
    };
    constexpr std::size_t kPiecesInMemory = 4;
    in_order<Layers>(pieces.size(), kPiecesInMemory, parse, add);
  }

  std::unique_ptr<Graph> read_nested(pugi::xml_node body, const Warn& warn) {
    auto graph = std::make_unique<Graph>(model_.text);
    GraphReader(dom_, model_, weights_, warn).read(body, *graph);
    return graph;
  }

  void append(LayerSpec layer, Graph& graph) {
    const auto id = layer.id;
    layer.type = intern(layer.type);
    layer.version = intern(layer.version);
    has_state_ = has_state_ || layer.type == "Assign" || layer.type == "ReadValue";
    inputs_ += layer.inputs.size();
    Node& node = graph.append(std::move(layer));
    if (find_node(id) != nullptr) throw error(node, "its id is used by an earlier layer");
    if (id == nodes_.size()) {
      nodes_.push_back(&node);
    } else {
      by_id_.emplace(id, &node);
    }
    if (node.is("Const")) attach_bytes(node, graph);
  }

  /// One text for all layers of a type or version: later walks over the graph compare them, and find them in the cache.
  std::string_view intern(std::string_view word) { return *words_.insert(word).first; }

  // -- edges

  Node* find_node(std::uint64_t id) const {
    if (id < nodes_.size()) return nodes_[id];
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }

  /// Position of the port with this id. Ports are numbered one after another in all but odd files.
  template <class PortAt>
  std::optional<std::size_t> find_port(const Node* node, bool output, std::size_t count, std::uint64_t id,
                                       const PortAt& port_at) {
    if (count == 0) return std::nullopt;
    const auto guess = id - port_at(0);
    if (guess < count && port_at(guess) == id) return guess;
    auto& ports = odd_ports_[{node, output}];
    if (ports.empty()) {
      for (std::size_t i = 0; i < count; ++i) ports.emplace(port_at(i), i);
    }
    const auto found = ports.find(id);
    return found == ports.end() ? std::nullopt : std::optional(found->second);
  }

  void connect(pugi::xml_node edge, Graph& graph) {
    std::uint64_t ends[4] = {};
    static constexpr const char* kNames[4] = {"from-layer", "from-port", "to-layer", "to-port"};
    auto attribute = edge.first_attribute();
    for (int i = 0; i < 4; ++i, attribute = attribute.next_attribute()) {
      // In the order of OpenVINO's writer nothing needs to be looked up.
      const bool expected = attribute && std::strcmp(attribute.name(), kNames[i]) == 0;
      const auto number = expected ? parse_unsigned(dom_.value(attribute, edge)) : std::nullopt;
      ends[i] = number ? *number : dom_.required_number(edge, kNames[i]);
    }
    if (attribute) dom_.attributes(edge);  // a fifth one: is any given twice?
    Node* from = find_node(ends[0]);
    Node* to = find_node(ends[2]);
    if (from == nullptr) throw dom_.error(edge, "the edge comes from layer {}, which does not exist", ends[0]);
    if (to == nullptr) throw dom_.error(edge, "the edge goes to layer {}, which does not exist", ends[2]);
    if (from->is("Result"))
      throw dom_.error(edge, "the edge comes from a Result, which has no output (layer {})", ends[0]);
    const auto source = find_port(from, true, from->output_count(), ends[1],
                                  [&](std::size_t i) { return from->output_port(i).port_id; });
    if (!source)
      throw dom_.error(edge, "the edge comes from port {} of layer {}, which does not exist", ends[1], ends[0]);
    const auto sink =
        find_port(to, false, to->input_count(), ends[3], [&](std::size_t i) { return to->input_port(i).port_id; });
    if (!sink) throw dom_.error(edge, "the edge goes to port {} of layer {}, which does not exist", ends[3], ends[2]);
    if (to->input(*sink)) throw dom_.error(edge, "port {} of layer {} is fed twice", ends[3], ends[2]);
    ++connected_;
    graph.connect_as_read(*to, *sink, from->output(*source));
  }

  void check_connected(const Graph& graph) {
    if (connected_ == inputs_) return;  // no input is fed twice, so each is fed
    for (const Node* node = graph.first(); node != nullptr; node = node->next()) {
      for (std::size_t i = 0; i < node->input_count(); ++i) {
        if (!node->input(i)) throw error(*node, fmt::format("input port {} has no edge", node->input_port(i).port_id));
      }
    }
  }

  // -- everything around

  void read_sections(pugi::xml_node parent, Graph& graph) {
    for (const auto child : parent.children()) {
      const std::string_view name = child.name();
      if (name != "layers" && name != "edges" && child.type() == pugi::node_element) {
        graph.sections.push_back(dom_.element(child));
      }
    }
  }

  Error error(const Node& node, std::string_view what) const {
    return bad_model("{}: {}", where(model_.origin, node), what);
  }

  void attach_bytes(Node& node, Graph& graph) {
    const auto* offset_text = node.attribute("offset");
    const auto* size_text = node.attribute("size");
    try {
      if (offset_text == nullptr || size_text == nullptr) {
        if (node.has_data()) throw LayerError("attribute {} is missing", offset_text == nullptr ? "offset" : "size");
        return;  // constant_check has the better message
      }
      const auto offset = parse_unsigned(*offset_text);
      const auto size = parse_unsigned(*size_text);
      if (!offset) throw LayerError("offset is \"{}\", should be a number of 0..2^63-1", *offset_text);
      if (!size) throw LayerError("size is \"{}\", should be a number of 0..2^63-1", *size_text);
      graph.set_constant(node, view(*offset, *size));
    } catch (const LayerError& problem) {
      constants_without_bytes_.emplace_back(&node, error(node, problem.what()));
    } catch (const Error& problem) {
      constants_without_bytes_.emplace_back(
          &node, Error(problem.code(), fmt::format("{}: its weights: {}", where(model_.origin, node), problem.what())));
    }
  }

  Blob view(std::uint64_t offset, std::uint64_t size) {
    auto blob = weights_.range(offset, size);
    if (!blob) {
      throw LayerError("bytes {}..{} run past the end of {} ({} bytes)", offset, offset + size, weights_.name(),
                       weights_.file()->size());
    }
    return std::move(*blob);
  }

  /// Checks layers and completes types and shapes, producers first.
  void check(Graph& graph) {
    const auto order = graph.topological_order();
    if (!order.cycle.empty()) {
      std::string names;
      for (const auto* node : order.cycle) names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", node->name());
      throw error(*order.cycle.front(), fmt::format("the graph has a cycle through {}", names));
    }
    for (Node* node : order.nodes) {
      try {
        check_layer(*node, graph);
      } catch (const LayerError& problem) {
        if (node->is_live()) throw error(*node, problem.what());
        graph.set_constant(*node, std::nullopt);
      }
    }
    if (corrected_ != 0)
      warn_(corrected_ == 1 ? correction_ : fmt::format("{}, as {} more are", correction_, corrected_ - 1));
    if (!has_state_) return;
    const auto lone = lone_variables(graph);
    for (const auto& [node, variable] : lone.assigned_only) {
      throw error(*node, fmt::format("assigns variable \"{}\", which no ReadValue reads", variable));
    }
    for (const auto& [node, variable] : lone.read_only) {
      warn_(fmt::format("{}: variable \"{}\" is never assigned; OpenVINO's CPU plugin fails at inference",
                        where(model_.origin, *node), variable));
    }
  }

  void check_layer(Node& node, Graph& graph) {
    expect_in_its_set(node);
    const Operation* operation = find_operation(node);
    if (operation == nullptr) return drop_port_texts(node, graph, [](const auto&...) { return false; });
    const auto* facts = find_facts(node.type());
    if (facts != nullptr) expect_input(facts->least_inputs - 1, node.input_count());
    if (operation->check != nullptr) {
      operation->check(
          node, [&](const std::string& what) { warn_(fmt::format("{}: {}", where(model_.origin, node), what)); });
    }
    infer(node, *operation, graph);
    drop_port_texts(node, graph, [](const PortText& written, Value source) {
      return (written.type && written.type != source.type()) || !written.shape.compatible(source.shape());
    });
  }

  /// Completes and corrects the output ports of a layer as far as its inputs tell them.
  void infer(Node& node, const Operation& operation, Graph& graph) {
    if (!operation.infers_partial_shapes && (operation.infer == nullptr || !has_fixed_inputs(node))) return;
    try {
      const auto outputs = operation.infer(Arguments(node));
      if (operation.infers_partial_shapes ? outputs.size() != node.output_count()
                                          : outputs.size() < node.output_count())
        throw LayerError("has {} output ports, should have {}", node.output_count(), outputs.size());
      for (std::size_t i = 0; i < node.output_count(); ++i) believe(node, i, outputs[i], graph);
    } catch (const NotInferred&) {  // the file's word is all there is
    } catch (const TooLarge&) {
    } catch (const Error& problem) {  // of lib/tensor, for values of types that it does not know
      if (problem.code() != ExitCode::internal) throw;
    }
  }

  /// Larger lengths may overflow in the arithmetic of rules that are made for what fits into memory.
  static bool has_fixed_inputs(const Node& node) {
    constexpr std::int64_t kLongest = 1 << 30;
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      const Value source = node.input(i);
      if (source.type() == ElementType::dynamic || !source.shape().is_static()) return false;
      for (const auto length : source.shape().dimensions()) {
        if (length.min > kLongest) return false;
      }
    }
    return true;
  }

  /// The file's word on an output stands unless inference contradicts it, or the port is silent. Parameter and Const
  /// state their shapes themselves.
  void believe(Node& node, std::size_t index, const OutputSpec& inferred, Graph& graph) {
    const Value value = node.output(index);
    const bool right = value.type() == inferred.type && value.shape().compatible(inferred.shape);
    if (right && value.shape().has_rank() && node.input_count() != 0) return;
    const bool is_open = value.type() == ElementType::dynamic || inferred.type == ElementType::dynamic;
    if (!right && !is_open && node.is_live() && ++corrected_ == 1) {
      correction_ = fmt::format("{}: its output {} is {}[{}] in the file, should be {}[{}]; it is corrected",
                                where(model_.origin, node), index, name(value.type()), value.shape().to_string(),
                                name(inferred.type), inferred.shape.to_string());
    }
    graph.set_output(node, index, inferred.type, inferred.shape);
  }

  /// A layer keeps the text of those input ports that say something else than their producers, unless `is_wrong`.
  template <class IsWrong>
  void drop_port_texts(Node& node, Graph& graph, const IsWrong& is_wrong) {
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      const auto& written = node.input_port(i).as_written;
      if (written == nullptr) continue;
      const Value source = node.input(i);
      const bool no_dims = !written->shape.has_rank() && (!source.shape().has_rank() || source.shape().rank() == 0);
      const bool is_equal = written->type == source.type() && (no_dims || same_dims(written->shape, source.shape()));
      if (is_equal || is_wrong(*written, source)) graph.follow_producer(node, i);
    }
  }

  static bool same_dims(const Shape& port, const Shape& value) {
    // A port writes -1 for every dimension that is not static.
    return port.has_rank() && value.has_rank() &&
           std::equal(port.dimensions().begin(), port.dimensions().end(), value.dimensions().begin(),
                      value.dimensions().end(),
                      [](Dimension a, Dimension b) { return a.is_static() ? a == b : !b.is_static(); });
  }

  const Dom& dom_;
  Model& model_;
  Weights& weights_;
  const Warn& warn_;
  const ReadGraph read_body_ = [this](pugi::xml_node body) { return read_nested(body, warn_); };
  std::vector<Node*> nodes_;  ///< by id, as far as ids count up from 0 without a gap
  std::unordered_map<std::uint64_t, Node*> by_id_;
  struct PortsHash {
    std::size_t operator()(const std::pair<const Node*, bool>& key) const {
      return std::hash<const Node*>()(key.first) * 2 + key.second;
    }
  };
  std::unordered_map<std::pair<const Node*, bool>, std::unordered_map<std::uint64_t, std::size_t>, PortsHash>
      odd_ports_;
  std::vector<std::pair<const Node*, Error>> constants_without_bytes_;  ///< an error only if a result reads them
  std::unordered_set<std::string_view> words_;                          ///< types and versions
  std::string correction_;     ///< what is said of the first output port that is corrected
  std::size_t corrected_ = 0;  ///< how many are
  bool has_state_ = false;
  std::size_t inputs_ = 0;
  std::size_t connected_ = 0;
};

void read_root(const Dom& dom, Model& model) {
  const auto root = dom.root();
  std::string name = root.name();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  if (name != "net") throw dom.error(root, "the root element is <{}>, should be <net>", root.name());
  bool has_version = false;
  for (const auto& [key, value] : dom.attributes(root)) {
    if (key == "name") {
      model.name = value;
    } else if (key == "version") {
      const auto version = parse_number(value);
      if (!version) throw dom.error(root, "the IR version is \"{}\", should be 10 or 11", value);
      if (*version != 10 && *version != 11) {
        throw dom.error(root,
                        "IR version {} is not supported; 10 and 11 are (convert older models with the OpenVINO release "
                        "that made them)",
                        *version);
      }
      model.version = static_cast<int>(*version);
      has_version = true;
    } else {
      model.root_attributes.push_back({key, value});
    }
  }
  if (!has_version) throw dom.error(root, "<{}> has no version; 10 and 11 are supported", root.name());
}

/// pre-process keeps means in the weights file; they have to move with it.
void find_section_blobs(const std::vector<Element>& elements, Model& model, Weights& weights) {
  for (const auto& element : elements) {
    const auto* offset_text = element.name == "mean" ? find(element.attributes, "offset") : nullptr;
    const auto* size_text = element.name == "mean" ? find(element.attributes, "size") : nullptr;
    if (offset_text != nullptr && size_text != nullptr) {
      const auto offset = parse_unsigned(*offset_text);
      const auto size = parse_unsigned(*size_text);
      auto blob = offset && size ? weights.range(*offset, *size) : std::nullopt;
      if (!blob) {
        throw bad_model("{}: <mean> of pre-process points at bytes {}+{}, which {} does not have", model.origin.path,
                        *offset_text, *size_text, weights.name());
      }
      model.section_blobs.push_back({&element, std::move(*blob)});
    }
    find_section_blobs(element.children, model, weights);
  }
}

Model read(const std::filesystem::path& path, const ReadOptions& options, Dom::Pieces pieces) {
  Model model;
  model.origin.path = path.string();
  model.origin.line_of = line_finder(path);
  Dom dom(*model.text, load_xml_text(path, options.warn), model.origin, options.warn, pieces);
  read_root(dom, model);
  if (options.weights) open_input(*options.weights);  // one that the user names has to exist
  Weights weights(path, options);
  GraphReader(dom, model, weights, options.warn).read(dom.root(), *model.graph);
  warn_of_packing(model, options.warn);
  for (const auto& section : model.graph->sections) {
    if (section.name == "pre-process") find_section_blobs(section.children, model, weights);
  }
  return model;
}

}  // namespace

std::filesystem::path default_weights_path(const std::filesystem::path& xml) {
  return std::filesystem::path(xml).replace_extension(".bin");
}

Model read_model(const std::filesystem::path& path, const ReadOptions& options) {
  try {
    return read(path, options, Dom::Pieces::allowed);
  } catch (const Dom::NotInPieces&) {
    return read(path, options, Dom::Pieces::never);
  }
}

}  // namespace lpt

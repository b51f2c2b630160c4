#include "io/writer.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "io/in_order.hpp"
#include "io/weights_layout.hpp"
#include "ir/error.hpp"
#include "tensor/parallel.hpp"

namespace lpt {
namespace {

// -- XML

/// Characters of an attribute that OpenVINO's writer replaces.
constexpr auto kEscaped = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 32; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : {'&', '<', '"'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

/// Makes XML in OpenVINO's layout: one tab a level, `<x a="1" />` for empty elements.
class XmlWriter {
 public:
  /// constants  how many constants stand before what is written with this object
  explicit XmlWriter(const WeightsLayout& layout, std::size_t constants = 0)
      : layout_(layout), next_constant_(constants) {}

  std::string take() { return std::move(out_); }

  void head(const Model& model) {
    out_ += "<?xml version=\"1.0\"?>\n<net";
    if (model.name) attribute("name", *model.name);
    attribute("version", static_cast<std::uint64_t>(model.version));
    attributes(model.root_attributes);
    out_ += ">\n";
    open("layers", 1);
  }
  void middle() {
    close("layers", 1);
    open("edges", 1);
  }
  void tail(const Model& model) {
    close("edges", 1);
    for (const auto& section : model.graph->sections) element(section, 1);
    out_ += "</net>\n";
  }
  void layers(const Node* first, const Node* end, int level) {
    for (const Node* node = first; node != end; node = node->next()) layer(*node, level);
  }
  void edges(const Node* first, const Node* end, int level) {
    for (const Node* node = first; node != end; node = node->next()) edges(*node, level);
  }

 private:
  void graph(const Graph& graph, int level) {
    open("layers", level);
    layers(graph.first(), nullptr, level + 1);
    close("layers", level);
    open("edges", level);
    edges(graph.first(), nullptr, level + 1);
    close("edges", level);
    for (const auto& section : graph.sections) element(section, level);
  }

  void layer(const Node& node, int level) {
    tabs(level);
    out_ += "<layer";
    attribute("id", node.id());
    attribute("name", node.name());
    attribute("type", node.type());
    attribute("version", node.version());
    const LayerExtras* extras = node.extras();
    if (extras != nullptr) attributes(extras->attributes);
    out_ += ">\n";
    if (extras != nullptr) elements(extras->port_maps, level + 1);
    if (node.has_data()) data(node, level + 1);
    if (extras != nullptr) elements(extras->annotations, level + 1);
    inputs(node, level + 1);
    outputs(node, level + 1);
    for (const auto& body : node.bodies()) this->body(body, level + 1);
    close("layer", level);
  }

  void data(const Node& node, int level) {
    tabs(level);
    out_ += "<data";
    if (node.constant() != nullptr) {
      const auto offset = layout_.nth_constant(next_constant_++).offset;
      for (const auto& [name, value] : node.attributes()) {
        if (name == "offset") {
          attribute(name, offset);
        } else if (name == "size") {
          attribute(name, node.constant()->size());
        } else {
          attribute(name, value);
        }
      }
    } else {
      attributes(node.attributes());
    }
    const auto* children = node.extras() != nullptr ? &node.extras()->data_children : nullptr;
    if (children == nullptr || children->empty()) {
      out_ += " />\n";
      return;
    }
    out_ += ">\n";
    elements(*children, level + 1);
    close("data", level);
  }

  void inputs(const Node& node, int level) {
    if (node.input_count() == 0) return;
    open("input", level);
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      const Input& input = node.input_port(i);
      const PortText* text = input.as_written.get();
      tabs(level + 1);
      out_ += "<port";
      attribute("id", input.port_id);
      if (text == nullptr) {
        attribute("precision", port_name(input.source.type()));
      } else if (text->type) {
        attribute("precision", port_name(*text->type));
      }
      port_content(text == nullptr ? input.source.shape() : text->shape, input.extras.get(), level + 1);
    }
    close("input", level);
  }

  void outputs(const Node& node, int level) {
    if (node.output_count() == 0) return;
    open("output", level);
    for (std::size_t i = 0; i < node.output_count(); ++i) {
      const Output& output = node.output_port(i);
      tabs(level + 1);
      out_ += "<port";
      attribute("id", output.port_id);
      attribute("precision", port_name(output.type));
      if (output.names) attribute("names", *output.names);
      port_content(output.shape, output.extras.get(), level + 1);
    }
    close("output", level);
  }

  void port_content(const Shape& shape, const PortExtras* extras, int level) {
    if (extras != nullptr) attributes(extras->attributes);
    if (shape.rank() == 0 && (extras == nullptr || extras->children.empty())) {
      out_ += " />\n";
      return;
    }
    out_ += ">\n";
    for (const auto d : shape.dimensions()) {
      tabs(level + 1);
      out_ += "<dim>";
      number(d.is_static() ? d.min : -1);
      out_ += "</dim>\n";
    }
    if (extras != nullptr) elements(extras->children, level + 1);
    close("port", level);
  }

  void body(const Body& body, int level) {
    tabs(level);
    out_ += '<';
    out_ += body.name;
    attributes(body.attributes);
    out_ += ">\n";
    graph(*body.graph, level + 1);
    close(body.name, level);
  }

  /// By producer, and for each in the order in which its readers were connected: what the file had.
  void edges(const Node& node, int level) {
    uses_.clear();
    for (std::size_t i = 0; i < node.output_count(); ++i) {
      for (const Input* use = node.output_port(i).first_use; use != nullptr; use = use->next_use) uses_.push_back(use);
    }
    const auto before = [](const Input* a, const Input* b) { return a->connected < b->connected; };
    if (node.output_count() > 1) std::sort(uses_.begin(), uses_.end(), before);
    for (const Input* use : uses_) {
      tabs(level);
      out_ += "<edge";
      attribute("from-layer", node.id());
      attribute("from-port", node.output_port(use->source.index()).port_id);
      attribute("to-layer", use->node->id());
      attribute("to-port", use->port_id);
      out_ += " />\n";
    }
  }

  void elements(const std::vector<Element>& elements, int level) {
    for (const auto& each : elements) element(each, level);
  }

  void element(const Element& element, int level) {
    tabs(level);
    if (element.name.empty()) {
      text(element.text);
      out_ += '\n';
      return;
    }
    out_ += '<';
    out_ += element.name;
    const auto* moved = layout_.placed_for(element);
    for (const auto& [name, value] : element.attributes) {
      moved != nullptr&& name == "offset" ? attribute(name, moved->offset) : attribute(name, value);
    }
    if (element.children.empty()) {
      out_ += " />\n";
    } else if (element.children.size() == 1 && element.children[0].name.empty()) {
      out_ += '>';
      text(element.children[0].text);
      end_tag(element.name);
    } else {
      out_ += ">\n";
      elements(element.children, level + 1);
      close(element.name, level);
    }
  }

  void tabs(int level) { out_.append(static_cast<std::size_t>(level), '\t'); }
  void open(std::string_view name, int level) {
    tabs(level);
    out_ += '<';
    out_ += name;
    out_ += ">\n";
  }
  void close(std::string_view name, int level) {
    tabs(level);
    end_tag(name);
  }
  void end_tag(std::string_view name) {
    out_ += "</";
    out_ += name;
    out_ += ">\n";
  }

  template <class Number>
  void number(Number value) {
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  void attribute(std::string_view name, std::uint64_t value) {
    begin_attribute(name);
    number(value);
    out_ += '"';
  }
  void attribute(std::string_view name, std::string_view value) {
    begin_attribute(name);
    escaped(value, [](unsigned char c) { return kEscaped[c]; });
    out_ += '"';
  }
  void begin_attribute(std::string_view name) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
  }
  void attributes(const std::vector<Attribute>& list) {
    for (const auto& [name, value] : list) attribute(name, value);
  }
  void text(std::string_view value) {
    escaped(value, [](unsigned char c) { return c == '&' || c == '<' || c == '\r'; });
  }

  template <class Special>
  void escaped(std::string_view value, Special special) {
    std::size_t plain = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto c = static_cast<unsigned char>(value[i]);
      if (!special(c)) continue;
      out_ += value.substr(plain, i - plain);
      plain = i + 1;
      if (c == '&') {
        out_ += "&amp;";
      } else if (c == '<') {
        out_ += "&lt;";
      } else if (c == '"') {
        out_ += "&quot;";
      } else {
        out_ += {'&', '#', static_cast<char>('0' + c / 10), static_cast<char>('0' + c % 10), ';'};
      }
    }
    out_ += value.substr(plain);
  }

  const WeightsLayout& layout_;
  std::string out_;
  std::size_t next_constant_;
  std::vector<const Input*> uses_;  ///< of the layer whose edges are being written
};

std::size_t count_constants(const Node& node) {
  std::size_t count = node.constant() != nullptr;
  for (const auto& body : node.bodies()) {
    for (const Node* inner = body.graph->first(); inner != nullptr; inner = inner->next())
      count += count_constants(*inner);
  }
  return count;
}

/// Layers that one thread writes, and their edges.
struct Stretch {
  const Node* first;
  const Node* end;
  std::size_t constants_before;
};

std::vector<Stretch> stretches(const Graph& graph) {
  constexpr std::size_t kLayers = 512;
  std::vector<Stretch> result;
  std::size_t constants = 0, index = 0;
  for (const Node* node = graph.first(); node != nullptr; node = node->next()) {
    if (index++ % kLayers == 0) {
      if (!result.empty()) result.back().end = node;
      result.push_back({node, nullptr, constants});
    }
    constants += count_constants(*node);
  }
  return result;
}

/// Runs work(0) ... work(count - 1): side by side, or one after another where starting threads would take longer.
enum class Threads { many, one };

template <class Work>
void run_all(Threads threads, std::size_t count, const Work& work) {
  if (threads == Threads::many) {
    parallel_tasks(count, work);
  } else {
    for (std::size_t i = 0; i < count; ++i) work(i);
  }
}

std::uint64_t write_xml(const Model& model, const WeightsLayout& layout, Threads threads, PendingFile& file) {
  const auto parts = stretches(*model.graph);
  // The head, the layers part by part, what stands between, the edges part by part, the tail.
  const std::size_t middle = parts.size() + 1;
  const std::size_t last = 2 * parts.size() + 2;
  const auto text = [&](std::size_t i) {
    XmlWriter writer(layout, i > 0 && i < middle ? parts[i - 1].constants_before : 0);
    if (i == 0) {
      writer.head(model);
    } else if (i < middle) {
      writer.layers(parts[i - 1].first, parts[i - 1].end, 2);
    } else if (i == middle) {
      writer.middle();
    } else if (i < last) {
      writer.edges(parts[i - middle - 1].first, parts[i - middle - 1].end, 2);
    } else {
      writer.tail(model);
    }
    return writer.take();
  };
  std::uint64_t size = 0;
  const auto append = [&](const std::string& part) {
    file.write_at(size, std::as_bytes(std::span(part)));
    size += part.size();
  };
  if (threads == Threads::many) {
    constexpr std::size_t kPartsInMemory = 8;
    in_order<std::string>(last + 1, kPartsInMemory, text, append);
  } else {
    for (std::size_t i = 0; i <= last; ++i) append(text(i));
  }
  file.flush();
  return size;
}

// -- weights

/// Some bytes that one thread writes: a piece of a large constant, or several small ones that lie side by side.
struct Job {
  std::size_t first = 0, last = 0;  ///< indices into WeightsLayout::placed
  std::uint64_t offset = 0;         ///< of the piece in its constant
  std::uint64_t size = 0;
};

std::vector<Job> split_into_jobs(const std::vector<WeightsLayout::Placed>& placed) {
  constexpr std::uint64_t kBatch = 1 << 20;
  std::vector<Job> jobs;
  Job batch;
  const auto finish = [&] {
    if (batch.size != 0) jobs.push_back(batch);
    batch = {};
  };
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const auto size = placed[i].blob.size();
    if (size == 0) continue;
    if (size < kBatch) {
      if (batch.size + size > kBatch) finish();
      if (batch.size == 0) batch.first = i;
      batch.last = i;
      batch.size += size;
      continue;
    }
    finish();
    const auto piece = placed[i].blob.source()->piece_size();
    for (std::uint64_t offset = 0; offset < size; offset += piece)
      jobs.push_back({i, i, offset, std::min(piece, size - offset)});
  }
  finish();
  return jobs;
}

void run_job(const Job& job, const std::vector<WeightsLayout::Placed>& placed, PendingFile& file) {
  const Blob& blob = placed[job.first].blob;
  const auto place = placed[job.first].offset;
  if (job.first == job.last) {
    if (const auto* mapped = dynamic_cast<const MappedFile*>(blob.source().get())) {
      file.copy_from(*mapped, blob.offset() + job.offset, job.size, place + job.offset);
    } else {
      file.fill_at(place + job.offset, job.size, [&](std::span<std::byte> out) { blob.read(job.offset, out); });
    }
    return;
  }
  std::vector<std::byte> bytes(job.size);
  for (std::size_t i = job.first; i <= job.last; ++i) {
    placed[i].blob.read(0, std::span(bytes).subspan(placed[i].offset - place, placed[i].blob.size()));
  }
  file.write_at(place, bytes);
}

}  // namespace

std::uint64_t weights_size(const Model& model) { return WeightsLayout(model).size(); }

WrittenSizes write_model(const Model& model, OutputPair& output, const WriteProgress& progress) {
  const WeightsLayout layout(model);
  constexpr std::uint64_t kManyBytes = 4 << 20;
  constexpr std::size_t kManyLayers = 10000;
  const bool is_large = layout.size() >= kManyBytes || model.graph->size() >= kManyLayers;
  const auto threads = is_large ? Threads::many : Threads::one;
  WrittenSizes sizes;
  sizes.weights = layout.size();
  output.weights().resize(layout.size());
  const auto weights_part = [&] {
    const auto jobs = split_into_jobs(layout.placed());
    std::atomic<std::uint64_t> done{0};
    run_all(threads, jobs.size(), [&](std::size_t i) {
      run_job(jobs[i], layout.placed(), output.weights());
      progress(done += jobs[i].size, layout.size());
    });
    output.weights().flush();
  };
  const auto xml_part = [&] { sizes.xml = write_xml(model, layout, threads, output.xml()); };
  if (threads == Threads::many) {
    parallel_tasks(2, [&](std::size_t part) { part == 0 ? weights_part() : xml_part(); });
  } else {
    weights_part();
    xml_part();
  }
  output.commit();
  return sizes;
}

}  // namespace lpt

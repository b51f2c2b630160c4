#include "diff/alignment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>

#include "ir/number.hpp"

namespace lpt {
namespace {

constexpr int kNone = -1;

/// For each layer of a body, by id, what the port maps of its owner say of it.
using Labels = std::map<std::string, std::string, std::less<>>;

std::string external_port(const Node& owner, std::string_view text) {
  const auto id = parse_unsigned(text);
  for (std::size_t i = 0; id && i < owner.input_count(); ++i) {
    if (owner.input_port(i).port_id == *id) return fmt::format("input {}", i);
  }
  for (std::size_t i = 0; id && i < owner.output_count(); ++i) {
    if (owner.output_port(i).port_id == *id) return fmt::format("output {}", i);
  }
  return std::string(text);
}

/// The text of an entry of a port map, but for the layer of the body.
std::string entry_text(const Node& owner, const Element& group, const Element& entry) {
  std::map<std::string_view, std::string> attributes;
  for (const auto& [name, value] : entry.attributes) {
    if (name == "external_port_id") {
      attributes[name] = external_port(owner, value);
    } else if (name != "internal_layer_id") {
      attributes[name] = value;
    }
  }
  auto text = fmt::format("{} {}", group.name, entry.name);
  for (const auto& [name, value] : attributes) text += fmt::format(" {}={}", name, value);
  return text;
}

/// Of the bodies whose maps have these names.
Labels labels_of(const Node& owner, std::string_view body) {
  Labels labels;
  if (owner.extras() == nullptr) return labels;
  const auto prefix = body == "body" ? "port_map" : body == "then_body" ? "then_port_map" : "else_port_map";
  for (const auto& group : owner.extras()->port_maps) {
    if (group.name != prefix) continue;
    for (const auto& entry : group.children) {
      const auto* id = find(entry.attributes, "internal_layer_id");
      if (id != nullptr) labels[std::string(*id)] += entry_text(owner, group, entry) + ";";
    }
  }
  for (const auto& group : owner.extras()->port_maps) {
    for (const auto& entry : group.children) {
      const auto* from = find(entry.attributes, "from-layer");
      const auto* to = find(entry.attributes, "to-layer");
      if (group.name == "back_edges" && from != nullptr && to != nullptr)
        labels[std::string(*from)] += "back to " + labels[std::string(*to)];
    }
  }
  return labels;
}

bool has_state(const Node& node) { return node.is("ReadValue") || node.is("Assign"); }

bool may_be_constant(const Node& node) {
  return node.input_count() != 0 && node.bodies().empty() && !has_state(node) && !node.is("Result") &&
         !node.is("RandomUniform");
}

/// One graph as arrays over its layers, producers first.
struct Side {
  struct Source {
    int node = kNone, output = 0;
  };
  struct Reader {
    int node, input, output;
  };

  Side(const Graph& of, const Contents& contents, Labels names) : graph(of), labels(std::move(names)) {
    for (const Node* node : graph.topological_order().nodes) nodes.push_back(node);
    const auto count = nodes.size();
    for (std::size_t i = 0; i < count; ++i) numbers.emplace(nodes[i], static_cast<int>(i));
    sources.resize(count), readers.resize(count), pairs.assign(count, kNone), constant.resize(count);
    own.resize(count), down.resize(count), up.resize(count), with_constants.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const Node& node = *nodes[i];
      bool from_constants = may_be_constant(node);
      for (std::size_t port = 0; port < node.input_count(); ++port) {
        Source source;
        if (node.input(port)) {
          source = {numbers.at(&node.input(port).node()), static_cast<int>(node.input(port).index())};
          readers[source.node].push_back({static_cast<int>(i), static_cast<int>(port), source.output});
        }
        sources[i].push_back(source);
        from_constants = from_constants && source.node != kNone && constant[source.node];
      }
      constant[i] = node.is("Const") || from_constants;
      own[i] = own_digest(node, contents);
    }
  }

  /// Tokens of Parameters and Results that are pairs, or what their labels say.
  void hash(const std::vector<Digest>& tokens) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      Digester all, constants;
      all.add(own[i]).add(tokens[i]);
      constants.add(own[i]).add(tokens[i]);
      for (std::size_t port = 0; port < sources[i].size(); ++port) {
        const auto [source, output] = sources[i][port];
        const auto above = source == kNone ? Digest{} : down[source];
        all.add(above).add(output);
        if (source != kNone && constant[source]) constants.add(port).add(above).add(output);
      }
      down[i] = all.digest();
      with_constants[i] = constants.digest();
    }
    for (std::size_t i = nodes.size(); i-- > 0;) {
      Digest sum;
      for (const auto& reader : readers[i]) {
        const auto digest = Digester().add(up[reader.node]).add(reader.input).add(reader.output).digest();
        sum.low += digest.low;
        sum.high ^= digest.high * 0x9E3779B97F4A7C15U;
      }
      up[i] = Digester().add(with_constants[i]).add(sum).digest();
    }
  }

  std::string label(int i) const {
    const auto found = labels.find(std::to_string(nodes[i]->id()));
    return found == labels.end() ? std::string() : found->second;
  }

  bool is_open(int i) const { return pairs[i] == kNone && !constant[i]; }
  bool is_open(Source source) const { return source.node != kNone && is_open(source.node); }

  /// Without what the graph around it is, but with its bodies.
  static Digest own_digest(const Node& node, const Contents& contents) {
    Digester digester;
    digester.add(node.type()).add(node.version());
    std::vector<Attribute> attributes = node.attributes();
    std::sort(attributes.begin(), attributes.end(), [](auto& a, auto& b) { return a.name < b.name; });
    const bool has_bytes = node.constant() != nullptr;
    for (const auto& [name, value] : attributes) {
      if (!has_bytes || (name != "offset" && name != "size")) digester.add(name).add(canonical(value));
    }
    if (has_bytes) digester.add(contents.of(node));
    for (const auto& text : port_maps(node)) digester.add(text);
    for (const auto& body : node.bodies()) digester.add(body.name).add(body_digest(node, body, contents));
    return digester.digest();
  }

  static Digest body_digest(const Node& owner, const Body& body, const Contents& contents) {
    Side side(*body.graph, contents, labels_of(owner, body.name));
    std::vector<Digest> tokens(side.nodes.size());
    for (std::size_t i = 0; i < tokens.size(); ++i)
      tokens[i] = Digester().add(side.label(static_cast<int>(i))).digest();
    side.hash(tokens);
    std::vector<Digest> ends;
    for (std::size_t i = 0; i < side.nodes.size(); ++i) {
      if (side.readers[i].empty()) ends.push_back(side.down[i]);
    }
    std::sort(ends.begin(), ends.end());
    Digester digester;
    for (const auto& end : ends) digester.add(end);
    return digester.digest();
  }

  const Graph& graph;
  Labels labels;
  std::vector<const Node*> nodes;
  std::unordered_map<const Node*, int> numbers;
  std::vector<std::vector<Source>> sources;
  std::vector<std::vector<Reader>> readers;
  std::vector<int> pairs;      ///< the layer of the other side, or kNone
  std::vector<char> constant;  ///< comes from constants alone
  std::vector<Digest> own;     ///< type, attributes, content
  std::vector<Digest> with_constants;
  std::vector<Digest> down, up;  ///< likewise of all above, and of all below
};

/// Two graphs while their layers are paired.
class Aligner {
 public:
  Aligner(Side before, Side after, bool names_count)
      : a_(std::move(before)), b_(std::move(after)), names_count_(names_count) {}

  void run() {
    for (const auto* type : {"Parameter", "Result"}) pair_ports(type);
    hash();
    const auto name = [this](const Side& side, int i) { return named(side, i); };
    pair_unique(
        [&](const Side& side, int i) { return Digester().add(surroundings(side, i)).add(name(side, i)).digest(); });
    pair_unique([](const Side& side, int i) { return surroundings(side, i); });
    pair_alike();
    if (names_count_) pair_unique(name, [this](int a, int b) { return is_likely(a, b); });
    const auto above = [](const Side& side, int i) { return side.down[i]; };
    const auto below = [](const Side& side, int i) { return side.up[i]; };
    const auto renamed = [this](int a, int b) { return is_renamed(a, b); };
    pair_unique(above, renamed);
    pair_unique(below, renamed);
    if (names_count_) pair_unique(name);
    pair_unique(above);
    pair_unique(below);
    spread();
    pair_sequences();
    spread();
    pair_constants();
  }

  void tell(Alignment& alignment) const {
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      if (a_.pairs[i] != kNone) alignment.pair(*a_.nodes[i], *b_.nodes[a_.pairs[i]]);
    }
    for (const auto* side : {&a_, &b_}) {
      for (std::size_t i = 0; i < side->nodes.size(); ++i) {
        if (side->constant[i]) alignment.add_constant(*side->nodes[i]);
      }
    }
  }

  /// Pairs with bodies, in the order of the first graph.
  std::vector<std::pair<const Node*, const Node*>> with_bodies() const {
    std::vector<std::pair<const Node*, const Node*>> result;
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      if (a_.pairs[i] != kNone && !a_.nodes[i]->bodies().empty())
        result.emplace_back(a_.nodes[i], b_.nodes[a_.pairs[i]]);
    }
    return result;
  }

 private:
  static Digest surroundings(const Side& side, int i) { return Digester().add(side.down[i]).add(side.up[i]).digest(); }
  Digest named(const Side& side, int i) const {
    const Node& node = *side.nodes[i];
    return node.name().empty() ? Digest{} : Digester().add(node.name()).add(node.type()).digest();
  }

  void pair(int a, int b) {
    a_.pairs[a] = b;
    b_.pairs[b] = a;
    fresh_.push_back(a);
  }

  /// How the user knows an input or output: by tensor names, or by its layer's name; in a body by the port maps.
  std::string port_name(const Side& side, int i) const {
    const auto label = side.label(i);
    if (!label.empty() || !side.labels.empty()) return label;
    if (!names_count_) return {};
    const Node& node = *side.nodes[i];
    const Value value = node.is("Result") && node.input_count() != 0 ? node.input(0)
                        : node.output_count() != 0                   ? node.output(0)
                                                                     : Value();
    return std::string(value && !value.names().empty() ? value.names() : node.name());
  }

  void pair_ports(std::string_view type) {
    const auto of_type = [&](const Side& side) {
      std::vector<int> ports;
      for (const Node* node = side.graph.first(); node != nullptr; node = node->next()) {
        if (node->is(type)) ports.push_back(side.numbers.at(node));
      }
      return ports;
    };
    auto as = of_type(a_), bs = of_type(b_);
    std::map<std::string, std::pair<std::vector<int>, std::vector<int>>> by_name;
    for (const int i : as) by_name[port_name(a_, i)].first.push_back(i);
    for (const int i : bs) by_name[port_name(b_, i)].second.push_back(i);
    const auto in_order = [&](const std::vector<int>& x, const std::vector<int>& y) {
      for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) pair(x[i], y[i]);
    };
    for (const auto& [name, found] : by_name) {
      if (!name.empty()) in_order(found.first, found.second);
    }
    std::erase_if(as, [&](int i) { return a_.pairs[i] != kNone; });
    std::erase_if(bs, [&](int i) { return b_.pairs[i] != kNone; });
    in_order(as, bs);
  }

  void hash() {
    std::vector<Digest> a(a_.nodes.size()), b(b_.nodes.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a_.pairs[i] != kNone) a[i] = b[a_.pairs[i]] = {i + 1, 0};
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a_.pairs[i] == kNone && a_.nodes[i]->is("Parameter")) a[i] = {0, 2 * i + 1};
    }
    for (std::size_t i = 0; i < b.size(); ++i) {
      if (b_.pairs[i] == kNone && b_.nodes[i]->is("Parameter")) b[i] = {0, 2 * i + 2};
    }
    a_.hash(a);
    b_.hash(b);
  }

  /// Pairs what has a key that one open layer of each side has.
  template <class Key, class Allowed>
  void pair_unique(const Key& key, const Allowed& allowed) {
    struct Found {
      int a = kNone, b = kNone;
      int as = 0, bs = 0;
    };
    std::unordered_map<Digest, Found, DigestHash> found;
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      if (!a_.is_open(static_cast<int>(i))) continue;
      auto& entry = found[key(a_, static_cast<int>(i))];
      entry.a = static_cast<int>(i);
      ++entry.as;
    }
    for (std::size_t i = 0; i < b_.nodes.size(); ++i) {
      if (!b_.is_open(static_cast<int>(i))) continue;
      const auto at = found.find(key(b_, static_cast<int>(i)));
      if (at == found.end()) continue;
      at->second.b = static_cast<int>(i);
      ++at->second.bs;
    }
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      if (!a_.is_open(static_cast<int>(i))) continue;
      const auto digest = key(a_, static_cast<int>(i));
      const auto& entry = found.at(digest);
      if (digest != Digest{} && entry.as == 1 && entry.bs == 1 && allowed(entry.a, entry.b)) pair(entry.a, entry.b);
    }
  }
  template <class Key>
  void pair_unique(const Key& key) {
    pair_unique(key, [](int, int) { return true; });
  }

  /// Several layers in equal surroundings are told apart by what they read and who reads them, then by their order.
  void pair_alike() {
    while (!fresh_.empty()) {
      const int a = fresh_.back(), b = a_.pairs[a];
      fresh_.pop_back();
      const auto pair_equal = [&](int x, int y) {
        if (a_.is_open(x) && b_.is_open(y) && surroundings(a_, x) == surroundings(b_, y)) pair(x, y);
      };
      for (std::size_t port = 0; port < std::min(a_.sources[a].size(), b_.sources[b].size()); ++port) {
        const int x = a_.sources[a][port].node, y = b_.sources[b][port].node;
        if (x != kNone && y != kNone) pair_equal(x, y);
      }
      std::unordered_map<Digest, std::vector<int>, DigestHash> readers;
      const auto place = [](const Side& side, const Side::Reader& reader) {
        return Digester().add(surroundings(side, reader.node)).add(reader.input).add(reader.output).digest();
      };
      for (auto reader = b_.readers[b].rbegin(); reader != b_.readers[b].rend(); ++reader)
        readers[place(b_, *reader)].push_back(reader->node);
      for (const auto& reader : a_.readers[a]) {
        auto& open = readers[place(a_, reader)];
        while (!open.empty() && !b_.is_open(open.back())) open.pop_back();
        if (!open.empty()) pair_equal(reader.node, open.back());
      }
    }
  }

  static std::optional<std::size_t> first_open_source(const Side& side, int i) {
    for (std::size_t port = 0; port < side.sources[i].size(); ++port) {
      const int source = side.sources[i][port].node;
      if (source != kNone && !side.constant[source]) return port;
    }
    return std::nullopt;
  }

  /// An equal name counts where the layer or a neighbour speaks for it, too: numbers in names repeat by chance.
  bool is_likely(int a, int b) const {
    if (a_.down[a] == b_.down[b] || a_.up[a] == b_.up[b]) return true;
    const auto same = [this](int x, int y) {
      return a_.pairs[x] == y || (a_.nodes[x]->type() == b_.nodes[y]->type() && !a_.nodes[x]->name().empty() &&
                                  a_.nodes[x]->name() == b_.nodes[y]->name());
    };
    for (std::size_t port = 0; port < a_.sources[a].size() && port < b_.sources[b].size(); ++port) {
      const int x = a_.sources[a][port].node, y = b_.sources[b][port].node;
      if (x != kNone && y != kNone && same(x, y)) return true;
    }
    constexpr std::size_t kLooked = 8;
    for (std::size_t i = 0; i < std::min(kLooked, a_.readers[a].size()); ++i) {
      for (std::size_t j = 0; j < std::min(kLooked, b_.readers[b].size()); ++j) {
        if (same(a_.readers[a][i].node, b_.readers[b][j].node)) return true;
      }
    }
    return false;
  }

  /// Neither name is one that the other graph still has open.
  bool is_renamed(int a, int b) {
    if (names_[0].empty() && names_[1].empty()) {
      for (const Node* node : a_.nodes) names_[0].insert(node->name());
      for (const Node* node : b_.nodes) names_[1].insert(node->name());
    }
    return !names_[1].contains(a_.nodes[a]->name()) || !names_[0].contains(b_.nodes[b]->name());
  }

  /// From each pair to its neighbours, which are pairs if only one of their type is open at a port.
  void spread() {
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      if (a_.pairs[i] != kNone && !a_.constant[i]) fresh_.push_back(static_cast<int>(i));
    }
    while (!fresh_.empty()) {
      const int a = fresh_.back(), b = a_.pairs[a];
      fresh_.pop_back();
      for (std::size_t port = 0; port < std::min(a_.sources[a].size(), b_.sources[b].size()); ++port) {
        const auto as = above(a_, a_.sources[a][port].node), bs = above(b_, b_.sources[b][port].node);
        pair_first_of_a_type(as, bs);
      }
      for (std::size_t port = 0; port < a_.nodes[a]->output_count(); ++port) {
        auto as = below(a_, a, port), bs = below(b_, b, port);
        pair_only_of_a_type(as, bs);
      }
    }
  }

  static constexpr int kSteps = 4;

  /// A layer, and what is open above it past steps of data.
  static std::vector<int> above(const Side& side, int node) {
    std::vector<int> found;
    for (int step = 0; step < kSteps && node != kNone && !side.constant[node]; ++step) {
      if (side.pairs[node] == kNone) found.push_back(node);
      if (!is_data_step(*side.nodes[node]) || side.sources[node].empty()) break;
      node = side.sources[node][data_port_of(*side.nodes[node])].node;
    }
    return found;
  }

  /// The open readers of an output, and those behind the only readers that are data steps.
  static std::vector<int> below(const Side& side, int node, std::size_t output) {
    std::vector<int> found;
    for (const auto& reader : side.readers[node]) {
      if (static_cast<std::size_t>(reader.output) != output) continue;
      int at = reader.node;
      for (int step = 0; step < kSteps; ++step) {
        if (side.is_open(at)) found.push_back(at);
        if (!is_data_step(*side.nodes[at]) || side.readers[at].size() != 1) break;
        at = side.readers[at].front().node;
      }
    }
    return found;
  }

  void pair_first_of_a_type(const std::vector<int>& as, const std::vector<int>& bs) {
    for (const int a : as) {
      for (const int b : bs) {
        if (a_.is_open(a) && b_.is_open(b) && may_be_pair(a, b)) return pair(a, b);
      }
    }
  }

  void pair_only_of_a_type(std::vector<int>& as, std::vector<int>& bs) {
    const auto count = [](const Side& side, const std::vector<int>& list, std::string_view type) {
      return std::count_if(list.begin(), list.end(), [&](int i) { return side.is_open(i) && side.nodes[i]->is(type); });
    };
    constexpr std::size_t kMost = 64;
    if (as.size() > kMost || bs.size() > kMost) return;
    for (const int a : as) {
      if (!a_.is_open(a)) continue;
      const auto type = a_.nodes[a]->type();
      if (count(a_, as, type) != 1 || count(b_, bs, type) != 1) continue;
      const auto b = std::find_if(bs.begin(), bs.end(), [&](int i) { return b_.is_open(i) && b_.nodes[i]->is(type); });
      if (may_be_pair(a, *b)) pair(a, *b);
    }
  }

  bool may_be_pair(int a, int b) const {
    const Node &x = *a_.nodes[a], &y = *b_.nodes[b];
    if (x.type() != y.type() || x.input_count() != y.input_count()) return false;
    return !has_state(x) || x.attribute("variable_id") == nullptr || y.attribute("variable_id") == nullptr ||
           *x.attribute("variable_id") == *y.attribute("variable_id");
  }

  /// What is left between two pairs, in its order.
  void pair_sequences() {
    std::map<int, std::pair<std::vector<int>, std::vector<int>>> rests;
    std::vector<int> anchors_a(a_.nodes.size(), kNone), anchors_b(b_.nodes.size(), kNone);
    const auto anchor = [](const Side& side, std::vector<int>& anchors, int i) {
      const auto port = first_open_source(side, i);
      if (port) {
        const int source = side.sources[i][*port].node;
        anchors[i] = side.pairs[source] != kNone ? source : anchors[source];
      }
      return anchors[i];
    };
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      const int at = anchor(a_, anchors_a, static_cast<int>(i));
      if (a_.is_open(static_cast<int>(i))) rests[at].first.push_back(static_cast<int>(i));
    }
    for (std::size_t i = 0; i < b_.nodes.size(); ++i) {
      const int at = anchor(b_, anchors_b, static_cast<int>(i));
      if (!b_.is_open(static_cast<int>(i))) continue;
      const auto found = rests.find(at == kNone ? kNone : b_.pairs[at]);
      if (found != rests.end()) found->second.second.push_back(static_cast<int>(i));
    }
    for (const auto& [at, rest] : rests) pair_sequence(rest.first, rest.second);
  }

  bool are_alike(int a, int b) const {
    if (!may_be_pair(a, b)) return false;
    const Node &x = *a_.nodes[a], &y = *b_.nodes[b];
    return a_.own[a] == b_.own[b] ||
           (x.output_count() != 0 && y.output_count() != 0 && x.output(0).shape() == y.output(0).shape());
  }

  void pair_sequence(const std::vector<int>& as, const std::vector<int>& bs) {
    constexpr std::size_t kMost = 1 << 20;
    const auto n = as.size(), m = bs.size();
    if (n == 0 || m == 0) return;
    if (n > kMost / m) {  // too many to look at all pairs: those of one kind in their order
      std::unordered_map<Digest, std::vector<int>, DigestHash> open;
      for (auto b = bs.rbegin(); b != bs.rend(); ++b) open[b_.own[*b]].push_back(*b);
      for (const int a : as) {
        auto& list = open[a_.own[a]];
        if (list.empty()) continue;
        pair(a, list.back());
        list.pop_back();
      }
      return;
    }
    std::vector<std::uint16_t> length((n + 1) * (m + 1));
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint16_t& { return length[i * (m + 1) + j]; };
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t j = m; j-- > 0;) {
        at(i, j) = std::max({at(i + 1, j), at(i, j + 1),
                             static_cast<std::uint16_t>(are_alike(as[i], bs[j]) ? at(i + 1, j + 1) + 1 : 0)});
      }
    }
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
      if (are_alike(as[i], bs[j]) && at(i, j) == at(i + 1, j + 1) + 1) {
        pair(as[i++], bs[j++]);
      } else {
        at(i + 1, j) >= at(i, j + 1) ? ++i : ++j;
      }
    }
  }

  /// Constants that are as they were keep each other; the others go with those who read them.
  void pair_constants() {
    std::unordered_map<Digest, std::vector<int>, DigestHash> same;
    const auto key = [this](const Side& side, int i) {
      return Digester().add(side.down[i]).add(names_count_ ? side.nodes[i]->name() : std::string_view()).digest();
    };
    for (std::size_t i = b_.nodes.size(); i-- > 0;) {
      if (b_.constant[i]) same[key(b_, static_cast<int>(i))].push_back(static_cast<int>(i));
    }
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      if (!a_.constant[i] || !names_count_) continue;
      auto& list = same[key(a_, static_cast<int>(i))];
      if (list.size() == 1) {
        pair(static_cast<int>(i), list.back());
        list.pop_back();
      }
    }
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      const int b = a_.pairs[i];
      if (b == kNone || a_.constant[i]) continue;
      for (std::size_t port = 0; port < std::min(a_.sources[i].size(), b_.sources[b].size()); ++port)
        pair_values(a_.sources[i][port].node, b_.sources[b][port].node);
    }
    std::unordered_map<Digest, std::vector<int>, DigestHash> rest;  // whoever reads them, or nobody
    for (std::size_t i = b_.nodes.size(); i-- > 0;) {
      if (b_.constant[i] && b_.pairs[i] == kNone) rest[b_.down[i]].push_back(static_cast<int>(i));
    }
    for (std::size_t i = 0; i < a_.nodes.size(); ++i) {
      if (!a_.constant[i] || a_.pairs[i] != kNone) continue;
      auto& list = rest[a_.down[i]];
      if (list.empty()) continue;
      pair(static_cast<int>(i), list.back());
      list.pop_back();
    }
    fresh_.clear();
  }

  /// Two values that come from constants: layer by layer along their data, and the parameters of what is a pair.
  void pair_values(int a, int b) {
    std::vector<std::pair<int, int>> open{{a, b}};
    while (!open.empty()) {
      std::tie(a, b) = open.back();
      open.pop_back();
      if (a == kNone || b == kNone || !a_.constant[a] || !b_.constant[b]) continue;
      if (a_.pairs[a] != kNone || b_.pairs[b] != kNone) continue;
      const auto as = chain(a_, a), bs = chain(b_, b);
      for (const auto& [x, y] : common(as, bs)) {
        if (a_.pairs[x] != kNone || b_.pairs[y] != kNone) continue;
        pair(x, y);
        for (std::size_t port = 0; port < std::min(a_.sources[x].size(), b_.sources[y].size()); ++port)
          open.emplace_back(a_.sources[x][port].node, b_.sources[y][port].node);
      }
    }
  }

  static std::vector<int> chain(const Side& side, int i) {
    std::vector<int> result;
    for (const Node* node : data_chain(*side.nodes[i])) result.push_back(side.numbers.at(node));
    return result;
  }

  /// The two ends, where they are constants, and the longest common subsequence of types in front of them.
  std::vector<std::pair<int, int>> common(std::vector<int> as, std::vector<int> bs) const {
    std::vector<std::pair<int, int>> result;
    if (a_.nodes[as.back()]->type() == b_.nodes[bs.back()]->type()) {
      result.emplace_back(as.back(), bs.back());
      as.pop_back();
      bs.pop_back();
    }
    std::size_t from = 0;
    for (const int x : as) {
      const auto found = std::find_if(bs.begin() + static_cast<std::ptrdiff_t>(from), bs.end(), [&](int y) {
        return a_.nodes[x]->type() == b_.nodes[y]->type() && a_.nodes[x]->input_count() == b_.nodes[y]->input_count();
      });
      if (found == bs.end()) continue;
      result.emplace_back(x, *found);
      from = static_cast<std::size_t>(found - bs.begin()) + 1;
    }
    return result;
  }

  Side a_, b_;
  bool names_count_;
  std::vector<int> fresh_;  ///< pairs whose neighbours are to be looked at
  std::array<std::unordered_set<std::string_view>, 2> names_;
};

const Body* body_of(const Node& node, std::string_view name) {
  const auto found =
      std::find_if(node.bodies().begin(), node.bodies().end(), [&](const Body& body) { return body.name == name; });
  return found == node.bodies().end() ? nullptr : &*found;
}

}  // namespace

std::string canonical(std::string_view text) {
  std::string result;
  for_each_item(text, [&](std::string_view item) {
    const auto number = parse_real(item);
    if (!result.empty()) result += ',';
    result += number ? fmt::format("{}", *number) : std::string(item);
  });
  return result;
}

bool is_data_step(const Node& node) {
  static constexpr std::array<std::string_view, 9> kSteps{
      "Convert", "Subtract", "Multiply", "Add", "FakeQuantize", "Transpose", "Reshape", "Unsqueeze", "Squeeze"};
  const bool is_binary = node.is("Multiply") || node.is("Subtract") || node.is("Add");
  if (node.input_count() < (is_binary ? 2U : 1U) ||
      std::find(kSteps.begin(), kSteps.end(), node.type()) == kSteps.end())
    return false;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!node.input(i)) return false;
  }
  return true;
}

std::size_t data_port_of(const Node& step) {
  if (!step.is("Multiply") && !step.is("Subtract") && !step.is("Add")) return 0;
  const auto size = [&](std::size_t port) {
    return step.input(port).shape().element_count().value_or(std::numeric_limits<std::uint64_t>::max());
  };
  if (size(0) != size(1)) return size(0) < size(1) ? 1 : 0;
  return step.input(0).node().is("Const") && !step.input(1).node().is("Const") ? 1 : 0;
}

std::vector<const Node*> data_chain(const Node& value) {
  std::vector<const Node*> chain{&value};
  constexpr std::size_t kLongest = 32;
  while (is_data_step(*chain.back()) && chain.size() < kLongest) {
    const auto source = chain.back()->input(data_port_of(*chain.back()));
    if (!source) break;
    chain.push_back(&source.node());
  }
  return chain;
}

std::vector<std::string> port_maps(const Node& node) {
  std::vector<std::string> texts;
  for (const auto& body : node.bodies()) {
    for (const auto& [id, label] : labels_of(node, body.name)) texts.push_back(fmt::format("{} {}", body.name, label));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

Alignment align(const Model& before, const Contents& contents_before, const Model& after,
                const Contents& contents_after, const Ignored& ignored) {
  Alignment result;
  std::vector<std::pair<Alignment::Graphs, std::array<Labels, 2>>> open;
  open.push_back({{before.graph.get(), after.graph.get(), ""}, {}});
  while (!open.empty()) {
    auto [graphs, labels] = std::move(open.back());
    open.pop_back();
    Aligner aligner(Side(*graphs.before, contents_before, std::move(labels[0])),
                    Side(*graphs.after, contents_after, std::move(labels[1])), !ignored.names);
    aligner.run();
    aligner.tell(result);
    for (const auto& [a, b] : aligner.with_bodies()) {
      for (const auto& body : a->bodies()) {
        const auto* other = body_of(*b, body.name);
        if (other == nullptr) continue;
        open.push_back(
            {{body.graph.get(), other->graph.get(), fmt::format("{}{}/{}/", graphs.path, a->name(), body.name)},
             {labels_of(*a, body.name), labels_of(*b, body.name)}});
      }
    }
    result.add(std::move(graphs));
  }
  return result;
}

}  // namespace lpt

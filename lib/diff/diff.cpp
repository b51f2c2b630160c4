#include "diff/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "diff/facets.hpp"
#include "ir/number.hpp"
#include "ops/facts.hpp"
#include "ops/operation.hpp"
#include "quant/constant_sums.hpp"
#include "quant/dequantization.hpp"
#include "quant/parameter_algebra.hpp"
#include "quant/weights_quantization.hpp"
#include "text/values.hpp"

namespace lpt {
namespace {

constexpr std::size_t kUnclaimed = static_cast<std::size_t>(-1);
constexpr double kInfinite = std::numeric_limits<double>::infinity();

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

std::string named(const Node& node) { return fmt::format("\"{}\" ({})", node.name(), node.type()); }

/// "a", "b" and 3 more
std::string listed(const std::vector<const Node*>& nodes) {
  constexpr std::size_t kMost = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, nodes.size()); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == nodes.size() ? " and " : ", ", named(*nodes[i]));
  return nodes.size() > kMost ? text + fmt::format(" and {} more", nodes.size() - kMost) : text;
}

/// "2 Convolution, 1 ReLU" of layers that are no constants; of these, if there are no others.
std::string counted(const std::vector<const Node*>& nodes) {
  std::map<std::string_view, std::size_t> counts;
  for (const Node* node : nodes) ++counts[node->type()];
  if (counts.size() > 1) counts.erase("Const");
  std::vector<std::pair<std::size_t, std::string_view>> sorted;
  for (const auto& [type, count] : counts) sorted.emplace_back(count, type);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (const auto& [count, type] : sorted) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, type);
  return text;
}

std::string range_text(const std::vector<float>& low, const std::vector<float>& high) {
  const auto least = *std::min_element(low.begin(), low.end());
  const auto most = *std::max_element(high.begin(), high.end());
  return fmt::format("{:.4g}...{:.4g}{}", least, most,
                     low.size() > 1 ? fmt::format(" in {} channels", low.size()) : "");
}

/// True for the ends of a range whose steps are 1, and whose values are integers.
bool counts_steps(const std::vector<float>& low, const std::vector<float>& high, double levels) {
  for (std::size_t i = 0; i < low.size() && i < high.size(); ++i) {
    if (low[i] != std::nearbyint(low[i]) || static_cast<double>(high[i]) - static_cast<double>(low[i]) != levels - 1)
      return false;
  }
  return true;
}

/// ", times 58.3" where both ends of each channel moved by one factor.
std::string factor_text(const std::vector<float>& low, const std::vector<float>& high,
                        const std::vector<float>& low_now, const std::vector<float>& high_now) {
  const float factor = (high_now[0] - low_now[0]) / (high[0] - low[0]);
  if (low.size() != low_now.size() || high.size() != high_now.size() || !std::isfinite(factor) || factor == 1)
    return "";
  const auto fits = [&](const std::vector<float>& was, const std::vector<float>& is) {
    for (std::size_t i = 0; i < was.size(); ++i) {
      if (!(std::abs(was[i] * factor - is[i]) <= 1e-5F * std::abs(high_now[0] - low_now[0]))) return false;
    }
    return true;
  };
  return fits(low, low_now) && fits(high, high_now) ? fmt::format(", times {:.4g}", factor) : "";
}

/// One graph and the other, while their differences are given to meanings.
class Differ {
 public:
  Differ(const Model& before, const Model& after, const Ignored& ignored)
      : ignored_(ignored), units_a_(before), units_b_(after) {
    if (!ignored.constants) {
      result_.contents_before = Contents(before);
      result_.contents_after = Contents(after);
    }
    result_.alignment = align(before, result_.contents_before, after, result_.contents_after, ignored);
    for (const auto& graphs : result_.alignment.graphs()) collect(graphs);
    for (const auto& graphs : result_.alignment.graphs()) explain(graphs);
    result_.model = model_facets(before, after, ignored);
    explain_model();
  }

  Diff take() {
    sort();
    return std::move(result_);
  }

 private:
  using Nodes = std::vector<const Node*>;

  const Node* other(const Node& a) const { return result_.alignment.after(a); }
  bool is_constant(const Node& node) const { return result_.alignment.is_constant(node); }
  bool is_constant(Value value) const { return value && is_constant(value.node()); }
  static Nodes in_order(const Graph& graph) {
    Nodes nodes;
    for (const Node* node : graph.topological_order().nodes) nodes.push_back(node);
    return nodes;
  }

  // --- what differs

  void collect(const Alignment::Graphs& graphs) {
    for (const Node* a : in_order(*graphs.before)) {
      const Node* b = other(*a);
      LayerChange change{a, b, {}, kUnclaimed};
      if (b != nullptr) {
        change.facets =
            layer_facets(*a, *b, result_.alignment, result_.contents_before, result_.contents_after, ignored_);
        if (change.facets.empty()) continue;
        for (auto& facet : change.facets) facet.meaning = kUnclaimed;
      }
      add(std::move(change));
    }
    for (const Node* b : in_order(*graphs.after)) {
      if (result_.alignment.before(*b) == nullptr) add({nullptr, b, {}, kUnclaimed});
    }
    if (ignored_.order) return;
    for (const auto* type : {"Parameter", "Result"}) compare_order(graphs, type);
  }

  void add(LayerChange change) {
    for (const Node* node : {change.before, change.after}) {
      if (node != nullptr) changes_[node] = result_.layers.size();
    }
    result_.layers.push_back(std::move(change));
  }

  /// Those that have pairs are to stand in one order. Bodies tell their ports by maps.
  void compare_order(const Alignment::Graphs& graphs, std::string_view type) {
    if (!graphs.path.empty()) return;
    std::map<const Node*, std::size_t> places;
    std::vector<std::pair<const Node*, const Node*>> pairs;
    std::size_t place = 0;
    for (const Node* b = graphs.after->first(); b != nullptr; b = b->next()) {
      if (b->is(type) && result_.alignment.before(*b) != nullptr) places[b] = place++;
    }
    place = 0;
    for (const Node* a = graphs.before->first(); a != nullptr; a = a->next()) {
      if (!a->is(type) || other(*a) == nullptr) continue;
      const auto now = places.at(other(*a));
      if (now != place) {
        if (!changes_.contains(a)) add({a, other(*a), {}, kUnclaimed});
        result_.layers[changes_.at(a)].facets.push_back(
            {"place", std::to_string(place), std::to_string(now), kUnclaimed});
      }
      ++place;
    }
  }

  // --- what it means

  LayerChange* change_of(const Node& node) {
    const auto found = changes_.find(&node);
    return found == changes_.end() ? nullptr : &result_.layers[found->second];
  }
  bool is_lonely(const Node& node) const { return !result_.alignment.has_pair(node); }
  bool is_unclaimed(const Node& node) {
    const auto* change = change_of(node);
    if (change == nullptr) return false;
    if (is_lonely(node)) return change->meaning == kUnclaimed;
    return std::any_of(change->facets.begin(), change->facets.end(),
                       [](const Facet& f) { return f.meaning == kUnclaimed; });
  }

  std::size_t mean(Kind kind, const Alignment::Graphs& graphs, const Node* before, const Node* after, std::string text,
                   std::string verdict = {}) {
    result_.meanings.push_back({kind, graphs.path, before, after, std::move(text), std::move(verdict), 0, {}});
    return result_.meanings.size() - 1;
  }

  /// Gives what is left of a layer's change to a meaning.
  void claim(const Node& node, std::size_t meaning) {
    auto* change = change_of(node);
    if (change == nullptr) return;
    bool is_new = false;
    if (is_lonely(node)) {
      is_new = change->meaning == kUnclaimed;
      if (is_new) change->meaning = meaning;
    }
    for (auto& facet : change->facets) {
      if (facet.meaning != kUnclaimed) continue;
      facet.meaning = meaning;
      is_new = true;
    }
    const auto& about = result_.meanings[meaning];
    if (is_new && &node != about.before && &node != about.after && other_of_pair(node) != about.before &&
        other_of_pair(node) != about.after)
      ++result_.meanings[meaning].others;
  }
  const Node* other_of_pair(const Node& node) const {
    const Node* after = result_.alignment.after(node);
    return after != nullptr                            ? after
           : result_.alignment.before(node) != nullptr ? result_.alignment.before(node)
                                                       : &node;
  }

  Facet* facet(const Node& node, std::string_view what) {
    auto* change = change_of(node);
    if (change == nullptr) return nullptr;
    for (auto& each : change->facets) {
      if (each.what == what) return &each;
    }
    return nullptr;
  }
  Facet* input_facet(const Node& node, std::size_t port) {
    if (change_of(node) == nullptr) return nullptr;
    auto* found = facet(node, fmt::format("input {}", port));
    return found != nullptr && found->meaning == kUnclaimed ? found : nullptr;
  }

  void explain(const Alignment::Graphs& graphs) {
    const auto before = in_order(*graphs.before), after = in_order(*graphs.after);
    for (const Node* a : before) {
      if (other(*a) != nullptr && !is_constant(*a)) explain_move(graphs, *a, *other(*a));
    }
    for (const Node* a : before) {
      const Node* b = other(*a);
      if (b == nullptr || is_constant(*a)) continue;
      if (a->is("FakeQuantize") && b->is("FakeQuantize")) explain_ranges(graphs, *a, *b);
      for (std::size_t port = 0; port < std::min(a->input_count(), b->input_count()); ++port)
        explain_constant(graphs, *a, *b, port);
    }
    explain_lonely(graphs, before, after);
    explain_rest(graphs, after);
  }

  /// The layers of a value that comes from constants which nobody looked at yet.
  Nodes tree(Value value) {
    Nodes nodes, open;
    if (is_constant(value)) open.push_back(&value.node());
    while (!open.empty()) {
      const Node* node = open.back();
      open.pop_back();
      if (!seen_.insert(node).second) continue;
      nodes.push_back(node);
      for (std::size_t i = 0; i < node->input_count(); ++i) {
        if (is_constant(node->input(i))) open.push_back(&node->input(i).node());
      }
    }
    return nodes;
  }

  bool only_names(const Nodes& nodes) {
    return std::all_of(nodes.begin(), nodes.end(), [&](const Node* node) {
      const auto* change = change_of(*node);
      if (change == nullptr) return true;
      if (is_lonely(*node)) return false;
      return std::all_of(change->facets.begin(), change->facets.end(), [](const Facet& f) {
        return f.what == "name" || begins(f.what, "names ") || begins(f.what, "rt_info");
      });
    });
  }

  static std::string input_title(const Node& node, std::size_t port) {
    const bool has_weights = is_convolution(node) || node.is("MatMul");
    if (has_weights && port == 1) return "weights";
    if (node.is("MatMul")) return fmt::format("input {}", port);
    return node.is("Add") || node.is("Multiply") || node.is("Subtract") ? "constant" : fmt::format("input {}", port);
  }

  /// A few numbers as they are, more by type and shape.
  static std::string short_value(Value value) {
    constexpr std::uint64_t kMost = 8;
    const Node& node = value.node();
    const auto count = value.shape().element_count();
    auto text = fmt::format("{}[{}]", lpt::name(value.type()), value.shape().to_string());
    if (node.constant() == nullptr || !count || *count > kMost) return text;
    return text + " " + print_values(value.type(), *node.constant(), *count, kMost);
  }

  /// True if a constant that is added to a MatMul has changed by the zero point of what the MatMul reads now.
  bool holds_zero_point(const Node& add, std::size_t port, const ConstantValue& before, const ConstantValue& after) {
    if (!add.is("Add") || add.input_count() != 2 || !add.input(1 - port).node().is("MatMul")) return false;
    const Node& mat_mul = add.input(1 - port).node();
    const auto* unit = units_b_.of(mat_mul.input(0));
    const auto matrix = unit != nullptr && unit->zero_point ? StoredMatrix::of(mat_mul) : std::nullopt;
    if (!matrix || !is_uniform(*unit->zero_point)) return false;
    const auto lack = matrix->times(-unit->zero_point->values[0]);
    const auto x = before.to_small_tensor(), y = after.to_small_tensor();
    if (y.values.size() != lack.values.size() || (x.values.size() != 1 && x.values.size() != y.values.size()))
      return false;
    constexpr float kRounding = 1e-5F;
    const float allowed = kRounding * std::max(std::abs(y.farthest_from_0()), std::abs(lack.farthest_from_0()));
    for (std::size_t i = 0; i < y.values.size(); ++i) {
      if (!(std::abs(x.values[x.values.size() == 1 ? 0 : i] + lack.values[i] - y.values[i]) <= allowed)) return false;
    }
    return true;
  }

  void explain_constant(const Alignment::Graphs& graphs, const Node& a, const Node& b, std::size_t port) {
    const Value x = a.input(port), y = b.input(port);
    if (!is_constant(y)) return;
    if (!is_constant(x)) return explain_fold(graphs, a, b, port);
    auto nodes = tree(x);
    for (const Node* node : tree(y)) nodes.push_back(node);
    const bool rewired = input_facet(b, port) != nullptr;
    if (only_names(nodes) && !rewired) return;
    const bool is_folded = x.node().constant() == nullptr && y.node().constant() != nullptr;
    const auto va = ConstantValue::of(x), vb = ConstantValue::of(y);
    Kind kind = Kind::constants;
    std::string text, verdict;
    std::optional<ValueDifference> values;
    if (va && vb && holds_zero_point(b, port, *va, *vb)) {
      kind = Kind::rewritten;
      text = fmt::format("{} {} holds the zero point of what \"{}\" reads, too", input_title(b, port), vb->to_string(),
                         b.input(1 - port).node().name());
      verdict = "equal but for rounding";
    } else if (va && vb && va->count() == vb->count()) {
      const auto* unit = units_b_.of(y);
      const auto* unit_before = units_a_.of(x);
      const auto factor = [](const Unit* u) { return u != nullptr ? std::optional(u->scale) : std::nullopt; };
      values = compare(*va, factor(unit_before), *vb, factor(unit));
      const bool stores = is_real(va->stored()) && !is_real(vb->stored());
      text = is_folded && !stores && !is_real(vb->stored())
                 ? fmt::format("{} was computed by {} from constants, is {} now", input_title(b, port), named(x.node()),
                               short_value(y))
                 : fmt::format("{} {} -> {}", input_title(b, port), va->to_string(), vb->to_string());
      const bool may_fit =
          va->is_quantized() && vb->is_quantized() && va->scale().has_value() != vb->scale().has_value();
      const auto factor_now = values->is_equal() || !may_fit ? std::nullopt : fitted_factor(*va, *vb);
      if (factor_now) {
        kind = stores ? Kind::stored : Kind::rewritten;
        verdict = "equal but for a factor";
        text += ", " + describe_parameter("times", *factor_now, y.shape().rank());
        values = compare(*va, factor_now, *vb, std::nullopt);
      } else if (values->is_equal()) {
        kind = stores ? Kind::stored : is_folded ? Kind::folded : Kind::rewritten;
        verdict = values->is_identical                       ? "equal bit for bit"
                  : va->is_quantized() || vb->is_quantized() ? "equal when dequantized"
                                                             : "equal but for rounding";
        if (unit != nullptr && unit->is_listed)
          text += fmt::format(", holds the scale of its data, too ({})",
                              describe_parameter("times", inverse(unit->scale), y.shape().rank()));
      } else {
        const Node &data = *data_chain(x.node()).back(), &data_now = *data_chain(y.node()).back();
        const bool same_data = result_.alignment.are_pair(data, data_now) && facet(data_now, "bytes") == nullptr;
        const bool parameters =
            va->is_quantized() && vb->is_quantized() && (same_data || va->to_string() != vb->to_string());
        kind = stores ? Kind::stored : parameters ? Kind::requantized : Kind::constants;
        verdict = "not equal";
        if (text.size() > 0 && va->count() <= 8 && !parameters && x.node().constant() != nullptr &&
            y.node().constant() != nullptr)
          text = fmt::format("{} {} -> {}", input_title(b, port), short_value(x), short_value(y));
        text +=
            fmt::format("; {} of {} differ, by at most {:.3g}, {:.3g} in the mean, SQNR {:.1f} dB, worst channel {}",
                        values->differing, values->count, values->max_abs, values->mean_abs, values->sqnr_db,
                        values->worst_channel);
      }
    } else {
      text = fmt::format("{} {} -> {}", input_title(b, port), short_value(x), short_value(y));
    }
    const auto meaning = mean(kind, graphs, &a, &b, std::move(text), std::move(verdict));
    result_.meanings[meaning].values = values;
    for (const Node* node : nodes) claim(*node, meaning);
    if (auto* input = input_facet(b, port)) input->meaning = meaning;
  }

  static SmallTensor inverse(const SmallTensor& tensor) {
    return mapped(tensor, [](float value) { return 1 / value; });
  }

  void explain_fold(const Alignment::Graphs& graphs, const Node& a, const Node& b, std::size_t port) {
    auto* input = input_facet(b, port);
    const Value x = a.input(port), y = b.input(port);
    if (input == nullptr || !x) return;
    const auto meaning = mean(Kind::folded, graphs, &a, &b, "");
    input->meaning = meaning;
    Nodes removed;
    Nodes open{&x.node()};
    while (!open.empty()) {  // what led to it and has no pair
      const Node* node = open.back();
      open.pop_back();
      if (!is_lonely(*node) || !is_unclaimed(*node)) continue;
      claim(*node, meaning);
      if (!is_constant(*node)) removed.push_back(node);
      for (std::size_t i = 0; i < node->input_count(); ++i) {
        if (node->input(i)) open.push_back(&node->input(i).node());
      }
    }
    for (const Node* node : tree(y)) claim(*node, meaning);
    result_.meanings[meaning].others = removed.size();
    result_.meanings[meaning].text = fmt::format("input {} was computed by {}, is the constant {} now", port,
                                                 removed.empty() ? named(x.node()) : listed(removed), short_value(y));
  }

  /// Where a value that holds integers means something else again: the layers at the end of what only moves it.
  Nodes takers(const Node& node) const {
    Nodes result, open{&node};
    std::set<const Node*> seen;
    constexpr std::size_t kMost = 64;
    while (!open.empty() && seen.size() < kMost) {
      const Node* at = open.back();
      open.pop_back();
      if (!seen.insert(at).second) continue;
      for (std::size_t i = 0; i < at->output_count(); ++i) {
        for (const auto& reader : at->output(i).readers()) {
          const Node& next = *reader.node;
          const bool goes_on = next.output_count() != 0 && units_b_.of(next.output(0)) != nullptr;
          if (goes_on) {
            open.push_back(&next);
          } else if (std::find(result.begin(), result.end(), &next) == result.end()) {
            result.push_back(&next);
          }
        }
      }
    }
    return result;
  }

  void explain_ranges(const Alignment::Graphs& graphs, const Node& a, const Node& b) {
    if (a.input_count() != 5 || b.input_count() != 5) return;
    Nodes nodes;
    bool changed = facet(b, "attribute levels") != nullptr;
    for (std::size_t port = 1; port < 5; ++port) {
      for (const Node* node : tree(a.input(port))) nodes.push_back(node);
      for (const Node* node : tree(b.input(port))) nodes.push_back(node);
      changed = changed || input_facet(b, port) != nullptr;
    }
    if (!changed && only_names(nodes)) return;
    const auto ends = [](const Node& node) {
      std::vector<std::vector<float>> result;
      for (std::size_t port = 1; port < 5; ++port) {
        const auto value = ConstantValue::of(node.input(port));
        if (!value || value->count() == 0 || value->count() > 4096) return std::vector<std::vector<float>>{};
        result.push_back(value->to_small_tensor().values);
      }
      std::ranges::replace(result[0], kJustBelowZero, 0.0F);
      return result;
    };
    const auto x = ends(a), y = ends(b);
    const auto* levels_a = a.attribute("levels");
    const auto* levels_b = b.attribute("levels");
    std::string text, factor;
    const auto say = [&](const std::string& what, const std::string& from, const std::string& to) {
      if (from != to) text += fmt::format("{}{} {} -> {}", text.empty() ? "" : ", ", what, from, to);
    };
    if (levels_a != nullptr && levels_b != nullptr) say("levels", std::string(*levels_a), std::string(*levels_b));
    if (!x.empty() && !y.empty()) {
      say("input", range_text(x[0], x[1]), range_text(y[0], y[1]));
      say("output", range_text(x[2], x[3]), range_text(y[2], y[3]));
      if (x[0] == y[0] && x[1] == y[1]) factor = factor_text(x[2], x[3], y[2], y[3]);
      text += factor;
    }
    const bool is_same = text.empty() && !x.empty() && x == y;
    if (text.empty()) text = is_same ? "ranges" : "ranges changed";
    const auto* unit = units_b_.of(b.output(0));
    Kind kind = is_same ? Kind::rewritten : Kind::requantized;
    const auto steps = levels_b != nullptr ? parse_real(*levels_b) : std::nullopt;
    const bool are_integers =
        steps && !y.empty() && counts_steps(y[2], y[3], *steps) && !counts_steps(x[2], x[3], *steps);
    if (are_integers || (unit != nullptr && units_a_.of(a.output(0)) == nullptr)) {
      kind = Kind::activations;
      if (unit != nullptr) {
        text += ", " + describe_parameter("scale", unit->scale, b.output(0).shape().rank());
        if (unit->zero_point)
          text += ", " + describe_parameter("zero point", *unit->zero_point, b.output(0).shape().rank());
      } else if (x[2].size() == 1) {
        const double scale = (static_cast<double>(x[3][0]) - static_cast<double>(x[2][0])) / (*steps - 1);
        text += fmt::format(", scale {:.4g}", scale);
        const double zero_point = static_cast<double>(y[2][0]) - static_cast<double>(x[2][0]) / scale;
        const double rounding = zero_point - std::nearbyint(zero_point);
        if (std::nearbyint(zero_point) != 0) text += fmt::format(", zero point {}", std::nearbyint(zero_point));
        if (std::abs(rounding) > 1e-3) text += fmt::format(", which leaves out {:.2g} of a step", std::abs(rounding));
      }
      const auto to = takers(b);
      if (unit != nullptr && !to.empty()) text += fmt::format(" goes on to {}", listed(to));
    } else if (!factor.empty() && steps && levels_a != nullptr && *levels_a == *levels_b) {
      kind = Kind::rescaled;
    }
    const auto meaning = mean(kind, graphs, &a, &b, std::move(text), is_same ? "equal bit for bit" : "");
    for (const Node* node : nodes) claim(*node, meaning);
    for (std::size_t port = 1; port < 5; ++port) {
      if (auto* input = input_facet(b, port)) input->meaning = meaning;
    }
    for (const auto* what : {"attribute levels", "name", "names of output 0", "version", "type of output 0"}) {
      if (auto* found = facet(b, what)) found->meaning = meaning;
    }
  }

  /// A layer that stands behind what stood behind it, or the other way.
  void explain_move(const Alignment::Graphs& graphs, const Node& a, const Node& b) {
    const auto port = is_data_step(b) ? data_port_of(b) : 0;
    auto* input = input_facet(b, port);
    if (input == nullptr || a.input_count() <= port || !a.input(port) || !b.input(port)) return;
    const auto down = passed(a.input(port).node(), b.input(port).node(), false);
    const auto up = passed(b.input(port).node(), a.input(port).node(), true);
    const auto& way = !down.empty() ? down : up;
    if (way.empty()) return;
    // The first on the way has to read it on the other side.
    const Node& first = *way.back();
    const Node& before = !down.empty() ? *result_.alignment.before(first) : *other(first);
    const Node& self = !down.empty() ? a : b;
    bool reads = false;
    for (std::size_t i = 0; i < before.input_count(); ++i)
      reads = reads || (before.input(i) && &before.input(i).node() == &self);
    if (!reads) return;
    const auto meaning = mean(Kind::moved, graphs, &a, &b,
                              fmt::format("from {} to {} {}", !down.empty() ? "above" : "below",
                                          !down.empty() ? "below" : "above", listed({way.rbegin(), way.rend()})));
    claim(b, meaning);
    if (!down.empty()) explain_factor(a, b, way, meaning);
    const auto claim_inputs = [&](const Node& node) {
      for (std::size_t i = 0; i < node.input_count(); ++i) {
        if (auto* found = input_facet(node, i)) found->meaning = meaning;
      }
    };
    for (const Node* node : way) claim_inputs(!down.empty() ? *node : *other(*node));
    for (const auto& [x, y] : {std::pair{&a, false}, {&b, true}}) {
      for (std::size_t i = 0; i < x->output_count(); ++i) {
        for (const auto& reader : x->output(i).readers()) {
          if (!is_lonely(*reader.node)) claim_inputs(y ? *reader.node : *other(*reader.node));
        }
      }
    }
  }

  /// A summand that moved behind factors is multiplied by them.
  void explain_factor(const Node& a, const Node& b, const Nodes& way, std::size_t meaning) {
    if ((!b.is("Add") && !b.is("Subtract")) || !is_data_step(a) || !is_data_step(b)) return;
    const auto port = 1 - data_port_of(b);
    const auto was = ConstantValue::of(a.input(port)), is = ConstantValue::of(b.input(port));
    if (!was || !is || was->count() != is->count()) return;
    std::optional<SmallTensor> factor;
    for (const Node* node : way) {
      const auto value = node->is("Multiply") && is_data_step(*node)
                             ? ConstantValue::of(node->input(1 - data_port_of(*node)))
                             : std::nullopt;
      if (!value || value->count() > is->count() || value->count() == 0) return;
      auto tensor = value->to_small_tensor();
      factor = factor ? product(*factor, tensor) : std::move(tensor);
    }
    if (!factor || !broadcasts_to(factor->shape, was->shape()) || !compare(*was, factor, *is, std::nullopt).is_equal())
      return;
    result_.meanings[meaning].text += ", its constant multiplied by theirs";
    for (const Value value : {a.input(port), b.input(port)}) {
      for (const Node* node : tree(value)) claim(*node, meaning);
    }
    if (auto* input = input_facet(b, port)) input->meaning = meaning;
  }

  /// The layers from `end` up to the pair of `start`, last one first; empty if the way does not lead there.
  Nodes passed(const Node& start, const Node& end, bool end_is_before) const {
    constexpr std::size_t kLongest = 16;
    Nodes way;
    const Node* at = &end;
    const auto pair_of = [&](const Node& node) { return end_is_before ? other(node) : result_.alignment.before(node); };
    while (way.size() < kLongest) {
      const Node* pair = pair_of(*at);
      if (pair == nullptr) return {};
      if (pair == &start) return way;
      way.push_back(at);
      if (at->input_count() == 0 || !at->input(0)) return {};
      at = &at->input(is_data_step(*at) ? data_port_of(*at) : 0).node();
    }
    return {};
  }

  // Layers without a pair, put together where they are neighbours or stand for each other.

  const Node* root(const Node* node) {
    while (parents_.at(node) != node) node = parents_[node] = parents_.at(parents_.at(node));
    return node;
  }
  void join(const Node* a, const Node* b) { parents_[root(a)] = root(b); }
  bool is_open(Value value) const { return value && parents_.contains(&value.node()); }

  void explain_lonely(const Alignment::Graphs& graphs, const Nodes& before, const Nodes& after) {
    parents_.clear();
    Nodes open;
    for (const auto* nodes : {&before, &after}) {
      for (const Node* node : *nodes) {
        if (!is_lonely(*node) || !is_unclaimed(*node)) continue;
        parents_[node] = node;
        open.push_back(node);
      }
    }
    for (const Node* node : open) {
      for (std::size_t i = 0; i < node->input_count(); ++i) {
        if (is_open(node->input(i))) join(node, &node->input(i).node());
      }
    }
    // A pair that reads one of them, and read another.
    std::vector<std::pair<Facet*, const Node*>> inputs;
    for (const Node* a : before) {
      const Node* b = other(*a);
      if (b == nullptr || change_of(*b) == nullptr) continue;
      for (std::size_t i = 0; i < std::max(a->input_count(), b->input_count()); ++i) {
        auto* input = input_facet(*b, i);
        if (input == nullptr) continue;
        const Value x = i < a->input_count() ? a->input(i) : Value(), y = i < b->input_count() ? b->input(i) : Value();
        if (is_open(x) && is_open(y)) join(&x.node(), &y.node());
        if (is_open(x) || is_open(y)) inputs.emplace_back(input, is_open(x) ? &x.node() : &y.node());
      }
    }
    std::map<const Node*, std::size_t> meanings;
    std::vector<std::pair<Nodes, Nodes>> groups;
    for (const Node* node : open) {
      const auto [found, is_new] = meanings.try_emplace(root(node), groups.size());
      if (is_new) groups.emplace_back();
      auto& [removed, added] = groups[found->second];
      (&node->graph() == graphs.before ? removed : added).push_back(node);
    }
    const auto first = result_.meanings.size();
    for (const auto& [removed, added] : groups) explain_group(graphs, removed, added);
    for (auto& [input, node] : inputs) input->meaning = first + meanings.at(root(node));
    parents_.clear();
  }

  void explain_group(const Alignment::Graphs& graphs, const Nodes& removed, const Nodes& added) {
    const auto main = [&](const Nodes& nodes) -> const Node* {
      const auto found =
          std::find_if(nodes.rbegin(), nodes.rend(), [&](const Node* node) { return !is_constant(*node); });
      return nodes.empty() ? nullptr : found == nodes.rend() ? nodes.back() : *found;
    };
    const auto steps = [&](const Nodes& nodes) {
      return std::all_of(nodes.begin(), nodes.end(),
                         [&](const Node* node) {
                           return is_constant(*node) || node->is("Convert") || node->is("Subtract") ||
                                  node->is("Multiply");
                         }) &&
             std::any_of(nodes.begin(), nodes.end(), [&](const Node* node) {
               return !is_constant(*node) && (node->is("Multiply") || (node->is("Subtract") && is_data_step(*node) &&
                                                                       is_low_precision(node->input(0).type())));
             });
    };
    Kind kind = removed.empty() ? Kind::added : added.empty() ? Kind::removed : Kind::replaced;
    std::string text;
    if (removed.empty() && steps(added)) {
      kind = Kind::dequantization;
      text = parameters(added) + where(added);
    } else if (removed.empty()) {
      text = (added.size() > 1 ? counted(added) : "") + where(added);
    } else if (added.empty()) {
      text = (removed.size() > 1 ? counted(removed) : "") + where(removed);
    } else {
      text = fmt::format("{} by {}{}", counted(removed), counted(added), where(added));
    }
    if (!text.empty() && text.front() == ' ') text.erase(0, 1);
    const auto meaning = mean(kind, graphs, main(removed), main(added), std::move(text));
    for (const Node* node : removed) claim(*node, meaning);
    for (const Node* node : added) claim(*node, meaning);
  }

  /// "scale[16] along axis 1, zero point 3" of a new dequantization.
  std::string parameters(const Nodes& nodes) const {
    std::string text;
    for (const Node* node : nodes) {
      if (is_constant(*node) || node->input_count() != 2 || !node->input(0) || !node->input(1)) continue;
      const auto port = 1 - data_port_of(*node);
      const auto value = ConstantValue::of(node->input(port));
      if (!value || value->count() == 0 || value->count() > 4096) continue;
      auto tensor = value->to_small_tensor();
      text += fmt::format(
          "{}{}", text.empty() ? "" : ", ",
          describe_parameter(node->is("Subtract") ? "zero point" : "scale", tensor, node->output(0).shape().rank()));
    }
    return text;
  }

  /// " behind "a" (ReLU), in front of "b" (MaxPool)"
  std::string where(const Nodes& nodes) const {
    const std::set<const Node*> inside(nodes.begin(), nodes.end());
    const Node *above = nullptr, *below = nullptr;
    for (const Node* node : nodes) {
      if (is_constant(*node)) continue;
      for (std::size_t i = 0; i < node->input_count() && above == nullptr; ++i) {
        if (node->input(i) && !inside.contains(&node->input(i).node()) && !is_constant(node->input(i)))
          above = &node->input(i).node();
      }
      for (std::size_t i = 0; i < node->output_count() && below == nullptr; ++i) {
        for (const auto& reader : node->output(i).readers()) {
          if (!inside.contains(reader.node) && below == nullptr) below = reader.node;
        }
      }
    }
    std::string text;
    if (above != nullptr) text += " behind " + named(*above);
    if (below != nullptr) text += fmt::format("{} in front of {}", above != nullptr ? "," : "", named(*below));
    return text;
  }

  static Kind kind_of(const std::string& what) {
    if (begins(what, "input ")) return Kind::rewired;
    if (what == "name" || begins(what, "names ")) return Kind::renamed;
    if (begins(what, "rt_info")) return Kind::rt_info;
    if (what == "bytes") return Kind::constants;
    if (what == "place") return Kind::order;
    if (begins(what, "type of") || what == "attribute element_type" || what == "attribute destination_type")
      return Kind::retyped;
    if (begins(what, "shape of") || what == "attribute shape") return Kind::reshaped;
    return Kind::attributes;
  }

  /// What is left of each pair. Types and shapes that follow from those above belong to the change that made them.
  void explain_rest(const Alignment::Graphs& graphs, const Nodes& after) {
    std::unordered_map<const Node*, std::size_t> types, shapes;  // meaning that changed them
    for (const Node* b : after) {
      const Node* a = result_.alignment.before(*b);
      auto* change = change_of(*b);
      if (change == nullptr) continue;
      if (a == nullptr) {
        types[b] = shapes[b] = change->meaning;
        continue;
      }
      const bool is_typed = is_type_relaxed(*a) != is_type_relaxed(*b);
      std::map<Kind, std::size_t> own;
      std::optional<std::size_t> cause;
      for (const auto& facet : change->facets) {
        if (facet.meaning != kUnclaimed && !cause) cause = facet.meaning;
      }
      for (int round = 0; round < 2; ++round) {  // first what can be a cause
        for (auto& facet : change->facets) {
          if (facet.meaning != kUnclaimed) continue;
          auto kind = kind_of(facet.what);
          const bool is_type = kind == Kind::attributes || begins(facet.what, "type of");
          if (is_typed && is_type && cause) {
            facet.meaning = *cause;
            continue;
          }
          if (is_typed && is_type) kind = Kind::typed;
          const bool follows = kind != Kind::typed && (begins(facet.what, "type of") || begins(facet.what, "shape of"));
          if (follows != (round == 1)) continue;
          if (follows) {
            auto& known = kind == Kind::retyped ? types : shapes;
            auto reason = cause;
            for (std::size_t i = 0; i < b->input_count() && !reason; ++i) {
              const auto found = b->input(i) ? known.find(&b->input(i).node()) : known.end();
              if (found != known.end()) reason = found->second;
            }
            if (reason) {
              facet.meaning = *reason;
              if (result_.meanings[*reason].after != b) ++result_.meanings[*reason].others;
              known[b] = *reason;
              continue;
            }
          }
          const auto found = own.find(kind);
          auto text = facet_text(facet);
          if (found != own.end()) {
            facet.meaning = found->second;
            auto& said = result_.meanings[found->second].text;
            said += (said.empty() ? "" : ", ") + text;
          } else {
            facet.meaning = mean(kind, graphs, a, b, std::move(text));
            own[kind] = facet.meaning;
          }
          const bool may_be_cause = kind == Kind::attributes || kind == Kind::rewired || kind == Kind::retyped ||
                                    kind == Kind::reshaped || kind == Kind::constants;
          if (may_be_cause && !cause) cause = facet.meaning;
          if (kind == Kind::retyped) types[b] = facet.meaning;
          if (kind == Kind::reshaped) shapes[b] = facet.meaning;
        }
      }
      if (cause && !types.contains(b)) {
        for (const auto& facet : change->facets) {
          if (begins(facet.what, "type of")) types[b] = facet.meaning;
          if (begins(facet.what, "shape of")) shapes[b] = facet.meaning;
        }
      }
    }
    for (auto& change : result_.layers) {  // constants without readers
      if (change.before == nullptr || change.after == nullptr) continue;
      for (auto& facet : change.facets) {
        if (facet.meaning == kUnclaimed && &change.before->graph() == graphs.before)
          facet.meaning = mean(kind_of(facet.what), graphs, change.before, change.after, facet_text(facet));
      }
    }
  }

  static std::string facet_text(const Facet& facet) {
    constexpr std::size_t kMost = 60;
    const auto cut = [](const std::optional<std::string>& text) {
      if (!text || text->empty()) return std::string(text ? "\"\"" : "nothing");
      return text->size() > kMost ? text->substr(0, kMost) + "..." : *text;
    };
    if (facet.what == "bytes") return "other bytes";
    if (facet.what == "name") return "";  // whoever names the layer gives both names
    return fmt::format("{} {} -> {}", facet.what, cut(facet.before), cut(facet.after));
  }

  /// Facets beside the layers, those of one section together.
  void explain_model() {
    struct Section {
      std::size_t meaning, added = 0, removed = 0, changed = 0;
    };
    std::map<std::string, Section> sections;
    for (auto& facet : result_.model) {
      auto title = facet.what;
      const auto first = title.find('/');
      if (first != std::string::npos) title = title.substr(0, title.find('/', first + 1));
      const auto [found, is_new] = sections.try_emplace(title, Section{result_.meanings.size()});
      auto& section = found->second;
      if (is_new) result_.meanings.push_back({Kind::model, "", nullptr, nullptr, facet_text(facet), "", 0, {}});
      facet.meaning = section.meaning;
      ++(!facet.before ? section.added : !facet.after ? section.removed : section.changed);
    }
    for (const auto& [title, section] : sections) {
      if (section.added + section.removed + section.changed == 1) continue;
      auto& text = result_.meanings[section.meaning].text;
      text = title + ":";
      for (const auto& [count, what] :
           {std::pair{section.changed, "changed"}, {section.added, "added"}, {section.removed, "removed"}}) {
        if (count != 0) text += fmt::format("{} {} {}", text.back() == ':' ? "" : ",", count, what);
      }
    }
  }

  void sort() {
    std::vector<std::size_t> order(result_.meanings.size()), place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto loss = [&](std::size_t i) {
      const auto& values = result_.meanings[i].values;
      return values && !values->is_equal() ? values->sqnr_db : kInfinite;
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
      const auto &a = result_.meanings[x], &b = result_.meanings[y];
      const bool differs = loss(x) < kInfinite, other_differs = loss(y) < kInfinite;
      if (differs != other_differs) return differs;
      return a.kind != b.kind ? a.kind < b.kind : loss(x) < loss(y);
    });
    std::vector<Meaning> sorted;
    for (std::size_t i = 0; i < order.size(); ++i) {
      sorted.push_back(std::move(result_.meanings[order[i]]));
      place[order[i]] = i;
    }
    result_.meanings = std::move(sorted);
    for (auto& change : result_.layers) {
      if (change.meaning != kUnclaimed) change.meaning = place[change.meaning];
      for (auto& facet : change.facets) facet.meaning = place.at(facet.meaning);
    }
    for (auto& facet : result_.model) facet.meaning = place[facet.meaning];
  }

  Ignored ignored_;
  Units units_a_, units_b_;
  Diff result_;
  std::unordered_map<const Node*, std::size_t> changes_;
  std::unordered_set<const Node*> seen_;
  std::unordered_map<const Node*, const Node*> parents_;
};

struct KindText {
  std::string_view name, title;
};
constexpr KindText kKinds[] = {{"constants", "constants changed"},
                               {"requantized", "quantized otherwise"},
                               {"rescaled", "activations rescaled"},
                               {"rewired", "reads another value"},
                               {"replaced", "replaced"},
                               {"added", "added"},
                               {"removed", "removed"},
                               {"attributes", "attributes"},
                               {"retyped", "other element types"},
                               {"reshaped", "other shapes"},
                               {"moved", "moved"},
                               {"stored", "weights stored in low precision"},
                               {"activations", "activations as integers"},
                               {"typed", "typed for integers"},
                               {"dequantization", "dequantization stands here now"},
                               {"folded", "folded"},
                               {"rewritten", "constants in another form"},
                               {"order", "order of inputs or outputs"},
                               {"renamed", "renamed"},
                               {"rt_info", "rt_info of layers"},
                               {"model", "beside the layers"}};

}  // namespace

std::string_view name(Kind kind) { return kKinds[static_cast<std::size_t>(kind)].name; }
std::string_view title(Kind kind) { return kKinds[static_cast<std::size_t>(kind)].title; }

Diff diff(const Model& before, const Model& after, const Ignored& ignored) {
  return Differ(before, after, ignored).take();
}

}  // namespace lpt

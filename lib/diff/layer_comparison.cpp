#include "diff/layer_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "diff/alignment.hpp"
#include "diff/real_values.hpp"
#include "diff/units.hpp"
#include "exec/graph_runner.hpp"
#include "ir/error.hpp"
#include "quant/dequantization.hpp"
#include "quant/parameter_algebra.hpp"
#include "tensor/convert.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

/// Of the largest magnitude of a tensor: what sums in another order, and another order of products, may differ in.
constexpr double kRounding = 1e-5;
/// Steps by which a value in the middle between two may be off it.
constexpr double kTie = 1e-3;

/// What a layer should give.
struct Target {
  Tensor real;
  double allowed;            ///< difference that counts as rounding
  Tensor steps, off_middle;  ///< of its quantization, for each element; empty where it has none
};

/// How far the layer is from that.
///
/// relaxed  the step of each element, up to which it may round another way; empty if it may not
LayerDifference compared(const Target& target, const Tensor& real, const Tensor& relaxed, LayerDifference result) {
  const auto *x = target.real.data<double>(), *y = real.data<double>();
  const auto is_step = [&](const Tensor& steps, std::int64_t i) {
    return steps && std::abs(x[i] - y[i]) <= steps.data<double>()[i] * (1 + kTie) + target.allowed;
  };
  std::optional<std::int64_t> worst;
  result.distance = distance(target.real, real);
  for (std::int64_t i = 0; i < real.count(); ++i) {
    if (!is_apart(x[i], y[i], target.allowed)) continue;
    if (is_step(target.steps, i) && target.off_middle.data<double>()[i] <= kTie) {
      ++result.ties;
    } else if (is_step(relaxed, i)) {
      ++result.roundings;
    } else {
      ++result.departing;
      if (!worst || std::abs(x[i] - y[i]) > std::abs(x[*worst] - y[*worst])) worst = i;
    }
  }
  if (!worst) return result;
  result.is = y[*worst];
  result.should_be = x[*worst];
  result.place = real.lengths();
  for (auto axis = real.rank(); axis-- > 0; *worst /= real.lengths()[axis])
    result.place[axis] = *worst % real.lengths()[axis];
  return result;
}

/// Which unit of a value whose own only fits: that one, or the nearest of those that are known.
enum class Taken { fitting, known };

/// The scale of a constant that became integers, where it stands behind the layer that reads them.
std::optional<SmallTensor> missing_scale(const ConstantValue& before, const ConstantValue& after) {
  return after.scale() || is_real(after.stored()) ? std::nullopt : before.scale();
}

/// Layers between values and what they are made of.
struct Cut {
  std::vector<const Node*> inside;  ///< that do not come from constants alone
  std::vector<Value> given;
  const Node* open = nullptr;  ///< an input of the model that is none of what may be given
};

template <class MayGive>
Cut cut(const std::vector<Value>& wanted, const Node* own, const Alignment& alignment, const MayGive& may_give) {
  Cut result;
  std::unordered_set<const Node*> seen;
  std::vector<const Node*> open;
  ValueMap<bool> given;
  const auto enter = [&](Value value) {
    const Node& node = value.node();
    if (&node != own && may_give(node)) {
      if (!std::exchange(given[value], true)) result.given.push_back(value);
    } else if (seen.insert(&node).second) {
      open.push_back(&node);
    }
  };
  for (const auto value : wanted) enter(value);
  while (!open.empty()) {
    const Node& node = *open.back();
    open.pop_back();
    if (node.is("Parameter")) result.open = &node;
    if (!alignment.is_constant(node)) result.inside.push_back(&node);
    for (std::size_t i = 0; i < node.input_count(); ++i) enter(node.input(i));
  }
  return result;
}

class LayerComparer {
 public:
  LayerComparer(const Model& before, const Model& after, const RunOptions& options)
      : before_(before),
        after_(after),
        options_(options),
        alignment_(align(before, Contents(before), after, Contents(after), {})),
        units_before_(before),
        units_after_(after) {
    pair_names();
    learn_units();
    find_cells();
  }

  std::vector<LayerDifference> run(const std::vector<Tensor>& inputs);

 private:
  struct Verdict {
    LayerDifference found;
    std::optional<Unit> unit;  ///< in which the second model has the values
  };
  /// Of one output. Where only a unit that fits makes the values right, what is to be said if that is none.
  struct Judgement : Verdict {
    std::optional<Verdict> without_fit = {};
    bool leans_on_fit = false;  ///< its unit comes from one that fits
    bool is_certain() const { return !without_fit && !leans_on_fit; }
  };
  using Judgements = std::vector<Judgement>;
  static bool departs(const Verdict& verdict) { return verdict.found.departs(); }

  /// A layer that has a pair, with all in front of it that has none.
  struct Cell {
    const Node *before, *after;
    std::vector<std::pair<Value, Value>> outputs;  ///< of the pair
    Cut cut;
    std::size_t awaits = 0;  ///< values of the first model, and cells that say what those mean in the second one
    Judgements judgements = {};
    Judgements without_fits = {};  ///< right, if no unit that fits is one; in the place of `judgements`
    std::string problem = {};
  };
  struct Kept {
    std::vector<Tensor> outputs;
    std::vector<std::size_t> readers;  ///< cells
    std::size_t uses = 0;              ///< by cells that have not run
  };

  void pair_names();
  /// The layer of the first model that gives what this one stands for; null if there is none.
  const Node* before(const Node& after) const {
    const auto named = named_.find(&after);
    return named != named_.end() ? named->second : alignment_.before(after);
  }
  void learn_units();
  void find_cells();
  void arrived(const Node& node, std::span<const Tensor> outputs);
  void go_on(std::vector<std::size_t> ready);
  void run_cell(Cell& cell);
  Judgements judge_cell(const Cell& cell, Taken taken) const;
  void reject_fits(const Cell& cell);
  const Judgement* judgement_of(Value after, Taken taken) const;
  const Unit* unit_of(Value after, Taken taken) const;
  /// A unit that follows from others.
  struct Derived {
    Unit unit;
    bool has_zero_point = false;  ///< that is not known
    bool leans_on_fit = false;
  };
  std::optional<Derived> unit_from_inputs(const Cell& cell, Taken taken) const;
  void release(const Cell& cell);
  std::vector<const Node*> needed(const Cell& cell) const;
  const Tensor& kept(Value value) const { return kept_.at(&value.node()).outputs.at(value.index()); }
  bool may_give(const Node& after) const {
    const Node* before = this->before(after);
    return before != nullptr && !alignment_.is_constant(after) && !after.is("Result") &&
           before->output_count() == after.output_count();
  }
  Target target(const Cell& cell, const Tensor& right, Value before) const;
  Judgement judge(const Cell& cell, std::size_t output, const Tensor& right, const Tensor& other, Taken taken) const;
  void compare_constants(Cell& cell);
  const Node* blamed(const Cell& cell, const LayerDifference& found) const;
  std::vector<Tensor> run_part(const Model& model, const Part& part, std::vector<Tensor> values) const;

  const Model &before_, &after_;
  const RunOptions& options_;
  Alignment alignment_;
  Units units_before_, units_after_;
  std::unordered_map<const Node*, const Node*> named_;  ///< of the first model, or null, by the layer of the second one
  std::vector<Cell> cells_;
  std::unordered_map<const Node*, std::size_t> cell_of_;               ///< by its layer of the second model
  std::unordered_map<const Node*, std::vector<std::size_t>> waiting_;  ///< for that layer's cell
  std::unordered_map<const Node*, Kept> kept_;                         ///< by layers of the first model
};

/// A name stays with the real values: where a layer of another type has the name now, those are its own, and the pair
/// that had the name is but a part of what gives them.
void LayerComparer::pair_names() {
  std::unordered_map<std::string_view, const Node*> by_name;  // null where several layers share one
  for (const Node* node = before_.graph->first(); node != nullptr; node = node->next()) {
    if (const auto [found, added] = by_name.try_emplace(node->name(), node); !added) found->second = nullptr;
  }
  for (const Node* node = after_.graph->first(); node != nullptr; node = node->next()) {
    auto name = node->name();
    if (name.ends_with(kOriginalSuffix)) name.remove_suffix(kOriginalSuffix.size());
    const auto found = by_name.find(name);
    const Node* before = found == by_name.end() ? nullptr : found->second;
    if (before == nullptr || before->type() == node->type() || !node->is_live() || !before->is_live() ||
        alignment_.is_constant(*node) || alignment_.is_constant(*before) || node->output_count() != 1 ||
        before->output_count() != 1 || node->is("Parameter") || before->is("Parameter"))
      continue;
    if (const Node* pair = alignment_.after(*before)) named_.emplace(pair, nullptr);
    named_[node] = before;
  }
}

/// In the type-relaxed dialect the integers of a FakeQuantize are those of their type, one for each level.
void LayerComparer::learn_units() {
  for (const Node* node = after_.graph->first(); node != nullptr; node = node->next()) {
    const Node* before = this->before(*node);
    if (!node->is("FakeQuantize") || before == nullptr || node->output(0).type() == before->output(0).type()) continue;
    const auto type = node->output(0).type();
    const auto a = Quantization::of(*before), b = Quantization::of(*node);
    if (!a || !b || a->last_step != b->last_step || !is_integer(type)) continue;
    const float lowest = is_signed_integer(type) ? -std::ceil(a->last_step / 2) : 0;
    const auto scale = combined(a->ends.output_high, a->ends.output_low,
                                [&](float high, float low) { return (high - low) / a->last_step; });
    const auto zero_point =
        combined(a->ends.output_low, scale, [&](float low, float s) { return std::nearbyint(lowest - low / s); });
    const bool is_symmetric = std::ranges::all_of(zero_point.values, [](float each) { return each == 0; });
    units_after_.learn(node->output(0), {scale, is_symmetric ? std::nullopt : std::optional(zero_point), true, false});
  }
  units_after_.spread(*after_.graph);
}

void LayerComparer::find_cells() {
  for (const Node* node : after_.graph->topological_order().nodes) {
    const Node* before = this->before(*node);
    if (before == nullptr || alignment_.is_constant(*node) || !node->is_live() || !before->is_live()) continue;
    if (node->is("Parameter")) continue;
    Cell cell{before, node, {}, {}};
    std::vector<Value> wanted;
    if (node->is("Result")) cell.outputs.emplace_back(before->input(0), node->input(0));
    for (std::size_t i = 0; i < std::min(before->output_count(), node->output_count()); ++i) {
      if (i == 0 || node->output(i).has_readers()) cell.outputs.emplace_back(before->output(i), node->output(i));
    }
    for (const auto& output : cell.outputs) wanted.push_back(output.second);
    cell.cut = cut(wanted, node, alignment_, [this](const Node& each) { return may_give(each); });
    cell_of_[node] = cells_.size();
    cells_.push_back(std::move(cell));
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    for (const Node* node : needed(cells_[i])) {
      auto& kept = kept_[node];
      kept.readers.push_back(i);
      ++kept.uses;
      ++cells_[i].awaits;
    }
    std::unordered_set<const Node*> seen;
    for (const auto value : cells_[i].cut.given) {
      if (!cell_of_.contains(&value.node()) || !seen.insert(&value.node()).second) continue;
      waiting_[&value.node()].push_back(i);
      ++cells_[i].awaits;
    }
  }
}

/// Layers of the first model whose outputs a cell reads.
std::vector<const Node*> LayerComparer::needed(const Cell& cell) const {
  std::vector<const Node*> nodes;
  const auto add = [&](const Node& node) {
    if (std::ranges::find(nodes, &node) == nodes.end()) nodes.push_back(&node);
  };
  for (const auto& output : cell.outputs) add(output.first.node());
  for (const auto value : cell.cut.given) add(*before(value.node()));
  if (cell.before->is("FakeQuantize")) add(cell.before->input(0).node());
  return nodes;
}

std::vector<LayerDifference> LayerComparer::run(const std::vector<Tensor>& inputs) {
  auto options = options_;
  options.after_layer = [&](const Node& node, std::span<const Tensor> outputs, double) { arrived(node, outputs); };
  Executor executor(before_, options);
  for (const Node* node = before_.graph->first(); node != nullptr; node = node->next()) {
    if (!node->is("Const") || !kept_.contains(node)) continue;
    const Tensor value = constant_tensor(*node);
    arrived(*node, {&value, 1});
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Node& node = executor.inputs().at(i).value.node();
    const auto type = node.output(0).type();
    const Tensor value = is_half(type) && before_.version > 10 ? convert(inputs[i], type) : inputs[i];
    arrived(node, {&value, 1});
  }
  executor.run(inputs);
  std::vector<LayerDifference> result;
  for (auto& cell : cells_) {
    std::vector<const Node*> together;
    std::ranges::copy_if(cell.cut.inside, std::back_inserter(together), [&](auto* node) { return node != cell.after; });
    if (cell.judgements.empty()) {
      auto problem = cell.problem.empty() ? "a layer in front of it was not run" : std::move(cell.problem);
      result.push_back({cell.before, cell.after, 0, together, std::move(problem)});
    }
    for (auto& each : cell.judgements) {
      result.push_back(std::move(each.found));
      result.back().together = together;
      if (result.back().departs()) result.back().blamed = blamed(cell, result.back());
    }
  }
  return result;
}

void LayerComparer::arrived(const Node& node, std::span<const Tensor> outputs) {
  const auto found = kept_.find(&node);
  if (found == kept_.end() || !found->second.outputs.empty()) return;
  found->second.outputs.assign(outputs.begin(), outputs.end());
  go_on(found->second.readers);
}

void LayerComparer::go_on(std::vector<std::size_t> ready) {
  while (!ready.empty()) {
    auto& cell = cells_[ready.back()];
    ready.pop_back();
    if (--cell.awaits != 0) continue;
    run_cell(cell);
    release(cell);
    const auto& more = waiting_[cell.after];
    ready.insert(ready.end(), more.begin(), more.end());
  }
}

void LayerComparer::release(const Cell& cell) {
  for (const Node* node : needed(cell)) {
    auto& kept = kept_.at(node);
    if (--kept.uses == 0) kept.outputs.assign(1, {});
  }
}

std::vector<Tensor> LayerComparer::run_part(const Model& model, const Part& part, std::vector<Tensor> values) const {
  Variables variables;
  const std::uint64_t noise = 0;
  GraphRunner runner(part, {model, options_, variables, noise});
  return runner.run(std::move(values));
}

void LayerComparer::run_cell(Cell& cell) {
  const auto is_fitted = [&](Value value) {
    const auto* judgement = judgement_of(value, Taken::fitting);
    return judgement != nullptr && !judgement->is_certain();
  };
  const auto any_departs = [](const Judgements& all) { return std::ranges::any_of(all, departs); };
  const auto is_right = [&](const Judgements& all) {
    return !any_departs(all) && std::ranges::all_of(all, &Judgement::is_certain);
  };
  try {
    if (cell.cut.open != nullptr) throw LayerError("it reads an input that the first model does not have");
    cell.judgements = judge_cell(cell, Taken::fitting);
    if (!is_right(cell.judgements) && std::ranges::any_of(cell.cut.given, is_fitted)) {
      auto others = judge_cell(cell, Taken::known);
      // What parts with a unit that fits, and does not without it, shows that it is none.
      const bool rejects = any_departs(cell.judgements) && !any_departs(others);
      if (rejects || is_right(others)) cell.without_fits = std::move(others);
      if (rejects) reject_fits(cell);
    }
    compare_constants(cell);
  } catch (const std::runtime_error& problem) {
    cell.judgements.clear();
    cell.problem = problem.what();
  }
}

/// Of this cell, and of those above it whose judgements are right without as well.
void LayerComparer::reject_fits(const Cell& cell) {
  std::vector<std::size_t> open{cell_of_.at(cell.after)};
  while (!open.empty()) {
    auto& each = cells_[open.back()];
    open.pop_back();
    if (each.without_fits.empty()) {
      for (auto& judgement : each.judgements) {
        if (judgement.without_fit) judgement = {std::move(*judgement.without_fit)};
      }
      continue;
    }
    each.judgements = std::exchange(each.without_fits, {});
    for (const auto value : each.cut.given) {
      if (const auto found = cell_of_.find(&value.node()); found != cell_of_.end()) open.push_back(found->second);
    }
  }
}

const LayerComparer::Judgement* LayerComparer::judgement_of(Value after, Taken taken) const {
  const auto found = cell_of_.find(&after.node());
  if (found == cell_of_.end()) return nullptr;
  const auto& cell = cells_[found->second];
  const auto& all = taken == Taken::known && !cell.without_fits.empty() ? cell.without_fits : cell.judgements;
  const auto at = std::ranges::find(all, after.index(), [](const Judgement& each) { return each.found.port; });
  return at == all.end() ? nullptr : &*at;
}

const Unit* LayerComparer::unit_of(Value after, Taken taken) const {
  const auto* judgement = judgement_of(after, taken);
  if (judgement == nullptr) return units_after_.of(after);
  const auto& unit = taken == Taken::known && judgement->without_fit ? judgement->without_fit->unit : judgement->unit;
  return unit ? &*unit : nullptr;
}

/// Runs the cell on the values of the first model. Where those are not what the second one can hold, the first model
/// runs on what became of them, too.
LayerComparer::Judgements LayerComparer::judge_cell(const Cell& cell, Taken taken) const {
  Part part{cell.cut.given, {}}, original;
  std::vector<Tensor> values, originals;
  bool is_rounded = false;
  for (const auto value : part.given) {
    const Value source = before(value.node())->output(value.index());
    const auto *unit = unit_of(value, taken), *unit_before = units_before_.of(source);
    const Tensor& given = kept(source);
    originals.push_back(given);
    original.given.push_back(source);
    if (unit == nullptr && unit_before == nullptr && given.type() == value.type()) {
      values.push_back(given);
      continue;
    }
    const Tensor real = real_of(given, unit_before);
    values.push_back(in_unit(real, unit, value.type()));
    const Tensor again = real_of(values.back(), unit);
    const double allowed = kRounding * largest_magnitude(real);
    for (std::int64_t i = 0; i < real.count(); ++i) {
      if (!is_apart(real.data<double>()[i], again.data<double>()[i], allowed)) continue;
      originals.back() = in_unit(again, unit_before, source.type());
      is_rounded = true;
      break;
    }
  }
  for (const auto& [a, b] : cell.outputs) {
    original.wanted.push_back(a);
    part.wanted.push_back(b);
  }
  const auto others = run_part(after_, part, std::move(values));
  std::vector<Tensor> rights;
  if (is_rounded) {
    std::unordered_set<const Node*> ends;
    for (const auto value : original.given) ends.insert(&value.node());
    const auto all = cut(original.wanted, cell.before, alignment_, [&](const Node& n) { return ends.contains(&n); });
    if (all.open == nullptr) rights = run_part(before_, original, std::move(originals));
  }
  Judgements result;
  for (std::size_t i = 0; i < cell.outputs.size(); ++i)
    result.push_back(judge(cell, i, rights.empty() ? kept(cell.outputs[i].first) : rights[i], others[i], taken));
  return result;
}

/// The unit that a layer gives, from those of what it reads, where it moves, adds up or multiplies that.
std::optional<LayerComparer::Derived> LayerComparer::unit_from_inputs(const Cell& cell, Taken taken) const {
  const Node &before = *cell.before, &after = *cell.after;
  const bool moves = preserves_type(after), adds = after.is("Add") && after.input_count() == 2;
  const std::size_t count = moves ? 1 : 2;
  if ((!moves && !adds && !sums_products(after)) || before.type() != after.type() ||
      std::min(before.input_count(), after.input_count()) < count || !after.output(0).shape().has_rank())
    return std::nullopt;
  const auto& data = after.output(0).shape();
  const auto axis = channel_axis(after.output(0));
  Derived result{{scalar(1)}};
  for (std::size_t i = 0; i < count; ++i) {
    Value value = after.input(i);
    std::optional<SmallTensor> scale;
    if (alignment_.is_constant(value.node())) {
      if (adds) continue;
      const auto x = ConstantValue::of(before.input(i)), y = ConstantValue::of(value);
      if (x && y) scale = missing_scale(*x, *y);
      if (!scale) return std::nullopt;
    } else {
      bool is_taken_off = false;
      while (std::ranges::find(cell.cut.given, value) == cell.cut.given.end() && is_data_step(value.node())) {
        if (value.node().is("Multiply")) return std::nullopt;
        is_taken_off = is_taken_off || value.node().is("Subtract");
        value = value.node().input(data_port_of(value.node()));
      }
      const auto* unit = unit_of(value, taken);
      if (unit == nullptr) return std::nullopt;
      const auto* judgement = judgement_of(value, taken);
      result.leans_on_fit = taken == Taken::fitting && judgement != nullptr && !judgement->is_certain();
      if (moves && is_uniform(*unit)) return Derived{collapsed(*unit), false, result.leans_on_fit};
      if (!is_uniform(unit->scale) && !after.is("GroupConvolution")) return std::nullopt;
      result.has_zero_point = result.has_zero_point || (unit->zero_point && !is_taken_off);
      scale = unit->scale;
      if (adds) result.unit.scale = scalar(1);
    }
    if (scale->values.empty()) return std::nullopt;
    if (!is_uniform(*scale)) {
      const auto channels = Dimension::exactly(static_cast<std::int64_t>(scale->values.size()));
      if (axis >= data.rank() || !data[axis].compatible(channels)) return std::nullopt;
      std::vector<Dimension> shape(data.rank(), Dimension::exactly(1));
      shape[axis] = channels;
      scale->shape = Shape(std::move(shape));
    }
    result.unit.scale = product(result.unit.scale, collapsed(std::move(*scale)));
  }
  return result;
}

Target LayerComparer::target(const Cell& cell, const Tensor& right, Value before) const {
  Target target{real_of(right, units_before_.of(before)), 0, {}, {}};
  target.allowed = kRounding * largest_magnitude(target.real);
  const auto quantization = Quantization::of(*cell.before);
  if (!quantization || kept(cell.before->input(0)).lengths() != right.lengths()) return target;
  target.steps = spread(quantization->step(), target.real);
  target.off_middle = quantization->off_middle(kept(cell.before->input(0)));
  return target;
}

LayerComparer::Judgement LayerComparer::judge(const Cell& cell, std::size_t output, const Tensor& right,
                                              const Tensor& other, Taken taken) const {
  const auto [before, after] = cell.outputs[output];
  const bool is_end = cell.after->is("Result");
  LayerDifference layer{cell.before, cell.after, is_end ? 0 : after.index()};
  layer.count = static_cast<std::uint64_t>(right.count());
  if (right.lengths() != other.lengths()) {
    layer.distance.same_shape = false;
    return {{std::move(layer), {}}};
  }
  const auto target = this->target(cell, right, before);
  if (target.steps) layer.step = largest_magnitude(target.steps);
  const auto quantization = Quantization::of(*cell.after);
  // What a layer of real numbers gives as integers is rounded, too.
  const bool is_relaxed =
      quantization ? is_type_relaxed(*cell.after) : is_integer(after.type()) && is_real(before.type());
  const auto step = quantization ? quantization->step() : scalar(1);
  const auto read = [&](Reading reading, std::optional<Unit> unit) -> Verdict {
    const auto* pointer = unit ? &*unit : nullptr;
    const Unit scale{unit ? mapped(unit->scale, [](float each) { return std::abs(each); }) : scalar(1)};
    const Tensor steps = is_relaxed ? real_of(spread(step, target.real), &scale) : Tensor();
    auto found = compared(target, real_of(other, pointer), steps, layer);
    found.reading = reading;
    return {std::move(found), std::move(unit)};
  };
  const auto* unit = is_end ? nullptr : units_after_.of(after);
  if (unit != nullptr && unit->is_listed) return {read(Reading::listed, *unit)};
  std::vector<Verdict> verdicts{read(Reading::as_it_is, {})};
  const auto derived = is_end ? std::nullopt : unit_from_inputs(cell, taken);
  if (derived && departs(verdicts.back())) {
    const auto* scale = &derived->unit.scale;
    verdicts.push_back(read(Reading::from_graph, derived->has_zero_point
                                                     ? fitted(target.real, other, channel_axis(after), scale)
                                                     : derived->unit));
    if (!departs(verdicts.back())) return {std::move(verdicts.back()), {}, derived->leans_on_fit};
  }
  if (unit != nullptr && departs(verdicts.back())) verdicts.push_back(read(Reading::from_graph, *unit));
  if (!departs(verdicts.back())) return {std::move(verdicts.back())};
  auto nearest = std::move(
      *std::ranges::max_element(verdicts, {}, [](const Verdict& verdict) { return verdict.found.distance.sqnr_db; }));
  // A layer that kept its name, and gives real numbers as it did, kept its meaning.
  const bool is_kept =
      cell.before->name() == cell.after->name() && is_real(after.type()) && !is_type_relaxed(*cell.after);
  if (is_end || is_kept || !is_number(other.type())) return {std::move(nearest)};
  // Along the axis of channels, and along the last one, as normalizations have them.
  for (const auto axis : {channel_axis(after), other.rank() - 1}) {
    auto fit = read(Reading::fitted, fitted(target.real, other, axis));
    if (!departs(fit)) return {std::move(fit), std::move(nearest)};
  }
  return {std::move(nearest)};
}

/// Constants count where they are listed, are integers to multiply with, or all around them is known to be real.
void LayerComparer::compare_constants(Cell& cell) {
  const Node &before = *cell.before, &after = *cell.after;
  // Ranges may be others, and do the same to the data.
  if (before.type() != after.type() || after.is("FakeQuantize")) return;
  bool is_real_around = std::ranges::all_of(cell.judgements, [](const Judgement& each) { return !each.unit; });
  for (std::size_t i = 0; i < after.input_count(); ++i)
    is_real_around = is_real_around && (alignment_.is_constant(after.input(i).node()) ||
                                        unit_of(after.input(i), Taken::fitting) == nullptr);
  std::optional<std::pair<std::size_t, ValueDifference>> worst;
  for (std::size_t i = 0; i < std::min(before.input_count(), after.input_count()); ++i) {
    const Value a = before.input(i), b = after.input(i);
    if (!alignment_.is_constant(a.node()) || !alignment_.is_constant(b.node())) continue;
    const auto x = ConstantValue::of(a), y = ConstantValue::of(b);
    if (!x || !y || x->count() != y->count()) continue;
    const auto* unit = units_after_.of(b);
    const auto factor = unit != nullptr && unit->is_listed ? std::optional(unit->scale) : missing_scale(*x, *y);
    if (factor ? !broadcasts_to(factor->shape, y->shape()) : !is_real_around) continue;
    const auto difference = lpt::compare(*x, std::nullopt, *y, factor);
    if (difference.is_equal() || (worst && difference.sqnr_db >= worst->second.sqnr_db)) continue;
    worst = {i, difference};
  }
  if (!worst) return;
  std::tie(cell.judgements.front().found.constant, cell.judgements.front().found.constant_difference) = *worst;
}

/// The layer itself, unless it reads what its pair reads, and a layer without a pair stands in front of it.
const Node* LayerComparer::blamed(const Cell& cell, const LayerDifference& found) const {
  const Node &before = *cell.before, &after = *cell.after;
  const Node* other = nullptr;
  for (std::size_t i = 0; i < after.input_count(); ++i) {
    const Node& source = after.input(i).node();
    if (alignment_.is_constant(source)) {
      if (i >= before.input_count() || !alignment_.is_constant(before.input(i).node())) continue;
      const auto x = ConstantValue::of(before.input(i)), y = ConstantValue::of(after.input(i));
      if (!x || !y) continue;
      if (x->count() != y->count() || !lpt::compare(*x, std::nullopt, *y, missing_scale(*x, *y)).is_equal())
        return &after;
    } else {
      Value value = after.input(i);
      const auto is_given = [&] { return std::ranges::find(cell.cut.given, value) != cell.cut.given.end(); };
      while (!is_given() && is_data_step(value.node())) value = value.node().input(data_port_of(value.node()));
      bool reads = value != after.input(i) && source.output(0).has_one_reader();
      for (std::size_t j = 0; j < before.input_count(); ++j) {
        const bool may_be_other = before.type() != after.type() || i == j;
        reads = reads || (may_be_other && this->before(value.node()) == &before.input(j).node());
      }
      if (!reads) return &after;
      if (value != after.input(i) && other == nullptr) other = &source;
    }
  }
  return other == nullptr || found.constant ? &after : other;
}

}  // namespace

std::vector<LayerDifference> compare_layers(const Model& before, const Model& after, const std::vector<Tensor>& inputs,
                                            const RunOptions& options) {
  return LayerComparer(before, after, options).run(inputs);
}

}  // namespace lpt

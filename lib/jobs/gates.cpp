#include "jobs/gates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "ir/error.hpp"
#include "ir/number.hpp"
#include "jobs/execution.hpp"
#include "jobs/saturation.hpp"
#include "jobs/verification.hpp"
#include "ops/multiply_accumulates.hpp"

namespace lpt {
namespace {

struct Form {
  Gate::Kind kind;
  std::string_view key, unit;
};
constexpr Form kForms[] = {{Gate::int8, "int8=", "%"},
                           {Gate::size, "size=", "%"},
                           {Gate::sqnr, "sqnr=", "dB"},
                           {Gate::saturation, "saturation=", ""}};

constexpr std::size_t kMostNamed = 5;

/// Layers and what each costs, the dearest first.
using Costs = std::vector<std::pair<double, LayerLabel>>;

/// With the share of each in percent of all, or its cost where `all` is 0.
std::string listed(Costs costs, double all) {
  std::stable_sort(costs.begin(), costs.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min(costs.size(), kMostNamed); ++i) {
    const auto& [cost, layer] = costs[i];
    const auto value = all == 0 ? fmt::format("{:.0f}", cost) : fmt::format("{:.1f} %", 100 * cost / all);
    text += fmt::format("{}\"{}\" ({}) {}", i == 0 ? "" : ", ", layer.name, layer.type, value);
  }
  return costs.size() > kMostNamed ? text + fmt::format(" and {} more", costs.size() - kMostNamed) : text;
}

std::string layers_in_float(const Model& model, const Execution& execution) {
  const auto& share = execution.share();
  const bool by_macs = share.is_complete && share.macs != 0;
  Costs costs;
  for_each_node(*model.graph, [&](const Node& node) {
    if (!node.is_live() || !is_heavy(node) || execution.in_integers(node)) return;
    costs.emplace_back(by_macs ? static_cast<double>(*multiply_accumulates(node)) : 1, LayerLabel(node));
  });
  return listed(std::move(costs), static_cast<double>(by_macs ? share.macs : share.all));
}

/// Numbers that a runtime would hold as f32, whatever they are stored as: real ones, and integers of 8 bits and less.
bool stands_for_real(ElementType type) {
  return is_real(type) || (type != ElementType::boolean && type != ElementType::string && bits(type) <= 8);
}

/// Constants by the bytes that they take, each place in the file once.
template <class Visit>
void for_each_constant(const Model& model, const Visit& visit) {
  std::map<std::tuple<const ByteSource*, std::uint64_t, std::uint64_t>, bool> seen;
  for_each_node(*model.graph, [&](const Node& node) {
    const auto* blob = node.constant();
    if (blob == nullptr || !seen.try_emplace({blob->source().get(), blob->offset(), blob->size()}, true).second) return;
    visit(node, *blob);
  });
}

std::string largest_constants(const Model& model) {
  Costs costs;
  double all = 0;
  for_each_constant(model, [&](const Node& node, const Blob& blob) {
    all += static_cast<double>(blob.size());
    if (bits(node.output(0).type()) > 8) costs.emplace_back(static_cast<double>(blob.size()), LayerLabel(node));
  });
  return listed(std::move(costs), all);
}

}  // namespace

Gate parse_gate(const std::string& text) {
  for (const auto& [kind, key, unit] : kForms) {
    auto value = std::string_view(text);
    if (!value.starts_with(key)) continue;
    value.remove_prefix(key.size());
    if (value.ends_with(unit)) value.remove_suffix(unit.size());
    const auto bar = parse_real(value);
    if (bar && *bar >= 0 && std::isfinite(*bar) && (unit != "%" || kind != Gate::int8 || *bar <= 100))
      return {kind, *bar};
    break;
  }
  throw usage_error(
      "--require is '{}', should be one of int8=95%, size=30%, sqnr=40dB, saturation=0, with a number of yours", text);
}

std::string to_string(const Gate& gate) {
  const auto* form = std::ranges::find(kForms, gate.kind, &Form::kind);
  return fmt::format("{}{:g}{}", form->key, gate.bar, form->unit);
}

std::uint64_t bytes_in_f32(const Model& model) {
  std::uint64_t sum = 0;
  for_each_constant(model, [&](const Node& node, const Blob& blob) {
    const auto type = node.output(0).type();
    const auto count = node.output(0).shape().element_count();
    sum += stands_for_real(type) && count ? *count * 4 : blob.size();
  });
  return sum;
}

GateResult check_gate(const Gate& gate, const Model& result, const GateEvidence& evidence) {
  GateResult checked{gate, false, 0, {}};
  switch (gate.kind) {
    case Gate::int8:
      checked.found = 100 * evidence.execution.share().fraction();
      checked.passed = checked.found >= gate.bar;
      if (!checked.passed) checked.costs = layers_in_float(result, evidence.execution);
      break;
    case Gate::size: {
      const auto in_f32 = bytes_in_f32(result);
      checked.found = in_f32 == 0 ? 0 : 100 * static_cast<double>(evidence.weights_bytes) / static_cast<double>(in_f32);
      checked.passed = checked.found <= gate.bar;
      if (!checked.passed) checked.costs = largest_constants(result);
      break;
    }
    case Gate::sqnr:
      checked.found = evidence.verification->least_sqnr_db;
      checked.passed = checked.found >= gate.bar;
      if (!checked.passed) checked.costs = fmt::format("\"{}\"", evidence.verification->output);
      break;
    case Gate::saturation: {
      Costs costs;
      for (const auto& layer : evidence.saturation) {
        const auto channels = static_cast<double>(std::max(layer.beyond_16_bits, layer.beyond_32_bits));
        checked.found += channels;
        if (channels != 0) costs.emplace_back(channels, layer.layer);
      }
      checked.passed = checked.found <= gate.bar;
      if (!checked.passed) checked.costs = listed(std::move(costs), 0);
      break;
    }
  }
  return checked;
}

}  // namespace lpt

#include "jobs/execution.hpp"

#include "driver/mark.hpp"
#include "ops/multiply_accumulates.hpp"
#include "ops/operation.hpp"

namespace lpt {
namespace {

/// What a type-relaxed layer reads as its data: the integers in front of a Subtract that takes their zero point off.
ElementType type_of_data(const Node& node) {
  Value data = node.input(0);
  if (is_type_relaxed(data.node()) && data.node().is("Subtract")) data = data.node().input(0);
  return data.type();
}

/// A Convert to real numbers from a constant of integers, or of floats of 8 bits and less.
bool converts_stored(const Node& node) {
  if (!node.is("Convert") || node.input(0).node().constant() == nullptr) return false;
  const auto stored = node.input(0).type();
  return !is_real(stored) && stored != ElementType::boolean && bits(stored) <= 16;
}

}  // namespace

double IntegerShare::fraction() const {
  if (is_complete && macs != 0) return static_cast<double>(low_macs) / static_cast<double>(macs);
  return all == 0 ? 1 : static_cast<double>(low) / static_cast<double>(all);
}

Execution::Execution(const Model& model, const PassContext* conversion)
    : by_conversion_(conversion != nullptr && !conversion->runtime.asked()) {
  for_each_graph(*model.graph, [&](const Graph& graph) { kernels_.add(graph); });
  if (by_conversion_) {
    given_integers_ = conversion->integer_kernels;
    target_ = conversion->goal.target.name;
  }
  for_each_node(*model.graph, [&](const Node& node) {
    if (!node.is_live() || !is_heavy(node)) return;
    const bool is_low = in_integers(node);
    const auto macs = multiply_accumulates(node);
    ++share_.all;
    share_.low += is_low;
    share_.is_complete &= macs.has_value();
    share_.macs += macs.value_or(0);
    share_.low_macs += is_low ? macs.value_or(0) : 0;
  });
}

bool Execution::in_integers(const Node& heavy) const {
  if (is_type_relaxed(heavy)) return is_low_precision(type_of_data(heavy));
  return by_conversion_ ? given_integers_.contains(heavy) : kernels_.start() && kernels_.run_in_integers(heavy);
}

std::string_view Execution::runs_in(const Node& heavy) const {
  return in_integers(heavy) ? "i8" : name(heavy.input(0).type());
}

Refusal Execution::why_not(const Node& heavy) const {
  auto reason = kernels_.why_not(heavy);
  if (!by_conversion_ || reason.cause() != Cause::no_fake_quantize) return reason;
  return refusal(Cause::no_kernel_on_target, "target {} states no integer types for {}", target_, heavy.type());
}

ModelKind kind_of(const Model& model) {
  ModelKind kind{.converted = !marked_dialect(model).empty()};
  for_each_node(*model.graph, [&](const Node& node) {
    if (!node.is_live() || node.input_count() == 0) return;
    kind.type_relaxed |= is_type_relaxed(node);
    const Value data = node.input(0);
    const bool quantizes = node.is("FakeQuantize") || node.is("FakeConvert");
    const bool of_constant = constant_path(data).has_value();
    kind.quantizes_data |= quantizes && !of_constant;
    kind.float_weights |= quantizes && of_constant;
    if (converts_stored(node)) kind.stored_weights = true;
    if (node.is("Convert") && is_real(node.output(0).type()) && is_integer(data.type()) && bits(data.type()) <= 8 &&
        data.node().constant() == nullptr && !data.node().is("Parameter")) {
      kind.quantizes_data = true;
      kind.spells_out = true;
    }
  });
  return kind;
}

}  // namespace lpt

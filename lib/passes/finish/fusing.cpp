#include "passes/finish/fusing.hpp"

#include <algorithm>

#include "ops/operation.hpp"
#include "passes/propagate/recurrent.hpp"
#include "quant/constant_bytes.hpp"
#include "quant/fake_quantize.hpp"

namespace lpt {
namespace {

/// Every node from `last` up to the one that reads the FakeQuantize has no reader but the next one.
bool is_private(const Node& last, const Node& quantizer) {
  for (const Node* node = &last; node != &quantizer;) {
    node = &node->input(data_port(*node)).node();
    if (!node->output(0).has_one_reader()) return false;
  }
  return true;
}

/// What the constants take that go with the nodes from `last` up to the FakeQuantize.
std::uint64_t bytes_between(const Node& last, const Node& quantizer) {
  std::uint64_t bytes = 0;
  for (const Node* node = &last; node != &quantizer;) {
    const auto port = data_port(*node);
    if (node->input_count() > 1) bytes += bytes_freed_with(node->input(1 - port));
    node = &node->input(port).node();
  }
  return bytes;
}

bool have_same_parameters(const Dequantization& a, const Dequantization& b) {
  return std::ranges::all_of(Dequantization::kParameters, [&](auto member) {
    const auto &one = a.*member, &other = b.*member;
    return one.has_value() == other.has_value() &&
           (!one || (one->shape == other->shape && one->values == other->values));
  });
}

/// Refuses a dequantization that ends in `last` and whose parameters no range can take in.
Expected<void> check_range(const Node& last, const Node& quantizer, const Dequantization& dq,
                           const PassContext& context) {
  for (const auto* parameter : {&dq.scale, &dq.zero_point}) {
    if (!*parameter) continue;
    if (!fits_range(last, **parameter))
      return refused(Cause::range_off_channels, "its range cannot follow the channels");
    if (const auto* fact = context.runtime.against_channels_behind(quantizer.input(0), **parameter))
      return refused(refusal(*fact));
  }
  return {};
}

}  // namespace

Outcome fuse_into_fake_quantize(Graph& graph, Node& last, PassContext& context) {
  if (operation_set(last) != "opset1") return no_match();
  const auto dq = Dequantization::producing(last.output(0), context.float_edges);
  if (!dq) return no_match();
  Node& quantizer = dq->stored.node();
  if (!quantizer.is("FakeQuantize") || &quantizer == &last || !is_private(last, quantizer)) return no_match();
  if (feeds_recurrent(last, context)) return no_match();
  const auto* original = context.original_ranges.find(quantizer);
  if (original != nullptr && have_same_parameters(*dq, original->dequantization)) {
    graph.set_attribute(quantizer, "levels", original->levels);
    graph.set_input(quantizer, 3, original->output_low);
    graph.set_input(quantizer, 4, original->output_high);
  } else {
    if (auto fits = check_range(last, quantizer, *dq, context); !fits) return refused(fits.error());
    const auto ranges = ranges_of(quantizer);
    if (!ranges) return no_match();
    auto low = collapsed(dq->real_of(ranges->output_low)), high = collapsed(dq->real_of(ranges->output_high));
    if (!is_finite(low) || !is_finite(high)) return refused(Cause::range_not_usable, "its range would not be finite");
    in_one_shape(low, high);
    const auto* fact = context.runtime.against_real_range(last.output(0), ranges->levels, low, high);
    if (fact != nullptr && dq->zero_point) return refused(refusal(*fact));
    const auto real = quantizer.input(3).type();
    if (!is_exact_in(real, low) || !is_exact_in(real, high))
      return refused(Cause::half_precision_steps, "its range would be rounded in {}", name(real));
    const auto added = bytes_in_file(real, {low.values.size(), high.values.size()});
    // What the model has itself OpenVINO joins when it loads it.
    if (original == nullptr && !context.goal.has_integer_edges() && added > bytes_between(last, quantizer))
      return no_match();
    set_range(graph, quantizer, Side::output, low, high);
  }
  const bool reads_integers = !is_real(quantizer.input(0).type());
  if (is_type_relaxed(quantizer)) {
    if (reads_integers) {
      relax_fake_quantize(graph, quantizer, dq->real);
    } else {
      unrelax_types(graph, quantizer, dq->real);
    }
  }
  context.float_edges.erase(quantizer.output(0));
  const std::string own(quantizer.name()), name(last.name());
  graph.replace(last.output(0), quantizer.output(0));
  // What the model itself had behind the FakeQuantize is what the FakeQuantize gives now.
  if (!name.starts_with(own + "/Dequantization")) graph.set_name(quantizer, name);
  return rewritten();
}

}  // namespace lpt

#include "runtime/facts.hpp"

#include <algorithm>

#include "ops/attributes.hpp"
#include "ops/facts.hpp"
#include "quant/activation_quantization.hpp"
#include "quant/parameter_algebra.hpp"

namespace lpt {
namespace {

enum class Fact {
#define RUNTIME_FACT(name, first, last, machine, sentence) name,
#include "runtime/facts.def"
#undef RUNTIME_FACT
};

constexpr RuntimeFact kFacts[] = {
#define RUNTIME_FACT(name, first, last, machine, sentence) {#name, first, last, machine, sentence},
#include "runtime/facts.def"
#undef RUNTIME_FACT
};

const RuntimeFact* fact_if(bool holds, Fact fact) { return holds ? &kFacts[static_cast<std::size_t>(fact)] : nullptr; }

/// How many layers that only move data are looked behind.
constexpr int kMostMoves = 8;

/// True if a value is read so, at once or behind what only moves it.
template <class Predicate>
bool leads_to(Value value, const Predicate& is_read_so, int moves = 0) {
  return std::ranges::any_of(value.readers(), [&](const Input& use) {
    if (is_read_so(use)) return true;
    if (!preserves_type(*use.node) || use.index != 0 || moves == kMostMoves) return false;
    for (std::size_t i = 0; i < use.node->output_count(); ++i) {
      if (leads_to(use.node->output(i), is_read_so, moves + 1)) return true;
    }
    return false;
  });
}

bool is_initial_state(const Input& use) {
  return is_recurrent_sequence(*use.node) && (use.index == 1 || use.index == 2);
}

/// True for what the runtime moves a scale behind, without a change of eps.
bool adds_epsilon(const Input& use) {
  return use.node->is("NormalizeL2") ||
         (use.node->is("MVN") && boolean_attribute(*use.node, "normalize_variance", false));
}

/// What a value is made of by Multiplies by positive constants and Adds of constants that nobody else reads.
Value normalized_above(Value value) {
  for (;;) {
    const Node& node = value.node();
    if (!(node.is("Multiply") || node.is("Add")) || node.input_count() != 2 || !value.has_one_reader()) return value;
    const auto port = data_port(node);
    const auto constant = small_tensor(node.input(1 - port));
    if (!constant) return value;
    if (node.is("Multiply") && !std::ranges::all_of(constant->values, [](float v) { return v > 0; })) return value;
    value = node.input(port);
  }
}

}  // namespace

std::span<const RuntimeFact> runtime_facts() { return kFacts; }

Refusal refusal(const RuntimeFact& fact) {
  return refusal(Cause::runtime_misreads_form, "OpenVINO {}: {}", fact.first, fact.sentence);
}

const RuntimeFact* RuntimeFacts::against_pointwise_weights(const Node& convolution) const {
  const Shape& weights = convolution.input(1).shape();
  const bool is_pointwise = weights.is_static() && weights.rank() == 4 && weights[2].min == 1 && weights[3].min == 1;
  return fact_if(asked_ && is_pointwise, Fact::pointwise_weights_beside_transpose);
}

const RuntimeFact* RuntimeFacts::against_folded_weights(const Node& layer, const Dequantization& weights,
                                                        const RuntimeKernels& kernels) const {
  const auto& zero_point = weights.zero_point;
  if (!asked_) return nullptr;
  if (is_recurrent_sequence(layer)) return fact_if(!kernels.run_in_integers(layer), Fact::recurrent_weights);
  if (!sums_products(layer)) return nullptr;
  if (zero_point && layer.is("ConvolutionBackpropData")) return fact_if(true, Fact::backprop_weights_with_zero_point);
  if (zero_point && !is_whole(*zero_point)) return fact_if(true, Fact::fractional_weight_zero_point);
  return fact_if(layer.is("MatMul") && !kernels.run_in_integers(layer), Fact::dynamic_quantization_of_folded_mat_mul);
}

const RuntimeFact* RuntimeFacts::against_integer_kernel(const Dequantization& weights) const {
  if (weights.zero_point) return fact_if(asked_, Fact::weights_with_zero_point);
  return fact_if(asked_ && weights.type == ElementType::u8, Fact::weights_of_u8);
}

const RuntimeFact* RuntimeFacts::against_parameters_of_groups(const Node& layer, const Dequantization& weights) const {
  const Shape& shape = weights.stored.shape();
  if (!asked_ || !layer.is("GroupConvolution") || layer.input(1).shape() != shape || shape[1].min == 1) return nullptr;
  bool vary = false;
  for (const auto member : Dequantization::kParameters) {
    const auto& parameter = weights.*member;
    if (parameter && !varies_only_along(*parameter, 0, shape.rank())) return nullptr;
    vary |= parameter && !is_uniform(*parameter);
  }
  return fact_if(vary, Fact::group_scale_for_several_outputs);
}

const RuntimeFact* RuntimeFacts::against_stored_state(Value constant) const {
  return fact_if(asked_ && leads_to(constant, is_initial_state), Fact::stored_state);
}

const RuntimeFact& RuntimeFacts::of_cut_states(CutStates::By by) {
  return *fact_if(true, by == CutStates::data ? Fact::recurrent_ranges : Fact::stored_state);
}

const RuntimeFact* RuntimeFacts::against_scale_in(ElementType real) const {
  return fact_if(asked_ && is_half(real), Fact::half_graph);
}

const RuntimeFact* RuntimeFacts::against_steps(std::uint64_t levels) const {
  return fact_if(asked_ && levels % 2 == 1, Fact::odd_levels);
}

const RuntimeFact* RuntimeFacts::against_real_range(Value quantized, std::uint64_t levels, const SmallTensor& low,
                                                    const SmallTensor& high) const {
  if (!asked_ || preferred_type(levels, low, high).has_zero_point) return nullptr;
  return fact_if(leads_to(quantized, adds_epsilon), Fact::epsilon_of_scaled_data);
}

const RuntimeFact* RuntimeFacts::against_channels_behind(Value data, const SmallTensor& parameter) const {
  if (!asked_ || is_uniform(parameter)) return nullptr;
  constexpr std::string_view kFused[] = {"Add",      "Clamp", "Convert", "FakeQuantize",
                                         "Multiply", "PReLU", "ReLU",    "Subtract"};
  constexpr int kMostBehind = 8;
  const Node* node = &data.node();
  for (int i = 0; i < kMostBehind; ++i) {
    const bool is_fused = std::ranges::find(kFused, node->type()) != std::end(kFused);
    if (!is_fused || node->input_count() == 0) break;
    node = &node->input(0).node();
  }
  if (node->is("GroupConvolution")) return fact_if(true, Fact::channel_parameters_behind_grouped_convolution);
  const bool is_image = data.shape().has_rank() && data.shape().rank() > 2;
  return fact_if(node->is("MatMul") && is_image, Fact::channel_parameters_behind_mat_mul);
}

const RuntimeFact* RuntimeFacts::against_channels_from(Value data) const {
  if (!asked_ || data.shape().is_static()) return nullptr;
  const auto leads_to_quantizer = [](const Input& use) {
    const Node* reader = use.node;
    while (reader != nullptr && (reader->is("ReLU") || reader->is("Clamp") || reader->is("Add")))
      reader = reader->output(0).single_reader();
    return reader != nullptr && reader != use.node && reader->is("FakeQuantize");
  };
  return fact_if(std::ranges::any_of(data.readers(), leads_to_quantizer), Fact::channel_factors_on_unknown_lengths);
}

const RuntimeFact* RuntimeFacts::against_clamp_behind_quantizer() const {
  return fact_if(asked_, Fact::clamp_behind_quantizer);
}

const RuntimeFact* RuntimeFacts::against_scale_behind_average(const Node& pool) const {
  // A FakeQuantize takes the scale in.
  const auto is_multiplied = [](const Input& use) { return !use.node->is("FakeQuantize"); };
  return fact_if(asked_ && std::ranges::any_of(pool.output(0).readers(), is_multiplied), Fact::average_of_steps);
}

const RuntimeFact* RuntimeFacts::against_scale_behind_mat_mul(const SmallTensor& scale, std::size_t rank) const {
  return fact_if(asked_ && !varies_only_along(scale, rank - 1, rank), Fact::mat_mul_scale_off_the_columns);
}

const RuntimeFact* RuntimeFacts::against_zero_point_of_mat_mul() const {
  return fact_if(asked_, Fact::zero_point_of_mat_mul);
}

const RuntimeFact* RuntimeFacts::against_gather_of_real_values() const {
  return fact_if(asked_, Fact::table_multiplied_out);
}

const RuntimeFact* RuntimeFacts::against_quantizer_behind(Value data) const {
  return fact_if(asked_ && normalized_above(data).node().is("Concat"), Fact::quantizer_copied_above_concat);
}

const RuntimeFact* RuntimeFacts::against_range_from_0(Value data, const RuntimeKernels& kernels) const {
  if (!asked_ || !data.node().is("ReLU") || !data.has_one_reader() || !data.shape().is_static()) return nullptr;
  const Value normalized = data.node().input(0), joined = normalized_above(normalized);
  if (joined == normalized || !joined.node().is("Concat") || !joined.has_one_reader()) return nullptr;
  const Node& concat = joined.node();
  bool any = false;
  for (std::size_t i = 0; i < concat.input_count(); ++i) any |= kernels.holds_steps(concat.input(i));
  return fact_if(any, Fact::quantizer_copied_above_concat);
}

bool may_be_quantized(Value value) {
  constexpr int kFar = 16;
  const Node* node = &value.node();
  for (int i = 0; i < kFar && node->input_count() > 0; ++i) {
    if (node->is("FakeQuantize")) return true;
    node = &node->input(0).node();
  }
  return false;
}

}  // namespace lpt

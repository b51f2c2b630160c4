#include "runtime/facts.hpp"

#include <algorithm>

#include "ops/facts.hpp"
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

/// True if a value is an initial state of a recurrent sequence, at once or behind what only moves it.
bool becomes_state(Value value, int moves = 0) {
  return std::ranges::any_of(value.readers(), [&](const Input& use) {
    if (is_recurrent_sequence(*use.node)) return use.index == 1 || use.index == 2;
    if (!preserves_type(*use.node) || use.index != 0 || moves == kMostMoves) return false;
    for (std::size_t i = 0; i < use.node->output_count(); ++i) {
      if (becomes_state(use.node->output(i), moves + 1)) return true;
    }
    return false;
  });
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

const RuntimeFact* RuntimeFacts::against_stored_state(Value constant) const {
  return fact_if(asked_ && becomes_state(constant), Fact::stored_state);
}

const RuntimeFact& RuntimeFacts::of_cut_states() { return *fact_if(true, Fact::recurrent_ranges); }

const RuntimeFact* RuntimeFacts::against_scale_in(ElementType real) const {
  return fact_if(asked_ && is_half(real), Fact::half_graph);
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

const RuntimeFact* RuntimeFacts::against_scale_behind_average(const Node& pool) const {
  // A FakeQuantize takes the scale in.
  const auto is_multiplied = [](const Input& use) { return !use.node->is("FakeQuantize"); };
  return fact_if(asked_ && std::ranges::any_of(pool.output(0).readers(), is_multiplied), Fact::average_of_steps);
}

const RuntimeFact* RuntimeFacts::against_scale_behind_mat_mul(const SmallTensor& scale, std::size_t rank) const {
  return fact_if(asked_ && !varies_only_along(scale, rank - 1, rank), Fact::mat_mul_scale_off_the_columns);
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

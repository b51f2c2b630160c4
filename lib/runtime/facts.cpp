#include "runtime/facts.hpp"

#include <algorithm>

#include "ops/facts.hpp"
#include "quant/constant_tensor.hpp"
#include "quant/parameter_algebra.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

bool is_other_transpose(const Node& node, std::span<const std::int64_t> harmless) {
  if (!node.is("Transpose") || node.input_count() != 2) return false;
  const auto order = constant_tensor(node.input(1), harmless.size());
  if (!order) return true;
  const auto axes = convert(*order, ElementType::i64);
  return !std::equal(harmless.begin(), harmless.end(), axes.data<std::int64_t>(),
                     axes.data<std::int64_t>() + axes.count());
}

/// How much the plugin may have taken into the Convolution before it looks: a scale and a bias.
constexpr int kMostFused = 4;

bool is_transposed_before(const Node& convolution) {
  constexpr std::int64_t kFromChannelsLast[] = {0, 3, 1, 2};
  const Node* above = &convolution.input(0).node();
  for (int i = 0; i < kMostFused && is_linear(*above); ++i) above = &above->input(0).node();
  return is_other_transpose(*above, kFromChannelsLast);
}

bool is_transposed_behind(const Node& convolution) {
  constexpr std::int64_t kToChannelsLast[] = {0, 2, 3, 1};
  const Node* last = &convolution;
  for (int i = 0; i <= kMostFused && last != nullptr; ++i) {
    for (const Input& use : last->output(0).readers()) {
      if (is_other_transpose(*use.node, kToChannelsLast)) return true;
    }
    last = last->output(0).single_reader();
    if (last != nullptr && !is_linear(*last)) return false;
  }
  return false;
}

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

}  // namespace

std::span<const RuntimeFact> runtime_facts() { return kFacts; }

Refusal refusal(const RuntimeFact& fact) {
  return refusal(Cause::runtime_misreads_form, "OpenVINO {}: {}", fact.first, fact.sentence);
}

const RuntimeFact* RuntimeFacts::against_pointwise_weights(const Node& convolution) const {
  const Shape& weights = convolution.input(1).shape();
  const bool is_pointwise = weights.is_static() && weights.rank() == 4 && weights[2].min == 1 && weights[3].min == 1;
  return fact_if(asked_ && is_pointwise && (is_transposed_before(convolution) || is_transposed_behind(convolution)),
                 Fact::pointwise_weights_beside_transpose);
}

const RuntimeFact* RuntimeFacts::against_fraction_at(const Input& weights) const {
  const Node& reader = *weights.node;
  return fact_if(asked_ && sums_products(reader) && weights.index == 1 && may_be_quantized(reader.input(0)),
                 Fact::fractional_weight_zero_point);
}

const RuntimeFact* RuntimeFacts::against_zero_point_of(Value weights) const {
  const auto is_read_backwards = [](const Input& use) {
    return use.node->is("ConvolutionBackpropData") && use.index == 1 && may_be_quantized(use.node->input(0));
  };
  return fact_if(asked_ && std::ranges::any_of(weights.readers(), is_read_backwards),
                 Fact::backprop_weights_with_zero_point);
}

const RuntimeFact* RuntimeFacts::against_scale_in(ElementType real) const {
  return fact_if(asked_ && is_half(real), Fact::half_graph);
}

const RuntimeFact* RuntimeFacts::against_channels_behind(Value data, const SmallTensor& parameter) const {
  if (!asked_ || is_uniform(parameter)) return nullptr;
  constexpr std::string_view kFused[] = {"Add", "Clamp", "FakeQuantize", "Multiply", "PReLU", "ReLU", "Subtract"};
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

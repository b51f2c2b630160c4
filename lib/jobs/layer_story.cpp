#include "jobs/layer_story.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "diff/constant_value.hpp"
#include "ir/error.hpp"
#include "ir/nearest_name.hpp"
#include "ops/facts.hpp"
#include "quant/activation_quantization.hpp"
#include "quant/dequantization.hpp"

namespace lpt {
namespace {

/// How far above an input what quantizes it is looked for.
constexpr int kFar = 16;

const Node& find_layer(const Model& model, const std::string& name) {
  const Node* found = nullptr;
  std::vector<std::string_view> known;
  for_each_node(*model.graph, [&](const Node& node) {
    known.push_back(node.name());
    if (found == nullptr && node.name() == name) found = &node;
  });
  if (found != nullptr) return *found;
  const auto near = nearest_name(name, known);
  throw usage_error("{}: no layer is called \"{}\"{}", model.origin.path, name,
                    near.empty() ? "" : fmt::format(", did you mean \"{}\"?", near));
}

std::string range_text(const Node& fake_quantize) {
  const auto ranges = ranges_of(fake_quantize);
  if (!ranges) return ranges.error().sentence();
  const auto& low = ranges->output_low.values;
  const auto& high = ranges->output_high.values;
  return fmt::format("{} levels, {:.4g}...{:.4g}{}", ranges->levels, *std::ranges::min_element(low),
                     *std::ranges::max_element(high),
                     is_uniform(ranges->output_low) && is_uniform(ranges->output_high) ? "" : " by channel");
}

/// What quantizes or dequantizes a value, or the layer that it comes from where nothing does.
std::string quantization_of(Value value, std::vector<const Node*>& around) {
  const Node* node = &value.node();
  for (int i = 0; i < kFar && node->input_count() != 0; ++i) {
    if (node->is("FakeQuantize")) {
      around.push_back(node);
      return fmt::format(", quantized by \"{}\" (FakeQuantize): {}", node->name(), range_text(*node));
    }
    const bool goes_on = preserves_type(*node) || is_linear(*node) || node->is("AvgPool");
    if (!goes_on) break;
    around.push_back(node);
    node = &node->input(is_linear(*node) ? data_port(*node) : 0).node();
  }
  if (node->constant() != nullptr) return "";
  return fmt::format(", which nothing quantizes behind \"{}\" ({})", node->name(), node->type());
}

}  // namespace

bool LayerStory::is_about(const LayerLabel& label) const {
  return std::ranges::any_of(around, [&](const LayerLabel& known) {
    return known.source_offset != 0 ? known.source_offset == label.source_offset : known.name == label.name;
  });
}

LayerStory story_of(const Model& model, const std::string& name) {
  const Node& node = find_layer(model, name);
  LayerStory story{LayerLabel(node), {}, {}};
  std::vector<const Node*> around{&node};
  for (std::size_t port = 0; port < node.input_count(); ++port) {
    const Value input = node.input(port);
    auto text = fmt::format("{}[{}] from \"{}\" ({})", lpt::name(input.type()), input.shape(), input.node().name(),
                            input.node().type());
    const auto constant = ConstantValue::of(input);
    text += constant ? ": " + constant->to_string() : "";
    auto quantization = quantization_of(input, around);
    story.inputs.push_back(constant ? text : text + quantization);
  }
  std::ranges::sort(around, {}, [](const Node* each) { return each->source_offset(); });
  for (const auto* each : around) story.around.emplace_back(*each);
  return story;
}

}  // namespace lpt

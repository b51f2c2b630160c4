#include <cmath>

#include "ops/operation.hpp"

namespace lpt {
namespace {

/// The values of a small f32 constant; empty for anything else.
std::vector<float> range_values(Value value) {
  const Blob* blob = value.node().constant();
  constexpr std::uint64_t kMost = 1 << 20;
  if (blob == nullptr || value.type() != ElementType::f32 || blob->size() > kMost) return {};
  std::vector<float> values(blob->size() / sizeof(float));
  blob->read(0, std::as_writable_bytes(std::span(values)));
  return values;
}

}  // namespace

void fake_quantize_check(const Node& node, const LayerWarn& warn) {
  expect_inputs(node, 5, 5);
  const auto levels = integer_attribute(node, "levels");
  if (levels < 2) throw LayerError("levels is {}, should be at least 2", levels);
  enumeration_attribute(node, "auto_broadcast", {"none", "numpy", "pdpd", "explicit"}, 1);
  static constexpr std::string_view kRanges[] = {"input_low", "input_high", "output_low", "output_high"};
  std::vector<float> values[4];
  for (std::size_t i = 0; i < 4; ++i) {
    values[i] = range_values(node.input(i + 1));
    for (const float v : values[i]) {
      if (!std::isfinite(v)) {
        warn(fmt::format("{} is {}; this FakeQuantize stays as it is", kRanges[i], v));
        break;
      }
    }
  }
  if (values[0].size() != values[1].size()) return;
  for (std::size_t i = 0; i < values[0].size(); ++i) {
    if (values[0][i] > values[1][i]) {
      warn(fmt::format("input_low {} is above input_high {}", values[0][i], values[1][i]));
      return;
    }
  }
}

std::vector<OutputSpec> fake_quantize_infer(const Node& node) {
  return {{node.input(0).type(), node.input(0).shape()}};
}

}  // namespace lpt

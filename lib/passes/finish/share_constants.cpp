// Lets layers that read equal small constants read one.
//
//     Const(0) -> FakeQuantize, Const(0) -> FakeQuantize    =>    Const(0) -> FakeQuantize, FakeQuantize
//
// Law     A constant is its type, its shape and its bytes.
// Guard   Small ones of ranges, scales, biases and indices; stored weights stay apart. So does a constant that the model
//         gives as a result, or that carries annotations.
// Source  Measured with OpenVINO 2026.4: the time to load a model grows with its layers.
#include <fmt/format.h>

#include <algorithm>

#include "driver/context.hpp"
#include "quant/constant_bytes.hpp"

namespace lpt {
namespace {

bool is_shareable(const Node& constant) {
  constexpr std::uint64_t kMostBytes = 1 << 14;
  const Value value = constant.output(0);
  const auto type = value.type();
  if (!is_real(type) && type != ElementType::i32 && type != ElementType::i64) return false;
  if (constant.constant() == nullptr || constant.constant()->size() > kMostBytes || constant.extras() != nullptr ||
      constant.output_port(0).extras != nullptr || !value.has_readers())
    return false;
  return std::ranges::none_of(value.readers(), [](const Input& use) { return use.node->is("Result"); });
}

/// What tells a constant from others.
std::string key_of(const Node& constant) {
  const Value value = constant.output(0);
  const auto bytes = constant.constant()->to_vector();
  return fmt::format("{} {} [{}] {}", static_cast<const void*>(&constant.graph()), name(value.type()), value.shape(),
                     std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace

Outcome share_constants(Graph& graph, Node& constant, PassContext& context) {
  if (!context.runtime.asked() || !is_shareable(constant)) return no_match();
  const Value value = constant.output(0);
  const auto [first, is_new] = context.shared_constants.try_emplace(key_of(constant), value);
  if (is_new) return no_match();
  const Value kept = first->second;
  const std::string names =
      fmt::format("{}{}{}", kept.names(), kept.names().empty() || value.names().empty() ? "" : ",", value.names());
  graph.replace(value, kept);
  if (!names.empty()) graph.set_names(kept.node(), 0, names);
  return rewritten();
}

}  // namespace lpt

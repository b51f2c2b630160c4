// Convolution, GroupConvolution and their BackpropData forms: the attributes all four share.
#include <limits>

#include "ops/operation.hpp"

namespace lpt {
namespace {

void check_list(const Node& node, std::string_view name, std::int64_t least, std::optional<std::size_t> spatial) {
  const auto values = integer_list_attribute(node, name);
  if (spatial && values.size() != *spatial) {
    throw LayerError("{} has {} values, should have one for each of {} spatial dimensions", name, values.size(),
                     *spatial);
  }
  for (const auto v : values) {
    if (v < least || v > std::numeric_limits<std::int32_t>::max()) {
      throw LayerError("{} holds {}, should be {}..{}", name, v, least, std::numeric_limits<std::int32_t>::max());
    }
  }
}

}  // namespace

void convolution_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 2, 3);
  std::optional<std::size_t> spatial;
  if (const auto& data = node.input(0).shape(); data.has_rank() && data.rank() > 2) spatial = data.rank() - 2;
  check_list(node, "strides", 1, spatial);
  check_list(node, "dilations", 1, spatial);
  constexpr std::int64_t kAnyPad = std::numeric_limits<std::int32_t>::min();
  check_list(node, "pads_begin", kAnyPad, spatial);
  check_list(node, "pads_end", kAnyPad, spatial);
  enumeration_attribute(node, "auto_pad", {"explicit", "same_lower", "same_upper", "valid", "notset"}, 0);
}

}  // namespace lpt

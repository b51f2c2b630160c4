#include "ops/pools.hpp"

namespace lpt {

std::vector<WindowAxis> pool_axes(const Arguments& arguments) {
  const auto& data = arguments.lengths(0);
  if (data.size() < 3 || data.size() > 5)
    throw LayerError("its data is [{}], should have 1 to 3 spatial axes", to_string(data));
  const Node& node = arguments.node();
  const auto kernel = integer_list_attribute(node, "kernel");
  if (kernel.size() != data.size() - 2)
    throw LayerError("kernel has {} values, should have one for each of {} spatial dimensions", kernel.size(),
                     data.size() - 2);
  const auto attributes = window_attributes(node, kernel.size());
  const auto rounding =
      static_cast<WindowRounding>(enumeration_attribute(node, "rounding_type", {"floor", "ceil", "ceil_torch"}, 0));
  std::vector<WindowAxis> axes;
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    if (attributes.pads_begin[i] < 0 || attributes.pads_end[i] < 0)
      throw LayerError("pads are {} and {}, should not be negative", attributes.pads_begin[i], attributes.pads_end[i]);
    axes.push_back(window_axis(attributes, i, data[i + 2], kernel[i], rounding));
  }
  return axes;
}

Lengths pool_lengths(const Arguments& arguments) {
  const auto axes = pool_axes(arguments);
  Lengths result = arguments.lengths(0);
  for (std::size_t i = 0; i < axes.size(); ++i) result[i + 2] = axes[i].out;
  return result;
}

}  // namespace lpt

#pragma once

#include "ops/product.hpp"
#include "ops/windows.hpp"

namespace lpt {

/// The sizes of a convolution of any kind. Data is [batch, groups * in, spatial...].
struct ConvolutionSizes {
  std::int64_t batch, groups;
  std::int64_t in, out;  ///< channels of one group
  std::vector<WindowAxis> axes;
  Windows windows;

  std::int64_t taps() const { return windows[0].kernel * windows[1].kernel * windows[2].kernel; }
  std::int64_t in_area() const { return windows[0].in * windows[1].in * windows[2].in; }
  std::int64_t out_area() const { return windows[0].out * windows[1].out * windows[2].out; }
};

/// Sizes of Convolution and GroupConvolution. throws  LayerError if shapes or attributes do not fit
ConvolutionSizes convolution_sizes(const Arguments& arguments);
/// Likewise of ConvolutionBackpropData and GroupConvolutionBackpropData: `windows` are those of the convolution whose
/// input this one's output is, so that `in` of an axis is the length of the output.
ConvolutionSizes backprop_sizes(const Arguments& arguments);

/// True for the forms whose weights have an axis of groups in front.
bool has_groups(const Node& node);

}  // namespace lpt

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

/// Whether the data has the channels `in` of the weights, or, in a transposed convolution, `out`.
enum class ConvolutionDirection { forward, backward };

/// Batch, groups and channels, without the axes of space. throws  LayerError if data and weights do not fit
ConvolutionSizes channel_sizes(const Arguments& arguments, ConvolutionDirection direction);

/// Sizes of Convolution and GroupConvolution. throws  LayerError if shapes or attributes do not fit
ConvolutionSizes convolution_sizes(const Arguments& arguments);
/// Likewise of ConvolutionBackpropData and GroupConvolutionBackpropData: `windows` are those of the convolution whose
/// input this one's output is, so that `in` of an axis is the length of the output.
ConvolutionSizes backprop_sizes(const Arguments& arguments);

}  // namespace lpt

// ConvolutionBackpropData and GroupConvolutionBackpropData: the transpose of a convolution. Each input element adds its
// window of the output,
//
//     y[n, g*O + o, p * stride - pad + t * dilation] += x[n, g*I + c, p] * w[g, c, o, t]
//
// out of which  out = stride * (in - 1) + (kernel - 1) * dilation + 1 - pad_begin - pad_end + output_padding.
//
// Source: OpenVINO ConvolutionBackpropData-1, GroupConvolutionBackpropData-1; the halves of an odd same_upper and
// same_lower are measured, and the opposite of a Convolution's.
#include "ops/convolution.hpp"

#include <algorithm>

#include "tensor/memory.hpp"
#include "tensor/parallel.hpp"

namespace lpt {

namespace {

/// Adds column (o, t) of the product to the output, for all places of one group.
template <class T>
void scatter(const T* products, const ConvolutionSizes& sizes, std::int64_t channel, T* out) {
  const auto& [depth, height, width] = sizes.windows;
  std::fill_n(out, sizes.in_area(), T{0});
  for (std::int64_t tap = 0; tap < sizes.taps(); ++tap) {
    const T* column = products + (channel * sizes.taps() + tap) * sizes.out_area();
    const auto tap_w = tap % width.kernel;
    const auto [first, last] = width.inside(tap_w);
    for (std::int64_t line = 0; line < depth.out * height.out; ++line) {
      const auto h = height.input(line % height.out, tap / width.kernel % height.kernel);
      const auto d = depth.input(line / height.out, tap / (width.kernel * height.kernel));
      if (!height.has(h) || !depth.has(d)) continue;
      T* row = out + (d * height.in + h) * width.in + width.input(first, tap_w);
      const T* from = column + line * width.out;
      for (std::int64_t i = first; i < last; ++i) row[(i - first) * width.stride] += from[i];
    }
  }
}

WindowAxis backprop_axis(const WindowAttributes& attributes, std::size_t axis, std::int64_t in, std::int64_t kernel,
                         std::int64_t output_padding, std::optional<std::int64_t> wanted) {
  using AutoPad = WindowAttributes::AutoPad;
  WindowAxis result{0,
                    in,
                    kernel,
                    attributes.strides[axis],
                    attributes.dilations[axis],
                    attributes.pads_begin[axis],
                    attributes.pads_end[axis]};
  const auto full = result.stride * (in - 1) + result.extent() + output_padding;
  const bool same = attributes.auto_pad == AutoPad::same_upper || attributes.auto_pad == AutoPad::same_lower;
  if (attributes.auto_pad == AutoPad::valid) result.pad_begin = result.pad_end = 0;
  if (same) {
    const auto length = wanted.value_or(in * result.stride);
    const auto total = std::max<std::int64_t>(0, full - length);
    result.pad_begin = attributes.auto_pad == AutoPad::same_upper ? total - total / 2 : total / 2;
    result.pad_end = total - result.pad_begin;
    result.in = length;
  } else {
    result.in = wanted.value_or(full - result.pad_begin - result.pad_end);
  }
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  if (kernel < 1 || result.in < 1 || result.in > kMost)
    throw LayerError("spatial axis {} of its output has {} elements", axis, result.in);
  return result;
}

}  // namespace

ConvolutionSizes backprop_sizes(const Arguments& arguments) {
  auto sizes = channel_sizes(arguments, ConvolutionDirection::backward);
  const Node& node = arguments.node();
  const auto& data = arguments.lengths(0);
  const auto& weights = arguments.lengths(1);
  const auto spatial = data.size() - 2;
  const auto attributes = window_attributes(node, spatial);
  auto padding = integer_list_attribute(node, "output_padding", {});
  if (padding.empty()) padding.assign(spatial, 0);
  std::optional<std::vector<std::int64_t>> wanted;
  if (arguments.size() > 2) wanted = required_integers(arguments, 2);
  if (padding.size() != spatial || (wanted && wanted->size() != spatial))
    throw LayerError("output_padding or output shape do not have one value for each of {} spatial dimensions", spatial);
  for (std::size_t axis = 0; axis < spatial; ++axis) {
    sizes.axes.push_back(backprop_axis(attributes, axis, data[axis + 2], weights[weights.size() - spatial + axis],
                                       padding[axis], wanted ? std::optional((*wanted)[axis]) : std::nullopt));
  }
  sizes.windows = windows_of(sizes.axes);
  return sizes;
}

std::vector<OutputSpec> convolution_backprop_infer(const Arguments& arguments) {
  const auto sizes = backprop_sizes(arguments);
  Lengths result{sizes.batch, sizes.groups * sizes.in};
  for (const auto& axis : sizes.axes) result.push_back(axis.in);
  return one_output(product_type(arguments), result);
}

void convolution_backprop_evaluate(Evaluation& run) {
  const auto sizes = backprop_sizes(run.arguments());
  evaluate_products(run, [&]<class T, class Sum>(const T* data, const T* weights, Sum* out) {
    const auto width = sizes.in * sizes.taps();
    const auto memory = allocate(static_cast<std::size_t>(width * sizes.out_area()) * sizeof(Sum));
    Sum* products = reinterpret_cast<Sum*>(memory.get());
    for (std::int64_t i = 0; i < sizes.batch * sizes.groups; ++i) {
      const MatrixView<T> columns{weights + i % sizes.groups * sizes.out * width, 1, width};
      const MatrixView<T> image{data + i * sizes.out * sizes.out_area(), sizes.out_area(), 1};
      multiply(width, sizes.out_area(), sizes.out, columns, image, products, sizes.out_area());
      if constexpr (!std::is_same_v<T, Sum>) watch_sums(run, width, sizes.out_area(), sizes.out, 1, columns, image);
      parallel_each(sizes.in, sizes.taps() * sizes.out_area(), [&](std::int64_t channel) {
        scatter(products, sizes, channel, out + (i * sizes.in + channel) * sizes.in_area());
      });
    }
  });
}

}  // namespace lpt

// Convolution and GroupConvolution: a correlation of windows of the data with the weights,
//
//     y[n, g*O + o, p] = sum over c, t of  x[n, g*I + c, p * stride - pad + t * dilation] * w[g, o, c, t]
//
// with p and t over up to three spatial axes. It is the product of the weights, [O, I * taps], with a matrix whose
// columns are the windows, which is never made as a whole: panels of it are, when the product asks for them.
//
// Source: OpenVINO Convolution-1, GroupConvolution-1.
#include "ops/convolution.hpp"

#include <algorithm>
#include <limits>

#include "tensor/gemm_kernel.hpp"
#include "tensor/parallel.hpp"

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

bool has_groups(const Node& node) { return node.type().substr(0, 5) == "Group"; }

namespace {

/// The windows of one group of one image as the columns of a matrix with rows [channel, tap].
template <class T>
PanelSource<T> columns_of(const T* image, const ConvolutionSizes& sizes) {
  const auto& [depth, height, width] = sizes.windows;
  return [image, &sizes, &depth = depth, &height = height, &width = width](
             std::int64_t k, std::int64_t rows, std::int64_t n, std::int64_t columns, T* panel, int panel_width) {
    const std::int64_t plane = height.in * width.in;
    for (std::int64_t row = 0; row < rows; ++row) {
      T* out = panel + row * panel_width;
      const auto tap = (k + row) % sizes.taps();
      const T* channel = image + (k + row) / sizes.taps() * sizes.in_area();
      const auto tap_w = tap % width.kernel;
      const auto [first, last] = width.inside(tap_w);
      for (std::int64_t done = 0; done < columns;) {
        const auto place = n + done;
        const auto line = place / width.out;
        const auto begin = place % width.out;
        const auto end = std::min(width.out, begin + columns - done);
        const auto h = height.input(line % height.out, tap / width.kernel % height.kernel);
        const auto d = depth.input(line / height.out, tap / (width.kernel * height.kernel));
        T* to = out + done;
        done += end - begin;
        if (!height.has(h) || !depth.has(d)) {
          std::fill_n(to, end - begin, T{0});
          continue;
        }
        const auto from = std::clamp(first, begin, end);
        const auto until = std::clamp(last, from, end);
        const T* source = channel + d * plane + h * width.in + width.input(from, tap_w);
        std::fill(to, to + (from - begin), T{0});
        to += from - begin;
        if (width.stride == 1) {
          std::copy_n(source, until - from, to);
        } else {
          for (std::int64_t i = 0; i < until - from; ++i) to[i] = source[i * width.stride];
        }
        std::fill_n(to + (until - from), end - until, T{0});
      }
      std::fill(out + columns, out + panel_width, T{0});
    }
  };
}

/// True if every window is one element and they lie as the data does, so that the data is the matrix.
bool is_pointwise(const ConvolutionSizes& sizes) {
  return std::all_of(sizes.windows.begin(), sizes.windows.end(), [](const WindowAxis& axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.pad_begin == 0 && axis.pad_end == 0;
  });
}

/// One channel in, one channel out: a row of the output at a time, tap by tap.
template <class T>
void convolve_channel(const T* image, const T* weights, const ConvolutionSizes& sizes, T* out) {
  const auto& kernel = gemm_kernel<T>();
  const auto& [depth, height, width] = sizes.windows;
  std::fill_n(out, sizes.out_area(), T{0});
  for (std::int64_t line = 0; line < depth.out * height.out; ++line) {
    T* row = out + line * width.out;
    for (std::int64_t tap = 0; tap < sizes.taps(); ++tap) {
      const auto tap_w = tap % width.kernel;
      const auto h = height.input(line % height.out, tap / width.kernel % height.kernel);
      const auto d = depth.input(line / height.out, tap / (width.kernel * height.kernel));
      if (!height.has(h) || !depth.has(d)) continue;
      const auto [first, last] = width.inside(tap_w);
      kernel.add_scaled(row + first, image + (d * height.in + h) * width.in + width.input(first, tap_w), last - first,
                        width.stride, weights[tap]);
    }
  }
}

template <class T>
void convolve(Evaluation& run, const ConvolutionSizes& sizes, const T* data, const T* weights, T* out) {
  const auto window = sizes.in * sizes.taps();
  if (sizes.in == 1 && sizes.out == 1 && !run.watch().accumulators) {
    parallel_ranges(sizes.batch * sizes.groups, sizes.out_area() * sizes.taps() / 4,
                    [&](std::int64_t first, std::int64_t last) {
                      for (std::int64_t i = first; i < last; ++i) {
                        convolve_channel(data + i * sizes.in_area(), weights + i % sizes.groups * sizes.taps(), sizes,
                                         out + i * sizes.out_area());
                      }
                    });
    return;
  }
  const bool pointwise = is_pointwise(sizes);
  const auto work = sizes.out * sizes.out_area() * window / 32;
  parallel_ranges(sizes.batch * sizes.groups, work, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const T* image = data + i * sizes.in * sizes.in_area();
      const auto columns = pointwise ? panels_of(MatrixView<T>{image, sizes.in_area(), 1}) : columns_of(image, sizes);
      const MatrixView<T> matrix{weights + i % sizes.groups * sizes.out * window, window, 1};
      multiply(sizes.out, sizes.out_area(), window, matrix, columns, out + i * sizes.out * sizes.out_area(),
               sizes.out_area());
      if constexpr (std::is_same_v<T, std::uint32_t>)
        watch_sums(run, sizes.out, sizes.out_area(), window, sizes.taps(), matrix, columns);
    }
  });
}

}  // namespace

ConvolutionSizes convolution_sizes(const Arguments& arguments) {
  const auto& data = arguments.lengths(0);
  const auto& weights = arguments.lengths(1);
  const bool groups = has_groups(arguments.node());
  const std::size_t front = groups ? 3 : 2;  // axes of the weights before the spatial ones
  if (data.size() < 3 || weights.size() != data.size() + (groups ? 1 : 0))
    throw LayerError("its data is [{}], its weights are [{}]", to_string(data), to_string(weights));
  ConvolutionSizes sizes{data[0], groups ? weights[0] : 1, weights[front - 1], weights[front - 2], {}, {}};
  if (data[1] != sizes.groups * sizes.in)
    throw LayerError("weights have {} input channels, its input has {}", sizes.groups * sizes.in, data[1]);
  const auto attributes = window_attributes(arguments.node(), data.size() - 2);
  for (std::size_t axis = 0; axis + 2 < data.size(); ++axis) {
    sizes.axes.push_back(window_axis(attributes, axis, data[axis + 2], weights[axis + front], WindowRounding::floor));
  }
  sizes.windows = windows_of(sizes.axes);
  return sizes;
}

std::vector<OutputSpec> convolution_infer(const Arguments& arguments) {
  const auto sizes = convolution_sizes(arguments);
  Lengths result{sizes.batch, sizes.groups * sizes.out};
  for (const auto& axis : sizes.axes) result.push_back(axis.out);
  return one_output(product_type(arguments), result);
}

void convolution_evaluate(Evaluation& run) {
  const auto sizes = convolution_sizes(run.arguments());
  evaluate_products(run, [&](auto zero, const Tensor& data, const Tensor& weights, Tensor& out) {
    using T = decltype(zero);
    convolve(run, sizes, data.data<T>(), weights.data<T>(), out.data<T>());
  });
}

}  // namespace lpt

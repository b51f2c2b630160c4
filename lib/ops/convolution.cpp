// Convolution and GroupConvolution: a correlation of windows of the data with the weights,
//
//     y[n, g*O + o, p] = sum over c, t of  x[n, g*I + c, p * stride - pad + t * dilation] * w[g, o, c, t]
//
// with p and t over up to three spatial axes. It is the product of the weights, [O, I * taps], with a matrix whose
// columns are the windows, which is never made as a whole: blocks of it are, when the product asks for them.
//
// Source: OpenVINO Convolution-1, GroupConvolution-1.
#include "ops/convolution.hpp"

#include <algorithm>
#include <limits>

#include "tensor/kernels.hpp"
#include "tensor/parallel.hpp"

namespace lpt {
namespace {

void check_list(const Node& node, std::string_view name, std::int64_t least, std::optional<std::size_t> spatial) {
  expect_window_values(name, integer_list_attribute(node, name), least, spatial);
}

}  // namespace

void convolution_check(const Node& node, const LayerWarn&) {
  expect_inputs(node, 2, 3);
  std::optional<std::size_t> spatial;
  if (const auto& data = node.input(0).shape(); data.has_rank() && data.rank() > 2) spatial = data.rank() - 2;
  check_list(node, "strides", 1, spatial);
  check_list(node, "dilations", 1, spatial);
  check_list(node, "pads_begin", kAnyPad, spatial);
  check_list(node, "pads_end", kAnyPad, spatial);
  enumeration_attribute(node, "auto_pad", {"explicit", "same_lower", "same_upper", "valid", "notset"}, 0);
}

namespace {

/// True for the forms whose weights have an axis of groups in front.
bool has_groups(const Node& node) { return node.type().substr(0, 5) == "Group"; }

/// The windows of one group of one image as the columns of a matrix with rows [channel, tap].
template <class T>
class WindowColumns {
 public:
  WindowColumns(const T* image, const ConvolutionSizes& sizes) : image_(image), sizes_(sizes) {
    const auto& width = sizes.windows[2];
    for (std::int64_t tap = 0; tap < width.kernel; ++tap) inside_.push_back(width.inside(tap));
  }

  void operator()(std::int64_t n, std::int64_t columns, T* block) const {
    const auto& [depth, height, width] = sizes_.windows;
    const auto runs = runs_of(n, columns);
    const auto taps = sizes_.taps();
    for (std::int64_t row = 0; row < sizes_.in * taps; ++row) {
      const T* from = image_ + row / taps * sizes_.in_area();
      const auto w = row % width.kernel;
      const auto h = row / width.kernel % height.kernel;
      const auto d = row / (width.kernel * height.kernel) % depth.kernel;
      for (const auto& run : runs) {
        const auto in_h = height.input(run.h, h);
        const auto in_d = depth.input(run.d, d);
        const bool has_line = height.has(in_h) && depth.has(in_d);
        copy_run(run, w, has_line ? from + (in_d * height.in + in_h) * width.in : nullptr, block);
        block += run.end - run.begin;
      }
    }
  }

 private:
  /// Columns that lie in one line of the output: elements begin ... end-1 of line h of plane d.
  struct Run {
    std::int64_t d, h, begin, end;
  };

  std::vector<Run> runs_of(std::int64_t n, std::int64_t columns) const {
    const auto& [depth, height, width] = sizes_.windows;
    std::vector<Run> runs;
    for (std::int64_t done = 0; done < columns;) {
      const auto line = (n + done) / width.out;
      const auto begin = (n + done) % width.out;
      const auto end = std::min(width.out, begin + columns - done);
      runs.push_back({line / height.out, line % height.out, begin, end});
      done += end - begin;
    }
    return runs;
  }

  /// The elements of an input line under one tap; zeros where it has none, or where there is no line.
  void copy_run(const Run& run, std::int64_t tap, const T* line, T* to) const {
    const auto& width = sizes_.windows[2];
    const auto [first, last] = inside_[static_cast<std::size_t>(tap)];
    const auto from = line == nullptr ? run.end : std::clamp(first, run.begin, run.end);
    const auto until = std::clamp(last, from, run.end);
    for (auto i = run.begin; i < from; ++i) *to++ = T{0};
    if (until > from) {
      const T* source = line + width.input(from, tap);
      const auto count = until - from;
      if (width.stride == 1) {
        for (std::int64_t i = 0; i < count; ++i) to[i] = source[i];
      } else {
        for (std::int64_t i = 0; i < count; ++i) to[i] = source[i * width.stride];
      }
      to += count;
    }
    for (auto i = until; i < run.end; ++i) *to++ = T{0};
  }

  const T* image_;
  const ConvolutionSizes& sizes_;
  std::vector<std::pair<std::int64_t, std::int64_t>> inside_;  ///< for each tap along the last axis
};

/// True if every window is one element and they lie as the data does, so that the data is the matrix.
bool is_pointwise(const ConvolutionSizes& sizes) {
  return std::all_of(sizes.windows.begin(), sizes.windows.end(), [](const WindowAxis& axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.pad_begin == 0 && axis.pad_end == 0;
  });
}

/// The places of one axis in the phases of ChannelWindows.
struct PhaseAxis {
  std::int64_t phases;  ///< the stride, or 1 if no two taps lie in different phases
  std::int64_t length;  ///< of a phase

  explicit PhaseAxis(const WindowAxis& axis)
      : phases(std::min(axis.stride, axis.extent())), length((axis.extent() - 1) / axis.stride + axis.out) {}
};

/// Convolves one channel with one: with a stride of 1, an output row as long as that of the padded input makes every
/// tap a mere shift, so that the whole channel is one weighted sum. A larger stride s takes the input apart into s
/// phases along each axis, elements f, f + s, ..., between which the same holds. As products of one row, models with
/// many such convolutions take 1.4 to 5 times as long.
class ChannelWindows {
 public:
  /// False where strides and dilations are so large that the phases are mostly padding, and where sums of integers of
  /// 8 bits might need more than the 24 bits of an f32.
  static bool pays(const ConvolutionSizes& sizes) {
    constexpr std::int64_t kMostTaps = 256;
    if (sizes.taps() > kMostTaps) return false;
    double elements = 1;
    for (const auto& window : sizes.windows) {
      const PhaseAxis axis(window);
      elements *= static_cast<double>(axis.phases) * static_cast<double>(axis.length);
    }
    constexpr double kSmall = 1 << 16;
    return elements < kSmall + 8.0 * static_cast<double>(sizes.in_area() + sizes.out_area());
  }

  explicit ChannelWindows(const ConvolutionSizes& sizes)
      : windows_(sizes.windows), axes_{PhaseAxis(windows_[0]), PhaseAxis(windows_[1]), PhaseAxis(windows_[2])} {
    const auto& [d, h, w] = axes_;
    const auto phase = d.length * h.length * w.length;
    constexpr std::int64_t kSlack = 64;  // the kernel reads and writes runs of so many
    phases_.resize(static_cast<std::size_t>(d.phases * h.phases * w.phases * phase + kSlack));
    rows_.resize(static_cast<std::size_t>(phase + kSlack));
    for (std::int64_t kd = 0; kd < windows_[0].kernel; ++kd) {
      for (std::int64_t kh = 0; kh < windows_[1].kernel; ++kh) {
        for (std::int64_t kw = 0; kw < windows_[2].kernel; ++kw) {
          const std::array at{kd * windows_[0].dilation, kh * windows_[1].dilation, kw * windows_[2].dilation};
          const auto in_phase = [&](std::size_t i) { return at[i] % windows_[i].stride; };
          const auto shift = [&](std::size_t i) { return at[i] / windows_[i].stride; };
          offsets_.push_back(((in_phase(0) * h.phases + in_phase(1)) * w.phases + in_phase(2)) * phase +
                             (shift(0) * h.length + shift(1)) * w.length + shift(2));
        }
      }
    }
  }

  template <class Sum>
  void convolve(const float* image, const float* weights, Sum* out) {
    take_apart(image);
    const auto& [d, h, w] = axes_;
    const auto& [depth, height, width] = windows_;
    const auto count = ((depth.out - 1) * h.length + height.out - 1) * w.length + width.out;
    kernels().weighted_sum(rows_.data(), phases_.data(), offsets_.data(), weights,
                           static_cast<std::int64_t>(offsets_.size()), count);
    for (std::int64_t line = 0; line < depth.out * height.out; ++line) {
      const float* from = rows_.data() + (line / height.out * h.length + line % height.out) * w.length;
      out = std::transform(from, from + width.out, out, [](float x) { return static_cast<Sum>(x); });
    }
  }

 private:
  /// Fills the phases; padding stays 0, as it was made.
  void take_apart(const float* image) {
    const auto& [d, h, w] = axes_;
    const auto& [depth, height, width] = windows_;
    float* to = phases_.data();
    for (std::int64_t phase = 0; phase < d.phases * h.phases * w.phases; ++phase) {
      const auto place_w = phase % w.phases - width.pad_begin;
      for (std::int64_t line = 0; line < d.length * h.length; ++line, to += w.length) {
        const auto in_d = line / h.length * depth.stride + phase / (h.phases * w.phases) - depth.pad_begin;
        const auto in_h = line % h.length * height.stride + phase / w.phases % h.phases - height.pad_begin;
        if (!depth.has(in_d) || !height.has(in_h)) continue;
        const float* row = image + (in_d * height.in + in_h) * width.in;
        const auto first = place_w >= 0 ? 0 : (-place_w + width.stride - 1) / width.stride;
        const auto behind = place_w >= width.in ? 0 : (width.in - place_w + width.stride - 1) / width.stride;
        const auto last = std::min(w.length, behind);
        if (width.stride == 1 && first < last) {
          std::copy_n(row + first + place_w, last - first, to + first);
        } else {
          for (auto i = first; i < last; ++i) to[i] = row[i * width.stride + place_w];
        }
      }
    }
  }

  const Windows& windows_;
  std::array<PhaseAxis, 3> axes_;
  std::vector<float> phases_, rows_;
  std::vector<std::int64_t> offsets_;
};

template <class Sum>
void convolve_channels(const ConvolutionSizes& sizes, const float* data, const float* weights, Sum* out) {
  parallel_ranges(sizes.batch * sizes.groups, sizes.in_area() + sizes.out_area() * (sizes.taps() / 16 + 1),
                  [&](std::int64_t first, std::int64_t last) {
                    ChannelWindows channel(sizes);
                    for (std::int64_t i = first; i < last; ++i) {
                      channel.convolve(data + i * sizes.in_area(), weights + i % sizes.groups * sizes.taps(),
                                       out + i * sizes.out_area());
                    }
                  });
}

template <class T, class Sum>
void convolve(Evaluation& run, const ConvolutionSizes& sizes, const T* data, const T* weights, Sum* out) {
  if constexpr (std::is_same_v<T, float>) {
    if (sizes.in == 1 && sizes.out == 1 && !run.watch().accumulators && ChannelWindows::pays(sizes))
      return convolve_channels(sizes, data, weights, out);
  }
  const auto window = sizes.in * sizes.taps();
  const bool pointwise = is_pointwise(sizes);
  const auto work = sizes.out * sizes.out_area() * window / 32;
  parallel_each(sizes.batch * sizes.groups, work, [&](std::int64_t i) {
    const T* image = data + i * sizes.in * sizes.in_area();
    const MatrixView<T> matrix{weights + i % sizes.groups * sizes.out * window, window, 1};
    const auto multiply_with = [&](const auto& columns) {
      multiply(sizes.out, sizes.out_area(), window, matrix, columns, out + i * sizes.out * sizes.out_area(),
               sizes.out_area());
      if constexpr (!std::is_same_v<T, Sum>)
        watch_sums(run, sizes.out, sizes.out_area(), window, sizes.taps(), matrix, columns);
    };
    if (pointwise) {
      multiply_with(MatrixView<T>{image, sizes.in_area(), 1});
    } else {
      multiply_with(ColumnSource<T>(WindowColumns<T>(image, sizes)));
    }
  });
}

}  // namespace

ConvolutionSizes channel_sizes(const Arguments& arguments, ConvolutionDirection direction) {
  const auto& data = arguments.lengths(0);
  const auto& weights = arguments.lengths(1);
  const std::size_t groups = has_groups(arguments.node()) ? 1 : 0;
  if (data.size() < 3 || weights.size() != data.size() + groups)
    throw LayerError("its data is [{}], its weights are [{}]", to_string(data), to_string(weights));
  ConvolutionSizes sizes{data[0], groups != 0 ? weights[0] : 1, weights[groups + 1], weights[groups], {}, {}};
  const auto channels = sizes.groups * (direction == ConvolutionDirection::forward ? sizes.in : sizes.out);
  if (data[1] != channels) throw LayerError("weights have {} input channels, its input has {}", channels, data[1]);
  return sizes;
}

ConvolutionSizes convolution_sizes(const Arguments& arguments) {
  auto sizes = channel_sizes(arguments, ConvolutionDirection::forward);
  const auto& data = arguments.lengths(0);
  const auto& weights = arguments.lengths(1);
  const auto spatial = data.size() - 2;
  const auto attributes = window_attributes(arguments.node(), spatial);
  for (std::size_t axis = 0; axis < spatial; ++axis) {
    const auto kernel = weights[weights.size() - spatial + axis];
    sizes.axes.push_back(window_axis(attributes, axis, data[axis + 2], kernel, WindowRounding::floor));
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
  evaluate_products(
      run, [&](const auto* data, const auto* weights, auto* out) { convolve(run, sizes, data, weights, out); });
}

}  // namespace lpt

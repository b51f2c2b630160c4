// Interpolate: a tensor resized along some axes. Every output has a coordinate in the input, by one of five rules, and
// is the nearest element there or a weighted sum of those around it: of 2 (linear, linear_onnx), of 4 (cubic), or of as
// many as the window grows to when the image shrinks (linear with antialias, the pillow modes). All of them work on one
// axis after the other. Coordinates are computed in f32, so that ties fall as they do in OpenVINO. Source: OpenVINO
// Interpolate-1 (coordinates measured), Interpolate-4, Interpolate-11; Pillow's Image.resize.
#include <algorithm>

#include <cmath>

#include "ops/axis_lines.hpp"
#include "tensor/convert.hpp"
#include "tensor/parallel.hpp"
#include "tensor/strided.hpp"

namespace lpt {

namespace {

enum class Mode { nearest, linear, linear_onnx, cubic, bilinear_pillow, bicubic_pillow };
enum class Coordinates { half_pixel, pytorch_half_pixel, asymmetric, tf_half_pixel_for_nn, align_corners };
enum class Nearest { round_prefer_floor, round_prefer_ceil, floor, ceil, simple };

struct Resized {
  std::size_t axis;
  std::int64_t in, out;  ///< `in` with pads
  float scale;
};

struct Plan {
  Mode mode;
  Coordinates coordinates;
  Nearest nearest;
  bool antialias;  ///< asked for, and some axis shrinks
  double cube_coeff;
  Lengths pads_begin, padded, result;
  std::vector<Resized> axes;
};

std::vector<float> required_reals(const Arguments& arguments, std::size_t index) {
  const Tensor values = convert(arguments.tensor(index), ElementType::f32);
  return {values.data<float>(), values.data<float>() + values.count()};
}

void read_modes(const Node& node, Plan& plan) {
  if (operation_set(node) == "opset1") {
    static constexpr Mode kModes[] = {Mode::nearest, Mode::linear_onnx, Mode::cubic, Mode::linear_onnx};
    plan.mode = kModes[enumeration_attribute(node, "mode", {"nearest", "linear", "cubic", "linear_onnx"}, 0)];
    plan.coordinates =
        boolean_attribute(node, "align_corners", true) ? Coordinates::align_corners : Coordinates::asymmetric;
    plan.nearest = Nearest::simple;
    plan.cube_coeff = -0.75;
    return;
  }
  plan.mode = static_cast<Mode>(enumeration_attribute(
      node, "mode", {"nearest", "linear", "linear_onnx", "cubic", "bilinear_pillow", "bicubic_pillow"}, 0));
  plan.coordinates = static_cast<Coordinates>(enumeration_attribute(
      node, "coordinate_transformation_mode",
      {"half_pixel", "pytorch_half_pixel", "asymmetric", "tf_half_pixel_for_nn", "align_corners"}, 0));
  plan.nearest = static_cast<Nearest>(enumeration_attribute(
      node, "nearest_mode", {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "simple"}, 0));
  plan.cube_coeff = real_attribute(node, "cube_coeff", -0.75);
}

/// The place of the axes among the inputs, by version.
std::vector<std::size_t> resized_axes(const Arguments& arguments) {
  const Node& node = arguments.node();
  const auto rank = arguments.lengths(0).size();
  if (operation_set(node) == "opset1") return axes_of(integer_list_attribute(node, "axes"), rank);
  const std::size_t input = operation_set(node) == "opset4" ? 3 : 2;
  if (arguments.size() > input) return axes_of(required_integers(arguments, input), rank);
  std::vector<std::size_t> all(rank);
  for (std::size_t i = 0; i < rank; ++i) all[i] = i;
  return all;
}

Plan plan_of(const Arguments& arguments) {
  const Node& node = arguments.node();
  const Lengths& data = arguments.lengths(0);
  Plan plan{};
  read_modes(node, plan);
  const auto pads = [&](std::string_view name) {
    auto values = integer_list_attribute(node, name, {});
    values.resize(std::max(values.size(), data.size()), 0);
    for (const auto v : values) {
      constexpr std::int64_t kMost = std::int64_t{1} << 31;
      if (v < 0 || v > kMost) throw LayerError("{} holds {}", name, v);
    }
    return values;
  };
  plan.pads_begin = pads("pads_begin");
  const auto pads_end = pads("pads_end");
  plan.padded = data;
  for (std::size_t i = 0; i < data.size(); ++i) plan.padded[i] += plan.pads_begin[i] + pads_end[i];
  plan.result = plan.padded;
  const auto axes = resized_axes(arguments);
  const bool by_scales = enumeration_attribute(node, "shape_calculation_mode", {"sizes", "scales"}, 0) == 1;
  std::vector<std::int64_t> sizes;
  std::vector<float> scales;
  if (by_scales) {
    scales = required_reals(arguments, operation_set(node) == "opset4" ? 2 : 1);
  } else {
    sizes = required_integers(arguments, 1);
  }
  if ((by_scales ? scales.size() : sizes.size()) != axes.size())
    throw LayerError("has {} sizes or scales for {} axes", by_scales ? scales.size() : sizes.size(), axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto in = plan.padded[axes[i]];
    constexpr float kLargest = 1e15F;
    const float wanted = by_scales ? static_cast<float>(in) * scales[i] + 1e-5F : 0;
    if (by_scales && !(wanted >= 1 && wanted < kLargest))
      throw LayerError("a scale is {} for {} elements", scales[i], in);
    const auto out = by_scales ? static_cast<std::int64_t>(wanted) : sizes[i];
    if (out < 1 || in < 1) throw LayerError("{} elements are to become {}", in, out);
    plan.result[axes[i]] = out;
    plan.axes.push_back({axes[i], in, out, by_scales ? scales[i] : static_cast<float>(out) / static_cast<float>(in)});
  }
  const bool shrinks =
      std::any_of(plan.axes.begin(), plan.axes.end(), [](const Resized& axis) { return axis.scale < 1; });
  plan.antialias = shrinks && boolean_attribute(node, "antialias", false);
  return plan;
}

float coordinate(const Plan& plan, const Resized& axis, std::int64_t output) {
  const auto x = static_cast<float>(output);
  if (axis.scale == 1.0F || axis.in == axis.out) return x;
  switch (plan.coordinates) {
    case Coordinates::half_pixel: return (x + 0.5F) / axis.scale - 0.5F;
    case Coordinates::pytorch_half_pixel: return axis.out > 1 ? (x + 0.5F) / axis.scale - 0.5F : 0.0F;
    case Coordinates::asymmetric: return x / axis.scale;
    case Coordinates::tf_half_pixel_for_nn: return (x + 0.5F) / axis.scale;
    case Coordinates::align_corners:
      return axis.out == 1 ? 0.0F : x * static_cast<float>(axis.in - 1) / static_cast<float>(axis.out - 1);
  }
  return x;
}

std::int64_t nearest_element(const Plan& plan, const Resized& axis, std::int64_t output) {
  const float x = coordinate(plan, axis, output);
  float element = 0;
  switch (plan.nearest) {
    case Nearest::round_prefer_floor: element = std::ceil(x - 0.5F); break;
    case Nearest::round_prefer_ceil: element = std::floor(x + 0.5F); break;
    case Nearest::floor: element = std::floor(x); break;
    case Nearest::ceil: element = std::ceil(x); break;
    case Nearest::simple: element = axis.scale < 1 ? std::ceil(x) : std::trunc(x); break;
  }
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(element), 0, axis.in - 1);
}

/// Elements of a line and their weights.
struct Tap {
  std::int64_t element;
  float weight;
};
using Taps = std::vector<Tap>;

/// The kernel of cubic convolution with the coefficient a.
double cubic(double a, double distance) {
  const double x = std::abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/// Taps of a window whose weights add up to 1. The input outside of the axis does not count.
template <class Weight>
Taps window(std::int64_t first, std::int64_t last, std::int64_t length, const Weight& weight) {
  Taps taps;
  double sum = 0;
  for (auto i = std::max<std::int64_t>(first, 0); i <= std::min(last, length - 1); ++i) {
    const double w = weight(i);
    if (w == 0) continue;
    taps.push_back({i, static_cast<float>(w)});
    sum += w;
  }
  for (auto& tap : taps) tap.weight = static_cast<float>(tap.weight / sum);
  return taps;
}

Taps taps_of(const Plan& plan, const Resized& axis, std::int64_t output) {
  const float x = coordinate(plan, axis, output);
  switch (plan.mode) {
    case Mode::nearest: return {{nearest_element(plan, axis, output), 1}};
    case Mode::linear_onnx: {
      const float inside = std::clamp(x, 0.0F, static_cast<float>(axis.in - 1));
      const auto low = static_cast<std::int64_t>(inside);
      const float rest = inside - static_cast<float>(low);
      return {{low, 1 - rest}, {std::min(low + 1, axis.in - 1), rest}};
    }
    case Mode::linear: {
      const double width = plan.antialias ? axis.scale : 1;
      const auto reach = axis.scale > 1 ? 2 : static_cast<std::int64_t>(std::ceil(2 / width));
      const auto center = static_cast<std::int64_t>(std::round(x));
      return window(center - reach, center + reach, axis.in,
                    [&](std::int64_t i) { return std::max(0.0, 1 - std::abs(width * (x - static_cast<double>(i)))); });
    }
    case Mode::cubic: {
      const auto low = static_cast<std::int64_t>(std::floor(x));
      const double rest = x - static_cast<double>(low);
      Taps taps;
      for (std::int64_t i = -1; i <= 2; ++i) {
        taps.push_back({std::clamp<std::int64_t>(low + i, 0, axis.in - 1),
                        static_cast<float>(cubic(plan.cube_coeff, rest - static_cast<double>(i)))});
      }
      return taps;
    }
    case Mode::bilinear_pillow:
    case Mode::bicubic_pillow: {
      const bool linear = plan.mode == Mode::bilinear_pillow;
      const double stretch = std::max(1.0, 1.0 / axis.scale);
      const double reach = (linear ? 1 : 2) * stretch;
      const double center = (static_cast<double>(output) + 0.5) / axis.scale;
      return window(static_cast<std::int64_t>(center - reach + 0.5),
                    static_cast<std::int64_t>(center + reach + 0.5) - 1, axis.in, [&](std::int64_t i) {
                      const double distance = (static_cast<double>(i) - center + 0.5) / stretch;
                      return linear ? std::max(0.0, 1 - std::abs(distance)) : cubic(plan.cube_coeff, distance);
                    });
    }
  }
  return {};
}

Tensor resize_axis(const Tensor& data, const Plan& plan, const Resized& axis) {
  std::vector<Taps> taps;
  for (std::int64_t i = 0; i < axis.out; ++i) taps.push_back(taps_of(plan, axis, i));
  Lengths lengths = data.lengths();
  lengths[axis.axis] = axis.out;
  Tensor out(ElementType::f32, lengths);
  const auto outer = product(lengths, 0, axis.axis);
  const auto inner = product(lengths, axis.axis + 1, lengths.size());
  parallel_each(outer * axis.out, inner * 4, [&](std::int64_t row) {
    const float* in = data.data<float>() + row / axis.out * axis.in * inner;
    float* to = out.data<float>() + row * inner;
    std::fill_n(to, inner, 0.0F);
    for (const auto& [element, weight] : taps[static_cast<std::size_t>(row % axis.out)]) {
      for (std::int64_t i = 0; i < inner; ++i) to[i] += weight * in[element * inner + i];
    }
  });
  return out;
}

}  // namespace

std::vector<OutputSpec> interpolate_infer(const Arguments& arguments) {
  return one_output(arguments.type(0), plan_of(arguments).result);
}

void interpolate_evaluate(Evaluation& run) {
  const auto plan = plan_of(run.arguments());
  Tensor data = run.input(0);
  if (plan.padded != data.lengths()) data = padded(data, plan.pads_begin, plan.padded);
  if (plan.mode == Mode::nearest) {
    std::vector<Lengths> indices(data.rank());
    for (std::size_t axis = 0; axis < data.rank(); ++axis) {
      for (std::int64_t i = 0; i < plan.padded[axis]; ++i) indices[axis].push_back(i);
    }
    for (const auto& axis : plan.axes) {
      indices[axis.axis].clear();
      for (std::int64_t i = 0; i < axis.out; ++i) indices[axis.axis].push_back(nearest_element(plan, axis, i));
    }
    return gather_by_axis(data, indices, nullptr, run.output());
  }
  data = convert(data, ElementType::f32);
  for (const auto& axis : plan.axes) {
    if (axis.in != axis.out || axis.scale != 1) data = resize_axis(data, plan, axis);
  }
  if (is_integer(run.output_type())) {
    Tensor rounded(ElementType::f32, data.lengths());
    for (std::int64_t i = 0; i < data.count(); ++i) rounded.data<float>()[i] = std::round(data.data<float>()[i]);
    data = rounded;
  }
  run.set_output(0, convert(data, run.output_type()));
}

}  // namespace lpt

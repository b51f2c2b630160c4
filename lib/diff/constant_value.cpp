#include "diff/constant_value.hpp"

#include <fmt/format.h>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "diff/alignment.hpp"
#include "diff/real_values.hpp"
#include "exec/graph_runner.hpp"
#include "ir/number.hpp"
#include "ops/transpose.hpp"
#include "quant/broadcast_runs.hpp"
#include "quant/parameter_algebra.hpp"
#include "quant/permuted_source.hpp"
#include "tensor/convert.hpp"
#include "tensor/kernels.hpp"

namespace lpt {
namespace {

constexpr std::uint64_t kMostEvaluated = 1 << 24;  // elements of what is computed as a whole
constexpr std::uint64_t kMostParameters = 1 << 22;
constexpr std::uint64_t kPiece = 1 << 15;  // elements that are worked on at once; whole groups of packed types
constexpr std::uint64_t kMostFitted = 1 << 14;

std::int64_t piece_count(std::uint64_t elements) { return static_cast<std::int64_t>((elements + kPiece - 1) / kPiece); }

/// What a layer gives that depends on constants, computed as a whole.
std::optional<Tensor> evaluated(const Node& node, int depth = 0) {
  constexpr int kDeepest = 64;
  if (node.output_count() != 1 || !node.output(0).shape().is_static() || depth == kDeepest) return std::nullopt;
  const auto count = node.output(0).shape().element_count();
  if (!count || *count > kMostEvaluated) return std::nullopt;
  try {
    if (node.is("Const")) return constant_tensor(node);
    const auto* operation = find_operation_to_run(node);
    if (operation == nullptr || operation->evaluate == nullptr || !node.bodies().empty() || node.input_count() == 0)
      return std::nullopt;
    std::vector<Tensor> inputs;
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      auto input = node.input(i) ? evaluated(node.input(i).node(), depth + 1) : std::nullopt;
      if (!input) return std::nullopt;
      inputs.push_back(std::move(*input));
    }
    return run_operation(node, *operation, std::move(inputs)).at(0);
  } catch (const std::runtime_error&) {  // a layer that cannot be computed has no value here, and is shown as it is
    return std::nullopt;
  }
}

std::optional<SmallTensor> parameter(Value value) {
  if (!value || value.shape().element_count().value_or(kMostParameters) >= kMostParameters) return std::nullopt;
  const auto tensor = evaluated(value.node());
  if (!tensor || !can_convert(tensor->type(), ElementType::f32)) return std::nullopt;
  const auto real = convert(*tensor, ElementType::f32);
  return SmallTensor{value.shape(), {real.data<float>(), real.data<float>() + real.count()}};
}

void multiply_runs(const Shape& data, const SmallTensor& factor, std::uint64_t first, std::span<float> values) {
  BroadcastRuns(data, factor.shape).visit(first, values.size(), [&](const Run& run) {
    float* at = values.data() + (run.first - first);
    const float* by = factor.values.data() + run.parameter;
    for (std::uint64_t i = 0; i < run.count; ++i) at[i] *= by[run.varies ? i : 0];
  });
}

}  // namespace

std::optional<ConstantValue> ConstantValue::of(Value value) {
  if (value.index() != 0) return std::nullopt;
  auto chain = data_chain(value.node());
  ConstantValue result;
  // What stands highest and is no step is computed; where a step cannot be taken one by one, all above it is as well.
  while (true) {
    const Node& top = *chain.back();
    if (!top.output(0).shape().is_static()) return std::nullopt;
    result = {};
    result.stored_ = top.output(0).type();
    result.stored_shape_ = result.shape_ = top.output(0).shape();
    const auto bytes = byte_count(result.stored_, result.count());
    if (!bytes || result.stored_ == ElementType::boolean) return std::nullopt;
    if (top.constant() != nullptr) {
      if (top.constant()->size() < *bytes) return std::nullopt;
      result.blob_ = Blob(top.constant()->source(), top.constant()->offset(), *bytes);
    } else {
      const auto tensor = evaluated(top);
      if (!tensor) return std::nullopt;
      result.blob_ = Blob::of({tensor->bytes(), tensor->bytes() + tensor->byte_count()});
    }
    if (!can_convert(result.stored_, ElementType::f32)) return std::nullopt;
    auto step = chain.rbegin() + 1;
    while (step != chain.rend() && result.take(**step)) ++step;
    if (step == chain.rend()) return result;
    chain.erase(step.base(), chain.end());
  }
}

bool ConstantValue::take(const Node& node) {
  if (node.output_count() != 1 || !node.output(0).shape().is_static()) return false;
  const Shape& shape = node.output(0).shape();
  if (node.is("Convert")) return is_real(node.output(0).type());
  if (node.is("Transpose")) return transpose(node);
  if (node.is("Reshape") || node.is("Squeeze") || node.is("Unsqueeze")) {
    if (shape.element_count() != shape_.element_count()) return false;
    if (scale_ && !is_uniform(*scale_)) {
      auto moved = reshaped_with_data(aligned(*scale_, shape_.rank()), shape_, shape);
      if (moved && moved->values.size() <= scale_->values.size()) {
        scale_ = std::move(*moved);
      } else {
        group_ = count() / scale_->values.size();
      }
    }
    shape_ = shape;
    return true;
  }
  if (shape != shape_ || !is_real(node.output(0).type())) return false;
  if (node.is("FakeQuantize")) {
    const auto* levels = node.attribute("levels");
    const auto number = levels != nullptr ? parse_number<unsigned>(*levels) : std::nullopt;
    if (!number || *number < 2) return false;
    Step step{Step::quantize, shape_, {}, static_cast<float>(*number - 1)};
    Shape common;
    for (std::size_t i = 1; i < 5; ++i) {
      auto end = parameter(node.input(i));
      if (!end || !broadcasts_to(end->shape, shape_)) return false;
      common = *broadcast(common, end->shape);
      step.parameters.push_back(std::move(*end));
    }
    for (auto& end : step.parameters) end = end.broadcast_to(common);
    levels_ = *number;
    scale_ = combined(step.parameters[3], step.parameters[2],
                      [&](float high, float low) { return (high - low) / step.last_step; });
    zero_point_.reset();
    steps_.push_back(std::move(step));
    return true;
  }
  const auto data = data_port_of(node);
  auto other = parameter(node.input(1 - data));
  if (!other || !broadcasts_to(other->shape, shape_)) return false;
  if (node.is("Multiply")) {
    scale_ = scale_ ? product(*scale_, *other) : *other;
    steps_.push_back({Step::multiply, shape_, {std::move(*other)}});
    return true;
  }
  if (node.is("Subtract") && data == 0) {
    zero_point_ = *other;
    steps_.push_back({Step::add, shape_, {mapped(std::move(*other), std::negate<>())}});
    return true;
  }
  if (!node.is("Add")) return false;
  steps_.push_back({Step::add, shape_, {std::move(*other)}});
  return true;
}

bool ConstantValue::transpose(const Node& node) {
  auto order = transpose_order(Arguments(node));
  if (!order || order->size() != shape_.rank() || bits(stored_) < 8 || stored_shape_ != shape_) return false;
  for (auto& step : steps_) {
    if (step.data != shape_) return false;
    for (auto& each : step.parameters) each = permuted(aligned(std::move(each), shape_.rank()), *order);
  }
  for (auto* each : {&scale_, &zero_point_}) {
    if (*each) *each = permuted(aligned(std::move(**each), shape_.rank()), *order);
  }
  blob_ = permuted(blob_, shape_, *order, bits(stored_) / 8);
  shape_ = stored_shape_ = node.output(0).shape();
  for (auto& step : steps_) step.data = shape_;
  return true;
}

SmallTensor ConstantValue::to_small_tensor() const {
  SmallTensor tensor{shape_, std::vector<float>(count())};
  read(0, tensor.values);
  return tensor;
}

void ConstantValue::read(std::uint64_t first, std::span<float> out) const {
  // Packed elements come in whole bytes.
  const auto from = first / 8 * 8;
  const auto until = std::min(count(), (first + out.size() + 7) / 8 * 8);
  Tensor elements(stored_, {static_cast<std::int64_t>(until - from)});
  blob_.read(*byte_count(stored_, from), {elements.bytes(), elements.byte_count()});
  const auto real = convert(elements, ElementType::f32);
  std::copy_n(real.data<float>() + (first - from), out.size(), out.data());
  for (const auto& step : steps_) {
    const auto& p = step.parameters;
    if (step.kind == Step::multiply) {
      multiply_runs(step.data, p[0], first, out);
      continue;
    }
    BroadcastRuns(step.data, p[0].shape).visit(first, out.size(), [&](const Run& run) {
      float* at = out.data() + (run.first - first);
      if (step.kind == Step::add) {
        for (std::uint64_t i = 0; i < run.count; ++i) at[i] += p[0].values[run.parameter + (run.varies ? i : 0)];
        return;
      }
      const auto quantize = [&](float* x, std::uint64_t n, std::size_t k) {
        kernels().fake_quantize(x, x, static_cast<std::int64_t>(n), p[0].values[k], p[1].values[k], p[2].values[k],
                                p[3].values[k], step.last_step);
      };
      if (!run.varies) return quantize(at, run.count, run.parameter);
      for (std::uint64_t i = 0; i < run.count; ++i) quantize(at + i, 1, run.parameter + i);
    });
  }
}

bool ConstantValue::read_integers(std::uint64_t first, std::span<std::int8_t> out) const {
  const bool is_scaled = std::ranges::all_of(steps_, [](const Step& step) { return step.kind == Step::multiply; });
  if (stored_ != ElementType::i8 || !is_scaled) return false;
  blob_.read(first, std::as_writable_bytes(out));
  return true;
}

std::string describe_parameter(std::string_view name, const SmallTensor& tensor, std::size_t rank) {
  if (tensor.values.empty()) return fmt::format("{}[0]", name);
  const auto [least, most] = std::minmax_element(tensor.values.begin(), tensor.values.end());
  const bool is_alike = *most - *least <= 1e-5F * std::abs(*most);  // but for rounding
  if (is_uniform(tensor) || is_alike) return fmt::format("{} {:.4g}", name, tensor.values.front());
  const auto axes = wide_axes(aligned(tensor, std::max(rank, tensor.shape.rank())));
  if (axes.size() == 1) return fmt::format("{}[{}] along axis {}", name, tensor.values.size(), axes.front());
  return fmt::format("{}[{}]", name, tensor.shape.to_string());
}

std::string ConstantValue::to_string() const {
  auto text = fmt::format("{}[{}]", name(stored_), shape_.to_string());
  if (levels_ && is_real(stored_)) return text + fmt::format(" under FakeQuantize of {} levels", *levels_);
  if (levels_) text += fmt::format(" under FakeQuantize of {} levels", *levels_);
  if (group_ != 0) {
    text += fmt::format(", a scale for each group of {}", group_);
  } else if (scale_) {
    text += ", " + describe_parameter("scale", *scale_, shape_.rank());
  }
  if (zero_point_) text += ", " + describe_parameter("zero point", *zero_point_, shape_.rank());
  return text;
}

namespace {

constexpr std::uint64_t kBlock = 1024;  ///< elements that are summed up in f32

/// Of one channel.
struct Sums {
  std::uint64_t channel = 0;
  double noise = 0, signal = 0, total = 0, max = 0, largest = 0;

  void add(const float* x, const float* y, std::uint64_t count) {
    const Eigen::Map<const Eigen::ArrayXf> a(x, static_cast<Eigen::Index>(count)), b(y, a.size());
    const auto distance = (a - b).abs();
    const auto block_noise = static_cast<double>(distance.square().sum());
    const auto block_signal = static_cast<double>(a.square().sum());
    if (!std::isfinite(block_noise) || !std::isfinite(block_signal)) return add_one_by_one(x, y, count);
    noise += block_noise;
    signal += block_signal;
    total += static_cast<double>(distance.sum());
    max = std::max(max, static_cast<double>(distance.maxCoeff()));
    largest = std::max(largest, static_cast<double>(a.abs().maxCoeff()));
  }

  /// Two that are not finite, and equal, have no distance.
  void add_one_by_one(const float* x, const float* y, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const bool same = x[i] == y[i] || (std::isnan(x[i]) && std::isnan(y[i]));
      const double distance = same ? 0 : std::abs(static_cast<double>(x[i]) - static_cast<double>(y[i]));
      noise += distance * distance;
      total += distance;
      max = std::max(max, std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance);
      if (!std::isfinite(x[i])) continue;
      signal += static_cast<double>(x[i]) * static_cast<double>(x[i]);
      largest = std::max(largest, static_cast<double>(std::abs(x[i])));
    }
  }
};

/// Calls `visit(piece, first, before, after)` for pieces of both, on all cores.
template <class Visit>
void visit_both(const ConstantValue& before, const ConstantValue& after, const Visit& visit) {
  const auto count = before.count();
  parallel_ranges(piece_count(count), kPiece, [&](std::int64_t from, std::int64_t to) {
    const auto a = std::make_unique_for_overwrite<float[]>(kPiece), b = std::make_unique_for_overwrite<float[]>(kPiece);
    for (auto piece = from; piece < to; ++piece) {
      const auto first = static_cast<std::uint64_t>(piece) * kPiece;
      const auto size = std::min(kPiece, count - first);
      const std::span<float> x(a.get(), size), y(b.get(), size);
      before.read(first, x);
      after.read(first, y);
      visit(static_cast<std::size_t>(piece), first, x, y);
    }
  });
}

}  // namespace

std::optional<SmallTensor> fitted_factor(const ConstantValue& before, const ConstantValue& after) {
  const Shape& shape = before.shape();
  const auto rank = shape.rank(), count = before.count();
  if (rank == 0 || count == 0) return std::nullopt;
  std::vector<Shape> shapes;
  const auto keep = [&](std::size_t first, std::size_t last) {
    std::vector<Dimension> lengths(rank, Dimension::exactly(1));
    for (auto axis = first; axis < last; ++axis) lengths[axis] = shape[axis];
    shapes.emplace_back(std::move(lengths));
  };
  keep(0, 1), keep(rank - 1, rank), keep(0, std::min<std::size_t>(2, rank));
  for (const auto& each : shapes) {
    const auto channels = *each.element_count();
    if (channels > kMostFitted || 2 * channels > count) continue;  // a factor for each element fits anything
    std::vector<std::vector<double>> sums(static_cast<std::size_t>(piece_count(count)));
    const BroadcastRuns runs(shape, each);
    visit_both(before, after,
               [&](std::size_t piece, std::uint64_t first, std::span<const float> x, std::span<const float> y) {
                 auto& found = sums[piece];
                 found.resize(2 * channels);
                 runs.visit(first, x.size(), [&](const Run& run) {
                   for (std::uint64_t i = 0; i < run.count; ++i) {
                     const auto at = run.first - first + i, channel = run.parameter + (run.varies ? i : 0);
                     found[2 * channel] += static_cast<double>(x[at]) * static_cast<double>(y[at]);
                     found[2 * channel + 1] += static_cast<double>(x[at]) * static_cast<double>(x[at]);
                   }
                 });
               });
    SmallTensor factor{each, std::vector<float>(channels, 1)};
    bool is_possible = true;
    for (std::uint64_t channel = 0; channel < channels; ++channel) {
      double xy = 0, xx = 0;
      for (const auto& found : sums) xy += found[2 * channel], xx += found[2 * channel + 1];
      if (xx > 0) factor.values[channel] = static_cast<float>(xy / xx);
      is_possible = is_possible && factor.values[channel] != 0 && std::isfinite(factor.values[channel]);
    }
    if (is_possible && compare(before, factor, after, std::nullopt).is_equal()) return factor;
  }
  return std::nullopt;
}

ValueDifference compare(const ConstantValue& before, const std::optional<SmallTensor>& factor_before,
                        const ConstantValue& after, const std::optional<SmallTensor>& factor_after) {
  const auto count = before.count();
  const auto channels = before.shape().rank() == 0 ? 1 : static_cast<std::uint64_t>(before.shape()[0].min);
  const auto inner = channels == 0 ? 1 : std::max<std::uint64_t>(1, count / channels);
  const bool is_as_stored = before.is_plain() && after.is_plain() && !factor_before && !factor_after;
  const double rounding = is_as_stored ? 0 : 0x1p-18;
  const auto pieces = piece_count(count);
  const auto each_piece = [&](const auto& visit) {
    visit_both(before, after, [&](std::size_t piece, std::uint64_t first, std::span<float> x, std::span<float> y) {
      if (factor_before) multiply_runs(before.shape(), *factor_before, first, x);
      if (factor_after) multiply_runs(after.shape(), *factor_after, first, y);
      visit(piece, first, x, y);
    });
  };
  std::vector<std::vector<Sums>> sums(static_cast<std::size_t>(pieces));
  each_piece([&](std::size_t piece, std::uint64_t first, std::span<const float> x, std::span<const float> y) {
    auto& found = sums[piece];
    for (std::size_t i = 0; i < x.size();) {
      Sums part{(first + i) / inner};
      const auto end = std::min<std::uint64_t>(x.size(), (part.channel + 1) * inner - first);
      while (i < end) {
        const auto size = std::min(kBlock, end - i);
        part.add(x.data() + i, y.data() + i, size);
        i += size;
      }
      found.push_back(part);
    }
  });
  std::vector<Sums> by_channel(channels);
  for (const auto& found : sums) {
    for (const auto& part : found) {
      auto& all = by_channel[part.channel];
      all.noise += part.noise;
      all.signal += part.signal;
      all.total += part.total;
      all.max = std::max(all.max, part.max);
      all.largest = std::max(all.largest, part.largest);
    }
  }
  ValueDifference result;
  result.count = count;
  double noise = 0, signal = 0, total = 0, worst = -1;
  bool differs = false;
  for (std::uint64_t channel = 0; channel < channels; ++channel) {
    const auto& all = by_channel[channel];
    noise += all.noise;
    signal += all.signal;
    total += all.total;
    result.max_abs = std::max(result.max_abs, all.max);
    differs = differs || !(all.max <= all.largest * rounding);
    const double share = all.noise == 0 ? 0 : all.noise / std::max(all.signal, std::numeric_limits<double>::min());
    if (!(share <= worst)) {
      worst = share;
      result.worst_channel = channel;
    }
  }
  result.mean_abs = count == 0 ? 0 : total / static_cast<double>(count);
  result.sqnr_db = noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
  result.is_identical = result.max_abs == 0;
  if (!differs) return result;
  std::vector<std::uint64_t> differing(static_cast<std::size_t>(pieces));
  each_piece([&](std::size_t piece, std::uint64_t first, std::span<const float> x, std::span<const float> y) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double allowed = by_channel[(first + i) / inner].largest * rounding;
      differing[piece] += is_apart(double{x[i]}, double{y[i]}, allowed);
    }
  });
  for (const auto each : differing) result.differing += each;
  return result;
}

}  // namespace lpt

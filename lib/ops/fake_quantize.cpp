// FakeQuantize: the nearest of `levels` values at equal distances,
//
//     x <= min(il, ih)  ->  ol        x > max(il, ih)  ->  oh        otherwise
//     round((x - il) / (ih - il) * (levels - 1)) / (levels - 1) * (oh - ol) + ol        ties to the even step
//
// each operation rounded to f32, so that the result has the bits of OpenVINO's; to f64 where all inputs are that.
// Source: OpenVINO FakeQuantize-1, reference implementation.
#include <cmath>

#include "ops/elementwise_binary.hpp"
#include "tensor/convert.hpp"
#include "tensor/kernels.hpp"

namespace lpt {
namespace {

/// The values of a small f32 constant; empty for anything else.
std::vector<float> range_values(Value value) {
  const Blob* blob = value.node().constant();
  constexpr std::uint64_t kMost = 1 << 20;
  if (blob == nullptr || value.type() != ElementType::f32 || blob->size() > kMost) return {};
  std::vector<float> values(blob->size() / sizeof(float));
  blob->read(0, std::as_writable_bytes(std::span(values)));
  return values;
}

}  // namespace

void fake_quantize_check(const Node& node, const LayerWarn& warn) {
  expect_inputs(node, 5, 5);
  const auto levels = integer_attribute(node, "levels");
  if (levels < 2) throw LayerError("levels is {}, should be at least 2", levels);
  static constexpr std::string_view kRanges[] = {"input_low", "input_high", "output_low", "output_high"};
  std::vector<float> values[4];
  for (std::size_t i = 0; i < 4; ++i) {
    values[i] = range_values(node.input(i + 1));
    for (const float v : values[i]) {
      if (!std::isfinite(v)) {
        warn(fmt::format("{} is {}; this FakeQuantize stays as it is", kRanges[i], v));
        break;
      }
    }
  }
  if (values[0].size() != values[1].size()) return;
  for (std::size_t i = 0; i < values[0].size(); ++i) {
    if (values[0][i] > values[1][i]) {
      warn(fmt::format("input_low {} is above input_high {}", values[0][i], values[1][i]));
      return;
    }
  }
}

std::vector<OutputSpec> fake_quantize_infer(const Arguments& arguments) {
  const auto rule = broadcasting(arguments.node());
  const auto& shape = arguments.shape(0);
  for (std::size_t i = 1; i < 5 && rule != Broadcasting::pdpd; ++i) {
    const auto& range = arguments.shape(i);
    if (rule == Broadcasting::numpy ? broadcast(shape, range).has_value() : shape.compatible(range)) continue;
    throw LayerError("input {} is [{}], should {} [{}]", i, range.to_string(),
                     rule == Broadcasting::numpy ? "broadcast to" : "be", shape.to_string());
  }
  return {{arguments.type(0), arguments.shape(0)}};
}

namespace {

template <class T>
T quantize(T x, T il, T ih, T ol, T oh, T last_step) {
  if (x <= std::min(il, ih)) return ol;
  if (x > std::max(il, ih)) return oh;
  return std::nearbyint((x - il) / (ih - il) * last_step) / last_step * (oh - ol) + ol;
}

/// x and the ranges, all of type T.
template <class T>
void quantize_rows(const std::array<Tensor, 5>& inputs, const BroadcastRows<5>& rows, T last_step, T* out) {
  const auto of = [&](std::size_t i) { return inputs[i].data<T>(); };
  const T *x = of(0), *il = of(1), *ih = of(2), *ol = of(3), *oh = of(4);
  constexpr std::int64_t kCost = 2;
  const auto& s = rows.steps();
  const bool uniform = s[1] + s[2] + s[3] + s[4] == 0;
  rows.visit_all(kCost, [&](const auto& row) {
    const auto& at = row.inputs;
    if constexpr (std::is_same_v<T, float>) {
      if (uniform && s[0] == 1) {
        return kernels().fake_quantize(x + at[0], out + row.first, rows.row_length(), il[at[1]], ih[at[2]], ol[at[3]],
                                       oh[at[4]], last_step);
      }
    }
    for (std::int64_t i = 0; i < rows.row_length(); ++i) {
      out[row.first + i] = quantize<T>(x[at[0] + i * s[0]], il[at[1] + i * s[1]], ih[at[2] + i * s[2]],
                                       ol[at[3] + i * s[3]], oh[at[4] + i * s[4]], last_step);
    }
  });
}

}  // namespace

void fake_quantize_evaluate(Evaluation& run) {
  const Tensor& x = run.input(0);
  if (!is_real(x.type())) throw LayerError("its input is {}, should be a real type", name(x.type()));
  std::array<Lengths, 5> lengths;
  bool all_f64 = true;
  for (std::size_t i = 0; i < 5; ++i) {
    lengths[i] = aligned_lengths(run, i);
    if (broadcast_lengths(x.lengths(), lengths[i]) != x.lengths())
      throw LayerError("a range of [{}] does not broadcast to [{}]", to_string(lengths[i]), to_string(x.lengths()));
    all_f64 = all_f64 && run.input(i).type() == ElementType::f64;
  }
  const auto type = all_f64 ? ElementType::f64 : ElementType::f32;
  Tensor out = x.type() == type ? run.output_over(0) : Tensor(type, x.lengths());
  std::array<Tensor, 5> inputs;
  for (std::size_t i = 0; i < 5; ++i) inputs[i] = convert(run.input(i), type);
  visit_real(type, [&]<class T>(std::type_identity<T>) {
    const auto last_step = static_cast<T>(integer_attribute(run.node(), "levels") - 1);
    quantize_rows<T>(inputs, BroadcastRows<5>(x.lengths(), lengths), last_step, out.data<T>());
  });
  run.set_output(0, convert(out, run.output_type()));
}

}  // namespace lpt

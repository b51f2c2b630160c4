#include "ops/recurrent.hpp"

#include <algorithm>

#include <cctype>

#include <cmath>

#include "ir/number.hpp"
#include "tensor/convert.hpp"
#include "tensor/gemm.hpp"

namespace lpt {

namespace {

using Activation = float (*)(float);

Activation activation(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  if (name == "sigmoid") return [](float x) { return 1 / (1 + std::exp(-x)); };
  if (name == "tanh") return [](float x) { return std::tanh(x); };
  if (name == "relu") return [](float x) { return std::max(x, 0.0F); };
  throw LayerError("activation \"{}\" is not run; sigmoid, tanh and relu are", name);
}

struct Attributes {
  std::vector<Activation> activations;
  float clip;  ///< 0: none
  bool linear_before_reset;
  std::size_t direction;  ///< forward, reverse, bidirectional
};

constexpr std::size_t kReverse = 1;
constexpr std::size_t kBidirectional = 2;

std::int64_t gates_of(Recurrence kind) { return kind == Recurrence::lstm ? 4 : kind == Recurrence::gru ? 3 : 1; }

Attributes attributes_of(const Node& node, RecurrentForm form) {
  std::vector<std::string> names;
  const auto* text = node.attribute("activations");
  if (text != nullptr) for_each_item(*text, [&](std::string_view item) { names.emplace_back(item); });
  if (names.empty()) {
    if (form.kind != Recurrence::rnn) names.emplace_back("sigmoid");
    names.emplace_back("tanh");
    if (form.kind == Recurrence::lstm) names.emplace_back("tanh");
  }
  const std::size_t wanted = form.kind == Recurrence::lstm ? 3 : form.kind == Recurrence::gru ? 2 : 1;
  if (names.size() != wanted) throw LayerError("has {} activations, should have {}", names.size(), wanted);
  Attributes result{{},
                    static_cast<float>(real_attribute(node, "clip", 0)),
                    boolean_attribute(node, "linear_before_reset", false),
                    0};
  for (auto& name : names) result.activations.push_back(activation(std::move(name)));
  if (form.sequence)
    result.direction = enumeration_attribute(node, "direction", {"forward", "reverse", "bidirectional"}, 0);
  return result;
}

/// Places of the inputs.
struct Inputs {
  std::size_t hidden = 1, cell = 2, lengths, weights, recurrence, bias;
  explicit Inputs(RecurrentForm form) {
    std::size_t next = form.kind == Recurrence::lstm ? 3 : 2;
    lengths = form.sequence ? next++ : 0;
    weights = next++;
    recurrence = next++;
    bias = next;
  }
};

struct Sizes {
  std::int64_t batch, steps, input, hidden, directions;
};

Sizes sizes_of(const Arguments& arguments, RecurrentForm form) {
  const Inputs places(form);
  if (arguments.size() != places.bias + 1)
    throw LayerError("has {} inputs, {} are run", arguments.size(), places.bias + 1);
  const auto attributes = attributes_of(arguments.node(), form);
  const auto& x = arguments.lengths(0);
  if (x.size() != (form.sequence ? 3U : 2U)) throw LayerError("its data is [{}]", to_string(x));
  const auto hidden = integer_attribute(arguments.node(), "hidden_size");
  Sizes sizes{x[0], form.sequence ? x[1] : 1, x.back(), hidden, attributes.direction == kBidirectional ? 2 : 1};
  if (hidden < 1 || hidden > (1 << 24)) throw LayerError("hidden_size is {}", hidden);
  const auto gates = gates_of(form.kind);
  const auto bias_gates = form.kind == Recurrence::gru && attributes.linear_before_reset ? gates + 1 : gates;
  const auto expect = [&](std::size_t index, Lengths wanted) {
    if (form.sequence && index >= places.weights) wanted.insert(wanted.begin(), sizes.directions);
    if (form.sequence && (index == places.hidden || (index == places.cell && form.kind == Recurrence::lstm)))
      wanted.insert(wanted.begin() + 1, sizes.directions);
    if (arguments.lengths(index) != wanted)
      throw LayerError("input {} is [{}], should be [{}]", index, to_string(arguments.lengths(index)),
                       to_string(wanted));
  };
  expect(places.hidden, {sizes.batch, hidden});
  if (form.kind == Recurrence::lstm) expect(places.cell, {sizes.batch, hidden});
  expect(places.weights, {gates * hidden, sizes.input});
  expect(places.recurrence, {gates * hidden, hidden});
  expect(places.bias, {bias_gates * hidden});
  if (form.sequence && arguments.lengths(places.lengths) != Lengths{sizes.batch})
    throw LayerError("input {} is [{}], should be [{}]", places.lengths, to_string(arguments.lengths(places.lengths)),
                     sizes.batch);
  return sizes;
}

/// One direction of a layer.
class Cell {
 public:
  Cell(RecurrentForm form, const Sizes& sizes, const Attributes& attributes, const float* recurrence, const float* bias)
      : form_(form), sizes_(sizes), attributes_(attributes), recurrence_(recurrence), bias_(bias) {}

  /// One step of one batch element. x: the products of the data with the weights, [gates * hidden]; changes h and c.
  void step(const float* x, float* h, float* c) const {
    const auto n = sizes_.hidden;
    const auto gates = gates_of(form_.kind);
    std::vector<float> r(static_cast<std::size_t>(gates * n));
    product(h, 0, gates, r.data());
    const auto before = [&](std::int64_t gate, std::int64_t i) { return x[gate * n + i] + bias_[gate * n + i]; };
    const auto of = [&](std::int64_t gate, std::int64_t i) { return r[static_cast<std::size_t>(gate * n + i)]; };
    if (form_.kind == Recurrence::rnn) {
      for (std::int64_t i = 0; i < n; ++i) h[i] = apply(0, before(0, i) + of(0, i));
    } else if (form_.kind == Recurrence::lstm) {
      for (std::int64_t i = 0; i < n; ++i) {
        const float f = apply(0, before(0, i) + of(0, i));
        const float in = apply(0, before(1, i) + of(1, i));
        const float candidate = apply(1, before(2, i) + of(2, i));
        const float o = apply(0, before(3, i) + of(3, i));
        c[i] = f * c[i] + in * candidate;
        h[i] = o * attributes_.activations[2](c[i]);
      }
    } else {
      gru_step(x, h, r);
    }
  }

 private:
  float apply(std::size_t which, float x) const {
    if (attributes_.clip > 0) x = std::clamp(x, -attributes_.clip, attributes_.clip);
    return attributes_.activations[which](x);
  }

  void product(const float* h, std::int64_t first_gate, std::int64_t gates, float* out) const {
    const auto n = sizes_.hidden;
    multiply(1, gates * n, n, MatrixView<float>{h, n, 1}, MatrixView<float>{recurrence_ + first_gate * n * n, 1, n},
             out, gates * n);
  }

  void gru_step(const float* x, float* h, const std::vector<float>& r) const {
    const auto n = sizes_.hidden;
    std::vector<float> update(static_cast<std::size_t>(n)), reset(update), inner(update);
    for (std::int64_t i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      update[k] = apply(0, x[i] + r[k] + bias_[i]);
      reset[k] = apply(0, x[n + i] + r[static_cast<std::size_t>(n) + k] + bias_[n + i]);
    }
    if (attributes_.linear_before_reset) {
      for (std::int64_t i = 0; i < n; ++i) {
        const auto k = static_cast<std::size_t>(i);
        inner[k] = reset[k] * (r[static_cast<std::size_t>(2 * n) + k] + bias_[3 * n + i]);
      }
    } else {
      std::vector<float> remembered(update);
      for (std::int64_t i = 0; i < n; ++i)
        remembered[static_cast<std::size_t>(i)] = reset[static_cast<std::size_t>(i)] * h[i];
      product(remembered.data(), 2, 1, inner.data());
    }
    for (std::int64_t i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const float candidate = apply(1, x[2 * n + i] + inner[k] + bias_[2 * n + i]);
      h[i] = (1 - update[k]) * candidate + update[k] * h[i];
    }
  }

  RecurrentForm form_;
  const Sizes& sizes_;
  const Attributes& attributes_;
  const float* recurrence_;
  const float* bias_;
};

}  // namespace

std::vector<OutputSpec> infer_recurrent(const Arguments& arguments, RecurrentForm form) {
  expect_real(arguments, 0);
  const auto sizes = sizes_of(arguments, form);
  const auto type = arguments.type(0);
  std::vector<OutputSpec> outputs;
  if (form.sequence) outputs.push_back({type, {sizes.batch, sizes.directions, sizes.steps, sizes.hidden}});
  const Shape last =
      form.sequence ? Shape{sizes.batch, sizes.directions, sizes.hidden} : Shape{sizes.batch, sizes.hidden};
  outputs.push_back({type, last});
  if (form.kind == Recurrence::lstm) outputs.push_back({type, last});
  return outputs;
}

void evaluate_recurrent(Evaluation& run, RecurrentForm form) {
  const auto sizes = sizes_of(run.arguments(), form);
  const auto attributes = attributes_of(run.node(), form);
  const Inputs places(form);
  const auto real = [&](std::size_t i) { return convert(run.input(i), ElementType::f32); };
  const Tensor x = real(0), weights = real(places.weights), recurrence = real(places.recurrence),
               bias = real(places.bias);
  const bool has_cell = form.kind == Recurrence::lstm;
  const auto n = sizes.hidden;
  const auto gates = gates_of(form.kind) * n;
  const auto bias_size = bias.count() / sizes.directions;
  std::vector<std::int64_t> lengths(static_cast<std::size_t>(sizes.batch), sizes.steps);
  if (form.sequence) lengths = run.integers(places.lengths);
  // The last states, which the steps change in place; [batch, directions, hidden].
  Tensor h(ElementType::f32, run.input(places.hidden).lengths());
  Tensor c(ElementType::f32, has_cell ? h.lengths() : Lengths{0});
  const Tensor first_h = real(places.hidden);
  std::copy_n(first_h.data<float>(), h.count(), h.data<float>());
  if (has_cell) std::copy_n(real(places.cell).data<float>(), c.count(), c.data<float>());
  Tensor y(ElementType::f32, {sizes.batch, sizes.directions, sizes.steps, n});
  std::fill_n(y.data<float>(), y.count(), 0.0F);
  std::vector<float> products(static_cast<std::size_t>(sizes.batch * sizes.steps * gates));
  for (std::int64_t d = 0; d < sizes.directions; ++d) {
    const bool reverse = attributes.direction == kReverse || d == 1;
    multiply(sizes.batch * sizes.steps, gates, sizes.input, MatrixView<float>{x.data<float>(), sizes.input, 1},
             MatrixView<float>{weights.data<float>() + d * gates * sizes.input, 1, sizes.input}, products.data(),
             gates);
    const Cell cell(form, sizes, attributes, recurrence.data<float>() + d * gates * n,
                    bias.data<float>() + d * bias_size);
    for (std::int64_t b = 0; b < sizes.batch; ++b) {
      const auto state = (b * sizes.directions + d) * n;
      const auto steps = lengths[static_cast<std::size_t>(b)];
      if (steps < 0 || steps > sizes.steps)
        throw LayerError("a sequence length is {}, its data has {} steps", steps, sizes.steps);
      for (std::int64_t i = 0; i < steps; ++i) {
        const auto t = reverse ? steps - 1 - i : i;
        cell.step(products.data() + (b * sizes.steps + t) * gates, h.data<float>() + state,
                  has_cell ? c.data<float>() + state : nullptr);
        std::copy_n(h.data<float>() + state, n, y.data<float>() + ((b * sizes.directions + d) * sizes.steps + t) * n);
      }
    }
  }
  std::size_t next = 0;
  const auto give = [&](const Tensor& tensor) {
    run.set_output(next, convert(tensor, run.output_type(next)));
    ++next;
  };
  if (form.sequence) give(y);
  give(h);
  if (has_cell) give(c);
}

}  // namespace lpt

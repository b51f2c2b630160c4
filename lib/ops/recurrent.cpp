// RNNCell, GRUCell, LSTMCell, and the same over time, forward, backward or both: RNNSequence, GRUSequence, LSTMSequence.
// With gates in the order of the weights, each Wx + Rh + b:
//
//     RNN   h = f(Wx + Rh + b)
//     GRU   z = f(...), r = f(...), n = g(Wx + R(r h) + b), h = (1 - z) n + z h;
//           with linear_before_reset n = g(Wx + r (Rh + b3) + b2)
//     LSTM  f = f(...), i = f(...), c~ = g(...), o = f(...), c = f c + i c~, h = o k(c)
//
// All is computed in f32. Source: OpenVINO RNNCell-3, GRUCell-3, LSTMCell-4, RNNSequence-5, GRUSequence-5, LSTMSequence-5.
#include <algorithm>

#include <Eigen/Core>
#include <cctype>

#include "ir/number.hpp"
#include "ops/operation.hpp"
#include "tensor/convert.hpp"
#include "tensor/gemm.hpp"

namespace lpt {

namespace {

enum class Recurrence { rnn, gru, lstm };

struct RecurrentForm {
  Recurrence kind;
  bool sequence;  ///< with an axis of time and one of directions
};

RecurrentForm form_of(const Node& node) {
  const auto type = node.type();
  const auto kind = type.starts_with("RNN")   ? Recurrence::rnn
                    : type.starts_with("GRU") ? Recurrence::gru
                                              : Recurrence::lstm;
  return {kind, type.ends_with("Sequence")};
}

using Array = Eigen::ArrayXf;
using Activation = Function<float>;

void relu(const float* in, float* out, std::int64_t count) {
  std::transform(in, in + count, out, [](float x) { return std::max(x, 0.0F); });
}

Activation activation(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  if (name == "sigmoid") return functions<float>().sigmoid;
  if (name == "tanh") return functions<float>().tanh;
  if (name == "relu") return relu;
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
  void step(const float* x, float* h_data, float* c_data) const {
    const auto n = sizes_.hidden;
    const auto size = gates_of(form_.kind) * n;
    Eigen::Map<Array> h(h_data, n);
    const Array r = product(h_data, 0, size);
    Array gates = Eigen::Map<const Array>(x, size) + Eigen::Map<const Array>(bias_, size);
    if (form_.kind == Recurrence::rnn) {
      gates += r;
      activate(0, gates);
      h = gates;
    } else if (form_.kind == Recurrence::lstm) {
      Eigen::Map<Array> c(c_data, n);
      gates += r;
      activate(0, gates.head(2 * n));
      activate(1, gates.segment(2 * n, n));
      activate(0, gates.tail(n));
      c = gates.head(n) * c + gates.segment(n, n) * gates.segment(2 * n, n);
      attributes_.activations[2](c_data, h_data, n);
      h *= gates.tail(n);
    } else {
      auto candidate = gates.tail(n);
      gates.head(2 * n) += r.head(2 * n);
      activate(0, gates.head(2 * n));
      const auto update = gates.head(n), reset = gates.segment(n, n);
      if (attributes_.linear_before_reset) {
        candidate += reset * (r.tail(n) + Eigen::Map<const Array>(bias_ + size, n));
      } else {
        const Array remembered = reset * h;
        candidate += product(remembered.data(), 2 * n, n);
      }
      activate(1, candidate);
      h = (1 - update) * candidate + update * h;
    }
  }

 private:
  void activate(std::size_t which, Eigen::Ref<Array> x) const {
    if (attributes_.clip > 0) x = x.max(-attributes_.clip).min(attributes_.clip);
    attributes_.activations[which](x.data(), x.data(), x.size());
  }

  /// Of the state with some rows of the recurrent weights.
  Array product(const float* h, std::int64_t first, std::int64_t count) const {
    const auto n = sizes_.hidden;
    Array out(count);
    multiply(1, count, n, MatrixView<float>{h, n, 1}, MatrixView<float>{recurrence_ + first * n, 1, n}, out.data(),
             count);
    return out;
  }

  RecurrentForm form_;
  const Sizes& sizes_;
  const Attributes& attributes_;
  const float* recurrence_;
  const float* bias_;
};

}  // namespace

std::vector<OutputSpec> recurrent_infer(const Arguments& arguments) {
  const auto form = form_of(arguments.node());
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

void recurrent_evaluate(Evaluation& run) {
  const auto form = form_of(run.node());
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

// One hidden unit, weights chosen so that the gates can be worked out by hand: sigmoid(ln 3) = 3/4, tanh(ln(3)/2) =
// 1/2.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

constexpr float kLn3 = 1.0986123F;
constexpr double kLastBits = 1e-6;

}  // namespace

TEST_CASE("RNNCell: tanh(w x + r h + b)") {
  check_operation("RNNCell", "hidden_size=1",
                  {f32({1, 1}, {kLn3}), f32({1, 1}, {1}), f32({1, 1}, {1}), f32({1, 1}, {-kLn3}), f32({1}, {kLn3 / 2})},
                  {f32({1, 1}, {0.5F})}, kLastBits);
}

TEST_CASE("LSTMCell: gates f, i, c, o") {
  // f = 3/4, i = 1/2, candidate 1/2, o = 1/4: c = 3/4 * 2 + 1/4 = 7/4, h = tanh(7/4) / 4.
  check_operation("LSTMCell@opset4", "hidden_size=1",
                  {f32({1, 1}, {1}), f32({1, 1}, {1}), f32({1, 1}, {2}), f32({4, 1}, {kLn3, 0, kLn3 / 2, 0}),
                   f32({4, 1}, {0, 0, 0, -kLn3}), f32({4}, {0, 0, 0, 0})},
                  {f32({1, 1}, {0.9413755F / 4}), f32({1, 1}, {1.75F})}, kLastBits);
}

TEST_CASE("GRUCell: gates z, r, h, with the reset before and after the product") {
  // z = 3/4, r = 1/2, h = 2. Before: n = tanh(ln3/4 * (1/2 * 2) + ln3/4) = 1/2, h' = 1/4 * 1/2 + 3/4 * 2.
  const auto x = f32({1, 1}, {1});
  const auto h = f32({1, 1}, {2});
  const auto w = f32({3, 1}, {kLn3, 0, kLn3 / 4});
  check_operation("GRUCell@opset3", "hidden_size=1 linear_before_reset=false",
                  {x, h, w, f32({3, 1}, {0, 0, kLn3 / 4}), f32({3}, {0, 0, 0})}, {f32({1, 1}, {1.625F})}, kLastBits);
  // After: n = tanh(ln3/4 + 1/2 * (ln3/8 * 2 + ln3/4)) = 1/2, with a bias of its own inside.
  check_operation("GRUCell@opset3", "hidden_size=1 linear_before_reset=true",
                  {x, h, w, f32({3, 1}, {0, 0, kLn3 / 8}), f32({4}, {0, 0, 0, kLn3 / 4})}, {f32({1, 1}, {1.625F})},
                  kLastBits);
}

TEST_CASE("sequences stop at their length, and run backwards from there") {
  // h' = relu(x + h): running sums, 3 steps of which the second batch element has 2.
  const auto x = f32({2, 3, 1}, {1, 2, 4, 1, 2, 4});
  const auto weights = [](std::int64_t directions) {
    const std::vector<float> ones(static_cast<std::size_t>(directions), 1),
        zeros(static_cast<std::size_t>(directions), 0);
    return std::vector<Tensor>{f32({directions, 1, 1}, ones), f32({directions, 1, 1}, ones),
                               f32({directions, 1}, zeros)};
  };
  const auto inputs = [&](std::int64_t directions) {
    std::vector<Tensor> all{x, f32({2, directions, 1}, std::vector<float>(static_cast<std::size_t>(2 * directions), 0)),
                            i64({2}, {3, 2})};
    for (const auto& w : weights(directions)) all.push_back(w);
    return all;
  };
  const std::string relu = "hidden_size=1 activations=\"relu\" direction=";
  check_operation("RNNSequence@opset5", relu + "forward", inputs(1),
                  {f32({2, 1, 3, 1}, {1, 3, 7, 1, 3, 0}), f32({2, 1, 1}, {7, 3})});
  check_operation("RNNSequence@opset5", relu + "reverse", inputs(1),
                  {f32({2, 1, 3, 1}, {7, 6, 4, 3, 2, 0}), f32({2, 1, 1}, {7, 3})});
  check_operation("RNNSequence@opset5", relu + "bidirectional", inputs(2),
                  {f32({2, 2, 3, 1}, {1, 3, 7, 7, 6, 4, 1, 3, 0, 3, 2, 0}), f32({2, 2, 1}, {7, 7, 3, 3})});
  check_operation("RNNSequence@opset5", relu + "forward clip=2.5", inputs(1),
                  {f32({2, 1, 3, 1}, {1, 2.5F, 2.5F, 1, 2.5F, 0}), f32({2, 1, 1}, {2.5F, 2.5F})});
  check_operation_refused("RNNSequence@opset5", "hidden_size=1 activations=\"softsign\" direction=forward", inputs(1),
                          "activation \"softsign\" is not run; sigmoid, tanh and relu are");
  check_operation_refused("RNNSequence@opset5", "hidden_size=2 direction=forward", inputs(1),
                          "input 1 is [2,1,1], should be [2,1,2]");
}

TEST_CASE("LSTMSequence and GRUSequence agree with their cells") {
  const auto zeros = [](Lengths l) { return f32(l, std::vector<float>(static_cast<std::size_t>(product(l)), 0)); };
  check_operation("LSTMSequence@opset5", "hidden_size=1 direction=forward",
                  {f32({1, 1, 1}, {1}), f32({1, 1, 1}, {1}), f32({1, 1, 1}, {2}), i64({1}, {1}),
                   f32({1, 4, 1}, {kLn3, 0, kLn3 / 2, 0}), f32({1, 4, 1}, {0, 0, 0, -kLn3}), zeros({1, 4})},
                  {f32({1, 1, 1, 1}, {0.9413755F / 4}), f32({1, 1, 1}, {0.9413755F / 4}), f32({1, 1, 1}, {1.75F})},
                  kLastBits);
  check_operation("GRUSequence@opset5", "hidden_size=1 direction=forward linear_before_reset=false",
                  {f32({1, 1, 1}, {1}), f32({1, 1, 1}, {2}), i64({1}, {1}), f32({1, 3, 1}, {kLn3, 0, kLn3 / 4}),
                   f32({1, 3, 1}, {0, 0, kLn3 / 4}), zeros({1, 3})},
                  {f32({1, 1, 1, 1}, {1.625F}), f32({1, 1, 1}, {1.625F})}, kLastBits);
}

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"

using namespace lpt;

namespace {

struct Sequence {
  bool is_lstm = true;
  std::string x = fake_quantized("xq", "x = Parameter : f32[1,2,4]", 256, {"0", "2.55"});
  std::string h = fake_quantized("hq", "h = Parameter : f32[1,1,2]", 256, {"0", "2.55"});
  RangeText w = {"-1.27", "1.27"};
  int w_levels = 255;

  std::string text() const {
    const std::string gates = is_lstm ? "8" : "6";
    std::string lines = x + h + fake_quantized("w", filled("wv", ".5", "f32", "1," + gates + ",4"), w_levels, w);
    lines += fake_quantized("k", filled("kv", ".5", "f32", "1," + gates + ",2"), 255, {"-1.27", "1.27"});
    lines += "n = Const value=[2] : i32[1]\n" + filled("b", "0", "f32", "1," + gates) + "\n";
    if (is_lstm) lines += "c = Parameter : f32[1,1,2]\n";
    lines += is_lstm ? "y = LSTMSequence@opset5(xq, hq, c, n, w, k, b) direction=forward hidden_size=2 : f32[1,1,2,2], "
                       "f32[1,1,2], f32[1,1,2]\n"
                     : "y = GRUSequence@opset5(xq, hq, n, w, k, b) direction=forward hidden_size=2 : f32[1,1,2,2], "
                       "f32[1,1,2]\n";
    return lines + "r = Result(y.0)\n";
  }

  std::string formula(std::string_view xf, std::string_view hf, std::string_view wf) const {
    const std::string gates = is_lstm ? "8" : "6";
    return fmt::format("{}({}, {}, {}{}, Multiply(Convert(50:i8[1,{},2]), 0.01), 0[1,{}]).0",
                       is_lstm ? "LSTMSequence" : "GRUSequence", xf, hf, is_lstm ? "c, " : "", wf, gates, gates);
  }
};

constexpr auto kX = "Multiply(Convert(FQ256(x; 0..2.55 -> 0..255):u8), 0.01)";
constexpr auto kH = "Multiply(Convert(FQ256(h; 0..2.55 -> 0..255):u8), 0.01)";
constexpr auto kRealX = "FQ256(x; 0..2.55 -> 0..2.55)";
constexpr auto kRealH = "FQ256(h; 0..2.55 -> 0..2.55)";
constexpr auto kW = "Multiply(Convert(50:i8[1,8,4]), 0.01)";

}  // namespace

// Rows RC01 to RC08, through the whole pipeline: nothing moves behind the operation.
TEST_CASE("recurrent sequences: inputs and weights are dequantized right in front") {
  check_conversion(Sequence{}.text(), {Sequence{}.formula(kX, kH, kW), Sequence{}.formula(kRealX, kRealH, kW)});
  const Sequence gru{false};
  check_conversion(gru.text(), {gru.formula(kX, kH, "Multiply(Convert(50:i8[1,6,4]), 0.01)"),
                                gru.formula(kRealX, kRealH, "Multiply(Convert(50:i8[1,6,4]), 0.01)")});
}

TEST_CASE("recurrent sequences: the data is u8, whatever the sign of its range") {
  Sequence symmetric;
  symmetric.x = fake_quantized("xq", "x = Parameter : f32[1,2,4]", 256, {"-1.28", "1.27"});
  check_conversion(
      symmetric.text(),
      {symmetric.formula("Multiply(Subtract(Convert(FQ256(x; -1.28..1.27 -> 0..255):u8), 128), 0.01)", kH, kW),
       symmetric.formula("FQ256(x; -1.28..1.27 -> -1.28..1.27)", kRealH, kW)});
  Sequence shifted;
  shifted.x = fake_quantized("xq", "x = Parameter : f32[1,2,4]", 256, {"-1", "1.55"});
  shifted.h = fake_quantized("hq", "h = Parameter : f32[1,1,2]", 256, {"-1", "1.55"});
  check_conversion(shifted.text(),
                   {shifted.formula("Multiply(Subtract(Convert(FQ256(x; -1..1.55 -> 0..255):u8), 100), 0.01)",
                                    "Multiply(Subtract(Convert(FQ256(h; -1..1.55 -> 0..255):u8), 100), 0.01)", kW),
                    shifted.formula("FQ256(x; -1..1.55 -> -1..1.55)", "FQ256(h; -1..1.55 -> -1..1.55)", kW)});
}

TEST_CASE("recurrent sequences: a state that is not quantized, and a Transpose in front") {
  Sequence real_state;
  real_state.h = "hq = Parameter : f32[1,1,2]\n";
  check_conversion(real_state.text(), {real_state.formula(kX, "hq", kW), real_state.formula(kRealX, "hq", kW)});
  Sequence transposed;
  transposed.x = fake_quantized("t", "x = Parameter : f32[2,1,4]", 256, {"0", "2.55"}) +
                 "o = Const value=[1,0,2] : i64[3]\nxq = Transpose(t, o) : f32[1,2,4]\n";
  check_conversion(transposed.text(),
                   {transposed.formula("Multiply(Convert(Transpose(FQ256(x; 0..2.55 -> 0..255):u8):u8), 0.01)", kH, kW),
                    transposed.formula("Transpose(FQ256(x; 0..2.55 -> 0..2.55))", kRealH, kW)});
}

TEST_CASE("recurrent sequences: scales for each gate, and weights with a zero point") {
  Sequence gates;
  gates.w = {"[-1.27,-2.54,-1.27,-2.54,-1.27,-2.54,-1.27,-2.54]", "[1.27,2.54,1.27,2.54,1.27,2.54,1.27,2.54]", "1,8,1"};
  gates.w_levels = 255;
  const std::string weights =
      "Multiply(Convert([50,50,50,50,25,25,25,25,50,50,50,50,25,25,25,25,50,50,50,50,25,25,25,25,50,50,50,50,25,25,25,"
      "25]"
      ":i8[1,8,4]), [0.01,0.02,0.01,0.02,0.01,0.02,0.01,0.02][1,8,1])";
  check_conversion(gates.text(), {gates.formula(kX, kH, weights), gates.formula(kRealX, kRealH, weights)});
  // The stored values are few enough to take the zero point in.
  Sequence shifted;
  shifted.w = {"-1", "1.55"};
  shifted.w_levels = 256;
  check_conversion(shifted.text(), {shifted.formula(kX, kH, kW), shifted.formula(kRealX, kRealH, kW)});
}

TEST_CASE("recurrent sequences: what none of them takes in integers is told") {
  const auto refused = [](const Sequence& sequence, std::string_view from, std::string_view to, std::string_view reason,
                          Cause code) {
    auto text = sequence.text();
    if (!from.empty()) text.replace(text.find(from), from.size(), to);
    check_conversion_refused(sequence.is_lstm ? "propagate_lstm_sequence" : "propagate_gru_sequence", text,
                             Dialect::type_relaxed, reason, code);
  };
  for (const bool is_lstm : {true, false}) {
    Sequence signed_data{is_lstm};
    signed_data.x = dequantized("xq", "x = Parameter : i8[1,2,4]", "scale=.01");
    refused(signed_data, "", "", "input 0 is of type i8", Cause::input_of_other_type);
    const std::string gates = is_lstm ? "8" : "6";
    refused({is_lstm}, "\n" + filled("b", "0", "f32", "1," + gates), "\nb = Parameter : f32[1," + gates + "]",
            "its bias is no constant", Cause::operand_not_constant);
    Sequence shifted{is_lstm};
    shifted.w = {"-.5", "2.05"};
    shifted.w_levels = 256;
    const std::vector<std::string_view> pairs(is_lstm ? 16 : 12, "-.5,2");
    const auto all = filled("wv", ".5", "f32", "1," + gates + ",4");
    refused(shifted, all, fmt::format("wv = Const value=[{}] : f32[1,{},4]", fmt::join(pairs, ","), gates),
            is_lstm ? "its weights at input 4 have a zero point" : "its weights at input 3 have a zero point",
            Cause::weights_zero_point);
  }
}

TEST_CASE("recurrent sequences: on real edges the range stays in real units, at once and behind what moves it") {
  for (const bool is_lstm : {true, false}) {
    Sequence moved{is_lstm};
    moved.x = fake_quantized("t", "x = Parameter : f32[2,1,4]", 256, {"0", "2.55"}) +
              "o = Const value=[1,0,2] : i64[3]\nu = Transpose(t, o) : f32[1,2,4]\nxq = ReLU(u) : f32[1,2,4]\n";
    CHECK(Converted(moved.text(), Dialect::openvino).line("t").find("FakeQuantize(x, t_il, t_ih, t_il, t_ih)") !=
          std::string::npos);
  }
}

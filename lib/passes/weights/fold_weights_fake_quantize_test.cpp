#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <cmath>

#include "passes/pipeline.hpp"
#include "quant/constant_tensor.hpp"
#include "tensor/convert.hpp"
#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "fold_weights_fake_quantize";

/// A FakeQuantize named f of the weights, with one range for input and output.
std::string quantized(std::string_view weights, std::string_view low, std::string_view high, int levels,
                      std::string_view type = "f32[3]", std::string_view range = "f32[]") {
  return fmt::format(
      "w = Const value={} : {}\nlow = Const value={} : {}\nhigh = Const value={} : {}\n"
      "f = FakeQuantize(w, low, high, low, high) levels={} : {}\nr = Result(f)\n",
      weights, type, low, range, high, range, levels, type);
}

/// FakeQuantize rounds twice, after the division by its levels and after the multiplication by its range; scale *
/// stored is rounded once. So the values may differ in their last bit.
void check_folding(std::string_view before, std::string_view after) {
  constexpr double kLastBits = 3e-7;
  check_rewrite(kPass, before, after, 1, kLastBits);
}

}  // namespace

TEST_CASE("symmetric weights of 255 levels lose their zero point") {
  check_folding(quantized("[-1,-.5,0,.3,1]", "-1", "1", 255, "f32[5]"), R"(
    f/quantized = Const value=[-127,-63,0,38,127]       : i8[5]
    f = Dequantize(f/quantized) scale=0.007874016       : f32[5]
    r = Result(f)
  )");
}

TEST_CASE("256 levels around a true zero need no zero point") {
  check_folding(quantized("[-1.28,0,1.27]", "-1.28", "1.27", 256), R"(
    f/quantized = Const value=[-128,0,127]  : i8[3]
    f = Dequantize(f/quantized) scale=0.01  : f32[3]
    r = Result(f)
  )");
}

TEST_CASE("weights that are never negative become unsigned") {
  check_rewrite(kPass, quantized("[0,.5,2.55]", "0", "2.55", 256), R"(
    f/quantized = Const value=[0,50,255]    : u8[3]
    f = Dequantize(f/quantized) scale=0.01  : f32[3]
    r = Result(f)
  )");
}

TEST_CASE("an integer zero point stays where a value would leave the type, and vanishes where none does") {
  check_folding(quantized("[-.5,0,1]", "-.5", "1", 256), R"(
    f/quantized = Const value=[-128,-43,127]                         : i8[3]
    f = Dequantize(f/quantized) scale=0.005882353 zero_point=-43     : f32[3]
    r = Result(f)
  )");
  check_folding(quantized("[-.5,0,.3]", "-.5", "1", 256), R"(
    f/quantized = Const value=[-85,0,51]           : i8[3]
    f = Dequantize(f/quantized) scale=0.005882353  : f32[3]
    r = Result(f)
  )");
}

TEST_CASE("a zero point between two integers stays real") {
  check_folding(quantized("[-1,0,1]", "-1", ".8", 256), R"(
    f/quantized = Const value=[-128,14,127]                                : i8[3]
    f = Dequantize(f/quantized) scale=0.0070588235 zero_point=13.666672    : f32[3]
    r = Result(f)
  )");
}

TEST_CASE("16 levels fit four bits") {
  check_folding(quantized("[-1,0,1]", "-1", "1", 16), R"(
    f/quantized = Const value=[-8,0,7]                                      : i4[3]
    f = Dequantize(f/quantized) scale=0.13333334 zero_point=-0.5000005      : f32[3]
    r = Result(f)
  )");
  check_folding(quantized("[0,.4,1]", "0", "1", 16), R"(
    f/quantized = Const value=[0,6,15]             : u4[3]
    f = Dequantize(f/quantized) scale=0.06666667   : f32[3]
    r = Result(f)
  )");
}

TEST_CASE("i4 values that would leave the type keep their zero point") {
  // q = 7, zero point -2: 9 is no i4. OpenVINO stores it all the same, as -7.
  check_folding(quantized("[.9,.6]", "-.5", ".9", 15, "f32[2]"), R"(
    f/quantized = Const value=[7,4]                                   : i4[2]
    f = Dequantize(f/quantized) scale=0.1 zero_point=-2 : f32[2]
    r = Result(f)
  )");
}

TEST_CASE("3 levels is the fewest") {
  check_rewrite(kPass, quantized("[-1,.2,.7]", "-1", "1", 3), R"(
    f/quantized = Const value=[-1,0,1]      : i4[3]
    f = Dequantize(f/quantized) scale=1     : f32[3]
    r = Result(f)
  )");
  check_refused(kPass, quantized("[-1,0,1]", "-1", "1", 2), "2 levels, 3 to 256 can be folded");
  check_refused(kPass, quantized("[-1,0,1]", "-1", "1", 257), "257 levels, 3 to 256 can be folded");
}

TEST_CASE("parameters keep their axis, wherever it is") {
  check_rewrite(kPass, quantized("[-1,-.5,0,.5,1,2]", "[-1,-2]", "[1,2]", 255, "f32[2,3]", "f32[2,1]"), R"(
    f/quantized = Const value=[-127,-63,0,32,63,127]                : i8[2,3]
    f = Dequantize(f/quantized) scale=[0.007874016,0.015748031]@0   : f32[2,3]
    r = Result(f)
  )");
  check_rewrite(kPass, quantized("[-1,-2,.5,1]", "[-1,-2]", "[1,2]", 255, "f32[2,2]", "f32[1,2]"), R"(
    f/quantized = Const value=[-127,-127,63,63]                     : i8[2,2]
    f = Dequantize(f/quantized) scale=[0.007874016,0.015748031]@1   : f32[2,2]
    r = Result(f)
  )");
}

TEST_CASE("an input range other than the output range only moves the values") {
  check_rewrite(kPass, R"(
    w = Const value=[-1,0,.5]     : f32[3]
    il = Const value=-.5          : f32[]
    ih = Const value=.5           : f32[]
    ol = Const value=-1           : f32[]
    oh = Const value=1            : f32[]
    f = FakeQuantize(w, il, ih, ol, oh) levels=255 : f32[3]
    r = Result(f)
  )",
                R"(
    f/quantized = Const value=[-127,0,127]        : i8[3]
    f = Dequantize(f/quantized) scale=0.007874016 : f32[3]
    r = Result(f)
  )");
}

TEST_CASE("f16 weights behind a decompression Convert are folded as f32") {
  check_rewrite(kPass, R"(
    h = Const value=[-1,-.5,1]    : f16[3]
    w = Convert(h)                : f32[3]
    low = Const value=-1          : f32[]
    high = Const value=1          : f32[]
    f = FakeQuantize(w, low, high, low, high) levels=255 : f32[3]
    r = Result(f)
  )",
                R"(
    f/quantized = Const value=[-127,-63,127]      : i8[3]
    f = Dequantize(f/quantized) scale=0.007874016 : f32[3]
    r = Result(f)
  )");
}

namespace {

/// A model in mode weights.
Model with_stored_weights(std::string_view text, const char* target = "cpu") {
  auto model = parse_text(text);
  PassContext context({Mode::weights, Dialect::openvino, find_target(target)});
  run_passes(model, pipeline(), {}, context);
  return model;
}

}  // namespace

// 0.4375 lies on step 182.5625 of 254, counted from -1: 183, and -127 + 183 = 56. In f16 that would be 182.5, and 182.
TEST_CASE("fold_weights_fake_quantize: a FakeQuantize of halves reads the steps that it has in f32") {
  for (const char* type : {"f16", "bf16"}) {
    const auto text = fmt::format(R"(
    w = Const value=[-1,.4375,1]  : {0}[3]
    low = Const value=-1          : {0}[]
    high = Const value=1          : {0}[]
    f = FakeQuantize(w, low, high, low, high) levels=255 : {0}[3]
    r = Result(f)
  )",
                                  type);
    const auto model = with_stored_weights(text);
    const auto after = print_text(*model.graph);
    CHECK(after == print_text(*parse_text(fmt::format(R"(
    low = Const value=-1                          : {0}[]
    high = Const value=1                          : {0}[]
    "f/quantized" = Const value=[-127,56,127]     : i8[3]
    "f/quantized/convert" = Convert("f/quantized") : {0}[3]
    "f/input_low" = Const value=-127              : {0}[]
    "f/input_high" = Const value=127              : {0}[]
    f = FakeQuantize("f/quantized/convert", "f/input_low", "f/input_high", low, high) levels=255 : {0}[3]
    r = Result(f)
  )",
                                                      type))
                                   .graph));
    check_same_function(parse_text(text), model, 0);
    CHECK(print_text(*with_stored_weights(after).graph) == after);
    CHECK(formula(with_stored_weights(text, "gpu")) ==
          fmt::format("Convert(Multiply(Convert([-127,56,127]:i8[3]), 0.00787402)):{}", type));
  }
}

TEST_CASE("a Reshape or Transpose on the constant path is folded with it") {
  check_folding(R"(
    c = Const value=[-1,-.5,0,.3,1,.7] : f32[2,3]
    order = Const value=[1,0]          : i64[2]
    w = Transpose(c, order)            : f32[3,2]
    low = Const value=[-1,-2]          : f32[1,2]
    high = Const value=[1,2]           : f32[1,2]
    f = FakeQuantize(w, low, high, low, high) levels=255 : f32[3,2]
    r = Result(f)
  )",
                R"(
    f/quantized = Const value=[-127,19,-63,63,0,44]                 : i8[3,2]
    f = Dequantize(f/quantized) scale=[0.007874016,0.015748031]@1   : f32[3,2]
    r = Result(f)
  )");
  check_rewrite(kPass, R"(
    c = Const value=[-1,0,0,1]    : f32[4]
    to = Const value=[2,-1]       : i64[2]
    w = Reshape(c, to)            : f32[2,2]
    low = Const value=-1          : f32[]
    high = Const value=1          : f32[]
    f = FakeQuantize(w, low, high, low, high) levels=255 : f32[2,2]
    r = Result(f)
  )",
                R"(
    f/quantized = Const value=[-127,0,0,127]      : i8[2,2]
    f = Dequantize(f/quantized) scale=0.007874016 : f32[2,2]
    r = Result(f)
  )");
}

TEST_CASE("weights that others read stay for them") {
  check_rewrite(kPass, R"(
    w = Const value=[-1,1]        : f32[2]
    low = Const value=-1          : f32[]
    high = Const value=1          : f32[]
    f = FakeQuantize(w, low, high, low, high) levels=255 : f32[2]
    g = ReLU(w)                   : f32[2]
    r = Result(f)
    s = Result(g)
  )",
                R"(
    w = Const value=[-1,1]                        : f32[2]
    f/quantized = Const value=[-127,127]          : i8[2]
    f = Dequantize(f/quantized) scale=0.007874016 : f32[2]
    g = ReLU(w)                                   : f32[2]
    r = Result(f)
    s = Result(g)
  )");
}

TEST_CASE("weights in bodies are folded as well") {
  const auto body = [](std::string_view inside) {
    return fmt::format(R"(
      cond = Parameter : boolean[]
      y = If@opset8(cond) : f32[2] {{
        then_port_map output external_port_id=1 internal_layer_id=9
        else_port_map output external_port_id=1 internal_layer_id=2
        then_body {{
          {}
          r#9 = Result(f)
        }}
        else_body {{
          c = Const value=[1,2] : f32[2]
          r#2 = Result(c)
        }}
      }}
      r = Result(y)
    )",
                       inside);
  };
  check_rewrite(kPass, body(R"(
          w = Const value=[-1,1] : f32[2]
          low = Const value=-1   : f32[]
          high = Const value=1   : f32[]
          f = FakeQuantize(w, low, high, low, high) levels=255 : f32[2])"),
                body(R"(
          f/quantized = Const value=[-127,127]          : i8[2]
          f = Dequantize(f/quantized) scale=0.007874016 : f32[2])"));
}

TEST_CASE("tensor names move to the Multiply") {
  check_rewrite(kPass, R"(
    w = Const value=[-1,1]        : f32[2]
    low = Const value=-1          : f32[]
    high = Const value=1          : f32[]
    f = FakeQuantize(w, low, high, low, high) levels=255 : f32[2] names="a,b"
    r = Result(f)
  )",
                R"(
    f/quantized = Const value=[-127,127]          : i8[2]
    f = Dequantize(f/quantized) scale=0.007874016 : f32[2] names="a,b"
    r = Result(f)
  )");
}

TEST_CASE("a scale of 0 carries 0 and nothing else") {
  check_rewrite(kPass, R"(
    w = Const value=[5,-5]        : f32[2]
    il = Const value=0            : f32[]
    ih = Const value=1            : f32[]
    o = Const value=0             : f32[]
    f = FakeQuantize(w, il, ih, o, o) levels=256 : f32[2]
    r = Result(f)
  )",
                R"(
    f/quantized = Const value=[0,0]       : u8[2]
    f = Dequantize(f/quantized) scale=0   : f32[2]
    r = Result(f)
  )");
  check_refused(kPass, R"(
    w = Const value=[5,5]         : f32[2]
    il = Const value=0            : f32[]
    ih = Const value=1            : f32[]
    o = Const value=5             : f32[]
    f = FakeQuantize(w, il, ih, o, o) levels=256 : f32[2]
    r = Result(f)
  )",
                "output_low and output_high are both 5, and a scale of 0 cannot carry that");
}

TEST_CASE("every other guard says why") {
  check_refused(kPass, quantized("[-1,0,1]", "-inf", "1", 256), "a range is not finite");
  check_refused(kPass, quantized("[-1,0,1]", "nan", "1", 256), "a range is not finite");
  check_refused(kPass, quantized("[-1,0,1]", "-3e38", "3e38", 256),
                "the scale inf or its zero point -128 does not fit f32");
}

TEST_CASE("activations, and ranges that are computed, are left alone") {
  check_no_match(kPass, R"(
    x = Parameter                 : f32[2]
    low = Const value=-1          : f32[]
    high = Const value=1          : f32[]
    f = FakeQuantize(x, low, high, low, high) levels=255 : f32[2]
    r = Result(f)
  )");
  check_refused(kPass, R"(
    w = Const value=[-1,1]        : f32[2]
    low = Parameter               : f32[]
    high = Const value=1          : f32[]
    f = FakeQuantize(w, low, high, low, high) levels=255 : f32[2]
    r = Result(f)
  )",
                "input_low is not a constant");
  check_no_match(kPass, R"(
    w = Const value=[-1,1]        : i8[2]
    d = Dequantize(w) scale=.5    : f32[2]
    r = Result(d)
  )");
  check_refused(kPass, quantized("[-1,1]", "[-1,-1]", "[1,1]", 255, "f32[2]", "f32[2,1]"),
                "a range of shape [2,1] does not fit weights of shape [2]");
  check_refused(kPass, quantized("[-1,1]", "-1", "1", 255, "f64[2]", "f64[]"), "weights of type f64 are not folded");
}

TEST_CASE("fold_weights_fake_quantize: the codes of its refusals") {
  const auto cause = [](const std::string& text) {
    return Converted(text, Dialect::openvino).first_refusal(kPass).cause();
  };
  CHECK(cause(quantized("[-1,0,1]", "-1", "1", 2)) == Cause::levels_not_supported);
  CHECK(cause(quantized("[-1,0,1]", "-inf", "1", 256)) == Cause::range_not_usable);
  CHECK(cause(quantized("[-1,0,1]", "-1", "1", 256, "f64[3]", "f64[]")) == Cause::weights_of_other_type);
  CHECK(cause(quantized("[-1,0,1]", "-3e38", "3e38", 256)) == Cause::weights_not_storable);
  CHECK(cause("w = Const value=[-1,1] : f32[2]\nl = Parameter : f32[]\nh = Const value=1 : f32[]\nf = "
              "FakeQuantize(w, l, h, l, h) levels=255 : f32[2]\nr = Result(f)\n") == Cause::range_not_constant);
}

TEST_CASE("fold_weights_fake_quantize: weights without elements, and ranges broadcast by another rule, stay") {
  check_no_match(kPass, quantized("[]", "-1", "1", 256, "f32[0]"));
  check_refused(kPass,
                "w = Const value=[-1,1] : f32[2]\nl = Const value=-1 : f32[]\nh = Const value=1 : f32[]\nf = "
                "FakeQuantize(w, l, h, l, h) levels=255 auto_broadcast=pdpd : f32[2]\nr = Result(f)\n",
                "its ranges are broadcast by the rule \"pdpd\"");
}

TEST_CASE("fold_weights_fake_quantize: both dialects get the same weights where no integer kernel reads them") {
  const auto symmetric = "Multiply(Convert([-128,0,127]:i8[3]), 0.01)";
  check_conversion(quantized("[-1.28,0,1.27]", "-1.28", "1.27", 256), {symmetric, symmetric});
  // The scale is 1.8/255, the zero point -128 + 1/scale.
  const auto shifted = "Multiply(Subtract(Convert([-128,14,127]:i8[3]), 13.6667), 0.00705882)";
  check_conversion(quantized("[-1,0,1]", "-1", ".8", 256), {shifted, shifted});
}

TEST_CASE("fold_weights_fake_quantize: the initial state of a recurrent sequence stays for OpenVINO") {
  const auto text = fake_quantized("s", filled("v", ".5", "f32", "1,1,2"), 256, {"0", "2.55"}) +
                    "x = Parameter : f32[1,2,4]\nn = Const value=[2] : i32[1]\n" + filled("w", "1", "f32", "1,6,4") +
                    "\n" + filled("k", "1", "f32", "1,6,2") + "\n" + filled("b", "0", "f32", "1,6") +
                    "\ny = GRUSequence@opset5(x, s, n, w, k, b) direction=forward hidden_size=2 : f32[1,1,2,2], "
                    "f32[1,1,2]\nr = Result(y.0)\n";
  check_conversion_refused(kPass, text, Dialect::openvino, fact_text("stored_state"), Cause::runtime_misreads_form);
  CHECK(Converted(text, Dialect::type_relaxed).refusal(kPass).empty());
  CHECK(Converted(text, Dialect::openvino, "generic").refusal(kPass).empty());
}

namespace {

/// A model's stored weights less their zero points, each rounded to an integer.
std::vector<float> steps_from_zero(const Model& model) {
  for (const Node* node = model.graph->first(); node != nullptr; node = node->next()) {
    const auto dq = node->is("Multiply") ? Dequantization::producing(node->output(0), {}) : std::nullopt;
    if (!dq || !is_integer(dq->stored.type())) continue;
    const auto stored = convert(*constant_tensor(dq->stored, 100), ElementType::f32);
    std::vector<float> steps(stored.data<float>(), stored.data<float>() + stored.count());
    const auto zero_points = dq->zero_point.value_or(SmallTensor{Shape{}, {0}}).broadcast_to(dq->stored.shape()).values;
    for (std::size_t i = 0; i < steps.size(); ++i) steps[i] -= std::nearbyint(zero_points[i]);
    return steps;
  }
  return {};
}

std::vector<std::string> warnings(std::string_view text, Dialect dialect) {
  std::vector<std::string> all;
  for (const auto& [layer, what] : Converted(text, dialect).context.warnings)
    all.push_back(fmt::format("{}: {}", layer.name, what));
  return all;
}

}  // namespace

TEST_CASE("a weight that is 0 is stored as its zero point, in every form") {
  struct Form {
    std::string_view low, high;
    int levels;
    std::string_view type = "f32", range = "[]";
  };
  for (const Form& form : {Form{"-1.27", "1.27", 255},
                           {"-1.28", "1.27", 256},
                           {"-.5", "1", 256},
                           {"0", "2.55", 256},
                           {"-1", "0", 256},
                           {"-1", "1", 15},
                           {"-1", ".875", 16},
                           {"0", "1.5", 16},
                           {"-.4", "1", 15},
                           {"-1", "1", 101},
                           {"-1", "1", 3},
                           {"1", "-1", 255},
                           {"-1.27", "1.27", 255, "f16"},
                           {"-.5", "1", 256, "f16"},
                           {"-.5", "1", 256, "bf16"},
                           {"[-.5,-.6]", "[1,.9]", 256, "f32", "[2,1]"},
                           {"[-.1,-.2,-.3,-.4]", "[.2,.4,.6,.8]", 256, "f32", "[4]"},
                           {"[-1,0]", "[1,0]", 255, "f32", "[2,1]"},
                           {"[-1.28,0]", "[1.27,0]", 256, "f32", "[2,1]"}}) {
    INFO(form.low << " to " << form.high << ", " << form.levels << " levels, " << form.type);
    const auto text = quantized("[0,.3,0,-.2,0,1,0,0]", form.low, form.high, form.levels,
                                fmt::format("{}[2,4]", form.type), fmt::format("{}{}", form.type, form.range));
    const auto steps = steps_from_zero(Converted(text, Dialect::openvino).model);
    REQUIRE(steps.size() == 8);
    for (const std::size_t zero : {0, 2, 4, 6, 7}) CHECK(steps[zero] == 0);
    CHECK(warnings(text, Dialect::openvino).empty());
  }
}

TEST_CASE("a range of weights in which 0 is no step is warned of") {
  const std::vector<std::string> said{
      "f: 0 is no step of the range of its weights: those that are 0 become other values"};
  CHECK(warnings(quantized("[-1,0,1]", "-1", ".8", 256), Dialect::openvino) == said);
  CHECK(warnings(quantized("[-1,0,1]", "-1", "1", 16), Dialect::openvino) == said);
  CHECK(warnings(quantized("[1,0,1]", ".5", "1", 256), Dialect::openvino) == said);
  CHECK(warnings(quantized("[-1,0]", "[-1,-1]", "[1,.8]", 255, "f32[2]", "f32[2]"), Dialect::openvino) == said);
  // Integers already: their 0 is no weight of 0.
  CHECK(warnings(R"(
    v = Const value=[0,5]       : u8[2]
    w = Convert(v)              : f32[2]
    a = Const value=0           : f32[]
    b = Const value=255         : f32[]
    c = Const value=-1          : f32[]
    d = Const value=1.5         : f32[]
    f = FakeQuantize(w, a, b, c, d) levels=256 : f32[2]
    r = Result(f)
  )",
                 Dialect::openvino)
            .empty());
}

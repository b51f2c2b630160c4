#include "runtime/facts.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "ops/facts.hpp"
#include "testing/check_conversion.hpp"
#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

std::string_view name_of(const RuntimeFact* fact) { return fact != nullptr ? fact->name : ""; }

/// Asserts which fact speaks against a form, and that none does where nobody asks.
template <class Question>
void check_against(std::string_view fact, const Question& question) {
  CHECK(name_of(question(RuntimeFacts(true))) == fact);
  CHECK(question(RuntimeFacts(false)) == nullptr);
}

constexpr std::string_view kWindow = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";

std::string quantized(std::string_view name, std::string_view data, std::string_view shape) {
  return fmt::format(
      "l = Const value=0 : f32[]\nh = Const value=1 : f32[]\n{} = FakeQuantize({}, l, h, l, h) "
      "levels=256 : f32[{}]\n",
      name, data, shape);
}

}  // namespace

TEST_CASE("runtime facts: each has its name, a version, and a sentence that a refusal repeats") {
  std::set<std::string_view> names;
  for (const auto& fact : runtime_facts()) {
    INFO(fact.name);
    CHECK(names.insert(fact.name).second);
    CHECK(!fact.first.empty());
    CHECK(!fact.machine.empty());
    const auto reason = refusal(fact);
    CHECK(reason.cause() == Cause::runtime_misreads_form);
    CHECK(reason.sentence() == "OpenVINO " + std::string(fact.first) + ": " + std::string(fact.sentence));
    CHECK(fact.sentence.back() != '.');
  }
}

TEST_CASE("runtime facts: 4-D weights of a 1x1 Convolution, whatever is beside it") {
  const auto check = [](std::string_view data, std::string_view weights, std::string_view fact) {
    INFO(weights);
    const auto axes = Shape::parse(data).value().rank() - 2;
    const auto each = [&](int value) { return fmt::format("[{}]", fmt::join(std::vector<int>(axes, value), ",")); };
    const auto model = parse_text(
        fmt::format("x = Parameter : f32[{}]\nw = Parameter : f32[{}]\ny = Convolution(x, w) strides={} dilations={} "
                    "pads_begin={} pads_end={} auto_pad=explicit : f32[...]\nr = Result(y)\n",
                    data, weights, each(1), each(1), each(0), each(0)));
    check_against(fact, [&](const RuntimeFacts& facts) {
      return facts.against_pointwise_weights(layer_named(*model.graph, "y"));
    });
  };
  check("1,2,4,4", "2,2,1,1", "pointwise_weights_beside_transpose");
  check("1,2,4,4", "2,2,3,1", "");
  check("1,2,4,4", "2,2,1,3", "");
  check("1,2,4", "2,2,1", "");
  check("1,2,4,4,4", "2,2,1,1,1", "");
  check("1,2,4,4", "?,2,1,1", "");
}

TEST_CASE("runtime facts: folded weights") {
  const auto check = [](std::string_view layer, std::optional<float> zero_point, std::string_view fact,
                        std::string_view out = "?,?,?,?") {
    INFO(layer);
    const auto model =
        parse_text("x = Parameter : f32[1,2,2,2]\n" + quantized("f", "x", "1,2,2,2") +
                   fmt::format("v = Const value=[1,1,1,1] : i8[2,2,1,1]\nw = Dequantize(v) scale=.1 : "
                               "f32[2,2,1,1]\nm = Const value=[1,1,1,1] : i8[2,2]\nk = Dequantize(m) scale=.1 : "
                               "f32[2,2]\ny = {} : f32[{}]\nr = Result(y)\n",
                               layer, out));
    RuntimeKernels kernels;
    kernels.add(*model.graph);
    Dequantization weights;
    if (zero_point) weights.zero_point = scalar(*zero_point);
    check_against(fact, [&](const RuntimeFacts& facts) {
      return facts.against_folded_weights(layer_named(*model.graph, "y"), weights, kernels);
    });
  };
  const auto convolution = fmt::format("Convolution(f, w) {}", kWindow);
  const auto backwards = fmt::format("ConvolutionBackpropData(f, w) {}", kWindow);
  check(convolution, 3.5F, "fractional_weight_zero_point");
  check(convolution, 3.F, "");
  check(convolution, std::nullopt, "");
  check(backwards, 3.F, "backprop_weights_with_zero_point");
  check(backwards, std::nullopt, "");
  constexpr std::string_view kProduct = "MatMul({}, k) transpose_a=false transpose_b=false";
  check(fmt::format(kProduct, "f"), std::nullopt, "", "1,2,2,2");
  check(fmt::format(kProduct, "f"), 3.5F, "fractional_weight_zero_point", "1,2,2,2");
  check(fmt::format(kProduct, "x"), std::nullopt, "dynamic_quantization_of_folded_mat_mul", "1,2,2,2");
  check("Add(f, w)", 3.5F, "", "2,2,2,2");
}

TEST_CASE("runtime facts: one scale for the outputs of a group") {
  const auto check = [](Shape shape, Shape scale, std::string_view fact, std::string_view type = "GroupConvolution") {
    INFO(shape.to_string() << ", scale of " << scale.to_string());
    const auto model = parse_text(
        fmt::format("x = Parameter : f32[1,4,4,4]\nw = Const value=[{}] : i8[{}]\ny = {}(x, w) {} "
                    ": f32[1,?,?,?]\nr = Result(y)\n",
                    fmt::join(std::vector<int>(*shape.element_count(), 1), ","), shape.to_string(), type, kWindow));
    Dequantization weights;
    weights.stored = layer_named(*model.graph, "w").output(0);
    weights.scale = SmallTensor{scale, std::vector<float>(*scale.element_count(), 2)};
    weights.scale->values.front() = *scale.element_count() > 1 ? 1 : 2;
    check_against(fact, [&](const RuntimeFacts& facts) {
      return facts.against_parameters_of_groups(layer_named(*model.graph, "y"), weights);
    });
  };
  const auto* fact = "group_scale_for_several_outputs";
  check({2, 2, 2, 1, 1}, {2, 1, 1, 1, 1}, fact);
  check({2, 2, 2, 1, 1}, {2, 2, 1, 1, 1}, "");
  check({2, 2, 2, 1, 1}, {1, 1, 1, 1, 1}, "");
  check({4, 1, 1, 1, 1}, {4, 1, 1, 1, 1}, "");
  check({2, 4, 1, 1}, {2, 1, 1, 1}, "", "Convolution");
}

TEST_CASE("runtime facts: a constant that becomes the state of a recurrent sequence") {
  const auto check = [](std::string_view inputs, std::string_view between, std::string_view fact) {
    INFO(inputs << " " << between);
    const auto model = parse_text(fmt::format(
        "s = Const value=[0,0,0,0] : f32[1,1,4]\n{}\nx = Parameter : f32[1,3,2]\nn = Parameter : i64[1]\nw = "
        "Parameter : f32[1,16,2]\nk = Parameter : f32[1,16,4]\nb = Parameter : f32[1,16]\ny = "
        "LSTMSequence@opset5({}, n, w, k, b) hidden_size=4 direction=forward : f32[1,1,3,4], f32[1,1,4], "
        "f32[1,1,4]\nr = Result(y.0)\n",
        between, inputs));
    check_against(fact, [&](const RuntimeFacts& facts) {
      return facts.against_stored_state(layer_named(*model.graph, "s").output(0));
    });
  };
  const auto other = "z = Parameter : f32[1,1,4]";
  check("x, s, z", other, "stored_state");
  check("x, z, s", other, "stored_state");
  check("x, m, z", "z = Parameter : f32[1,1,4]\nm = ReLU(s) : f32[1,1,4]", "stored_state");
  check("x, m, z", "z = Parameter : f32[1,1,4]\nm = Sigmoid(s) : f32[1,1,4]", "");
  check("x, z, z", other, "");
}

TEST_CASE("runtime facts: steps of odd levels") {
  for (const std::uint64_t levels : {15, 16, 255, 256}) {
    INFO(levels);
    check_against(levels % 2 == 1 ? "odd_levels" : "",
                  [&](const RuntimeFacts& facts) { return facts.against_steps(levels); });
  }
}

TEST_CASE("runtime facts: a zero point that keeps a scale in front of an eps") {
  const auto check = [](std::string_view reader, float low, float high, std::string_view fact) {
    INFO(reader << " of " << low << ".." << high);
    const auto model = parse_text(fmt::format(
        "x = Parameter : f32[1,2,2,2]\na = Const value=[2,3] : i64[2]\nm = ReLU(x) : f32[1,2,2,2]\ny = {} : "
        "f32[1,2,2,2]\nr = Result(y)\n",
        reader));
    check_against(fact, [&](const RuntimeFacts& facts) {
      return facts.against_real_range(layer_named(*model.graph, "x").output(0), 256, scalar(low), scalar(high));
    });
  };
  const auto* fact = "epsilon_of_scaled_data";
  const std::string mean = "MVN@opset6({}, a) eps=0.001 eps_mode=INSIDE_SQRT normalize_variance={}";
  const auto of_x = fmt::format(fmt::runtime(mean), "x", true);
  check(of_x, 0, 2.55F, fact);
  check(of_x, -1.28F, 1.27F, fact);
  check(of_x, -1, 1.55F, "");
  check(fmt::format(fmt::runtime(mean), "m", true), 0, 2.55F, fact);
  check("NormalizeL2(x, a) eps=0.001 eps_mode=add", 0, 2.55F, fact);
  check(fmt::format(fmt::runtime(mean), "x", false), 0, 2.55F, "");
  check("Sigmoid(m)", 0, 2.55F, "");
}

TEST_CASE("runtime facts: parameters for each channel behind a grouped Convolution or a MatMul") {
  struct Case {
    std::string source;
    std::string shape = "1,2,2,2";
    bool varies = true;
    int between = 0;
    std::string fact = {};
  };
  const auto windowed = [](std::string_view type, std::string_view weights) {
    return fmt::format("w = Parameter : f32[{}]\ny = {}(x, w) {}", weights, type, kWindow);
  };
  const auto grouped = windowed("GroupConvolution", "2,1,1,1,1"), plain = windowed("Convolution", "2,2,1,1");
  const std::string product = "y = MatMul(x, x) transpose_a=false transpose_b=false";
  const std::string grouped_fact = "channel_parameters_behind_grouped_convolution",
                    product_fact = "channel_parameters_behind_mat_mul";
  const Case cases[] = {
      {grouped, "1,2,2,2", true, 0, grouped_fact},
      {grouped, "1,2,2,2", true, 8, grouped_fact},
      {grouped, "1,2,2,2", true, 9},
      {grouped, "1,2,2,2", false},
      {plain},
      {"y = ReLU(x)"},
      {product, "1,2,2,2", true, 0, product_fact},
      {product, "2,2,2", true, 3, product_fact},
      {product, "2,2"},
      {product, "..."},
      {product, "1,2,2,2", false},
  };
  for (const auto& c : cases) {
    INFO(c.source << " of [" << c.shape << "], " << c.between << " layers between");
    auto text = fmt::format("x = Parameter : f32[{0}]\nk = Const value=1 : f32[]\n{1} : f32[{0}]\n", c.shape, c.source);
    std::string last = "y";
    for (int i = 0; i < c.between; ++i) {
      const auto next = fmt::format("y{}", i);
      text +=
          fmt::format("{} = {} : f32[{}]\n", next, i % 2 == 0 ? "ReLU(" + last + ")" : "Add(" + last + ", k)", c.shape);
      last = next;
    }
    const auto model = parse_text(fmt::format("{}r = Result({})\n", text, last));
    const SmallTensor parameter{Shape{2, 1, 1}, {1, c.varies ? 2.0F : 1.0F}};
    check_against(c.fact, [&](const RuntimeFacts& facts) {
      return facts.against_channels_behind(layer_named(*model.graph, last).output(0), parameter);
    });
  }
}

TEST_CASE("runtime facts: a scale for each channel on its way to a FakeQuantize, where lengths are not known") {
  const auto check = [](std::string_view shape, const std::string& lines, std::string_view fact) {
    INFO(lines << " of [" << shape << "]");
    const auto text =
        fmt::format("x = Parameter : f32[{0}]\nk = Const value=1 : f32[]\nl = Const value=0 : f32[]\n", shape) +
        fmt::format(fmt::runtime(lines), shape);
    const auto model = parse_text(text + "r = Result(y)\n");
    check_against(fact, [&](const RuntimeFacts& facts) {
      return facts.against_channels_from(layer_named(*model.graph, "x").output(0));
    });
  };
  const std::string quantizer = "FakeQuantize({}, l, k, l, k) levels=256 : f32[{{0}}]\n";
  const auto from = [&](std::string_view data) { return "y = " + fmt::format(fmt::runtime(quantizer), data); };
  const std::string relu = "a = ReLU(x) : f32[{0}]\n";
  const auto* fact = "channel_factors_on_unknown_lengths";
  check("1,2,?,?", relu + from("a"), fact);
  check("1,2,?,?", "a = Add(x, k) : f32[{0}]\nb = Clamp(a) min=0 max=1 : f32[{0}]\n" + from("b"), fact);
  check("...", relu + from("a"), fact);
  check("1,2,4,4", relu + from("a"), "");
  // The range takes the scale in.
  check("1,2,?,?", from("x"), "");
  check("1,2,?,?", "a = Sigmoid(x) : f32[{0}]\n" + from("a"), "");
  check("1,2,?,?", "y = ReLU(x) : f32[{0}]\n", "");
  check("1,2,?,?", relu + from("a") + "s = Result(a)\n", "");
}

TEST_CASE("runtime facts: a scale behind an average of steps, unless a FakeQuantize takes it in") {
  const auto check = [](const std::string& readers, std::string_view fact) {
    INFO(readers);
    const auto model = parse_text(
        "x = Parameter : f32[1,2,2,2]\np = AvgPool(x) kernel=[2,2] strides=[2,2] pads_begin=[0,0] pads_end=[0,0] "
        "exclude-pad=true auto_pad=explicit rounding_type=floor : f32[1,2,1,1]\n" +
        readers);
    check_against(fact, [&](const RuntimeFacts& facts) {
      return facts.against_scale_behind_average(layer_named(*model.graph, "p"));
    });
  };
  const auto taken_in = quantized("f", "p", "1,2,1,1") + "r = Result(f)\n";
  check("r = Result(p)\n", "average_of_steps");
  check(taken_in + "s = Result(p)\n", "average_of_steps");
  check(taken_in, "");
}

TEST_CASE("runtime facts: a scale behind a MatMul lies along its columns") {
  const auto check = [](Shape shape, std::size_t rank, std::string_view fact) {
    INFO(shape.to_string() << " of rank " << rank);
    SmallTensor scale{shape, std::vector<float>(*shape.element_count(), 2)};
    check_against(fact, [&](const RuntimeFacts& facts) { return facts.against_scale_behind_mat_mul(scale, rank); });
  };
  check({1, 4, 1}, 3, "mat_mul_scale_off_the_columns");
  check({4, 1}, 3, "mat_mul_scale_off_the_columns");
  check({2, 1, 4}, 3, "mat_mul_scale_off_the_columns");
  check({1, 1, 4}, 3, "");
  check({4}, 3, "");
  check({1}, 3, "");
}

TEST_CASE("may_be_quantized: a FakeQuantize on the first input, up to 16 layers away") {
  const auto may_be = [](int layers, std::string_view first) {
    std::string text = "x = Parameter : f32[2]\n" + quantized("f", "x", "2") + fmt::format("y0 = {} : f32[2]\n", first);
    for (int i = 1; i <= layers; ++i) text += fmt::format("y{} = ReLU(y{}) : f32[2]\n", i, i - 1);
    const auto model = parse_text(fmt::format("{}r = Result(y{})\ns = Result(f)\n", text, layers));
    return may_be_quantized(layer_named(*model.graph, fmt::format("y{}", layers)).output(0));
  };
  CHECK(may_be(0, "ReLU(f)"));
  CHECK(may_be(0, "FakeQuantize(x, l, h, l, h) levels=256"));
  CHECK(may_be(0, "Add(f, x)"));
  CHECK(!may_be(0, "Add(x, f)"));
  CHECK(!may_be(0, "ReLU(x)"));
  CHECK(may_be(14, "ReLU(f)"));
  CHECK(!may_be(15, "ReLU(f)"));
}

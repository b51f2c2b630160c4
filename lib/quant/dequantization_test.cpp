#include "quant/dequantization.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "ir/verify.hpp"
#include "quant/constant_tensor.hpp"
#include "tensor/convert.hpp"
#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

using enum ElementType;
using Values = std::vector<float>;

Values values_of(const std::optional<SmallTensor>& tensor) { return tensor ? tensor->values : Values{}; }

SmallTensor along(Shape shape, Values values) { return {std::move(shape), std::move(values)}; }

std::vector<std::string> names_of(const Model& model) {
  std::vector<std::string> names;
  for (const Node* node = model.graph->first(); node != nullptr; node = node->next()) names.emplace_back(node->name());
  return names;
}

/// The model is valid, its text is that of other lines, and its layers have names, in the order of the graph.
void check_graph(Model& model, std::string_view text, const std::vector<std::string>& names) {
  model.graph->remove_orphans();
  model.graph->bury_removed();
  verify(model, "the test");
  CHECK(print_text(*model.graph) == print_text(*parse_text(text).graph));
  CHECK(names_of(model) == names);
}

/// Lines that make `y` of a parameter x, and the parts that are found above y.
struct Form {
  std::string type, lines;
  std::string stored = "x";
  ElementType stored_type = u8;
  Values scale = {}, zero_point = {};
  ElementType zero_point_type = dynamic;
};

Model model_of(const Form& form) {
  return parse_text(fmt::format("x = Parameter : {}[1,2]\n{}r = Result(y)\n", form.type, form.lines));
}

const std::string kConvert = "c = Convert(x) : f32[1,2]\n", kScale = "s = Const value=.5 : f32[]\n",
                  kZeroPoint = "z = Const value=3 : f32[]\n", kSubtract = "b = Subtract(c, z) : f32[1,2]\n";

}  // namespace

TEST_CASE("Dequantization::producing finds the chain, whichever of its parts there are") {
  const std::string integer_zero_point = "zi = Const value=3 : {}[]\nz = Convert(zi) : f32[]\n";
  const Form forms[] = {
      {"u8", kConvert + kZeroPoint + kSubtract + kScale + "y = Multiply(b, s) : f32[1,2]\n", "x", u8, {.5F}, {3}, f32},
      {"i8", kConvert + kScale + "y = Multiply(c, s) : f32[1,2]\n", "x", i8, {.5F}, {}},
      {"i8", kConvert + kScale + "y = Multiply(s, c) : f32[1,2]\n", "x", i8, {.5F}, {}},
      {"u8", kConvert + kZeroPoint + "y = Subtract(c, z) : f32[1,2]\n", "x", u8, {}, {3}, f32},
      {"f32",
       kZeroPoint + "b = Subtract(x, z) : f32[1,2]\n" + kScale + "y = Multiply(b, s) : f32[1,2]\n",
       "x",
       f32,
       {.5F},
       {3},
       f32},
      {"f32", kScale + "y = Multiply(x, s) : f32[1,2]\n", "x", f32, {.5F}, {}},
      {"f32", kZeroPoint + "y = Subtract(x, z) : f32[1,2]\n", "x", f32, {}, {3}, f32},
      {"u8",
       kConvert + fmt::format(fmt::runtime(integer_zero_point), "u8") + kSubtract + kScale +
           "y = Multiply(b, s) : f32[1,2]\n",
       "x",
       u8,
       {.5F},
       {3},
       u8},
      {"u8",
       kConvert + fmt::format(fmt::runtime(integer_zero_point), "f16") + kSubtract + kScale +
           "y = Multiply(b, s) : f32[1,2]\n",
       "x",
       u8,
       {.5F},
       {3},
       f32},
      {"f16", kConvert + kScale + "y = Multiply(c, s) : f32[1,2]\n", "x", f16, {.5F}, {}},
      {"u4", kConvert + kScale + "y = Multiply(c, s) : f32[1,2]\n", "x", u4, {.5F}, {}},
      // Behind a Convert of other types begins what is stored.
      {"i32", kConvert + kScale + "y = Multiply(c, s) : f32[1,2]\n", "c", f32, {.5F}, {}},
      {"u8",
       kConvert + kZeroPoint + "b = Subtract(z, c) : f32[1,2]\n" + kScale + "y = Multiply(b, s) : f32[1,2]\n",
       "b",
       f32,
       {.5F},
       {}},
      {"u8", kConvert + "s = Const value=[.5,.25] : f32[2]\ny = Multiply(c, s) : f32[1,2]\n", "x", u8, {.5F, .25F}, {}},
  };
  for (const auto& form : forms) {
    INFO(form.type << "\n" << form.lines);
    const auto model = model_of(form);
    const auto found = Dequantization::producing(layer_named(*model.graph, "y").output(0), {});
    REQUIRE(found);
    CHECK(found->stored.node().name() == form.stored);
    CHECK(found->type == form.stored_type);
    CHECK(found->real == f32);
    CHECK(values_of(found->scale) == form.scale);
    CHECK(values_of(found->zero_point) == form.zero_point);
    CHECK(found->zero_point_type == form.zero_point_type);
    CHECK(!found->absorbed_zero_point);
    CHECK(!found->on_float_edge);
    CHECK(found->lacks_scale() == form.scale.empty());
    CHECK(found->has_integer_edge() == (form.stored_type != f32));
    CHECK(found->is_low_precision() == (form.stored_type == u8 || form.stored_type == i8));
    CHECK(found->comes_from_quantization() == is_integer(form.stored_type));
  }
}

TEST_CASE("Dequantization::producing: what is no dequantization") {
  const Form forms[] = {
      {"u8", "y = Convert(x) : f32[1,2]\n"},
      {"f32", "y = ReLU(x) : f32[1,2]\n"},
      {"f32", kZeroPoint + "y = Subtract(z, x) : f32[1,2]\n"},
      {"f32", kZeroPoint + "y = Add(x, z) : f32[1,2]\n"},
      {"f32", "s = Parameter : f32[]\ny = Multiply(x, s) : f32[1,2]\n"},
      {"u8", "s = Const value=2 : u8[]\ny = Multiply(x, s) : u8[1,2]\n"},
      // The constant enlarges the data.
      {"f32", "s = Const value=[1,2,3] : f32[3,1]\ny = Multiply(x, s) : f32[3,2]\n"},
      {"f32", "s = Const value=2 : f32[1,1,1]\ny = Multiply(x, s) : f32[1,1,2]\n"},
      // No element says nothing, also where the data has none.
      {"f32", "e = Parameter : f32[1,0]\ns = Const value=[] : f32[1,0]\ny = Multiply(e, s) : f32[1,0]\n"},
      {"f32", "e = Parameter : f32[1,0]\ns = Const value=[] : f32[1,0]\ny = Subtract(e, s) : f32[1,0]\n"},
      {"f32", kScale + "y = Multiply@opset99(x, s) : f32[1,2]\n"},
  };
  for (const auto& form : forms) {
    INFO(form.lines);
    const auto model = model_of(form);
    CHECK(!Dequantization::producing(layer_named(*model.graph, "y").output(0), {}));
  }
}

TEST_CASE("Dequantization::producing: a float edge carries integers, with a scale behind it or none") {
  const auto model = model_of({"f32", kScale + "y = Multiply(x, s) : f32[1,2]\n"});
  const Value edge = layer_named(*model.graph, "x").output(0);
  FloatEdges edges;
  edges[edge] = {u8, scalar(128), true};

  const auto plain = Dequantization::producing(edge, edges);
  REQUIRE(plain);
  CHECK(plain->stored == edge);
  CHECK(plain->type == u8);
  CHECK(plain->zero_point_type == f32);
  CHECK(plain->on_float_edge);
  CHECK(plain->keeps_channel_scales);
  CHECK(!plain->scale);
  CHECK(!plain->zero_point);
  CHECK(values_of(plain->absorbed_zero_point) == Values{128});
  CHECK(plain->has_zero_point());
  CHECK(plain->has_nothing_to_move());
  CHECK(!plain->lacks_scale());
  CHECK(!plain->has_integer_edge());
  CHECK(plain->comes_from_quantization());

  const auto scaled = Dequantization::producing(layer_named(*model.graph, "y").output(0), edges);
  REQUIRE(scaled);
  CHECK(scaled->stored == edge);
  CHECK(values_of(scaled->scale) == Values{.5F});
  CHECK(values_of(scaled->any_zero_point()) == Values{128});
  CHECK(!scaled->has_nothing_to_move());
}

TEST_CASE("Dequantization::producing_constant: a dequantization may be converted to another real type behind it") {
  const std::string half = "c = Convert(w) : {0}[2]\ns = Const value=.5 : {0}[]\nm = Multiply(c, s) : {0}[2]\n";
  const auto found = [&](std::string_view first, std::string_view type, std::string_view last) {
    const auto model = parse_text(fmt::format("{}\n{}y = Convert(m) : {}[2]\nr = Result(y)\n", first,
                                              fmt::format(fmt::runtime(half), type), last));
    const auto dq = Dequantization::producing_constant(layer_named(*model.graph, "y").output(0), {});
    return dq ? fmt::format("{} {} {}", dq->stored.node().name(), name(dq->type), name(dq->real)) : "none";
  };
  const auto* stored = "w = Const value=[2,4] : i8[2]";
  CHECK(found(stored, "f16", "f32") == "w i8 f32");
  CHECK(found(stored, "bf16", "f32") == "w i8 f32");
  CHECK(found(stored, "f32", "f16") == "w i8 f16");
  CHECK(found(stored, "f32", "i32") == "none");
  CHECK(found("w = Parameter : i8[2]", "f16", "f32") == "none");
}

TEST_CASE("dequantized_constant: few stored values are told") {
  const auto values = [](std::string_view lines) {
    const auto model = parse_text(fmt::format("{}\nr = Result(y)\n", lines));
    return values_of(dequantized_constant(layer_named(*model.graph, "y").output(0), {}));
  };
  CHECK(values("w = Const value=[2,4] : i8[2]\ny = Dequantize(w) scale=.5 zero_point=3 : f32[2]") == Values{-.5F, .5F});
  CHECK(values("w = Parameter : i8[2]\ny = Dequantize(w) scale=.5 : f32[2]").empty());
  CHECK(values("w = Const value=[2,4] : f32[2]\ny = ReLU(w) : f32[2]").empty());
  const auto of_length = [&](std::size_t n) {
    return values(fmt::format("w = Const value=[{}] : i8[{}]\ny = Dequantize(w) scale=.5 : f32[{}]",
                              fmt::join(std::vector<int>(n, 2), ","), n, n));
  };
  CHECK(of_length(4096) == Values(4096, 1));
  CHECK(of_length(4097).empty());
}

TEST_CASE("Dequantization::real_of subtracts the zero point that is left, and multiplies by the scale") {
  Dequantization dq;
  dq.absorbed_zero_point = scalar(100);
  const auto stored = along({1, 2}, {10, 20});
  CHECK(dq.real_of(stored).values == Values{10, 20});
  dq.scale = scalar(.5F);
  CHECK(dq.real_of(stored).values == Values{5, 10});
  dq.zero_point = along({2}, {2, 4});
  CHECK(dq.real_of(stored).values == Values{4, 8});
  dq.scale.reset();
  CHECK(dq.real_of(stored).values == Values{8, 16});
}

TEST_CASE("Dequantization::with_parameters changes those that there are") {
  const auto twice = [](const SmallTensor& t) { return mapped(t, [](float v) { return 2 * v; }); };
  Dequantization dq;
  CHECK(!dq.with_parameters(twice).scale);
  dq.scale = scalar(3);
  dq.absorbed_zero_point = along({2}, {4, 5});
  const auto changed = dq.with_parameters(twice);
  CHECK(values_of(changed.scale) == Values{6});
  CHECK(!changed.zero_point);
  CHECK(values_of(changed.absorbed_zero_point) == Values{8, 10});
  CHECK(values_of(dq.scale) == Values{3});
}

TEST_CASE("Dequantization: what its parameters are like") {
  Dequantization dq;
  CHECK(dq.has_uniform_scale());
  CHECK(dq.least_scale() == 1);
  CHECK(!dq.has_zero_point());
  dq.scale = along({2}, {.5F, -.25F});
  CHECK(!dq.has_uniform_scale());
  CHECK(dq.least_scale() == -.25F);
  dq.scale = along({2}, {.5F, .5F});
  CHECK(dq.has_uniform_scale());
  CHECK(dq.has_uniform_parameters());
  for (auto member : {&Dequantization::zero_point, &Dequantization::absorbed_zero_point}) {
    dq.*member = along({2}, {1, 2});
    CHECK(dq.has_zero_point());
    CHECK(!dq.has_uniform_parameters());
    dq.drop_zero_points();
    CHECK(!dq.has_zero_point());
  }
}

TEST_CASE("is_low_precision: integers of whole bytes, up to 32 bits") {
  for (const auto type : {u8, i8, u16, i16, u32, i32}) CHECK(is_low_precision(type));
  for (const auto type : {u4, i4, i64, u64, boolean, f16, f32, f8e4m3, dynamic}) CHECK(!is_low_precision(type));
}

TEST_CASE("channel_axis: 1, but 0 for rank 1 and the columns of a MatMul") {
  const auto model = parse_text(
      "a = Parameter : f32[3]\nb = Parameter : f32[1,3,4,4]\nc = Parameter : f32[...]\nd = MatMul(b, b) "
      "transpose_a=false transpose_b=false : f32[1,3,4,4]\n"
      "r = Result(a)\ns = Result(b)\nt = Result(c)\nu = Result(d)\n");
  const auto axis = [&](std::string_view name) { return channel_axis(layer_named(*model.graph, name).output(0)); };
  CHECK(axis("a") == 0);
  CHECK(axis("b") == 1);
  CHECK(axis("c") == 1);
  CHECK(axis("d") == 3);
}

TEST_CASE("check_per_channel: one value, or one for each channel") {
  const auto model = parse_text("x = Parameter : u8[1,2,4,4]\nr = Result(x)\n");
  Dequantization dq;
  dq.stored = layer_named(*model.graph, "x").output(0);
  const auto check = [&](std::optional<SmallTensor> Dequantization::*member, const SmallTensor& parameter,
                         const Shape& data, Cause cause, std::string_view sentence) {
    dq.scale.reset();
    dq.drop_zero_points();
    dq.*member = parameter;
    const auto result = check_per_channel(dq, data);
    CHECK((result ? Cause::none : result.error().cause()) == cause);
    CHECK((result ? "" : result.error().sentence()) == sentence);
  };
  const auto scale = &Dequantization::scale, zero_point = &Dequantization::zero_point,
             absorbed = &Dequantization::absorbed_zero_point;
  const Shape image{1, 2, 4, 4}, unknown = Shape::of_unknown_rank();
  check(scale, along({1, 1, 1, 1, 1}, {2}), image, Cause::none, "");
  check(scale, scalar(2), unknown, Cause::none, "");
  check(scale, along({1, 2, 1, 1}, {2, 3}), image, Cause::none, "");
  check(zero_point, along({2, 1, 1}, {2, 3}), image, Cause::none, "");
  check(scale, along({1, 2, 1, 1}, {2, 3}), unknown, Cause::rank_unknown,
        "its scale is per-channel, and the rank of the data is not known");
  check(absorbed, along({2}, {2, 3}), unknown, Cause::rank_unknown,
        "its zero point is per-channel, and the rank of the data is not known");
  check(zero_point, along({2, 1}, {2, 3}), image, Cause::parameters_off_channel_axis,
        "its zero point of shape [2,1] is neither per-tensor nor along axis 1 of data of rank 4");
  check(scale, along({2}, {2, 3}), image, Cause::parameters_off_channel_axis,
        "its scale of shape [2] is neither per-tensor nor along axis 1 of data of rank 4");
}

TEST_CASE("check_zero_point: an integer of the type of the data, or what is rounded to one") {
  const auto check = [](ElementType type, ElementType kept, float z, std::string_view sentence) {
    INFO(name(type) << ", " << name(kept) << " " << z);
    Dequantization dq;
    CHECK(check_zero_point(dq));
    dq.type = type;
    dq.zero_point_type = kept;
    dq.zero_point = along({2}, {1, z});
    const auto result = check_zero_point(dq);
    CHECK((result ? "" : result.error().sentence()) == sentence);
    CHECK((result ? Cause::none : result.error().cause()) ==
          (sentence.empty() ? Cause::none : Cause::zero_point_off_type));
  };
  check(u8, f32, 255.5F, "");
  check(u8, f32, -.5F, "");
  check(u8, u8, 255, "");
  check(i8, f16, 127.5F, "");
  check(i8, i8, -128, "");
  check(i8, f32, -128.5F, "");
  check(u8, f32, 255.75F, "zero point 255.75 does not fit u8");
  check(u8, f32, -1, "zero point -1 does not fit u8");
  check(i8, f32, 128, "zero point 128 does not fit i8");
  check(i8, f32, -129, "zero point -129 does not fit i8");
  check(u8, i8, 3, "its zero point is i8, its data u8");
  check(i8, u8, 3, "its zero point is u8, its data i8");
  check(u16, f32, 3, "a zero point of u16 is not handled");
  check(f32, f32, 3, "a zero point of f32 is not handled");
}

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// What a constant of a type holds behind insert_parameter.
std::vector<double> kept(ElementType type, const SmallTensor& tensor) {
  auto model = parse_text("x = Parameter : f32[2]\nr = Result(x)\n");
  const Node& node = insert_parameter(*model.graph, &layer_named(*model.graph, "r"), "p", type, tensor);
  CHECK(node.output(0).type() == type);
  CHECK(node.output(0).shape() == tensor.shape);
  CHECK(node.constant()->size() == byte_count(type, tensor.values.size()));
  verify(model, "the test");
  const auto held = constant_tensor(node.output(0), 100);
  REQUIRE(held);
  const auto values = convert(*held, f64);
  return {values.data<double>(), values.data<double>() + values.count()};
}

}  // namespace

TEST_CASE("insert_parameter: each type holds the values, or the nearest ones that it has") {
  struct Case {
    ElementType type;
    Values values;
    std::vector<double> kept;
  };
  const Values few{3, -5, 7, -9};
  const std::vector<double> all{3, -5, 7, -9}, positive{3, 0, 7, 0};
  const Case cases[] = {
      {i8, few, all},
      {u8, few, positive},
      {i16, few, all},
      {u16, few, positive},
      {i32, few, all},
      {u32, few, positive},
      {i64, few, all},
      {u64, few, positive},
      {i4, few, {3, -5, 7, -8}},
      {u4, few, positive},
      {i4, {3, -5, 7}, {3, -5, 7}},
      {u4, {17}, {15}},
      {f16, few, all},
      {bf16, few, all},
      {f32, few, all},
      {f64, few, all},
      {i8, {2.75F, -2.75F, 200, -200}, {3, -3, 127, -128}},
      {u8, {82.976F, 254.6F, 255.4F, 1e9F}, {83, 255, 255, 255}},
      {i16, {40000, -40000, 32767}, {32767, -32768, 32767}},
      {u16, {65535, 65536}, {65535, 65535}},
      {i32, {3e9F, -3e9F}, {2147483647, -2147483648.0}},
      {u32, {4e9F, 5e9F}, {4e9, 4294967295.0}},
      // 11 and 8 bits: between 2048 and 4096 f16 has every second integer, bf16 every second from 256 on.
      {f16, {2049, 70000, .1F}, {2048, kInfinity, 0.0999755859375}},
      {bf16, {257, 259, -258}, {256, 260, -258}},
      {f64, {.1F}, {0.100000001490116119384765625}},
      {u8, {}, {}},
  };
  for (const auto& c : cases) {
    INFO(name(c.type) << " of " << Catch::Detail::stringify(c.values));
    CHECK(kept(c.type, along({static_cast<std::int64_t>(c.values.size())}, c.values)) == c.kept);
  }
  CHECK(kept(i8, scalar(-3)) == std::vector<double>{-3});
}

namespace {

Dequantization parameters_of(std::optional<float> scale, std::optional<float> zero_point, ElementType kept = f32) {
  Dequantization dq;
  dq.type = u8;
  dq.real = f32;
  dq.zero_point_type = kept;
  if (scale) dq.scale = scalar(*scale);
  if (zero_point) dq.zero_point = scalar(*zero_point);
  return dq;
}

/// x, read by a Result through a dequantization named b.
Model dequantized_graph(std::string_view type, const Dequantization& dq,
                        const DequantizationNames& names = kActivationNames) {
  auto model = parse_text(fmt::format("x = Parameter : {}[1,2]\nr = Result(x)\n", type));
  Node& result = layer_named(*model.graph, "r");
  const Value value =
      insert_dequantization(*model.graph, &result, "b", layer_named(*model.graph, "x").output(0), dq, names);
  model.graph->set_input(result, 0, value);
  return model;
}

}  // namespace

TEST_CASE("insert_dequantization: as many layers as are needed, under the names of two of OpenVINO's conversions") {
  auto both = dequantized_graph("u8", parameters_of(.5F, 3));
  check_graph(both, R"(
    x = Parameter : u8[1,2]
    "b/DequantizationMultiply" = Dequantize(x) scale=.5 zero_point=3 : f32[1,2]
    r = Result("b/DequantizationMultiply"))",
              {"x", "b/DequantizationConvert", "b/zero_point", "b/DequantizationSubtract", "b/scale",
               "b/DequantizationMultiply", "r"});

  auto weights = dequantized_graph("u8", parameters_of(.5F, 3), kWeightsNames);
  CHECK(names_of(weights) ==
        std::vector<std::string>{"x", "b/convert", "b/zero_point", "b/subtract", "b/scale", "b/multiply", "r"});

  auto scale_alone = dequantized_graph("u8", parameters_of(.5F, {}));
  check_graph(scale_alone, R"(
    x = Parameter : u8[1,2]
    "b/DequantizationMultiply" = Dequantize(x) scale=.5 : f32[1,2]
    r = Result("b/DequantizationMultiply"))",
              {"x", "b/DequantizationConvert", "b/scale", "b/DequantizationMultiply", "r"});

  auto zero_point_alone = dequantized_graph("u8", parameters_of({}, 3, u8));
  check_graph(
      zero_point_alone, R"(
    x = Parameter : u8[1,2]
    "b/DequantizationConvert" = Convert(x) : f32[1,2]
    "b/zero_point" = Const value=3 : u8[]
    "b/zero_point/convert" = Convert("b/zero_point") : f32[]
    "b/DequantizationSubtract" = Subtract("b/DequantizationConvert", "b/zero_point/convert") : f32[1,2]
    r = Result("b/DequantizationSubtract"))",
      {"x", "b/DequantizationConvert", "b/zero_point", "b/zero_point/convert", "b/DequantizationSubtract", "r"});

  auto real = dequantized_graph("f32", parameters_of(.5F, {}));
  check_graph(real, R"(
    x = Parameter : f32[1,2]
    "b/scale" = Const value=.5 : f32[]
    "b/DequantizationMultiply" = Multiply(x, "b/scale") : f32[1,2]
    r = Result("b/DequantizationMultiply"))",
              {"x", "b/scale", "b/DequantizationMultiply", "r"});

  auto none = dequantized_graph("u8", parameters_of({}, {}));
  check_graph(none, "x = Parameter : u8[1,2]\nr = Result(x)\n", {"x", "r"});
}

TEST_CASE("insert_dequantization: in a model of f16 the f32 of an integer operation is brought back by the last step") {
  auto parameters = parameters_of(.5F, 3);
  parameters.real = parameters.zero_point_type = f16;
  auto model = dequantized_graph("f32", parameters);
  check_graph(model, R"(
    x = Parameter : f32[1,2]
    "b/zero_point" = Const value=3 : f32[]
    "b/DequantizationSubtract" = Subtract(x, "b/zero_point") : f32[1,2]
    "b/scale" = Const value=.5 : f32[]
    "b/DequantizationMultiply" = Multiply@type_relaxed_opset1("b/DequantizationSubtract", "b/scale") type_relax=true input_data_types=[f32,f32] output_data_types=f16 : f16[1,2]
    r = Result("b/DequantizationMultiply"))",
              {"x", "b/zero_point", "b/DequantizationSubtract", "b/scale", "b/DequantizationMultiply", "r"});
}

TEST_CASE("insert_without_scale: the zero point alone") {
  auto model = parse_text("x = Parameter : u8[1,2]\nr = Result(x)\n");
  auto dq = parameters_of(.5F, 3);
  dq.stored = layer_named(*model.graph, "x").output(0);
  const Value value = insert_without_scale(*model.graph, layer_named(*model.graph, "r"), "b", dq);
  CHECK(value.node().name() == "b/DequantizationSubtract");
  CHECK(values_of(dq.scale) == Values{.5F});
}

TEST_CASE("replace_with_dequantization: the last layer has the name and the tensor names of what it stands for") {
  auto model = parse_text(
      "x = Parameter : u8[1,2]\nv = Convert(x) : f32[1,2] names=\"t\"\nr = Result(v)\ns = Sigmoid(v) : f32[1,2]\nq = "
      "Result(s)\n");
  const Node& last =
      replace_with_dequantization(*model.graph, layer_named(*model.graph, "v"),
                                  layer_named(*model.graph, "x").output(0), parameters_of(.5F, 3), kWeightsNames);
  CHECK(last.is("Multiply"));
  check_graph(model, R"(
    x = Parameter : u8[1,2]
    v = Dequantize(x) scale=.5 zero_point=3 : f32[1,2] names="t"
    r = Result(v)
    s = Sigmoid(v) : f32[1,2]
    q = Result(s))",
              {"x", "v/convert", "v/zero_point", "v/subtract", "v/scale", "v", "r", "s", "q"});
}

TEST_CASE("replace_with_shifted: on a float edge the shifted data are no integers any more") {
  const auto* text = "x = Parameter : f32[1,2]\nv = Sigmoid(x) : f32[1,2]\nr = Result(v)\n";
  for (const bool on_float_edge : {true, false}) {
    auto model = parse_text(text);
    auto above = parameters_of(.5F, {}, u8);
    above.on_float_edge = on_float_edge;
    above.absorbed_zero_point = scalar(128);
    FloatEdges edges;
    replace_with_shifted(*model.graph, layer_named(*model.graph, "v"), above, layer_named(*model.graph, "x").output(0),
                         scalar(2.5F), edges);
    check_graph(model, R"(
      x = Parameter : f32[1,2]
      "v/zero_point" = Const value=2.5 : f32[]
      "v/DequantizationSubtract" = Subtract(x, "v/zero_point") : f32[1,2]
      "v/scale" = Const value=.5 : f32[]
      v = Multiply("v/DequantizationSubtract", "v/scale") : f32[1,2]
      r = Result(v))",
                {"x", "v/zero_point", "v/DequantizationSubtract", "v/scale", "v", "r"});
    const auto* edge = edges.find(layer_named(*model.graph, "v").input(0));
    CHECK((edge != nullptr) == on_float_edge);
    if (edge != nullptr) CHECK((edge->type == f32 && !edge->zero_point));
  }
}

TEST_CASE("dequantize_output: a result's name goes along, and a shape is that of the stored values as well") {
  auto model = parse_text(
      "x = Parameter : u8[1,2]\ny = ReLU(x) : u8[1,2] names=\"t\"\ng = Sigmoid(y) : f32[1,2]\nn = ShapeOf(y) : "
      "i64[2]\nr = Result(y)\ns = Result(g)\nt = Result(n)\n");
  FloatEdges edges;
  dequantize_output(*model.graph, layer_named(*model.graph, "y"), 0, parameters_of(.5F, 3), edges);
  check_graph(model, R"(
    x = Parameter : u8[1,2]
    y_original = ReLU(x) : u8[1,2]
    y = Dequantize(y_original) scale=.5 zero_point=3 : f32[1,2] names="t"
    g = Sigmoid(y) : f32[1,2]
    n = ShapeOf(y_original) : i64[2]
    r = Result(y)
    s = Result(g)
    t = Result(n))",
              {"x", "y_original", "y/DequantizationConvert", "y/zero_point", "y/DequantizationSubtract", "y/scale", "y",
               "g", "n", "r", "s", "t"});
  CHECK(edges.find(layer_named(*model.graph, "y_original").output(0)) == nullptr);
}

TEST_CASE("dequantize_output: where no result reads the output its layer keeps its name") {
  const auto last = [](std::string_view name, std::string_view type, std::string_view outputs, std::size_t output) {
    auto model = parse_text(fmt::format(
        "x = Parameter : u8[2,2,2,2]\na = Const value=0 : i64[]\n{0} = {1} : {2}\ng = Sigmoid({0}{3}) : "
        "f32[?,2,?,?]\nr = Result(g)\n",
        name, type, outputs, outputs.find("],") == std::string_view::npos ? "" : fmt::format(".{}", output)));
    FloatEdges edges;
    dequantize_output(*model.graph, layer_named(*model.graph, name), output, parameters_of(.5F, {}), edges);
    layer_named(*model.graph, name);
    return std::string(layer_named(*model.graph, "g").input(0).node().name());
  };
  CHECK(last("y", "ReLU(x)", "u8[2,2,2,2]", 0) == "y/DequantizationMultiply");
  CHECK(last("y_original", "ReLU(x)", "u8[2,2,2,2]", 0) == "y/DequantizationMultiply");
  CHECK(last("y", "Split(x, a) num_splits=2", "u8[1,2,2,2], u8[1,2,2,2]", 1) == "y.1/DequantizationMultiply");
  CHECK(last("y",
             "MaxPool@opset14(x) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] kernel=[1,1] "
             "rounding_type=floor auto_pad=explicit index_element_type=i64 axis=0",
             "u8[2,2,2,2], i64[2,2,2,2]", 0) == "y/DequantizationMultiply");
}

TEST_CASE("dequantize_output: a float edge is told, also where nothing stands behind it") {
  auto model = parse_text("x = Parameter : f32[1,2]\ny = ReLU(x) : f32[1,2]\nr = Result(y)\n");
  auto parameters = parameters_of({}, {});
  parameters.on_float_edge = parameters.keeps_channel_scales = true;
  parameters.absorbed_zero_point = scalar(128);
  FloatEdges edges;
  dequantize_output(*model.graph, layer_named(*model.graph, "y"), 0, parameters, edges);
  const auto* edge = edges.find(layer_named(*model.graph, "y").output(0));
  REQUIRE(edge);
  CHECK(edge->type == u8);
  CHECK(values_of(edge->zero_point) == Values{128});
  CHECK(edge->keeps_channel_scales);
  check_graph(model, "x = Parameter : f32[1,2]\ny = ReLU(x) : f32[1,2]\nr = Result(y)\n", {"x", "y", "r"});
}

TEST_CASE("relax_types and unrelax_types: in the form of OpenVINO's serializer, and back") {
  const auto* text = "x = Parameter : f32[1,2]\ny = ReLU(x) : f32[1,2]\nr = Result(y)\n";
  auto model = parse_text(text);
  Node& relu = layer_named(*model.graph, "y");
  relax_types(*model.graph, relu, std::vector{f32, f16}, u8);
  const auto* relaxed =
      "x = Parameter : f32[1,2]\ny = ReLU@type_relaxed_opset1(x) type_relax=true input_data_types=[f32,f16] "
      "output_data_types=u8 : u8[1,2]\nr = Result(y)\n";
  check_graph(model, relaxed, {"x", "y", "r"});
  relax_types(*model.graph, relu, std::vector{f32, f16}, u8);
  check_graph(model, relaxed, {"x", "y", "r"});
  unrelax_types(*model.graph, relu, f32);
  check_graph(model, text, {"x", "y", "r"});
}

// The four questions that the walks over a graph answer, one section for each, and what else is known of single layers.
#include "driver/markup.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/layer_named.hpp"
#include "testing/test_files.hpp"
#include "text/text.hpp"

using namespace lpt;
using enum ElementType;

namespace {

using Types = std::vector<ElementType>;

struct Marked {
  Model model;
  Markup markup;

  explicit Marked(std::string_view text, const Target& target = find_target("cpu")) : model(parse_text(text)) {
    const FloatEdges none;
    markup.add(*model.graph, target, none);
  }
  const Node& operator[](std::string_view name) const { return layer_named(*model.graph, name); }
  /// Why an operation is left out; empty if it is not.
  std::string left_out(std::string_view name) const {
    const auto fits = markup.check_quantizable((*this)[name]);
    return fits ? "" : fits.error().sentence();
  }
  /// Why nothing is gained by its integers; empty if something is.
  std::string useless(std::string_view name) const {
    const auto reaches = markup.check_reaches_kernel((*this)[name]);
    return reaches ? "" : reaches.error().sentence();
  }
  Types types(std::string_view name) const {
    const auto found = markup.types((*this)[name]);
    return found ? Types(found->begin(), found->end()) : Types();
  }
  /// "-1.28..2.55"; empty if the layer may use its own.
  std::string interval(std::string_view name) const {
    const auto found = markup.interval((*this)[name]);
    return found ? fmt::format("{}..{}", found->low, found->high) : "";
  }
};

Target target_of(const std::string& precisions) {
  const TestFolder folder;
  return find_target(folder.write("t.json", R"({"name": "t", "precisions": [)" + precisions + "]}").string());
}

/// FakeQuantizes f and g of [1,3,4,4].
const std::string kF = fake_quantized("f", "x = Parameter : f32[1,3,4,4]", 256, {"0", "2.55"});
const std::string kG = fake_quantized("g", "z = Parameter : f32[1,3,4,4]", 256, {"-1.28", "1.27"});

constexpr auto kWindow =
    "kernel=[1,1] strides=[1,1] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit";

std::string max_pool(std::string_view name, std::string_view data, int channels = 3) {
  return fmt::format("{} = MaxPool({}) {} : f32[1,{},4,4]\n", name, data, kWindow, channels);
}
std::string avg_pool(std::string_view name, std::string_view data) {
  return fmt::format("{} = AvgPool({}) exclude-pad=true {} : f32[1,3,4,4]\n", name, data, kWindow);
}
std::string concat(std::string_view name, std::string_view inputs, int channels = 6) {
  return fmt::format("{} = Concat({}) axis=1 : f32[1,{},4,4]\n", name, inputs, channels);
}
/// With one output channel, and weights that are stored as integers, and dequantized.
std::string convolution(std::string_view name, std::string_view data, int channels = 3) {
  return dequantized(fmt::format("{}_w", name),
                     filled(fmt::format("{}_v", name), "2", "i8", fmt::format("1,{},1,1", channels)), "scale=.5") +
         fmt::format(
             "{0} = Convolution({1}, {0}_w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
             "auto_pad=explicit : f32[1,1,4,4]\n",
             name, data);
}
std::string real_convolution(std::string_view name, std::string_view data) {
  return fmt::format(
      "{0}_w = Const value=[1,2,3] : f32[1,3,1,1]\n{0} = Convolution({1}, {0}_w) strides=[1,1] dilations=[1,1] "
      "pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,1,4,4]\n",
      name, data);
}
std::string mat_mul(std::string_view name, std::string_view a, std::string_view b, int channels = 3) {
  return fmt::format("{} = MatMul({}, {}) transpose_a=false transpose_b=false : f32[1,{},4,4]\n", name, a, b, channels);
}
/// By stored integers.
std::string weighted_mat_mul(std::string_view name, std::string_view data, int channels = 3) {
  const auto weights = fmt::format("{}_w", name);
  return dequantized(weights, filled(fmt::format("{}_v", name), "2", "i8", "4,4"), "scale=.5") +
         mat_mul(name, data, weights, channels);
}
std::string result(std::string_view data) { return fmt::format("{0}_r = Result({0})\n", data); }

}  // namespace

TEST_CASE("markup 1: what is left out is left out with its reason") {
  const auto check = [](const std::string& lines, std::string_view reason) {
    INFO(lines);
    CHECK(Marked(kF + lines + result("y")).left_out("y") == reason);
  };
  check(convolution("y", "f"), "");
  check(max_pool("y", "f"), "");
  check("y = Sigmoid(f) : f32[1,3,4,4]\n", "the transformations do not know the operation Sigmoid");
  check(real_convolution("y", "f"), "its weights are not quantized");
  check("u = Parameter : f32[...]\ny = ReLU(u) : f32[...]\n", "the rank of its output is not known");
  check(dequantized("d", "u = Parameter : u8[1,3,4,4]", "scale=[1,2,3,4]@2") + max_pool("y", "d"),
        "its scale of shape [1,1,4,1] is neither per-tensor nor along axis 1 of data of rank 4");
  check(dequantized("d", "u = Parameter : u8[1,3,4,4]", "scale=[1,2,3]@1") + max_pool("y", "d"), "");
}

TEST_CASE("markup 1: an operation that only some targets know needs one that states types for it") {
  const auto text =
      kF + dequantized("w", filled("v", "2", "i8", "1,3,1,1,1"), "scale=.5") +
      "y = GroupConvolutionBackpropData(f, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] "
      "auto_pad=explicit : f32[1,3,4,4]\nr = Result(y)\n";
  CHECK(Marked(text).left_out("y") == "the transformations do not know the operation GroupConvolutionBackpropData");
  const auto npu = target_of(R"({"operation": "GroupConvolutionBackpropData", "ports": [0], "types": ["u8"]})");
  CHECK(Marked(text, npu).left_out("y").empty());
}

TEST_CASE("markup 2: integers reach a kernel by way of what keeps or takes them") {
  const auto reaches = [](const std::string& lines) {
    INFO(lines);
    return Marked(kF + lines).useless("f").empty();
  };
  const std::string one = "one = Const value=1 : f32[]\n";
  CHECK(reaches(convolution("y", "f") + result("y")));
  CHECK(reaches(max_pool("p", "f") + avg_pool("q", "p") + convolution("y", "q") + result("y")));
  CHECK(reaches(one + "a = Add(f, one) : f32[1,3,4,4]\n" + convolution("y", "a") + result("y")));
  CHECK(reaches(kG + concat("c", "f, g") + convolution("y", "c", 6) + result("y")));
  CHECK(!reaches(kG + "a = Add(f, g) : f32[1,3,4,4]\n" + convolution("y", "a") + result("y")));
  CHECK(!reaches("a = Clamp(f) min=0 max=1 : f32[1,3,4,4]\n" + convolution("y", "a") + result("y")));
  // A MatMul needs both inputs as integers.
  CHECK(reaches(weighted_mat_mul("y", "f") + result("y")));
  CHECK(reaches(kG + mat_mul("y", "f", "g") + result("y")));
  CHECK(!reaches("u = Parameter : f32[1,3,4,4]\n" + mat_mul("y", "f", "u") + result("y")));
}

TEST_CASE("markup 2: a way that leads nowhere is told with the first reader that is left out") {
  const Marked sigmoid(kF + max_pool("p", "f") + result("p") + "s = Sigmoid(f) : f32[1,3,4,4]\n" + result("s"));
  const auto reason = sigmoid.markup.check_reaches_kernel(sigmoid["f"]).error();
  CHECK(reason.sentence() ==
        "no operation behind it works on integers; \"s\" (Sigmoid): the transformations do not know the operation "
        "Sigmoid");
  CHECK(reason.cause() == Cause::no_integer_reader);
  REQUIRE(reason.culprit());
  CHECK(reason.culprit()->name == "s");
  CHECK(Marked(kF + real_convolution("y", "f") + result("y")).useless("f") ==
        "no operation behind it works on integers; \"y\" (Convolution): its weights are not quantized");
  CHECK(Marked(kF + result("f")).useless("f") == "no operation behind it works on integers");
}

TEST_CASE("markup 3: a FakeQuantize may have the types that its readers take") {
  const Types both{u8, i8}, unsigned_only{u8};
  CHECK(Marked(kF + result("f")).types("f") == both);
  CHECK(Marked(kF + weighted_mat_mul("y", "f") + result("y")).types("f") == both);
  CHECK(Marked(kF + convolution("y", "f") + result("y")).types("f") == unsigned_only);
  CHECK(Marked(kF + weighted_mat_mul("m", "f") + result("m") + convolution("y", "f") + result("y")).types("f") ==
        unsigned_only);
  // What is left out takes real numbers, and what no result reaches does not count.
  CHECK(Marked(kF + real_convolution("y", "f") + result("y")).types("f") == both);
  CHECK(Marked(kF + weighted_mat_mul("m", "f") + result("m") + convolution("y", "f")).types("f") == both);
  const Marked other(kF + result("f"));
  CHECK(other.markup.types(other["x"]).error().sentence() == "its readers were not looked at");
}

TEST_CASE("markup 3: FakeQuantizes that meet have one list of types") {
  const auto met = kF + kG + concat("c", "f, g") + max_pool("p", "c", 6);
  const Marked through(met + convolution("y", "p", 6) + result("y"));
  CHECK(through.types("f") == Types{u8});
  CHECK(through.types("g") == Types{u8});
  // The Convolution that reads one of them speaks for the other as well.
  const Marked beside(met + result("p") + convolution("y", "g") + result("y"));
  CHECK(beside.types("f") == Types{u8});
  Marked free(met + weighted_mat_mul("y", "p", 6) + result("y"));
  CHECK(free.types("f") == Types{u8, i8});
  free.markup.choose(free["f"], i8);
  CHECK(free.types("g") == Types{i8});
  // Beside each other they are two.
  Marked apart(kF + kG + result("f") + result("g"));
  apart.markup.choose(apart["f"], i8);
  CHECK(apart.types("g") == Types{u8, i8});
}

TEST_CASE("markup 3: inputs of one operation that a target lets agree have one list of types") {
  const auto text = kF + kG + mat_mul("y", "f", "g") + result("y");
  Marked apart(text, target_of(R"({"operation": "MatMul", "ports": [0], "types": ["u8", "i8"]},
                                  {"operation": "MatMul", "ports": [1], "types": ["i8"]})"));
  CHECK(apart.types("f") == Types{u8, i8});
  CHECK(apart.types("g") == Types{i8});
  const Marked agreeing(text, target_of(R"({"operation": "MatMul", "ports": [0, 1], "types": ["i8", "u8"]})"));
  CHECK(agreeing.types("f") == Types{i8, u8});
  Marked choosing(text, target_of(R"({"operation": "MatMul", "ports": [0, 1], "types": ["i8", "u8"]})"));
  choosing.markup.choose(choosing["g"], u8);
  CHECK(choosing.types("f") == Types{u8});
}

TEST_CASE("markup 3: the reader that leaves no type is named") {
  const auto npu = target_of(R"({"operation": "Convolution", "ports": [0], "types": ["i8"]},
                                {"operation": "MatMul", "ports": [0], "types": ["u8"]})");
  const std::string sentence = "its readers agree on no integer type: \"m\" (MatMul) takes none that the others do";
  const Marked marked(kF + convolution("y", "f") + result("y") + weighted_mat_mul("m", "f") + result("m"), npu);
  const auto reason = marked.markup.types(marked["f"]).error();
  CHECK(reason.sentence() == sentence);
  CHECK(reason.cause() == Cause::readers_agree_on_no_type);
  REQUIRE(reason.culprit());
  CHECK(reason.culprit()->name == "m");
  // Who meets it at a Concat is told the same.
  const Marked met(kF + kG + concat("c", "f, g") + result("c") + convolution("y", "f") + result("y") +
                       weighted_mat_mul("m", "g") + result("m"),
                   npu);
  CHECK(met.markup.types(met["f"]).error().sentence() == sentence);
  CHECK(met.markup.types(met["g"]).error().sentence() == sentence);
  // A target may want a type that no FakeQuantize begins with.
  const auto wide = target_of(R"({"operation": "Convolution", "ports": [0], "types": ["i16"]})");
  const Marked alone(kF + convolution("y", "f") + result("y"), wide);
  CHECK(alone.markup.types(alone["f"]).error().culprit()->name == "y");
}

TEST_CASE("markup 4: FakeQuantizes at a Concat share an interval where one scale is wanted for the tensor") {
  const auto met = kF + kG + concat("c", "f, g");
  const Marked wanted(met + convolution("y", "c", 6) + result("y"));
  CHECK(wanted.interval("f") == "-1.28..2.55");
  CHECK(wanted.interval("g") == "-1.28..2.55");
  CHECK(!wanted.markup.interval_is_too_wide(wanted["g"]));
  CHECK(Marked(met + max_pool("p", "c", 6) + convolution("y", "p", 6) + result("y")).interval("f") == "-1.28..2.55");
  // A MatMul takes a scale for each part; nobody else wants one.
  CHECK(Marked(met + weighted_mat_mul("y", "c", 6) + result("y")).interval("f").empty());
  CHECK(Marked(met + result("c")).interval("f").empty());
  // Two Concats that share one of three.
  const auto third = fake_quantized("h", "u = Parameter : f32[1,3,4,4]", 256, {"0", "5.1"});
  const Marked chained(met + third + concat("e", "g, h") + convolution("y", "c", 6) + result("y") + result("e"));
  CHECK(chained.interval("f") == "-1.28..5.1");
  CHECK(chained.interval("g") == "-1.28..5.1");
}

TEST_CASE("markup 4: no interval is shared with what is no FakeQuantize, or has channels") {
  CHECK(Marked(kF + convolution("y", "f") + result("y")).interval("f").empty());
  const auto real =
      kF + "u = Parameter : f32[1,3,4,4]\n" + concat("c", "f, u") + convolution("y", "c", 6) + result("y");
  CHECK(Marked(real).interval("f").empty());
  const auto constant =
      kF + filled("u", "1", "f32", "1,3,4,4") + "\n" + concat("c", "f, u") + convolution("y", "c", 6) + result("y");
  CHECK(Marked(constant).interval("f") == "0..2.55");
  const auto channels = fake_quantized("h", "u = Parameter : f32[1,3,4,4]", 256, {"[0,0,0]", "[1,2,3]", "1,3,1,1"});
  const Marked mixed(kF + channels + concat("c", "f, h") + convolution("y", "c", 6) + result("y"));
  CHECK(mixed.interval("f") == "0..2.55");
  CHECK(mixed.interval("h").empty());
}

TEST_CASE("markup 4: an interval in real units, where the dequantization is spelled out") {
  const auto steps = fake_quantized("h", "u = Parameter : f32[1,3,4,4]", 256, {"0", "5.1"}, {"0", "255"}) +
                     dequantized("d", "i = Convert(h) : u8[1,3,4,4]", "scale=.02");
  const Marked marked(kF + steps + concat("c", "f, d") + convolution("y", "c", 6) + result("y"));
  CHECK(marked.interval("f") == "0..5.1");
}

TEST_CASE("markup 4: an interval that leaves two levels to the narrowest is too wide") {
  const auto with = [](std::string_view high, int levels) {
    const Marked marked(kF + fake_quantized("g", "z = Parameter : f32[1,3,4,4]", levels, {"0", high}) +
                        concat("c", "f, g") + convolution("y", "c", 6) + result("y"));
    CHECK(marked.markup.interval_is_too_wide(marked["f"]) == marked.markup.interval_is_too_wide(marked["g"]));
    return marked.markup.interval_is_too_wide(marked["f"]);
  };
  // In steps of .01 the values 0 and .01 are two levels, 0, .01 and .02 three.
  CHECK(with(".01", 256));
  CHECK(!with(".02", 256));
  CHECK(!with("2.55", 256));
  CHECK(with("2.55", 16));
}

TEST_CASE("markup: an AvgPool keeps integers where what follows takes integers") {
  const auto keeps = [](const std::string& lines) {
    INFO(lines);
    const Marked marked(kF + avg_pool("a", "f") + lines);
    return marked.markup.keeps_integers(marked["a"]);
  };
  CHECK(keeps(convolution("y", "a") + result("y")));
  CHECK(keeps(max_pool("p", "a") + convolution("y", "p") + result("y")));
  CHECK(keeps(avg_pool("b", "a") + convolution("y", "b") + result("y")));
  CHECK(keeps("y = Clamp(a) min=0 max=1 : f32[1,3,4,4]\n" + result("y")));
  CHECK(!keeps(result("a")));
  CHECK(!keeps(max_pool("p", "a") + result("p")));
  CHECK(!keeps("y = Sigmoid(a) : f32[1,3,4,4]\n" + result("y")));
  CHECK(!keeps(real_convolution("y", "a") + result("y")));
  CHECK(
      !keeps("l = Const value=0 : f32[]\nh = Const value=1 : f32[]\ny = FakeQuantize(a, l, h, l, h) levels=256 : "
             "f32[1,3,4,4]\n" +
             result("y")));
  const Marked pool(kF + max_pool("p", "f") + convolution("y", "p") + result("y"));
  CHECK(!pool.markup.keeps_integers(pool["p"]));
}

TEST_CASE("markup: types pass an AvgPool that keeps integers, and no other") {
  CHECK(Marked(kF + avg_pool("a", "f") + convolution("y", "a") + result("y")).types("f") == Types{u8});
  const Marked rounded(kF + kG + avg_pool("a", "f") + concat("c", "a, g") + result("c") + convolution("y", "g") +
                       result("y"));
  CHECK(rounded.types("f") == Types{u8, i8});
}

TEST_CASE("markup: a bias is an Add of a constant per channel to a Convolution or MatMul") {
  const auto is_bias = [](const std::string& lines) {
    INFO(lines);
    const Marked marked(kF + lines + result("y"));
    return marked.markup.is_bias(marked["y"]);
  };
  const auto constant = [](std::string_view shape) { return filled("b", "1", "f32", shape) + "\n"; };
  CHECK(is_bias(convolution("c", "f") + constant("1,1,1,1") + "y = Add(c, b) : f32[1,1,4,4]\n"));
  CHECK(is_bias(convolution("c", "f") + constant("") + "y = Add(c, b) : f32[1,1,4,4]\n"));
  CHECK(is_bias(weighted_mat_mul("c", "f") + constant("4") + "y = Add(c, b) : f32[1,3,4,4]\n"));
  CHECK(!is_bias(weighted_mat_mul("c", "f") + constant("3,1,4") + "y = Add(c, b) : f32[1,3,4,4]\n"));
  CHECK(!is_bias(max_pool("c", "f") + constant("1") + "y = Add(c, b) : f32[1,3,4,4]\n"));
  CHECK(!is_bias(convolution("c", "f") + "b = Parameter : f32[1]\ny = Add(c, b) : f32[1,1,4,4]\n"));
  CHECK(!is_bias(convolution("c", "f") + constant("1") + "y = Multiply(c, b) : f32[1,1,4,4]\n"));
}

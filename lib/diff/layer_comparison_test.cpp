#include "diff/layer_comparison.hpp"

#include <catch2/catch.hpp>

#include "driver/mark.hpp"
#include "exec/inputs.hpp"
#include "testing/check_conversion.hpp"
#include "testing/check_operation.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

/// A comparison with the models that its layers belong to.
struct Compared {
  Compared(Model a, Model b, std::vector<Tensor> inputs)
      : before(std::move(a)), after(std::move(b)), layers(compare_layers(before, after, inputs, {})) {}
  Compared(const std::string& a, const std::string& b, std::vector<Tensor> inputs)
      : Compared(parse_text(a), parse_text(b), std::move(inputs)) {}

  const LayerDifference& operator[](std::string_view name) const {
    const auto found = std::ranges::find_if(layers, [&](const auto& layer) { return layer.after->name() == name; });
    REQUIRE(found != layers.end());
    return *found;
  }
  std::vector<std::string> departing() const {
    std::vector<std::string> names;
    for (const auto& layer : layers) {
      CHECK(layer.problem.empty());
      if (layer.departs()) names.emplace_back(layer.blamed->name());
    }
    return names;
  }

  Model before, after;
  std::vector<LayerDifference> layers;
};

std::string network(const char* weight, const char* factor = "2", const char* read = "m") {
  return fmt::format(R"(
    x = Parameter                                              : f32[1,2]
    w = Const value=[1,{},3,4]                                 : f32[2,2]
    m = MatMul(x, w) transpose_a=false transpose_b=false       : f32[1,2]
    f = Const value={}                                         : f32[]
    s = Multiply({}, f)                                        : f32[1,2]
    e = Exp(s)                                                 : f32[1,2]
    r = Result(e)
  )",
                     weight, factor, read);
}

/// A FakeQuantize in steps of 1 from 0 to 255 of data in a range.
std::string quantization(const char* high, const char* operation = "FakeQuantize", const char* type = "f32") {
  return fmt::format(R"(
    x = Parameter                                   : f32[4]
    a = Const value=0                               : f32[]
    b = Const value={}                              : f32[]
    l = Const value=255                             : f32[]
    q = {}(x, a, b, a, l) levels=256                : {}[4]
    r = Result(q)
  )",
                     high, operation, type);
}

constexpr auto kConvolutions = R"(
    x = Parameter                                   : f32[1,2,4,4]
    a = Const value=-1.28                           : f32[]
    b = Const value=1.27                            : f32[]
    q = FakeQuantize(x, a, b, a, b) levels=256      : f32[1,2,4,4]
    i = Const value=[1,2,3,4,5,6,7,8]               : i8[4,2,1,1]
    c = Convert(i)                                  : f32[4,2,1,1]
    s = Const value=[.1,.2,.3,.4]                   : f32[4,1,1,1]
    w = Multiply(c, s)                              : f32[4,2,1,1]
    y = Convolution(q, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[1,4,4,4]
    e = Exp(y)                                      : f32[1,4,4,4]
    r = Result(e)
)";

}  // namespace

TEST_CASE("an error is found in its layer, and not in those behind it") {
  const auto inputs = std::vector{f32({1, 2}, {1, -1})};
  CHECK(Compared(network("2"), network("2"), inputs).departing().empty());
  const Compared weight(network("2"), network("2.5"), inputs);
  // [1, -1] times [[1, 2], [3, 4]] is [-2, -2].
  CHECK(weight.departing() == std::vector<std::string>{"m"});
  CHECK(weight["m"].place == Lengths{0, 1});
  CHECK(weight["m"].should_be == -2);
  CHECK(weight["m"].is == -1.5);
  CHECK(weight["m"].departing == 1);
  CHECK(Compared(network("2"), network("2", "3"), inputs).departing() == std::vector<std::string>{"s"});
  CHECK(Compared(network("2"), network("2", "2", "x"), inputs).departing() == std::vector<std::string>{"s"});
}

TEST_CASE("a constant of another value is found where the data does not show it") {
  const Compared weight(network("2"), network("2.5"), {f32({1, 2}, {0, 1})});
  CHECK(weight.departing() == std::vector<std::string>{"m"});
  CHECK(weight["m"].departing == 0);
  CHECK(weight["m"].constant == 1);
  CHECK(weight["m"].constant_difference.differing == 1);
}

// The next float above 255 makes of 2.5 a little less, which is 2 as it was, and of 3.5, which was 4, 3.
TEST_CASE("ties of rounding are counted apart, in steps") {
  const Compared ties(quantization("255"), quantization("255.00002"), {f32({4}, {2.5, 3.5, 7, 200})});
  CHECK(ties.departing().empty());
  CHECK(ties["q"].ties == 1);
  CHECK(ties["q"].step == 1);
  const Compared range(quantization("255"), quantization("240"), {f32({4}, {2.5, 3.5, 7, 200})});
  CHECK(range.departing() == std::vector<std::string>{"q"});
  CHECK(range["q"].should_be == 200);
  CHECK(range["q"].is == 212);  // 200 * 255 / 240 = 212.5
}

TEST_CASE("up to a step a layer of the dialect type-relaxed may round another way") {
  const char* relaxed = "FakeQuantize@type_relaxed_opset1";
  const auto text = [&](const char* high) {
    auto lines = quantization(high, relaxed, "u8");
    lines.replace(lines.find("r = Result(q)"), 13, "d = Dequantize(q) scale=.5 : f32[4]\nr = Result(d)");
    return lines.insert(lines.find(" levels"), " type_relax=true input_data_types=\"\" output_data_types=u8");
  };
  auto before = quantization("255");  // in steps of 0.5
  before.replace(before.find("l = Const value=255"), 19, "l = Const value=127.5");
  const Compared near(before, text("254"), {f32({4}, {2, 3, 7, 200})});  // 200.79 rounds to 201
  CHECK(near.departing().empty());
  CHECK(near["q"].roundings == 1);
  CHECK(near["q"].reading == Reading::from_graph);
  const Compared far(before, text("240"), {f32({4}, {2, 3, 7, 200})});
  CHECK(far.departing() == std::vector<std::string>{"q"});
  CHECK(far["q"].should_be == 100);
  CHECK(far["q"].is == 106);  // 212.5 rounds to 212, half of which that is
}

TEST_CASE("a conversion is compared in real units, in both dialects") {
  for (const auto dialect : {Dialect::openvino, Dialect::type_relaxed}) {
    Converted converted(kConvolutions, dialect);
    mark(converted.model, converted.context, {});
    auto before = parse_text(kConvolutions);
    const auto inputs = [&] {
      Executor executor(before);
      return random_inputs(executor, 1);
    }();
    const Compared compared(std::move(before), std::move(converted.model), inputs);
    CHECK(compared.departing().empty());
    CHECK(compared["q"].reading == (dialect == Dialect::openvino ? Reading::listed : Reading::from_graph));
  }
}

// What is 2x + 1 under another name is as good a unit as any, and what reads it says whether it is one.
TEST_CASE("a unit is fitted where none is known, and rejected by a reader that does without it") {
  const auto text = [](const char* name, const char* factor, const char* reader) {
    return fmt::format(R"(
      x = Parameter            : f32[8,8]
      a = Const value={1}      : f32[]
      {0} = Multiply(x, a)     : f32[8,8]
      h = Const value=.5       : f32[]
      {2}
      e = Exp(n)               : f32[8,8]
      r = Result(e)
    )",
                       name, factor, reader);
  };
  std::vector<float> values(64);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 32 - 1;
  const auto one = text("m", "1", "n = Multiply(m, h) : f32[8,8]");
  // The factor of the first moved into the second.
  const Compared sound(one, text("k", "2", "g = Const value=.25 : f32[]\n n = Multiply(k, g) : f32[8,8]"),
                       {f32({8, 8}, values)});
  CHECK(sound.departing().empty());
  CHECK(sound["k"].reading == Reading::fitted);
  const Compared faulty(one, text("k", "2", "n = Multiply(k, h) : f32[8,8]"), {f32({8, 8}, values)});
  CHECK(faulty.departing() == std::vector<std::string>{"k"});
  CHECK(faulty["k"].reading == Reading::as_it_is);
}

TEST_CASE("a layer that cannot be compared says why") {
  const Compared compared(R"(
    x = Parameter      : f32[2]
    y = Exp(x)         : f32[2]
    r = Result(y)
  )",
                          R"(
    x = Parameter      : f32[2]
    z = Parameter      : f32[2]
    s = Add(x, z)      : f32[2]
    y = Exp(s)         : f32[2]
    r = Result(y)
  )",
                          {f32({2}, {1, 2})});
  CHECK(compared["y"].problem == "it reads an input that the first model does not have");
  CHECK(!compared["y"].departs());
}

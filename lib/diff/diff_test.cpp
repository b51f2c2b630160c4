#include "diff/diff.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "text/text.hpp"

using namespace lpt;

namespace {

using Lines = std::vector<std::string>;

/// "kind name: text, verdict (+others)" for each meaning.
Lines meanings(std::string_view before, std::string_view after, const Ignored& ignored = {}) {
  const auto a = parse_text(before), b = parse_text(after);
  const auto found = diff(a, b, ignored);
  Lines lines;
  for (const auto& meaning : found.meanings) {
    const Node* node = meaning.after != nullptr ? meaning.after : meaning.before;
    auto line =
        fmt::format("{} {}{}: {}", name(meaning.kind), meaning.path, node != nullptr ? node->name() : "", meaning.text);
    if (!meaning.verdict.empty()) line += ", " + meaning.verdict;
    if (meaning.others != 0) line += fmt::format(" (+{})", meaning.others);
    lines.push_back(std::move(line));
  }
  return lines;
}

const std::string kHead = "x = Parameter : f32[1,2,4,4] names=\"x\"\n", kTail = "r = Result(y)\n";

std::string model(const std::string& lines) { return kHead + lines + kTail; }

const std::string kRelu = "y = ReLU(x) : f32[1,2,4,4]\n";
const std::string kFake =
    "l = Const value={} : f32[]\nh = Const value={} : f32[]\nol = Const value={} : f32[]\noh = Const value={} : f32[]\n"
    "y = FakeQuantize(x, l, h, ol, oh) levels={} : f32[1,2,4,4]\n";
std::string fake(double low, double high, double output_low, double output_high, int levels = 256) {
  return model(fmt::format(fmt::runtime(kFake), low, high, output_low, output_high, levels));
}

}  // namespace

TEST_CASE("a model and itself, in another order, are the same") {
  const std::string a = "a = ReLU(x) : f32[1,2,4,4]\n", b = "b = Sigmoid(x) : f32[1,2,4,4]\n",
                    y = "y = Add(a, b) : f32[1,2,4,4]\n";
  CHECK(meanings(model(a + b + y), model(a + b + y)).empty());
  CHECK(meanings(model(a + b + y), model(b + a + y)).empty());
}

TEST_CASE("one change is one line of its kind") {
  struct Change {
    std::string before, after;
    Lines lines;
  };
  const std::string sum = "c = Const value=[{}] : f32[1,2,1,1]\ny = Add(x, c) : f32[1,2,4,4]\n";
  const auto add = [&](const std::string& values) { return model(fmt::format(fmt::runtime(sum), values)); };
  const Change changes[] = {
      {add("1,2"),
       add("1,2.5"),
       {"constants y: constant f32[1,2,1,1] [1,2] -> f32[1,2,1,1] [1,2.5]; 1 of 2 differ, by at most 0.5, "
        "0.25 in the mean, SQNR 13.0 dB, worst channel 0, not equal (+1)"}},
      {fake(0, 2, 0, 2), fake(0, 4, 0, 4), {"requantized y: input 0...2 -> 0...4, output 0...2 -> 0...4 (+2)"}},
      {fake(0, 2, 0, 2), fake(0, 2, 0, 2, 128), {"requantized y: levels 256 -> 128"}},
      {fake(0, 255, 0, 127.5),
       fake(0, 255, 0, 255),
       {"activations y: output 0...127.5 -> 0...255, times 2, scale 0.5 (+1)"}},
      {model(kRelu),
       model("y = Sigmoid(x) : f32[1,2,4,4]\n"),
       {"replaced y: 1 ReLU by 1 Sigmoid behind \"x\" (Parameter), in front of \"r\" (Result)"}},
      {model(kRelu),
       model("a = ReLU(x) : f32[1,2,4,4]\ny = ReLU(a) : f32[1,2,4,4]\n"),
       {"added a: behind \"x\" (Parameter), in front of \"y\" (ReLU)"}},
      {model("a = Exp(x) : f32[1,2,4,4]\ny = ReLU(a) : f32[1,2,4,4]\n"),
       model(kRelu),
       {"removed a: behind \"x\" (Parameter), in front of \"y\" (ReLU)"}},
      {model("y = SoftMax@opset8(x) axis=1 : f32[1,2,4,4]\n"),
       model("y = SoftMax@opset8(x) axis=2 : f32[1,2,4,4]\n"),
       {"attributes y: attribute axis 1 -> 2"}},
      {model("a = Exp(x) : f32[1,2,4,4]\nb = Abs(x) : f32[1,2,4,4]\nd = Exp(b) : f32[1,2,4,4]\nq = Add(a, d) : "
             "f32[1,2,4,4]\ny = Add(q, b) : f32[1,2,4,4]\n"),
       model("a = Exp(x) : f32[1,2,4,4]\nb = Abs(x) : f32[1,2,4,4]\nd = Exp(b) : f32[1,2,4,4]\nq = Add(a, d) : "
             "f32[1,2,4,4]\ny = Add(q, a) : f32[1,2,4,4]\n"),
       {"rewired y: input 1 b -> a"}},
      {model("a = Exp(x) : f32[1,2,4,4]\ny = ReLU(a) : f32[1,2,4,4]\n"),
       model("b = Exp(x) : f32[1,2,4,4]\ny = ReLU(b) : f32[1,2,4,4]\n"),
       {"renamed b: "}},
      {"x = Parameter : f32[1,2]\ny = ReLU(x) : f32[1,2]\nr = Result(y)\n",
       "x = Parameter : f32[3,2]\ny = ReLU(x) : f32[3,2]\nr = Result(y)\n",
       {"reshaped x: attribute shape 1,2 -> 3,2 (+1)"}},
      {"x = Parameter : i32[2]\ny = Convert(x) : f32[2]\nr = Result(y)\n",
       "x = Parameter : i32[2]\ny = Convert(x) : f16[2]\nr = Result(y)\n",
       {"retyped y: attribute destination_type f32 -> f16"}},
  };
  for (const auto& change : changes) {
    INFO(change.before << "=>\n" << change.after);
    CHECK(meanings(change.before, change.after) == change.lines);
  }
}

TEST_CASE("weights that became integers are compared as what they stand for") {
  const std::string conv =
      "y = Convolution(x, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
      "f32[1,1,4,4]\n";
  // Levels -127...127 of 0.5: the weights are 10 and -63.5.
  const std::string before =
      "f = Const value=[10.1,-70] : f32[1,2,1,1]\nl = Const value=-63.5 : f32[]\nh = Const value=63.5 : f32[]\n"
      "w = FakeQuantize(f, l, h, l, h) levels=255 : f32[1,2,1,1]\n";
  const auto after = [](int first) {
    return fmt::format(
        "i = Const value=[{},-127] : i8[1,2,1,1]\nc = Convert(i) : f32[1,2,1,1]\ns = Const value=.5 : f32[]\n"
        "w = Multiply(c, s) : f32[1,2,1,1]\n",
        first);
  };
  CHECK(meanings(model(before + conv), model(after(20) + conv)) ==
        Lines{"stored y: weights f32[1,2,1,1] under FakeQuantize of 255 levels -> i8[1,2,1,1], scale 0.5, equal bit "
              "for bit (+7)"});
  CHECK(meanings(model(before + conv), model(after(21) + conv)) ==
        Lines{"stored y: weights f32[1,2,1,1] under FakeQuantize of 255 levels -> i8[1,2,1,1], scale 0.5; 1 of 2 "
              "differ, by at most 0.5, "
              "0.25 in the mean, SQNR 42.2 dB, worst channel 0, not equal (+7)"});
}

TEST_CASE("a layer that stands on the other side of another has moved") {
  const std::string s = "s = Const value=2 : f32[]\n";
  CHECK(meanings(model(s + "m = Multiply(x, s) : f32[1,2,4,4]\ny = ReLU(m) : f32[1,2,4,4]\n"),
                 "x = Parameter : f32[1,2,4,4] names=\"x\"\n" + s +
                     "y = ReLU(x) : f32[1,2,4,4]\nm = Multiply(y, s) : f32[1,2,4,4]\nr = Result(m)\n") ==
        Lines{"moved m: from above to below \"y\" (ReLU)"});
}

TEST_CASE("a value that was computed and is a constant now was folded") {
  const std::string y = "y = Reshape(x, t) special_zero=false : f32[1,32]\n";
  CHECK(meanings(model("sh = ShapeOf@opset3(x) output_type=i64 : i64[4]\nb = Const "
                       "value=0 : i64[]\n"
                       "g = ReduceProd(sh, b) keep_dims=true : i64[1]\no = Const value=1 : i64[1]\nt = Concat(o, g) "
                       "axis=0 : i64[2]\n" +
                       y),
                 model("t2 = Const value=[1,32] : i64[2]\ny = Reshape(x, t2) special_zero=false : f32[1,32]\n"))[0] ==
        "folded y: input 1 was computed by \"t\" (Concat), \"g\" (ReduceProd) and \"sh\" (ShapeOf), is the constant "
        "i64[2] [1,32] now (+3)");
}

TEST_CASE("bodies are compared, and named by their owners") {
  const auto with = [](std::string_view inner) {
    return fmt::format(
        "c = Parameter : boolean[]\nx = Parameter : f32[1,3]\ny = If@opset8(c, x) : f32[1,3] {{\n"
        "  then_port_map input external_port_id=1 internal_layer_id=0\n  then_port_map output external_port_id=0 "
        "internal_layer_id=2\n"
        "  else_port_map input external_port_id=1 internal_layer_id=0\n  else_port_map output external_port_id=0 "
        "internal_layer_id=1\n"
        "  then_body {{\n    a = Parameter : f32[1,3]\n    b = {}(a) : f32[1,3]\n    q = Result(b)\n  }}\n"
        "  else_body {{\n    a = Parameter : f32[1,3]\n    q = Result(a)\n  }}\n}}\nr = Result(y)\n",
        inner);
  };
  CHECK(meanings(with("ReLU"), with("ReLU")).empty());
  CHECK(meanings(with("ReLU"), with("Exp")) ==
        Lines{"replaced y/then_body/b: 1 ReLU by 1 Exp behind \"a\" (Parameter), in front of \"q\" (Result)"});
}

TEST_CASE("what is to be ignored is") {
  const std::string c = "c = Const value={} : f32[]\ny = Add(x, c) : f32[1,2,4,4]\n";
  CHECK(meanings(model(fmt::format(fmt::runtime(c), 1)), model(fmt::format(fmt::runtime(c), 2)), {.constants = true})
            .empty());
  CHECK(meanings(model(kRelu), "k = Parameter : f32[1,2,4,4]\nm = ReLU(k) : f32[1,2,4,4]\nn = Result(m)\n",
                 {.names = true})
            .empty());
  const std::string a = "a = Parameter : f32[2] names=\"a\"\n", b = "b = Parameter : f32[2] names=\"b\"\n",
                    rest = "y = Subtract(a, b) : f32[2]\nr = Result(y)\n";
  CHECK(meanings(a + b + rest, b + a + rest) == Lines{"order b: place 1 -> 0", "order a: place 0 -> 1"});
  CHECK(meanings(a + b + rest, b + a + rest, {.order = true}).empty());
}

TEST_CASE("twins are told apart by what they read") {
  // Two equal branches; all names differ.
  const auto twins = [](std::string_view p, std::string_view q) {
    return model(
        fmt::format("{0}1 = ReLU(x) : f32[1,2,4,4]\n{0}2 = Exp({0}1) : f32[1,2,4,4]\n{1}1 = ReLU(x) : f32[1,2,4,4]\n"
                    "{1}2 = Exp({1}1) : f32[1,2,4,4]\ny = Add({0}2, {1}2) : f32[1,2,4,4]\n",
                    p, q));
  };
  const auto lines = meanings(twins("a", "b"), twins("c", "d"));
  CHECK(lines.size() == 4);
  for (const auto& line : lines) CHECK(line.substr(0, 7) == "renamed");
}

TEST_CASE("models without anything in common are compared all the same") {
  CHECK(meanings(model(kRelu), "p = Parameter : i32[]\nq = Result(p)\n").size() >= 2);
  CHECK(meanings("r = Const value=1 : f32[]\n", "").size() == 1);
  CHECK(meanings("", "").empty());
}

#include "text/text.hpp"

#include <catch2/catch.hpp>

#include "ir/verify.hpp"

using namespace lpt;

namespace {

std::string again(std::string_view text) { return print_text(*parse_text(text).graph); }

}  // namespace

TEST_CASE("the text form comes back as it was written") {
  const std::string text =
      "x = Parameter                                            : u8[1,3,?,2..5] names=\"in,put\"\n"
      "w = Const value=[-1,2,3]                                 : i8[3]\n"
      "\"odd name\" = Dequantize(w) scale=[0.1,0.2,0.3]@0 zero_point=4 : f32[3]\n"
      "axis = Const value=0                                     : i64[]\n"
      "s = Split(x, axis) num_splits=3                          : u8[1,1,?,2..5], u8[1,1,?,2..5], u8[1,1,?,2..5]\n"
      "p = MaxPool@opset8(s.1) kernel=[2,2] pads=\"0,0\" mode=\"a b\" : u8[...]\n"
      "same#70 = ReLU(p)                                        : u8[...]\n"
      "same#80 = ReLU(same#70)                                  : u8[...]\n"
      "r = Result(same#80)\n"
      "q = Result(\"odd name\")\n";
  CHECK(again(text) == text);
  verify(parse_text(text), "parsing");
}

TEST_CASE("values of every kind read back to the same bits") {
  for (const auto* line :
       {"c = Const value=[0.1,-0,3.4028235e+38,1e-45] : f32[4]", "c = Const value=[inf,-inf,nan] : f32[3]",
        "c = Const value=[-8,7,-1] : i4[3]", "c = Const value=[15,0] : u4[2]", "c = Const value=[1.5,-65504] : f16[2]",
        "c = Const value=[1,-2.5] : bf16[2]", "c = Const value=0xB4E0 : u1[11]", "c = Const value=0x3800 : f8e4m3[2]",
        "c = Const value=[-9223372036854775808,1] : i64[2]", "c = Const value=18446744073709551615 : u64[]",
        "c = Const value=[1,0] : boolean[2]", "c = Const value=5e-324 : f64[]"}) {
    CAPTURE(line);
    const auto once = again(line);
    CHECK(again(once) == once);
    const std::string value(std::string_view(line).substr(10, std::string_view(line).find(" :") - 10));
    CHECK(once.find(value) != std::string::npos);
  }
}

TEST_CASE("bodies and their port maps stand in braces") {
  const std::string text =
      "cond = Parameter                                         : boolean[]\n"
      "x = Parameter                                            : f32[1,3]\n"
      "y = If@opset8(cond, x)                                   : f32[1,3] {\n"
      "  then_port_map input external_port_id=1 internal_layer_id=0\n"
      "  then_port_map output external_port_id=2 internal_layer_id=2\n"
      "  else_port_map input external_port_id=1 internal_layer_id=0\n"
      "  else_port_map output external_port_id=2 internal_layer_id=1\n"
      "  then_body {\n"
      "    a#0 = Parameter                                      : f32[1,3]\n"
      "    b = ReLU(a#0)                                        : f32[1,3]\n"
      "    r#2 = Result(b)\n"
      "  }\n"
      "  else_body {\n"
      "    a#0 = Parameter                                      : f32[1,3]\n"
      "    r#1 = Result(a#0)\n"
      "  }\n"
      "}\n"
      "r = Result(y)\n";
  const auto twice = again(again(text));
  CHECK(again(text) == twice);
  CHECK(twice.find("then_port_map output external_port_id=2 internal_layer_id=2") != std::string::npos);
  CHECK(twice.find("r#2 = Result(b)") != std::string::npos);
}

TEST_CASE("a large constant is cut where only people read it") {
  const auto model = parse_text("c = Const value=[1,2,3,4] : i8[4]\nr = Result(c)\n");
  CHECK(print_text(*model.graph, 2).find("value=[1,2,...] ") != std::string::npos);
}

TEST_CASE("what the parser does not understand is an error with its line") {
  CHECK_THROWS_WITH(parse_text("x = Parameter : f32[2]\ny = ReLU(z) : f32[2]\n"),
                    "line 2: \"z\" is not defined above at \") : f32[2]\"");
  CHECK_THROWS_WITH(parse_text("x = Parameter : f33[2]\n"), "line 1: an element type expected at \"[2]\"");
  CHECK_THROWS_WITH(parse_text("x = Parameter : f32[2]\nx = Parameter : f32[2]\n"),
                    "line 2: the name is used twice at \"\"");
  CHECK_THROWS_WITH(parse_text("c = Const value=[1,2] : f32[3]\n"),
                    "line 1: value has another size than the shape at \"\"");
  CHECK_THROWS_WITH(parse_text("c = Const value=[1,x] : f32[2]\n"),
                    "line 1: value is not of the constant's type at \"\"");
  CHECK_THROWS_WITH(parse_text("x = Parameter : f32[2]\ny = ReLU(x) : u8[2]\n"), "line 2: its type is f32[2] at \"\"");
  CHECK_THROWS_WITH(parse_text("x = Parameter : f32[2] zork\n"), "line 1: names expected at \"zork\"");
  CHECK_THROWS_WITH(parse_text("x = Parameter : f32[2\n"), "line 1: ']' expected at \"2\"");
}

TEST_CASE("bodies stand at most 64 deep in a text") {
  const auto nested = [](int depth) {
    std::string text, end;
    for (int i = 0; i < depth; ++i) text += "a = Future {\n  body {\n", end += "}\n}\n";
    return text + end;
  };
  CHECK_NOTHROW(parse_text(nested(64)));
  CHECK_THROWS_WITH(parse_text(nested(65)), "line 130: bodies are nested deeper than 64 at \"\"");
}

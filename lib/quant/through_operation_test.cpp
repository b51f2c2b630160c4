#include "quant/through_operation.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "text/text.hpp"

using namespace lpt;

namespace {

/// What becomes of a parameter in the last layer of a graph: "[1,2] 5,7" for each output.
std::string through(const std::string& graph, const SmallTensor& parameter) {
  const auto model = parse_text(graph);
  const Node* last = model.graph->first();
  while (last->next() != nullptr) last = last->next();
  const auto results = through_operation(*last, parameter);
  if (!results) return "none";
  std::vector<std::string> texts;
  for (const auto& result : *results)
    texts.push_back(fmt::format("[{}] {}", result.shape.to_string(), fmt::join(result.values, ",")));
  return fmt::format("{}", fmt::join(texts, "; "));
}

constexpr auto kTranspose = R"(
  x = Parameter                 : f32[?,2,3]
  order = Const value=[0,2,1]   : i64[3]
  y = Transpose(x, order)       : f32[?,3,2]
)";
const SmallTensor kChannels{{1, 2, 1}, {5, 7}};

}  // namespace

TEST_CASE("a parameter moves as its data does, and only what varies is kept") {
  CHECK(through(kTranspose, kChannels) == "[1,1,2] 5,7");
  CHECK(through(kTranspose, {{}, {5}}) == "[1,1,1] 5");
  CHECK(through(kTranspose, {{2, 3}, {1, 2, 3, 4, 5, 6}}) == "[1,3,2] 1,4,2,5,3,6");
}

TEST_CASE("every output of a Split has its part, also one without elements") {
  CHECK(through(R"(
    x = Parameter                          : f32[2,4]
    axis = Const value=1                   : i64[]
    y = Split(x, axis) num_splits=2        : f32[2,2], f32[2,2]
  )",
                {{4}, {1, 2, 3, 3}}) == "[1,2] 1,2; [1,1] 3");
  CHECK(through(R"(
    x = Parameter                          : f32[4]
    axis = Const value=0                   : i64[]
    lengths = Const value=[4,0]            : i64[2]
    y = VariadicSplit(x, axis, lengths)    : f32[4], f32[0]
  )",
                {{4}, {1, 2, 3, 4}}) == "[4] 1,2,3,4; [0] ");
}

TEST_CASE("a length that is not known may be any that the operation takes") {
  // Two rows of 4 elements are no rows of 3, sixty are.
  CHECK(through(R"(
    x = Parameter                                  : f32[?,4]
    shape = Const value=[-1,3]                     : i64[2]
    y = Reshape(x, shape) special_zero=false       : f32[?,3]
  )",
                {{1, 1}, {5}}) == "[1,1] 5");
  CHECK(through(R"(
    x = Parameter                                  : f32[?,4]
    shape = Const value=[-1,7]                     : i64[2]
    y = Reshape(x, shape) special_zero=false       : f32[?,7]
  )",
                {{1, 1}, {5}}) == "none");
}

TEST_CASE("a Pad surrounds the parameter with the layer's value, of whatever type") {
  const auto pad = [](std::string_view value, std::string_view type) {
    return fmt::format(R"(
    x = Parameter                                  : {1}[2]
    begin = Const value=[1]                        : i64[1]
    end = Const value=[2]                          : i64[1]
    value = Const value={0}                        : {1}[]
    y = Pad(x, begin, end, value) pad_mode=constant : {1}[5]
  )",
                       value, type);
  };
  CHECK(through(pad("8", "u8"), {{2}, {5, 7}}) == "[5] 8,5,7,8,8");
  CHECK(through(pad("1.5", "f32"), {{2}, {5, 7}}) == "[5] 1.5,5,7,1.5,1.5");
}

TEST_CASE("no parameter goes through what is not known, not constant or too large") {
  const SmallTensor one{{}, {5}};
  CHECK(through("x = Parameter : f32[2]\ny = Custom@extension(x) : f32[2]\n", one) == "none");
  CHECK(through("x = Parameter : f32[2]\nr = Result(x)\n", one) == "none");
  CHECK(through("x = Parameter : f32[...]\ny = ReLU(x) : f32[...]\n", one) == "none");
  CHECK(through("x = Parameter : f32[2]\ns = Parameter : f32[2]\ny = PReLU(x, s) : f32[2]\n", one) == "none");
  CHECK(through("x = Parameter : f32[4194305]\ny = ReLU(x) : f32[4194305]\n", one) == "none");
  CHECK(through("x = Parameter : f32[0]\ny = ReLU(x) : f32[0]\n", one) == "none");
  CHECK(through(kTranspose, {{4}, {1, 2, 3, 4}}) == "none");  // does not broadcast to the data
}

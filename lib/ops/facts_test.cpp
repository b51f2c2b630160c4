#include "ops/facts.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <set>

#include "ops/operation.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr std::string_view kTypes[] = {
#define FACTS(type, least_inputs, integers, channel_axes) #type,
#include "ops/facts.def"
#undef FACTS
};

/// A layer of a type, of inputs that the letters name: a and b are parameters, c and d constants.
struct Layer {
  Model model;
  const Node* node;

  Layer(std::string_view type, std::string_view inputs)
      : model(parse_text("a = Parameter : f32[2]\nb = Parameter : f32[2]\nc = Const value=[1,2] : f32[2]\nd = Const "
                         "value=[1,2] : f32[2]\nr = Result(a)\n")) {
    NodeSpec spec;
    spec.type = type;
    for (const char input : inputs) {
      Node* source = model.graph->first();
      while (source->name()[0] != input) source = source->next();
      spec.inputs.push_back(source->output(0));
    }
    spec.outputs = {{ElementType::f32, Shape{2}}};
    node = &model.graph->insert_before(nullptr, std::move(spec));
  }
};

}  // namespace

TEST_CASE("facts: each is one of an operation that is known") {
  std::set<std::string_view> seen;
  for (const auto type : kTypes) {
    INFO(type);
    CHECK(seen.insert(type).second);
    REQUIRE(find_facts(type) != nullptr);
    CHECK(find_facts(type)->type == type);
    bool is_known = false;
    for (int set = 1; set <= 16; ++set) is_known = is_known || find_operation(type, fmt::format("opset{}", set));
    CHECK(is_known);
  }
  CHECK(find_facts("Sigmoid") == nullptr);
  CHECK(find_facts("relu") == nullptr);
}

TEST_CASE("facts: operations whose output holds elements of their input keep its type") {
  for (const auto* type : {"Concat", "MaxPool", "Pad", "ReLU", "ReduceMax", "Reshape", "Split", "Transpose"})
    CHECK(preserves_type(*Layer(type, "ab").node));
  for (const auto* type : {"Add", "AvgPool", "Clamp", "Convert", "Convolution", "FakeQuantize", "MatMul", "Multiply",
                           "PReLU", "ReduceMean", "Sigmoid"})
    CHECK(!preserves_type(*Layer(type, "ab").node));
}

TEST_CASE("facts: linear is a Convert, or a Multiply, Add or Subtract with a constant on one side") {
  const auto linear = [](std::string_view type, std::string_view inputs) {
    return is_linear(*Layer(type, inputs).node);
  };
  for (const auto* type : {"Add", "Subtract", "Multiply"}) {
    INFO(type);
    for (const auto* inputs : {"ac", "ca", "cd"}) CHECK(linear(type, inputs));
    for (const auto* inputs : {"ab", "c", "abc"}) CHECK(!linear(type, inputs));
  }
  CHECK(linear("Convert", "a"));
  CHECK(!linear("Convert", "ac"));
  CHECK(!linear("Divide", "ac"));
  CHECK(!linear("ReLU", "a"));
  CHECK(!linear("MatMul", "ac"));
}

TEST_CASE("facts: convolutions count output channels along axes of their weights, a MatMul has no such weights") {
  const auto axes = [](std::string_view type) { return find_facts(type)->output_channel_axes; };
  using Axes = std::vector<std::size_t>;
  CHECK(axes("Convolution") == Axes{0});
  CHECK(axes("GroupConvolution") == Axes{0, 1});
  CHECK(axes("ConvolutionBackpropData") == Axes{1});
  CHECK(axes("GroupConvolutionBackpropData") == Axes{0, 2});
  for (const auto type : kTypes) {
    INFO(type);
    const Layer layer(type, "ab");
    const bool convolves = type.find("Convolution") != std::string_view::npos;
    CHECK(is_convolution(*layer.node) == convolves);
    CHECK(axes(type).empty() == !convolves);
    CHECK(sums_products(*layer.node) == (convolves || type == "MatMul"));
  }
  CHECK(!is_convolution(*Layer("DeformableConvolution", "ab").node));
  CHECK(!sums_products(*Layer("DeformableConvolution", "ab").node));
}

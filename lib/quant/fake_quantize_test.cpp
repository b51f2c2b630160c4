#include "quant/fake_quantize.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "text/text.hpp"

using namespace lpt;

namespace {

using Values = std::vector<float>;

Node& quantizer(const Model& model) {
  for (Node* node = model.graph->first(); node != nullptr; node = node->next()) {
    if (node->is("FakeQuantize")) return *node;
  }
  FAIL("no FakeQuantize");
  return *model.graph->first();
}

SmallTensor along_channels(Values values) {
  return {Shape{1, static_cast<std::int64_t>(values.size()), 1, 1}, std::move(values)};
}

std::string head(std::string_view data, std::string_view range) {
  return fmt::format("x = Parameter : {}[1,2,4,4]\nl = Const value=0 : {}[]\nh = Const value=1 : {}[]\n", data, range,
                     range);
}

constexpr std::string_view kTail = "r = Result(f)\n";

std::string after(const Model& model) {
  model.graph->remove_orphans();
  model.graph->bury_removed();
  return print_text(*model.graph);
}

std::string as_printed(const std::string& text) { return print_text(*parse_text(text).graph); }

}  // namespace

TEST_CASE("in_one_shape: the end with one value is repeated") {
  SmallTensor low = scalar(0), high = along_channels({1, 2});
  in_one_shape(low, high);
  CHECK(low.values == Values{0, 0});
  CHECK(low.shape == Shape{1, 2, 1, 1});
  CHECK(high.values == Values{1, 2});

  SmallTensor one{Shape{1}, {0}}, other = scalar(1);
  in_one_shape(one, other);
  CHECK(one.shape == Shape{1});
  CHECK(other.shape.rank() == 0);

  SmallTensor two{Shape{2}, {0, 0}}, three{Shape{3}, {1, 1, 1}};
  in_one_shape(two, three);
  CHECK(two.shape == Shape{2});
  CHECK(three.shape == Shape{3});
}

TEST_CASE("set_range: constants of the type of the range, named after the layer") {
  const auto set = [](std::string_view type, Side side, SmallTensor low, SmallTensor high) {
    const auto model = parse_text(
        head(type, type) + fmt::format("f = FakeQuantize(x, l, h, l, h) levels=256 : {}[1,2,4,4]\n{}", type, kTail));
    set_range(*model.graph, quantizer(model), side, std::move(low), std::move(high));
    return after(model);
  };
  CHECK(set("f32", Side::output, scalar(0), along_channels({1, 2})) == as_printed(head("f32", "f32") + R"(
          "f/output_low" = Const value=[0,0] : f32[1,2,1,1]
          "f/output_high" = Const value=[1,2] : f32[1,2,1,1]
          f = FakeQuantize(x, l, h, "f/output_low", "f/output_high") levels=256 : f32[1,2,4,4]
          r = Result(f))"));
  CHECK(set("f16", Side::input, scalar(0), along_channels({1, 2})) == as_printed(head("f16", "f16") + R"(
          "f/input_low" = Const value=0 : f16[]
          "f/input_high" = Const value=[1,2] : f16[1,2,1,1]
          f = FakeQuantize(x, "f/input_low", "f/input_high", l, h) levels=256 : f16[1,2,4,4]
          r = Result(f))"));
}

TEST_CASE("relax_fake_quantize: the types of what it reads are told where they are integers") {
  const auto relaxed = [](ElementType data) {
    const auto model = parse_text(head("f32", "f32") + "f = FakeQuantize(x, l, h, l, h) levels=256 : f32[1,2,4,4]\n" +
                                  std::string(kTail));
    Node& input = quantizer(model).input(0).node();
    model.graph->set_output(input, 0, data, input.output(0).shape());
    relax_fake_quantize(*model.graph, quantizer(model), ElementType::i8);
    return after(model);
  };
  const auto expected = [](std::string_view data, std::string_view believed) {
    return as_printed(head(data, "f32") +
                      fmt::format("f = FakeQuantize@type_relaxed_opset1(x, l, h, l, h) type_relax=true "
                                  "input_data_types={} output_data_types=i8 levels=256 : i8[1,2,4,4]\n{}",
                                  believed, kTail));
  };
  CHECK(relaxed(ElementType::f32) == expected("f32", "\"\""));
  CHECK(relaxed(ElementType::u8) == expected("u8", "[f32,f32,f32,f32,f32]"));
}

TEST_CASE("fits_range: one value, or values along the first two axes of data that keeps its shape") {
  struct Case {
    Shape constant;
    std::size_t count;
    std::string in, out;
    bool fits;
  };
  const Case cases[] = {
      {{1, 1, 1, 1, 1}, 1, "1,2,4,4", "1,2,4,4", true}, {{1, 2, 1, 1}, 2, "1,2,4,4", "1,2,4,4", true},
      {{2, 1, 1, 1}, 2, "2,2,4,4", "2,2,4,4", true},    {{2, 1, 1}, 2, "1,2,4,4", "1,2,4,4", true},
      {{2, 1}, 2, "1,2,2,4", "1,2,2,4", false},         {{2}, 2, "1,2,4,2", "1,2,4,2", false},
      {{1, 2, 1, 1}, 2, "1,?,4,4", "1,?,4,4", false},   {{1, 2, 1, 1}, 2, "...", "...", false},
      {{1, 2, 1, 1}, 2, "1,1,4,4", "1,2,4,4", false},   {{1, 1, 2, 1, 1}, 2, "1,2,4,4", "1,2,4,4", false},
  };
  for (const auto& c : cases) {
    INFO(c.constant.to_string() << " behind [" << c.in << "]");
    const auto model = parse_text(fmt::format(
        "x = Parameter : f32[{0}]\ny = Parameter : f32[{1}]\nz = Multiply(x, y) : f32[{1}]\nr = Result(z)\n", c.in,
        c.out));
    const Node* operation = model.graph->first();
    while (!operation->is("Multiply")) operation = operation->next();
    CHECK(fits_range(*operation, {c.constant, Values(c.count, 2)}) == c.fits);
  }
}

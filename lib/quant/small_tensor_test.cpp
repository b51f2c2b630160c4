#include "quant/small_tensor.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "quant/constant_tensor.hpp"
#include "tensor/convert.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

using enum ElementType;
using Values = std::vector<float>;

/// The value that the Result of some lines reads.
Value result_of(const Model& model) {
  for (const Node* node = model.graph->first(); node != nullptr; node = node->next()) {
    if (node->is("Result")) return node->input(0);
  }
  FAIL("no result");
  return {};
}

std::string indices(std::string_view name, std::string_view values, int count) {
  return fmt::format("{} = Const value=[{}] : i64[{}]\n", name, values, count);
}

}  // namespace

TEST_CASE("small_tensor: a constant, its axes in another order or shape, and converted to a wider type") {
  struct Case {
    std::string lines, last;
    Shape shape;
    Values values;
  };
  const std::string matrix = "c = Const value=[1,2,3,4,5,6] : f32[2,3]\n";
  const Case cases[] = {
      {"c = Const value=[1,-2.5] : f32[2]\n", "c", {2}, {1, -2.5F}},
      {"c = Const value=7 : f16[]\n", "c", Shape(std::vector<Dimension>{}), {7}},
      {"c = Const value=[1,-2.5] : f16[2]\ny = Convert(c) : f32[2]\n", "y", {2}, {1, -2.5F}},
      {"c = Const value=[1,-2.5] : bf16[2]\ny = Convert(c) : f32[2]\n", "y", {2}, {1, -2.5F}},
      {"c = Const value=[1,255] : u8[2]\ny = Convert(c) : f32[2]\n", "y", {2}, {1, 255}},
      {matrix + indices("o", "1,0", 2) + "y = Transpose(c, o) : f32[3,2]\n", "y", {3, 2}, {1, 4, 2, 5, 3, 6}},
      {matrix + indices("p", "3,-1", 2) + "y = Reshape(c, p) special_zero=false : f32[3,2]\n",
       "y",
       {3, 2},
       {1, 2, 3, 4, 5, 6}},
      {matrix + indices("a", "0", 1) + "u = Unsqueeze(c, a) : f32[1,2,3]\n" + indices("o", "2,0,1", 3) +
           "t = Transpose(u, o) : f32[3,1,2]\n" + indices("b", "1", 1) + "y = Squeeze(t, b) : f32[3,2]\n",
       "y",
       {3, 2},
       {1, 4, 2, 5, 3, 6}},
      {"c = Const value=[] : f32[0]\n", "c", {0}, {}},
  };
  for (const auto& c : cases) {
    INFO(c.lines);
    const auto model = parse_text(c.lines + "r = Result(" + c.last + ")\n");
    const auto tensor = small_tensor(result_of(model));
    REQUIRE(tensor);
    CHECK(tensor->shape == c.shape);
    CHECK(tensor->values == c.values);
  }
}

TEST_CASE("small_tensor: no real constant, or one that loses bits on its way") {
  for (const auto* lines : {
           "y = Parameter : f32[2]\n",
           "x = Parameter : f16[2]\ny = Convert(x) : f32[2]\n",
           "y = Const value=[1,2] : i8[2]\n",
           "y = Const value=[1,2] : f64[2]\n",
           "c = Const value=[1,2] : f32[2]\ny = Convert(c) : f16[2]\n",
           "c = Const value=[1,2] : u8[2]\ny = Convert(c) : f16[2]\n",
           "c = Const value=[1,2] : i4[2]\ny = Convert(c) : f32[2]\n",
           "c = Const value=[1,2] : f32[2]\ny = Sigmoid(c) : f32[2]\n",
           "c = Const value=[1,2] : f32[2]\na = Const value=0 : i64[]\ny = Split(c, a) num_splits=1 : f32[2]\n",
           "c = Const value=[1,2] : f32[2]\ny = Unheard(c) : f32[2]\n",
           "c = Const value=[1,2] : f32[1,2]\no = Parameter : i64[2]\ny = Transpose(c, o) : f32[?,?]\n",
           "c = Const value=[1,2] : f32[1,2]\no = Parameter : i64[2]\ny = Reshape(c, o) special_zero=false : "
           "f32[?,?]\n",
       }) {
    INFO(lines);
    const auto model = parse_text(std::string(lines) + "r = Result(y)\n");
    CHECK(!small_tensor(result_of(model)));
  }
}

TEST_CASE("small_tensor: at most 2^21 elements, and 16 layers behind the constant") {
  const auto is_told = [](std::int64_t count) {
    auto model = parse_text("x = Parameter : f32[]\nr = Result(x)\n");
    const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
    const Node& node =
        model.graph->insert_constant_before(nullptr, "c", f32, Shape{count}, Blob::of(std::vector<std::byte>(bytes)));
    return small_tensor(node.output(0)).has_value();
  };
  CHECK(is_told(1 << 21));
  CHECK(!is_told((1 << 21) + 1));

  const auto is_followed = [](int layers) {
    std::string text = "y0 = Const value=[1,2] : f32[1,2]\no = Const value=[1,0] : i64[2]\n";
    for (int i = 1; i <= layers; ++i)
      text += fmt::format("y{} = Transpose(y{}, o) : f32[{}]\n", i, i - 1, i % 2 == 0 ? "1,2" : "2,1");
    const auto model = parse_text(fmt::format("{}r = Result(y{})\n", text, layers));
    return small_tensor(result_of(model)).has_value();
  };
  CHECK(is_followed(16));
  CHECK(!is_followed(17));
}

TEST_CASE("constant_path: the bytes, their type and that of the value, in the order of the shape") {
  const auto model = parse_text(
      "c = Const value=[1,2,3,4,5,6] : i8[2,3]\no = Const value=[1,0] : i64[2]\nt = Transpose(c, o) : i8[3,2]\ny = "
      "Convert(t) : f32[3,2]\nr = Result(y)\n");
  const auto path = constant_path(result_of(model));
  REQUIRE(path);
  CHECK(path->stored == i8);
  CHECK(path->real == f32);
  CHECK(path->shape == Shape{3, 2});
  CHECK(path->constant->name() == "c");
  std::vector<std::byte> bytes;
  for (const int value : {1, 4, 2, 5, 3, 6}) bytes.push_back(static_cast<std::byte>(value));
  CHECK(path->blob.to_vector() == bytes);
}

TEST_CASE("constant_path: half bytes are reshaped, and not transposed") {
  const std::string constant = "c = Const value=[1,2,3,4,5,6] : i4[2,3]\n";
  const auto reshaped =
      parse_text(constant + indices("p", "6", 1) + "y = Reshape(c, p) special_zero=false : i4[6]\nr = Result(y)\n");
  REQUIRE(constant_path(result_of(reshaped)));
  CHECK(constant_path(result_of(reshaped))->shape == Shape{6});
  const auto transposed =
      parse_text(constant + indices("o", "1,0", 2) + "y = Transpose(c, o) : i4[3,2]\nr = Result(y)\n");
  CHECK(!constant_path(result_of(transposed)));
}

TEST_CASE("SmallTensor::broadcast_to repeats the values by numpy's rule") {
  const auto repeated = [](Shape shape, Values values, const Shape& target) {
    return SmallTensor{std::move(shape), std::move(values)}.broadcast_to(target).values;
  };
  CHECK(repeated(Shape(std::vector<Dimension>{}), {7}, {2, 2}) == Values{7, 7, 7, 7});
  CHECK(repeated({2}, {1, 2}, {2, 2}) == Values{1, 2, 1, 2});
  CHECK(repeated({2, 1}, {1, 2}, {2, 2}) == Values{1, 1, 2, 2});
  CHECK(repeated({2, 1, 1}, {1, 2}, {2, 2, 1}) == Values{1, 1, 2, 2});
  CHECK(repeated({1, 2}, {1, 2}, {1, 2}) == Values{1, 2});
  CHECK(repeated({1}, {1}, {0}).empty());
}

TEST_CASE("constant_tensor: the elements of a constant, converted as the Converts behind it say") {
  const auto values = [](const std::string& lines, std::uint64_t most = 4) {
    const auto model = parse_text(lines + "r = Result(y)\n");
    const auto tensor = constant_tensor(result_of(model), most);
    if (!tensor) return std::vector<double>{};
    const auto all = convert(*tensor, f64);
    return std::vector<double>(all.data<double>(), all.data<double>() + all.count());
  };
  using Doubles = std::vector<double>;
  CHECK(values("y = Const value=[1,-2] : i4[2]\n") == Doubles{1, -2});
  CHECK(values("c = Const value=[1.75,300] : f32[2]\nb = Convert(c) : u8[2]\ny = Convert(b) : f32[2]\n") ==
        Doubles{1, 44});
  CHECK(values("y = Const value=[1,2,3,4] : i64[4]\n", 4) == Doubles{1, 2, 3, 4});
  CHECK(values("y = Const value=[1,2,3,4] : i64[4]\n", 3).empty());
  CHECK(values("y = Parameter : i64[2]\n").empty());
  CHECK(values("c = Const value=[1,2] : f32[2]\ny = ReLU(c) : f32[2]\n").empty());
  const auto converted = [&](int times) {
    std::string text = "y0 = Const value=5 : i8[]\n";
    for (int i = 1; i <= times; ++i)
      text += fmt::format("y{} = Convert(y{}) : {}[]\n", i, i - 1, i % 2 == 0 ? "i8" : "f32");
    return values(text + fmt::format("y = Convert(y{}) : f32[]\n", times));
  };
  CHECK(converted(15) == Doubles{5});
  CHECK(converted(16).empty());
}

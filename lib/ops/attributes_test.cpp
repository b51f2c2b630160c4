#include "ops/attributes.hpp"

#include <catch2/catch.hpp>

#include "text/text.hpp"

using namespace lpt;

namespace {

using Integers = std::vector<std::int64_t>;

/// A layer of no known type, whose attribute `a` has this text.
struct Layer {
  explicit Layer(const std::string& a) : model(parse_text("y = Custom@extension a=" + a + "\n")) {}
  operator const Node&() const { return *model.graph->first(); }
  Model model;
};

std::optional<Integers> constant(const std::string& value_and_type) {
  const auto model = parse_text("c = Const value=" + value_and_type + "\n");
  return constant_integers(model.graph->first()->output(0));
}

}  // namespace

TEST_CASE("integers may be written as whole real numbers") {
  const auto model =
      parse_text("x = Parameter a=\"1.0,2.00\" b=256.0 c=1.5 d=\"1.5\" e=\"1.0, 1.5\" : f32[1]\nr = Result(x)\n");
  const Node& node = *model.graph->first();
  CHECK(integer_list_attribute(node, "a") == std::vector<std::int64_t>{1, 2});
  CHECK(integer_attribute(node, "b") == 256);
  CHECK_THROWS_WITH(integer_attribute(node, "c"), "c is \"1.5\", should be an integer");
  CHECK_THROWS_WITH(integer_list_attribute(node, "d"), "d is \"1.5\", should be a list of integers");
  CHECK_THROWS_WITH(integer_list_attribute(node, "e"), "e is \"1.0, 1.5\", should be a list of integers");
}

TEST_CASE("integer attributes and lists of them") {
  CHECK(integer_attribute(Layer("+7"), "a") == 7);
  CHECK(integer_attribute(Layer("7"), "b", 3) == 3);
  CHECK(integer_list_attribute(Layer("\" 1, -2\""), "a") == Integers{1, -2});
  CHECK(integer_list_attribute(Layer("\"\""), "a", {3}).empty());
  CHECK(integer_list_attribute(Layer("1"), "b", {3}) == Integers{3});
  CHECK_THROWS_WITH(integer_attribute(Layer("7"), "b"), "attribute b is missing");
  CHECK_THROWS_WITH(integer_attribute(Layer("7.5"), "a", 3), "a is \"7.5\", should be an integer");
  CHECK_THROWS_WITH(integer_list_attribute(Layer("\"1,,2\""), "a"), "a is \"1,,2\", should be a list of integers");
}

TEST_CASE("real and boolean attributes") {
  CHECK(real_attribute(Layer("-2.5e-1"), "a") == -0.25);
  CHECK(real_attribute(Layer("1"), "b", 0.5) == 0.5);
  CHECK_THROWS_WITH(real_attribute(Layer("half"), "a", 0.5), "a is \"half\", should be a number");
  CHECK(real_list_attribute(Layer("\"1, -2.5\""), "a") == std::vector<float>{1, -2.5F});
  CHECK(real_list_attribute(Layer("\"\""), "a").empty());
  CHECK(real_list_attribute(Layer("1"), "b").empty());
  CHECK_THROWS_WITH(real_list_attribute(Layer("\"1,,2\""), "a"), "a is \"1,,2\", should be a list of numbers");
  CHECK(boolean_attribute(Layer("TRUE"), "a", false));
  CHECK(boolean_attribute(Layer("1"), "a", false));
  CHECK_FALSE(boolean_attribute(Layer("False"), "a", true));
  CHECK_FALSE(boolean_attribute(Layer("0"), "a", true));
  CHECK(boolean_attribute(Layer("0"), "b", true));
  CHECK_THROWS_WITH(boolean_attribute(Layer("2"), "a", true), "a is \"2\", should be true or false");
}

TEST_CASE("attributes that name a type or a word") {
  CHECK(element_type_attribute(Layer("f16"), "a") == ElementType::f16);
  CHECK_THROWS_WITH(element_type_attribute(Layer("FP16"), "a"),
                    "a is \"FP16\", should be an element type such as \"f32\"");
  CHECK(index_type_attribute(Layer("i32"), "a", ElementType::i64) == ElementType::i32);
  CHECK(index_type_attribute(Layer("i32"), "b", ElementType::i64) == ElementType::i64);
  CHECK_THROWS_WITH(index_type_attribute(Layer("u8"), "a", ElementType::i64), "a is u8, should be i64 or i32");
  CHECK(enumeration_attribute(Layer("Same_UPPER"), "a", {"valid", "same_upper"}, 0) == 1);
  CHECK(enumeration_attribute(Layer("valid"), "b", {"valid", "same_upper"}, 1) == 1);
  CHECK_THROWS_WITH(enumeration_attribute(Layer("same"), "a", {"valid", "same_upper"}, 0),
                    "a is \"same\", should be one of valid, same_upper");
}

TEST_CASE("integers of a Const, whatever their width and sign") {
  CHECK(constant("[-1,2] : i64[2]") == Integers{-1, 2});
  CHECK(constant("[-1,2] : i32[2]") == Integers{-1, 2});
  CHECK(constant("[-1,2] : i8[2]") == Integers{-1, 2});
  CHECK(constant("200 : u8[]") == Integers{200});
  CHECK(constant("4294967295 : u32[]") == Integers{4294967295});
  CHECK(constant("7 : u64[1]") == Integers{7});
  CHECK_FALSE(constant("1 : f32[]"));
  const auto model = parse_text("x = Parameter : i64[2]\n");
  CHECK_FALSE(constant_integers(model.graph->first()->output(0)));
}

TEST_CASE("the number of inputs, and axes that count from the end") {
  const auto model = parse_text("x = Parameter : f32[2]\ny = Custom@extension(x, x) : f32[2]\n");
  const Node& two = *model.graph->first()->next();
  expect_inputs(two, 1, 2);
  CHECK_THROWS_WITH(expect_inputs(two, 3, 3), "has 2 inputs, should have 3");
  CHECK_THROWS_WITH(expect_inputs(two, 0, 1), "has 2 inputs, should have 0 to 1");
  CHECK_THROWS_WITH(expect_input(2, 2), "has 2 inputs, needs at least 3");
  CHECK(axes_of({2, -3}, 3) == std::vector<std::size_t>{2, 0});
  CHECK_THROWS_WITH(axis_of(3, 3), "axis 3 does not exist, its tensor has 3 axes");
  CHECK_THROWS_WITH(axis_of(-4, 3), "axis -4 does not exist, its tensor has 3 axes");
  CHECK_THROWS_WITH(axes_of({1, -2}, 3), "axis -2 is named twice");
}

#include "ir/shape.hpp"

#include <catch2/catch.hpp>

using namespace lpt;

TEST_CASE("a shape reads every form that a Parameter can have") {
  const auto text = [](std::string_view t) {
    const auto shape = Shape::parse(t);
    return shape ? shape->to_string() : "refused";
  };
  CHECK(text("1,3,224,224") == "1,3,224,224");
  CHECK(text("[1, 3]") == "1,3");
  CHECK(text("") == "");
  CHECK(text("...") == "...");
  CHECK(text("?,-1") == "?,?");
  CHECK(text("1..5,..8,3..") == "1..5,..8,3..");
  CHECK(text("3..3") == "3");
  CHECK(text("0,3") == "0,3");
}

TEST_CASE("a shape refuses what OpenVINO would misread") {
  for (const auto* bad : {"-2,3", "5..1", "9223372036854775808", "abc", "1,,3", "1,3,", "3,...", "..", "1x"}) {
    CAPTURE(bad);
    CHECK_FALSE(Shape::parse(bad));
  }
}

TEST_CASE("the number of elements is checked for overflow") {
  CHECK(Shape({2, 3, 4}).element_count() == 24U);
  CHECK(Shape({}).element_count() == 1U);
  CHECK(Shape({4294967296, 4294967296, 0}).element_count() == 0U);
  CHECK_FALSE(Shape({4294967296, 4294967296}).element_count());
  CHECK_FALSE(Shape({-1, 3}).element_count());
  CHECK_FALSE(Shape::of_unknown_rank().element_count());
}

TEST_CASE("shapes broadcast by numpy's rule") {
  const auto result = [](std::string_view a, std::string_view b) {
    const auto shape = broadcast(*Shape::parse(a), *Shape::parse(b));
    return shape ? shape->to_string() : "refused";
  };
  CHECK(result("2,3", "3") == "2,3");
  CHECK(result("2,1", "1,3") == "2,3");
  CHECK(result("2,3", "") == "2,3");
  CHECK(result("4", "3") == "refused");
  CHECK(result("?,3", "2,3") == "2,3");
  CHECK(result("?,3", "1,3") == "?,3");
  CHECK(result("...", "1,3") == "...");
  CHECK(broadcasts_to({1, 3}, {2, 3}));
  CHECK_FALSE(broadcasts_to({2, 3}, {1, 3}));
  CHECK_FALSE(broadcasts_to({1, 1, 3}, {2, 3}));
}

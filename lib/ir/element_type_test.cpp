#include "ir/element_type.hpp"

#include <catch2/catch.hpp>

using namespace lpt;

TEST_CASE("element types are spelled differently in data and in ports") {
  CHECK(element_type("f32") == ElementType::f32);
  CHECK(element_type("I8") == ElementType::i8);
  CHECK(element_type("undefined") == ElementType::dynamic);
  CHECK_FALSE(element_type("FP32"));
  CHECK_FALSE(element_type("BOOL"));
  CHECK_FALSE(element_type(""));
  CHECK_FALSE(element_type("zork"));
  CHECK(port_element_type("FP32") == ElementType::f32);
  CHECK(port_element_type("BIN") == ElementType::u1);
  CHECK(port_element_type("U1") == ElementType::u1);
  CHECK(port_element_type("f16") == ElementType::f16);
  CHECK_FALSE(port_element_type("fp32"));
  CHECK_FALSE(port_element_type("BOOLEAN"));
}

TEST_CASE("packed types take whole groups of bytes") {
  CHECK(byte_count(ElementType::f32, 3) == 12U);
  CHECK(byte_count(ElementType::i4, 3) == 2U);
  CHECK(byte_count(ElementType::u1, 11) == 2U);
  CHECK(byte_count(ElementType::u2, 7) == 2U);
  CHECK(byte_count(ElementType::u3, 11) == 6U);
  CHECK(byte_count(ElementType::u6, 7) == 6U);
  CHECK(byte_count(ElementType::f32, 0) == 0U);
  CHECK_FALSE(byte_count(ElementType::f32, 576460752303423488));
  CHECK_FALSE(byte_count(ElementType::string, 1));
}

TEST_CASE("integers lie in the range of their type") {
  const auto check = [](ElementType type, double low, double high) {
    const auto range = integer_range(type);
    CHECK(range.low == low);
    CHECK(range.high == high);
    CHECK((range.holds(low) && range.holds(high)));
    CHECK((!range.holds(low - 1) && !range.holds(high + 1)));
  };
  check(ElementType::u1, 0, 1);
  check(ElementType::i4, -8, 7);
  check(ElementType::u4, 0, 15);
  check(ElementType::i8, -128, 127);
  check(ElementType::u8, 0, 255);
  check(ElementType::i32, -2147483648.0, 2147483647);
  check(ElementType::u32, 0, 4294967295);
}

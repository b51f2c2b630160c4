#include "ir/number.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace lpt;

TEST_CASE("a whole number is read whole, or not at all") {
  CHECK(parse_number(" \t+7") == 7);
  CHECK(parse_number("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(parse_number<unsigned>("4294967295") == 4294967295U);
  for (const auto* bad : {"", " ", "+", "+-7", "++7", "7 ", "7x", "0x7", "7.0", "9223372036854775808"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_number(bad));
  }
  CHECK_FALSE(parse_number<unsigned>("-1"));
  CHECK_FALSE(parse_number<std::uint8_t>("256"));
}

TEST_CASE("a real number is decimal and fits") {
  CHECK(parse_real("+0.5") == 0.5);
  CHECK(parse_real("-1e3") == -1000);
  CHECK(parse_real<float>("16777217") == 16777216.0F);
  for (const auto* bad : {"", "+", "1e400", "1,5", " 1", "1 ", "0x1p3"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_real(bad));
  }
  CHECK_FALSE(parse_real<float>("1e39"));
}

TEST_CASE("labels and lengths, and their products, have 63 bits") {
  CHECK(parse_unsigned("9223372036854775807") == 9223372036854775807U);
  CHECK_FALSE(parse_unsigned("9223372036854775808"));
  CHECK_FALSE(parse_unsigned("-1"));
  CHECK(checked_product(std::uint64_t{1} << 31, std::uint64_t{1} << 31) == std::uint64_t{1} << 62);
  CHECK_FALSE(checked_product(std::uint64_t{1} << 32, std::uint64_t{1} << 31));
  CHECK_FALSE(checked_product(std::uint64_t{1} << 40, std::uint64_t{1} << 40));
  CHECK(checked_product(0, std::uint64_t{1} << 63) == 0U);
}

TEST_CASE("a list has a piece on either side of every comma") {
  const auto items = [](std::string_view list) {
    std::vector<std::string> result;
    for_each_item(list, [&](std::string_view item) { result.emplace_back(item); });
    return result;
  };
  CHECK(items(" a ,\tb\r\n,c d") == std::vector<std::string>{"a", "b", "c d"});
  CHECK(items(",a,") == std::vector<std::string>{"", "a", ""});
  CHECK(items(" \n").empty());
}

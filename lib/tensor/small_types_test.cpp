// Values worked out by hand from the formats: sign, exponent and mantissa, and the order of packed elements.
#include "tensor/small_types.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

using namespace lpt;

namespace {

std::vector<float> decoded(ElementType type, const std::vector<int>& codes, std::size_t count) {
  std::vector<std::byte> bytes;
  for (const int code : codes) bytes.push_back(static_cast<std::byte>(code));
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(decode_small(type, bytes, i));
  return values;
}

float decoded(ElementType type, int code) { return decoded(type, {code}, 1)[0]; }

}  // namespace

TEST_CASE("f8e4m3: bias 7, no infinity, one NaN of each sign") {
  const auto value = [](int code) { return decoded(ElementType::f8e4m3, code); };
  CHECK(value(0x00) == 0);
  CHECK(std::signbit(value(0x80)));
  CHECK(value(0x01) == 1.0F / 512);
  CHECK(value(0x07) == 7.0F / 512);
  CHECK(value(0x08) == 1.0F / 64);
  CHECK(value(0x38) == 1);
  CHECK(value(0x3C) == 1.5F);
  CHECK(value(0xC5) == -3.25F);  // -(1 + 5/8) * 2
  CHECK(value(0x7E) == 448);
  CHECK(std::isnan(value(0x7F)));
  CHECK(std::isnan(value(0xFF)));
}

TEST_CASE("f8e5m2: bias 15, with infinities and NaN") {
  const auto value = [](int code) { return decoded(ElementType::f8e5m2, code); };
  CHECK(value(0x01) == 1.0F / 65536);
  CHECK(value(0x04) == 1.0F / 16384);
  CHECK(value(0x3C) == 1);
  CHECK(value(0xBD) == -1.25F);
  CHECK(value(0x7B) == 57344);
  CHECK(value(0x7C) == INFINITY);
  CHECK(value(0xFC) == -INFINITY);
  for (const int code : {0x7D, 0x7E, 0x7F, 0xFF}) CHECK(std::isnan(value(code)));
}

TEST_CASE("f8e8m0: nothing but a power of two") {
  CHECK(decoded(ElementType::f8e8m0, 127) == 1);
  CHECK(decoded(ElementType::f8e8m0, 0) == std::ldexp(1.0F, -127));
  CHECK(decoded(ElementType::f8e8m0, 254) == std::ldexp(1.0F, 127));
  CHECK(std::isnan(decoded(ElementType::f8e8m0, 255)));
}

TEST_CASE("types of 4 bits: the low half of a byte comes first") {
  CHECK(decoded(ElementType::u4, {0x21, 0x0F}, 3) == std::vector<float>{1, 2, 15});
  CHECK(decoded(ElementType::i4, {0x87, 0x0F}, 3) == std::vector<float>{7, -8, -1});
  CHECK(decoded(ElementType::f4e2m1, {0x71, 0xF5}, 4) == std::vector<float>{0.5F, 6, 3, -6});
  CHECK(std::signbit(decoded(ElementType::f4e2m1, 0x08)));
  CHECK(decoded(ElementType::nf4, {0x70, 0xFF}, 3) == std::vector<float>{-1, 0, 1});
}

TEST_CASE("nf4 rises, and its codes lie between -1 and 1") {
  const auto values = decoded(ElementType::nf4, {0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE}, 16);
  for (std::size_t i = 1; i < values.size(); ++i) CHECK(values[i - 1] < values[i]);
  CHECK(values.front() == -1);
  CHECK(values.back() == 1);
}

TEST_CASE("types of 1, 2, 3 and 6 bits, each in its own order") {
  CHECK(decoded(ElementType::u1, {0xB4, 0x80}, 9) == std::vector<float>{1, 0, 1, 1, 0, 1, 0, 0, 1});  // highest first
  CHECK(decoded(ElementType::u2, {0xE4, 0x02}, 5) == std::vector<float>{0, 1, 2, 3, 2});              // lowest first
  // Low bits 0, 1, 2, 3 twice, then high bits 0 four times and 1 four times.
  CHECK(decoded(ElementType::u3, {0x1B, 0x1B, 0x0F}, 8) == std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7});
  // Low bits 1, 2, 3, 15, then high bits 0, 1, 2, 3.
  CHECK(decoded(ElementType::u6, {0x12, 0x3F, 0x1B}, 4) == std::vector<float>{1, 18, 35, 63});
  CHECK(decoded(ElementType::u6, {0, 0, 0, 0x50, 0, 0x40}, 5)[4] == 21);  // the second group: 5 and 1 * 16
}

TEST_CASE("types whose elements are no codes are refused") {
  CHECK_FALSE(is_small_type(ElementType::i8));
  CHECK_THROWS_WITH(decoded(ElementType::i8, 1), "i8 is not a small type");
}

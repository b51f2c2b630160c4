// Values worked out by hand: fractions are cut, what does not fit keeps its low bits.
#include "tensor/convert.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include <cmath>
#include <cstring>

using namespace lpt;

namespace {

template <class T>
Tensor tensor(ElementType type, std::int64_t count, const std::vector<T>& storage) {
  Tensor result(type, {count});
  REQUIRE(result.byte_count() == storage.size() * sizeof(T));
  std::copy(storage.begin(), storage.end(), result.data<T>());
  return result;
}

template <class T, class As = T>
std::vector<As> elements(const Tensor& tensor) {
  return {tensor.data<T>(), tensor.data<T>() + tensor.count()};
}

Tensor f32(const std::vector<float>& values) {
  return tensor(ElementType::f32, static_cast<std::int64_t>(values.size()), values);
}

using Reals = std::vector<float>;

}  // namespace

TEST_CASE("real numbers lose their fraction, and what is left of them wraps around") {
  CHECK(elements<std::int8_t>(convert(f32({3.9F, -3.9F, 300, -129, 1e20F, NAN}), ElementType::i8)) ==
        std::vector<std::int8_t>{3, -3, 44, 127, 0, 0});
  CHECK(elements<std::uint8_t>(convert(f32({255.9F, 256, -1}), ElementType::u8)) ==
        std::vector<std::uint8_t>{255, 0, 255});
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  CHECK(elements<std::int64_t>(convert(f32({1e18F, 1e20F, -INFINITY, NAN}), ElementType::i64)) ==
        std::vector<std::int64_t>{999999984306749440, kLeast, kLeast, kLeast});
  CHECK(elements<std::uint64_t>(convert(f32({9223372036854775808.0F, -1}), ElementType::u64)) ==
        std::vector<std::uint64_t>{9223372036854775808U, 18446744073709551615U});
}

TEST_CASE("integers wrap around, and round to even where a real type is short of bits") {
  const auto x = tensor<std::int32_t>(ElementType::i32, 3, {300, -1, 16777217});
  CHECK(elements<std::uint8_t>(convert(x, ElementType::u8)) == std::vector<std::uint8_t>{44, 255, 1});
  CHECK(elements<std::int8_t>(convert(x, ElementType::i8)) == std::vector<std::int8_t>{44, -1, 1});
  CHECK(elements<std::uint64_t>(convert(x, ElementType::u64))[1] == 18446744073709551615U);
  CHECK(elements<float>(convert(x, ElementType::f32)) == Reals{300, -1, 16777216});
  CHECK(elements<double>(convert(x, ElementType::f64))[2] == 16777217);
}

TEST_CASE("f16 rounds half to even, bf16 up only behind an odd last bit") {
  const auto through = [](ElementType half, const Reals& values) {
    return elements<float>(convert(convert(f32(values), half), ElementType::f32));
  };
  CHECK(through(ElementType::f16, {2049, 2051, 65519, 65520, -1e9F}) == Reals{2048, 2052, 65504, INFINITY, -INFINITY});
  // The smallest f16 is 2^-24; the smallest with all its bits 2^-14.
  CHECK(through(ElementType::f16, {0x1p-25F, 0x1.8p-25F, 0x1.8p-24F, 0x1.FFEp-15F, -0x1.004p-14F}) ==
        Reals{0, 0x1p-24F, 0x1p-23F, 0x1p-14F, -0x1.004p-14F});
  CHECK(std::isnan(through(ElementType::f16, {NAN})[0]));
  // A step of bf16 above 1 is 2^-7. Even 1: a half and three quarters of a step are cut. Odd 1 + 2^-7: a half is added.
  constexpr float kStep = 1.0F / 128;
  CHECK(through(ElementType::bf16, {1 + kStep / 2, 1 + kStep * 3 / 4, 1 + kStep * 5 / 4, 1 + kStep * 3 / 2,
                                    1 + kStep * 7 / 4}) == Reals{1, 1, 1 + kStep, 1 + 2 * kStep, 1 + 2 * kStep});
  CHECK(elements<float>(convert(tensor<std::uint16_t>(ElementType::bf16, 2, {0x3F80, 0xC040}), ElementType::f32)) ==
        Reals{1, -3});
  CHECK(elements<std::int8_t>(convert(tensor<std::uint16_t>(ElementType::f16, 2, {0x3E00, 0xC580}), ElementType::i8)) ==
        std::vector<std::int8_t>{1, -5});  // 1.5, -5.5
}

TEST_CASE("boolean is 1 for all but 0") {
  const std::vector<std::uint8_t> truth{1, 0, 1, 1};
  CHECK(elements<std::uint8_t>(convert(f32({0.5F, -0.0F, NAN, 256}), ElementType::boolean)) == truth);
  CHECK(elements<std::uint8_t>(
            convert(tensor<std::int16_t>(ElementType::i16, 4, {256, 0, -1, 1}), ElementType::boolean)) == truth);
  CHECK(elements<float>(convert(tensor<std::uint8_t>(ElementType::boolean, 4, {2, 0, 1, 255}), ElementType::f32)) ==
        Reals{1, 0, 1, 1});
}

TEST_CASE("packed types and f8 are read, also where their last byte is not full") {
  CHECK(elements<std::int8_t>(convert(tensor<std::uint8_t>(ElementType::i4, 3, {0x87, 0x0F}), ElementType::i8)) ==
        std::vector<std::int8_t>{7, -8, -1});
  CHECK(elements<float>(convert(tensor<std::uint8_t>(ElementType::f8e4m3, 2, {0x38, 0xFE}), ElementType::f32)) ==
        Reals{1, -448});
  CHECK(elements<std::uint8_t>(convert(tensor<std::uint8_t>(ElementType::u1, 3, {0xA0}), ElementType::boolean)) ==
        std::vector<std::uint8_t>{1, 0, 1});
}

TEST_CASE("the same type shares the elements; a scalar and an empty tensor convert") {
  const auto x = f32({1, 2});
  CHECK(convert(x, ElementType::f32).bytes() == x.bytes());
  CHECK(convert(f32({}), ElementType::i8).count() == 0);
  CHECK(convert(f32({7}).reshaped({}), ElementType::i8).lengths().empty());
}

TEST_CASE("nothing converts to packed types or f8, and text to nothing") {
  CHECK(can_convert(ElementType::i4, ElementType::i4));
  CHECK(can_convert(ElementType::nf4, ElementType::boolean));
  CHECK_FALSE(can_convert(ElementType::string, ElementType::f32));
  CHECK_THROWS_WITH(convert(f32({1}), ElementType::i4), "f32 does not convert to i4");
  CHECK_THROWS_WITH(convert(f32({1}), ElementType::f8e4m3), "f32 does not convert to f8e4m3");
}

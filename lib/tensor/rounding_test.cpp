#include "tensor/rounding.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include "tensor/small_types.hpp"

using namespace lpt;

TEST_CASE("f16 rounds half to even, bf16 as OpenVINO's bfloat16 does") {
  CHECK(round_as(ElementType::f32, 0.1F) == 0.1F);
  CHECK(round_as(ElementType::f16, 2049.0F) == 2048.0F);
  CHECK(round_as(ElementType::f16, 2051.0F) == 2052.0F);
  // 2.765625 / 255 lies 0.69 of a step above an odd bf16: up. 3.34375 / 255 lies 0.84 above an even one: down.
  CHECK(round_as(ElementType::bf16, 2.765625F / 255) == 0.0108642578125F);
  CHECK(round_as(ElementType::bf16, 3.34375F / 255) == 0.0130615234375F);
}

TEST_CASE("f8 is rounded by way of f16 and never overflows") {
  CHECK(to_f8(ElementType::f8e4m3, 0.2F) == 0x25);
  CHECK(to_f8(ElementType::f8e4m3, 448) == 0x7E);
  CHECK(to_f8(ElementType::f8e4m3, 500) == 0x7E);
  CHECK(to_f8(ElementType::f8e4m3, -1e9F) == 0xFE);
  CHECK(to_f8(ElementType::f8e4m3, NAN) == 0x7F);
  CHECK(to_f8(ElementType::f8e4m3, 0.001953125F) == 0x01);   // 2^-9, the smallest
  CHECK(to_f8(ElementType::f8e4m3, 0.0009765625F) == 0x00);  // half of it: to even
  CHECK(to_f8(ElementType::f8e4m3, 0.0029296875F) == 0x02);  // one and a half: to even
  CHECK(to_f8(ElementType::f8e4m3, -0.0F) == 0x80);
  CHECK(to_f8(ElementType::f8e4m3, 0.0155F) == 0x08);  // rounds up into the normal numbers
  // As f16 this is 1.0625 exactly, a tie: to even. Rounded from f32 directly it would go up.
  CHECK(to_f8(ElementType::f8e4m3, 1.0627974F) == 0x38);
  CHECK(to_f8(ElementType::f8e5m2, 57344) == 0x7B);
  CHECK(to_f8(ElementType::f8e5m2, 65504) == 0x7B);
  CHECK(to_f8(ElementType::f8e5m2, 1) == 0x3C);
}

#include "tensor/strided.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace lpt;

namespace {

using Values = std::vector<int>;

/// 1, 2, 3, ... in any type of whole bytes.
template <class T>
Tensor counted(ElementType type, Lengths lengths) {
  Tensor tensor(type, std::move(lengths));
  std::iota(tensor.data<T>(), tensor.data<T>() + tensor.count(), T{1});
  return tensor;
}
Tensor counted(Lengths lengths) { return counted<std::int32_t>(ElementType::i32, std::move(lengths)); }
Tensor empty(Lengths lengths) { return {ElementType::i32, std::move(lengths)}; }

template <class T = std::int32_t>
Values values(const Tensor& tensor) {
  return {tensor.data<T>(), tensor.data<T>() + tensor.count()};
}

}  // namespace

TEST_CASE("row-major strides") {
  CHECK(strides_of({2, 3, 4}) == Lengths{12, 4, 1});
  CHECK(strides_of({}).empty());
}

TEST_CASE("a strided view steps forwards, backwards or not at all") {
  const auto in = counted({2, 3});  // 1 2 3, 4 5 6
  const auto view = [&](std::int64_t offset, const Lengths& lengths, const Lengths& strides) {
    auto out = empty(lengths);
    gather_strided(in, offset, strides, out);
    return values(out);
  };
  CHECK(view(1, {2, 2}, {3, 1}) == Values{2, 3, 5, 6});
  CHECK(view(5, {2, 3}, {-3, -1}) == Values{6, 5, 4, 3, 2, 1});
  CHECK(view(0, {2, 2}, {3, 2}) == Values{1, 3, 4, 6});
  CHECK(view(2, {2, 3}, {3, 0}) == Values{3, 3, 3, 6, 6, 6});
  CHECK(view(0, {3, 2}, {1, 3}) == Values{1, 4, 2, 5, 3, 6});
  CHECK(view(2, {3, 2}, {-1, 3}) == Values{3, 6, 2, 5, 1, 4});
  CHECK(view(4, {}, {}) == Values{5});
  CHECK(view(0, {0, 3}, {3, 1}).empty());
}

TEST_CASE("elements of every width move; packed ones have no address") {
  const auto turned = [](const Tensor& in) {
    Tensor out(in.type(), {2, 2});
    permute(in, {1, 0}, out);
    return out;
  };
  const Values expected{1, 3, 2, 4};
  CHECK(values<std::uint8_t>(turned(counted<std::uint8_t>(ElementType::u8, {2, 2}))) == expected);
  CHECK(values<std::uint16_t>(turned(counted<std::uint16_t>(ElementType::f16, {2, 2}))) == expected);
  CHECK(values<double>(turned(counted<double>(ElementType::f64, {2, 2}))) == expected);
  CHECK_THROWS_WITH(turned(Tensor(ElementType::u4, {2, 2})), "elements of u4 have no address");
}

TEST_CASE("axes in another order, in blocks and across their edges") {
  auto out = empty({4, 2, 3});
  permute(counted({2, 3, 4}), {2, 0, 1}, out);
  CHECK(values(out) == Values{1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23, 4, 8, 12, 16, 20, 24});
  auto turned = empty({2, 35, 33});
  permute(counted({2, 33, 35}), {0, 2, 1}, turned);
  Values expected;
  for (int plane = 0; plane < 2; ++plane)
    for (int i = 0; i < 35; ++i)
      for (int k = 0; k < 33; ++k) expected.push_back(1 + plane * 33 * 35 + k * 35 + i);
  CHECK(values(turned) == expected);
}

TEST_CASE("indices along each axis, with a filler where there are none") {
  const std::int32_t filler = 9;
  const auto* bytes = reinterpret_cast<const std::byte*>(&filler);
  auto out = empty({3, 2});
  gather_by_axis(counted({2, 3}), {{1, -1, 0}, {2, -1}}, bytes, out);
  CHECK(values(out) == Values{6, 9, 9, 9, 3, 9});
  auto repeated = empty({1, 4});
  gather_by_axis(counted({2, 3}), {{0}, {2, 2, 0, 1}}, nullptr, repeated);
  CHECK(values(repeated) == Values{3, 3, 1, 2});
  auto scalar = empty({});
  gather_by_axis(counted({}), {}, nullptr, scalar);
  CHECK(values(scalar) == Values{1});
}

TEST_CASE("a tensor is repeated along axes of length 1 and new ones in front") {
  auto out = empty({2, 2, 3});
  repeat(counted({2}), {2, 1}, out);
  CHECK(values(out) == Values{1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2});
}

TEST_CASE("a tensor is placed into a larger one, and padded") {
  auto out = counted({3, 3});
  place(counted({2, 1}), {1, 2}, out);
  CHECK(values(out) == Values{1, 2, 3, 4, 5, 1, 7, 8, 2});
  CHECK(values(padded(counted({1, 2}), {1, 0}, {3, 3})) == Values{0, 0, 0, 1, 2, 0, 0, 0, 0});
  CHECK(values(padded(empty({0, 2}), {0, 0}, {1, 2})) == Values{0, 0});
}

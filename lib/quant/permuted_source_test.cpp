#include "quant/permuted_source.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>

using namespace lpt;

namespace {

Blob counting(std::size_t count) {
  std::vector<std::uint16_t> values(count);
  std::iota(values.begin(), values.end(), std::uint16_t{0});
  std::vector<std::byte> bytes(count * 2);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return Blob::of(std::move(bytes));
}

std::vector<std::uint16_t> values_of(const Blob& blob) {
  std::vector<std::uint16_t> values(blob.size() / 2);
  blob.read(0, std::as_writable_bytes(std::span(values)));
  return values;
}

}  // namespace

TEST_CASE("a matrix is turned") {
  CHECK(values_of(permuted(counting(6), {2, 3}, {1, 0}, 2)) == std::vector<std::uint16_t>{0, 3, 1, 4, 2, 5});
}

TEST_CASE("every order of four axes gives what indices say, in any piece") {
  const Shape shape{2, 3, 1, 4};
  std::vector<std::size_t> order{0, 1, 2, 3};
  do {
    const std::size_t lengths[] = {2, 3, 1, 4}, strides[] = {12, 4, 4, 1};
    std::vector<std::uint16_t> expected;
    for (std::size_t a = 0; a < lengths[order[0]]; ++a)
      for (std::size_t b = 0; b < lengths[order[1]]; ++b)
        for (std::size_t c = 0; c < lengths[order[2]]; ++c)
          for (std::size_t d = 0; d < lengths[order[3]]; ++d)
            expected.push_back(static_cast<std::uint16_t>(a * strides[order[0]] + b * strides[order[1]] +
                                                          c * strides[order[2]] + d * strides[order[3]]));
    const Blob result = permuted(counting(24), shape, order, 2);
    CAPTURE(order);
    CHECK(values_of(result) == expected);
    for (std::size_t first = 0; first < 24; ++first) {
      std::vector<std::uint16_t> piece(std::min<std::size_t>(5, 24 - first));
      result.read(first * 2, std::as_writable_bytes(std::span(piece)));
      CHECK(std::equal(piece.begin(), piece.end(), expected.begin() + static_cast<std::ptrdiff_t>(first)));
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

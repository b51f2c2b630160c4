#include "io/in_order.hpp"

#include <catch2/catch.hpp>

#include <numeric>
#include <stdexcept>
#include <vector>

using namespace lpt;

TEST_CASE("results are taken in order, whoever made them") {
  std::vector<std::size_t> taken;
  in_order<std::size_t>(
      1000, 4, [](std::size_t i) { return i; }, [&](std::size_t i) { taken.push_back(i); });
  std::vector<std::size_t> expected(1000);
  std::iota(expected.begin(), expected.end(), std::size_t{0});
  CHECK(taken == expected);
}

TEST_CASE("the first exception in order comes back, from either side, and nothing waits for ever") {
  for (int round = 0; round < 200; ++round) {
    std::size_t taken = 0;
    const auto make = [](std::size_t i) -> std::size_t {
      if (i >= 20) throw std::runtime_error("made " + std::to_string(i));
      return i;
    };
    const auto count = [&](std::size_t) { ++taken; };
    CHECK_THROWS_WITH(in_order<std::size_t>(1000, 4, make, count), "made 20");
    CHECK(taken == 20);
    const auto refuse = [](std::size_t i) {
      if (i == 10) throw std::runtime_error("took 10");
    };
    CHECK_THROWS_WITH(in_order<std::size_t>(1000, 4, make, refuse), "took 10");
  }
}

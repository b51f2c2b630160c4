#include "tensor/parallel.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace lpt;

TEST_CASE("every task is done once, also those that tasks share out") {
  std::vector<int> done(40 * 25);
  parallel_tasks(40, [&](std::size_t outer) { parallel_tasks(25, [&](std::size_t i) { ++done[outer * 25 + i]; }); });
  CHECK(done == std::vector<int>(done.size(), 1));
}

TEST_CASE("the exception of the first task that throws comes back, whatever the threads do") {
  for (int round = 0; round < 100; ++round) {
    const auto body = [](std::size_t i) {
      if (i >= 7) throw std::runtime_error("task " + std::to_string(i));
    };
    CHECK_THROWS_WITH(parallel_tasks(100, body), "task 7");
  }
}

TEST_CASE("ranges make up the whole") {
  for (const std::int64_t count : {0, 1, 7, 1000, 100'003}) {
    for (const std::int64_t cost : {0, 1, 50'000}) {
      std::vector<int> seen(static_cast<std::size_t>(count));
      parallel_ranges(count, cost, [&](std::int64_t first, std::int64_t last) {
        for (auto i = first; i < last; ++i) ++seen[static_cast<std::size_t>(i)];
      });
      CHECK(seen == std::vector<int>(seen.size(), 1));
    }
  }
}

#include "quant/broadcast_runs.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace lpt;

namespace {

/// Runs as "first+count: parameter", with "..." behind a parameter that varies.
std::string runs(const Shape& tensor, const Shape& parameters, std::uint64_t first, std::uint64_t count) {
  std::string text;
  BroadcastRuns(tensor, parameters).visit(first, count, [&](const Run& run) {
    text += fmt::format("{}+{}: {}{}  ", run.first, run.count, run.parameter, run.varies ? "..." : "");
  });
  return text;
}

}  // namespace

TEST_CASE("a piece of a tensor in runs of one parameter, or of one for each element") {
  CHECK(runs({2, 3, 2}, {}, 0, 12) == "0+12: 0  ");
  CHECK(runs({2, 3, 2}, {3, 1}, 1, 7) == "1+1: 0  2+2: 1  4+2: 2  6+2: 0  ");
  CHECK(runs({2, 3, 2}, {2, 1, 1}, 4, 5) == "4+2: 0  6+3: 1  ");
  CHECK(runs({2, 3, 2}, {3, 2}, 4, 4) == "4+2: 4...  6+2: 0...  ");
  CHECK(runs({2, 3, 2}, {2, 3, 2}, 5, 3) == "5+3: 5...  ");
  CHECK(runs({2, 3, 2}, {2, 1, 2}, 3, 4) == "3+1: 1...  4+2: 0...  6+1: 2...  ");
}

TEST_CASE("an empty piece and an empty tensor have no runs") {
  CHECK(runs({2, 3}, {}, 4, 0).empty());
  CHECK(runs({0, 3}, {3}, 0, 0).empty());
}

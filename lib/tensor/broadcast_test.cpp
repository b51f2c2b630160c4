#include "tensor/broadcast.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace lpt;

namespace {

/// Each row as "first: first element of each input", and in front how long rows are and which inputs go on along them.
template <std::size_t kInputs>
std::string rows(const Lengths& output, const std::array<Lengths, kInputs>& inputs) {
  const BroadcastRows<kInputs> rows(output, inputs);
  std::string text = std::to_string(rows.row_length()) + " by " + to_string({rows.steps().begin(), rows.steps().end()});
  const auto count = product(output) == 0 ? 0 : product(output) / rows.row_length();
  rows.visit(0, count, [&](const auto& row) {
    text += "; " + std::to_string(row.first) + ": " + to_string({row.inputs.begin(), row.inputs.end()});
  });
  return text;
}

}  // namespace

TEST_CASE("lengths broadcast by numpy's rule") {
  CHECK(broadcast_lengths({2, 1, 3}, {4, 1}) == Lengths{2, 4, 3});
  CHECK(broadcast_lengths({}, {2}) == Lengths{2});
  CHECK(broadcast_lengths({0}, {1}) == Lengths{0});
  CHECK_FALSE(broadcast_lengths({2}, {3}));
}

TEST_CASE("rows are as long as all inputs step alike") {
  CHECK(rows<2>({2, 3}, {{{2, 1}, {3}}}) == "3 by 0,1; 0: 0,0; 3: 1,0");
  CHECK(rows<2>({2, 3, 4}, {{{2, 3, 4}, {1}}}) == "24 by 1,0; 0: 0,0");
  CHECK(rows<2>({2, 3, 2}, {{{3, 2}, {2, 1, 1}}}) == "6 by 1,0; 0: 0,0; 6: 0,1");
  CHECK(rows<1>({2, 2, 2}, {{{2, 1, 2}}}) == "2 by 1; 0: 0; 2: 0; 4: 2; 6: 2");
  CHECK(rows<1>({}, {{{}}}) == "1 by 0; 0: 0");
  CHECK(rows<1>({0, 3}, {{{3}}}) == "3 by 1");
}

TEST_CASE("long rows are cut in equal pieces, so that cores can share them") {
  CHECK(rows<2>({16384}, {{{16384}, {1}}}) == "8192 by 1,0; 0: 0,0; 8192: 8192,0");
  CHECK(rows<1>({16383}, {{{16383}}}) == "16383 by 1; 0: 0");
}

TEST_CASE("all cores together visit every row once") {
  const BroadcastRows<2> rows({300, 400}, {{{300, 1}, {400}}});
  std::vector<std::int64_t> seen(300, -1);
  rows.visit_all(100, [&](const auto& row) { seen[static_cast<std::size_t>(row.inputs[0])] = row.first; });
  std::vector<std::int64_t> expected(300);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<std::int64_t>(400 * i);
  CHECK(seen == expected);
}

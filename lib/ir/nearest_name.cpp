#include "ir/nearest_name.hpp"

#include <algorithm>
#include <utility>

namespace lpt {
namespace {

/// Edits that turn one word into the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const auto changed = diagonal + (a[i - 1] != b[k - 1]);
      diagonal = std::exchange(row[k], std::min({row[k] + 1, row[k - 1] + 1, changed}));
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known) {
  const auto nearest = std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
    return distance(a, name) < distance(b, name);
  });
  return nearest != known.end() && distance(*nearest, name) <= name.size() / 2 ? *nearest : std::string_view{};
}

}  // namespace lpt

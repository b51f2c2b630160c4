#pragma once

#include <cstdint>
#include <vector>

namespace lpt {

/// Hashes of 64 bits that were seen, in one flat table. Of two things with one hash the second counts as seen.
class HashSet {
 public:
  bool contains(std::uint64_t hash) const {
    if (slots_.empty()) return false;
    for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
      if (slots_[at] == nonzero(hash)) return true;
      if (slots_[at] == 0) return false;
    }
  }

  void insert(std::uint64_t hash) {
    if (count_ * 2 >= slots_.size()) grow();
    place(hash);
  }

 private:
  static std::uint64_t nonzero(std::uint64_t hash) { return hash == 0 ? 1 : hash; }
  std::size_t mask() const { return slots_.size() - 1; }

  void place(std::uint64_t hash) {
    std::size_t at = hash & mask();
    while (slots_[at] != 0 && slots_[at] != nonzero(hash)) at = (at + 1) & mask();
    count_ += slots_[at] == 0;
    slots_[at] = nonzero(hash);
  }

  void grow() {
    constexpr std::size_t kFirst = 64;
    const auto old = std::move(slots_);
    slots_.assign(old.empty() ? kFirst : old.size() * 2, 0);
    count_ = 0;
    for (const auto hash : old) {
      if (hash != 0) place(hash);
    }
  }

  std::vector<std::uint64_t> slots_;  ///< a power of two; 0 is empty
  std::size_t count_ = 0;
};

}  // namespace lpt

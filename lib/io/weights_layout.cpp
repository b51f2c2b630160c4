#include "io/weights_layout.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace lpt {
namespace {

/// Constants up to this size are compared by all their bytes at once, larger ones by a sample first.
constexpr std::uint64_t kSmall = 4096;
constexpr std::uint64_t kSample = 256;

std::uint64_t hash(std::span<const std::byte> bytes, std::uint64_t seed) {
  const auto value = std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return (seed ^ value) * 0x9E3779B97F4A7C15 + (seed << 6);
}

/// Equal blobs have equal prints. Reads little, so that a computed constant is not computed for it.
std::uint64_t fingerprint(const Blob& blob) {
  std::uint64_t result = blob.size();
  const auto add = [&](std::uint64_t offset, std::uint64_t size) {
    blob.visit(offset, size, [&](std::span<const std::byte> bytes) { result = hash(bytes, result); });
  };
  if (blob.size() <= kSmall) {
    add(0, blob.size());
  } else {
    add(0, kSample);
    add(blob.size() / 2, kSample);
    add(blob.size() - kSample, kSample);
  }
  return result;
}

template <class Visit>
void for_each_piece(const Blob& blob, Visit&& visit) {
  const auto step = blob.size() == 0 ? 1 : blob.source()->piece_size();
  for (std::uint64_t offset = 0; offset < blob.size(); offset += step) {
    if (!visit(offset, std::min(step, blob.size() - offset))) return;
  }
}

std::uint64_t full_hash(const Blob& blob) {
  std::uint64_t result = blob.size();
  for_each_piece(blob, [&](std::uint64_t offset, std::uint64_t size) {
    // In fixed steps, so that the result does not depend on the pieces of the source.
    std::vector<std::byte> bytes(size);
    blob.read(offset, bytes);
    for (std::uint64_t at = 0; at < size; at += kSmall) {
      result = hash(std::span(bytes).subspan(at, std::min(kSmall, size - at)), result);
    }
    return true;
  });
  return result;
}

bool equal_bytes(const Blob& a, const Blob& b) {
  if (a.size() != b.size()) return false;
  if (a.same_range(b)) return true;
  if (a.size() <= kSmall) {
    std::byte first[kSmall], second[kSmall];
    a.read(0, {first, a.size()});
    b.read(0, {second, b.size()});
    return std::memcmp(first, second, a.size()) == 0;
  }
  bool equal = true;
  std::vector<std::byte> other;
  for_each_piece(a, [&](std::uint64_t offset, std::uint64_t size) {
    other.resize(size);
    b.read(offset, other);
    a.visit(offset, size,
            [&](std::span<const std::byte> bytes) { equal = std::memcmp(bytes.data(), other.data(), size) == 0; });
    return equal;
  });
  return equal;
}

struct RangeHash {
  std::size_t operator()(const Blob& blob) const {
    return std::hash<const void*>()(blob.source().get()) ^ (blob.offset() * 0x9E3779B97F4A7C15) ^ (blob.size() << 32);
  }
};
struct SameRange {
  bool operator()(const Blob& a, const Blob& b) const { return a.same_range(b); }
};

}  // namespace

/// Finds, for a blob, an earlier one with the same bytes.
class WeightsLayout::Sharing {
 public:
  explicit Sharing(std::vector<Placed>& placed) : placed_(placed) {}

  /// Index of the blob in `placed`, where it may be new.
  std::size_t place(const Blob& blob, std::uint64_t& end) {
    const bool is_large = blob.size() > kSmall;
    if (is_large) {
      if (const auto known = by_range_.find(blob); known != by_range_.end()) return known->second;
    }
    const auto [entry, is_new] = by_print_.try_emplace(fingerprint(blob), placed_.size());
    auto found = is_new ? kNone : entry->second;
    std::optional<std::uint64_t> own_hash;
    for (; found != kNone; found = same_print_[found]) {
      // Large constants that differ only between the samples are told apart by a hash, for which each is read once.
      const bool crowded = is_large && same_print_[found] != kNone;
      if (crowded && !own_hash) own_hash = full_hash(blob);
      if (crowded && hash_of(found) != *own_hash) continue;
      if (equal_bytes(placed_[found].blob, blob)) break;
    }
    if (found == kNone) {
      found = placed_.size();
      same_print_.push_back(is_new ? kNone : std::exchange(entry->second, found));
      placed_.push_back({blob, end});
      end += blob.size();
    }
    if (is_large) by_range_.emplace(blob, found);
    return found;
  }

 private:
  std::uint64_t hash_of(std::size_t index) {
    const auto [entry, fresh] = full_hashes_.try_emplace(index, 0);
    if (fresh) entry->second = full_hash(placed_[index].blob);
    return entry->second;
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::vector<Placed>& placed_;
  std::unordered_map<Blob, std::size_t, RangeHash, SameRange> by_range_;
  std::unordered_map<std::uint64_t, std::size_t> by_print_;  ///< the newest with this print ...
  std::vector<std::size_t> same_print_;                      ///< ... and for each the one before it
  std::unordered_map<std::size_t, std::uint64_t> full_hashes_;
};

WeightsLayout::WeightsLayout(const Model& model) {
  Sharing sharing(placed_);
  add(*model.graph, sharing);
  for (const auto& [element, blob] : model.section_blobs) by_element_.emplace(element, sharing.place(blob, size_));
}

void WeightsLayout::add(const Graph& graph, Sharing& sharing) {
  for (const Node* node = graph.first(); node != nullptr; node = node->next()) {
    if (const Blob* blob = node->constant()) constants_.push_back(sharing.place(*blob, size_));
    for (const auto& body : node->bodies()) add(*body.graph, sharing);
  }
}

const WeightsLayout::Placed* WeightsLayout::placed_for(const Element& element) const {
  const auto found = by_element_.find(&element);
  return found == by_element_.end() ? nullptr : &placed_[found->second];
}

}  // namespace lpt

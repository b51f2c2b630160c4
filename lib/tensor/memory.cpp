#include "tensor/memory.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <new>
#include <vector>

namespace lpt {
namespace {

constexpr std::align_val_t kAlignment{64};
/// Smaller blocks are no trouble for the allocator of the C++ library.
constexpr std::size_t kSmallestPooled = 1 << 16;

std::byte* fresh(std::size_t size) { return static_cast<std::byte*>(::operator new(size, kAlignment)); }
void free_block(std::byte* block) { ::operator delete(block, kAlignment); }

class Pool {
 public:
  std::byte* take(std::size_t size) {
    const std::lock_guard lock(mutex_);
    in_use_ += size;
    most_ = std::max(most_, in_use_);
    const auto found = kept_blocks_.find(size);
    if (found != kept_blocks_.end() && !found->second.empty()) {
      auto* block = found->second.back();
      found->second.pop_back();
      kept_ -= size;
      return block;
    }
    if (kept_ + in_use_ > most_) free_kept();
    return fresh(size);
  }

  void give_back(std::byte* block, std::size_t size) {
    const std::lock_guard lock(mutex_);
    in_use_ -= size;
    kept_ += size;
    kept_blocks_[size].push_back(block);
  }

 private:
  void free_kept() {
    for (auto& [size, blocks] : kept_blocks_) {
      for (auto* block : blocks) free_block(block);
    }
    kept_blocks_.clear();
    kept_ = 0;
  }

  std::mutex mutex_;
  std::map<std::size_t, std::vector<std::byte*>> kept_blocks_;  ///< by size
  std::size_t in_use_ = 0, most_ = 0, kept_ = 0;                ///< bytes
};

}  // namespace

std::shared_ptr<std::byte> allocate(std::size_t size) {
  if (size < kSmallestPooled) return {fresh(std::max<std::size_t>(size, 1)), free_block};
  // Sizes are rounded up by an eighth at most, so that tensors of about one size share a block.
  const std::size_t step = std::bit_floor(size) / 8;
  const std::size_t rounded = (size + step - 1) / step * step;
  static auto& pool = *new Pool;  // tensors may live longer than any static object
  return {pool.take(rounded), [rounded](std::byte* block) { pool.give_back(block, rounded); }};
}

}  // namespace lpt

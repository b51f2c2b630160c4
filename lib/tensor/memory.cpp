#include "tensor/memory.hpp"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

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
/// Kept blocks, which come in many sizes, and those in use may take this part more than what was in use at once.
constexpr std::size_t kSlackPart = 5;

std::byte* fresh(std::size_t size) { return static_cast<std::byte*>(::operator new(size, kAlignment)); }
void free_block(std::byte* block) { ::operator delete(block, kAlignment); }

class Pool {
 public:
  Pool() {
#if defined(__GLIBC__)
    // Blocks of this size are to go back to the kernel when they are freed, not to wait in a heap for their like.
    ::mallopt(M_MMAP_THRESHOLD, kSmallestPooled);
#endif
  }

  struct Block {
    std::byte* bytes;
    std::size_t size;
  };

  Block take(std::size_t size) {
    const std::lock_guard lock(mutex_);
    // A larger block serves as well, and is better than fresh pages.
    constexpr std::size_t kMostTooLarge = 4;
    const auto found = kept_blocks_.lower_bound(size);
    if (found != kept_blocks_.end() && found->first <= kMostTooLarge * size) {
      const Block block{found->second.back(), found->first};
      found->second.pop_back();
      if (found->second.empty()) kept_blocks_.erase(found);
      kept_ -= block.size;
      use(block.size);
      return block;
    }
    use(size);
    if (kept_ + in_use_ > most_ + most_ / kSlackPart) free_all();
    return {fresh(size), size};
  }

  void free_kept() {
    const std::lock_guard lock(mutex_);
    free_all();
  }

  void give_back(Block block) {
    const std::lock_guard lock(mutex_);
    in_use_ -= block.size;
    kept_ += block.size;
    kept_blocks_[block.size].push_back(block.bytes);
  }

 private:
  void use(std::size_t size) {
    in_use_ += size;
    most_ = std::max(most_, in_use_);
  }

  void free_all() {
    for (auto& [size, blocks] : kept_blocks_) {
      for (auto* block : blocks) free_block(block);
    }
    kept_blocks_.clear();
    kept_ = 0;
  }

  std::mutex mutex_;
  std::map<std::size_t, std::vector<std::byte*>> kept_blocks_;  ///< by size, none empty
  std::size_t in_use_ = 0, most_ = 0, kept_ = 0;                ///< bytes
};

Pool& pool() {
  static auto& instance = *new Pool;  // tensors may live longer than any static object
  return instance;
}

}  // namespace

void free_kept_memory() { pool().free_kept(); }

std::shared_ptr<std::byte> allocate(std::size_t size) {
  if (size < kSmallestPooled) return {fresh(std::max<std::size_t>(size, 1)), free_block};
  // Sizes are rounded up by an eighth at most, so that tensors of about one size share a block.
  const std::size_t step = std::bit_floor(size) / 8;
  const std::size_t rounded = (size + step - 1) / step * step;
  const auto block = pool().take(rounded);
  return {block.bytes, [block](std::byte*) { pool().give_back(block); }};
}

}  // namespace lpt

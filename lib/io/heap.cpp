#include "io/heap.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

namespace lpt {

HeapWarming::HeapWarming(std::size_t bytes) {
#if defined(__GLIBC__) && defined(MADV_POPULATE_WRITE)
  constexpr std::size_t kWorthIt = 4 << 20;
  constexpr std::size_t kPage = 4096;
  if (bytes < kWorthIt) return;
  // The block has to come from the heap of this thread and to stay there when it is freed.
  constexpr int kAlways = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, kAlways);
  ::mallopt(M_TRIM_THRESHOLD, kAlways);
  block_ = std::malloc(bytes);
  if (block_ == nullptr) return;
  const auto first = (reinterpret_cast<std::uintptr_t>(block_) + kPage - 1) / kPage * kPage;
  thread_ =
      std::thread([first, bytes] { ::madvise(reinterpret_cast<void*>(first), bytes - kPage, MADV_POPULATE_WRITE); });
#else
  static_cast<void>(bytes);
#endif
}

HeapWarming::~HeapWarming() {
  if (thread_.joinable()) thread_.join();
  std::free(block_);
}

}  // namespace lpt

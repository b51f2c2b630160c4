#include "io/heap.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

namespace lpt {

void warm_heap(std::size_t bytes) {
#if defined(__GLIBC__) && defined(MADV_POPULATE_WRITE)
  constexpr std::size_t kWorthIt = 1 << 20;
  constexpr std::size_t kPage = 4096;
  if (bytes < kWorthIt) return;
  // The block has to come from the heap itself and to stay there when it is freed.
  constexpr int kAlways = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, kAlways);
  ::mallopt(M_TRIM_THRESHOLD, kAlways);
  void* block = std::malloc(bytes);
  if (block == nullptr) return;
  const auto first = (reinterpret_cast<std::uintptr_t>(block) + kPage - 1) / kPage * kPage;
  ::madvise(reinterpret_cast<void*>(first), bytes - kPage, MADV_POPULATE_WRITE);
  std::free(block);
#else
  static_cast<void>(bytes);
#endif
}

}  // namespace lpt

#pragma once

#include <cstddef>
#include <memory>

namespace lpt {

/// Memory for tensors, aligned to 64 bytes, not initialized. What is given back is kept for the next tensor of about
/// that size: one inference asks for the same sizes again and again, and fresh pages from the kernel cost more than
/// most operations do. What is kept and in use together is hardly more than what was in use at once.
/// throws  std::bad_alloc
std::shared_ptr<std::byte> allocate(std::size_t size);

/// Gives what is kept back to the kernel.
void free_kept_memory();

}  // namespace lpt

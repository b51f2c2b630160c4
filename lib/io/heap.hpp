#pragma once

#include <cstddef>

namespace lpt {

/// Brings memory that the heap is about to need into the process at once. Page by page, as it is first touched, takes
/// three times as long, and was a third of the time that a large XML took to read. Does nothing where the C library or
/// the kernel cannot.
void warm_heap(std::size_t bytes);

}  // namespace lpt

#pragma once

namespace lpt {

/// Sets of instructions for which kernels are compiled.
enum class Instructions { portable, avx2, avx512 };

/// The best one that this machine has.
Instructions instructions();

}  // namespace lpt

#pragma once

#include "driver/pass.hpp"

namespace lpt {

/// All passes in the order in which they run.
const Passes& pipeline();

}  // namespace lpt

#pragma once

#include <string_view>

#include "passes/pass.hpp"

namespace lpt {

/// Asserts that a pass turns one text into another: both graphs verify, the result is `after`, a second run changes
/// nothing, and the report counts as many rewrites.
void check_rewrite(std::string_view pass, std::string_view before, std::string_view after, std::size_t rewrites = 1);

/// Asserts that a pass leaves a graph alone and says why.
void check_refused(std::string_view pass, std::string_view graph, std::string_view reason);

/// Asserts that a pass leaves a graph alone because it is none of its business.
void check_no_match(std::string_view pass, std::string_view graph);

}  // namespace lpt

#pragma once

#include <optional>
#include <string_view>

#include "driver/pass.hpp"

namespace lpt {

/// Asserts that a pass turns one text into another: both graphs verify, the result is `after`, a second run changes
/// nothing, the report counts as many rewrites, and on seeded random inputs both graphs give the same outputs: bit for
/// bit, or with differences of up to `tolerance` times the largest magnitude, for which the test gives the reason.
void check_rewrite(std::string_view pass, std::string_view before, std::string_view after, std::size_t rewrites = 1,
                   double tolerance = 0, Dialect dialect = Dialect::type_relaxed);

/// Asserts that two models give the same outputs for seeded random inputs: differences of up to `tolerance` times the
/// largest magnitude.
void check_same_function(const Model& before, const Model& after, double tolerance);

/// Asserts that a pass leaves a graph alone and says why; the code as well, if there is one.
void check_refused(std::string_view pass, std::string_view graph, std::string_view reason,
                   std::optional<Cause> code = std::nullopt, Dialect dialect = Dialect::type_relaxed);

/// Asserts that a pass leaves a graph alone because it is none of its business.
void check_no_match(std::string_view pass, std::string_view graph, Dialect dialect = Dialect::type_relaxed);

}  // namespace lpt

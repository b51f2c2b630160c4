#pragma once

#include <string>
#include <vector>

#include "jobs/optimize.hpp"

namespace lpt {

/// A line for each pass that rewrote or refused something, one for each layer that it left alone, with the reason and
/// its code, and one for each layer that follows a rounding of the runtime. Looks up the lines of the layers in the
/// XML.
std::vector<std::string> pass_lines(const Optimized& result);

/// What a check that failed found, and the pass that broke the model, if it is known.
std::string failure(const OptimizeJob& job, const Optimized& result);

/// "out.xml: 40 layers rewritten, 10 of 10 operations in low precision, weights 1.2 MB -> 0.3 MB (25 %), 0.10 s", and a
/// line of a check that passed.
std::string summary(const OptimizeJob& job, const Optimized& result);

}  // namespace lpt

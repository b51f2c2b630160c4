#pragma once

#include <string>

#include "jobs/verification.hpp"

namespace lpt {

/// "max abs 1.2e-07, rel 3.4e-07, SQNR 141.2 dB, cosine 1.000000, arg-max 100 %"
std::string describe(const Distance& distance);

/// The same of the worst output of a check, and what was wanted of it if that is not what it is.
std::string describe(const VerifyResult& result, const VerifyOptions& wanted);

}  // namespace lpt

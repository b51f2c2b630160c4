#pragma once

#include <string>

#include "jobs/run.hpp"

namespace lpt {

/// All that a run has to say, for people.
std::string run_text(const RunJob& job, const Ran& ran);

/// The same as JSON.
std::string run_json(const RunJob& job, const Ran& ran);

}  // namespace lpt

#pragma once

#include <string>

namespace lpt {

enum class Verbosity { quiet, normal, verbose };

/// Messages for people, on standard error: errors always, warnings unless quiet, details if verbose.
void set_verbosity(Verbosity verbosity);
void log_error(const std::string& message);
void log_warning(const std::string& message);
void log_detail(const std::string& message);

/// A result, on standard output.
void print(const std::string& text);

}  // namespace lpt

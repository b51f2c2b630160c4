#include "report/log.hpp"

#include <cstdio>

namespace lpt {
namespace {

Verbosity verbosity = Verbosity::normal;

/// A whole line at once, so that those of several processes do not mix.
void log(const std::string& message) {
  const auto line = message + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

void set_verbosity(Verbosity wanted) { verbosity = wanted; }

void log_error(const std::string& message) { log(message); }
void log_warning(const std::string& message) {
  if (verbosity != Verbosity::quiet) log("warning: " + message);
}
void log_detail(const std::string& message) {
  if (verbosity == Verbosity::verbose) log(message);
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace lpt

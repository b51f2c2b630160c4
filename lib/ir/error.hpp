#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace lpt {

/// What a program of this project returns to its shell.
enum class ExitCode : int {
  done = 0,
  check_failed = 1,
  usage = 2,
  bad_model = 3,
  io = 4,
  internal = 5,
};

/// The one exception of the project. Its text is a whole message for the user; `main` prints it and returns the code.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

template <class... Args>
Error bad_model(fmt::format_string<Args...> format, Args&&... args) {
  return {ExitCode::bad_model, fmt::format(format, std::forward<Args>(args)...)};
}

template <class... Args>
Error io_error(fmt::format_string<Args...> format, Args&&... args) {
  return {ExitCode::io, fmt::format(format, std::forward<Args>(args)...)};
}

template <class... Args>
Error usage_error(fmt::format_string<Args...> format, Args&&... args) {
  return {ExitCode::usage, fmt::format(format, std::forward<Args>(args)...)};
}

template <class... Args>
Error internal_error(fmt::format_string<Args...> format, Args&&... args) {
  return {ExitCode::internal, fmt::format(format, std::forward<Args>(args)...)};
}

}  // namespace lpt

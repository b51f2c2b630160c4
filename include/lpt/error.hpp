#pragma once

#include <stdexcept>
#include <string>

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

/// The one exception of the project. Its text is a whole message for the user, and the code is what a program that ends
/// with it should return.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace lpt

#pragma once

#include <fmt/format.h>

#include <lpt/error.hpp>
#include <utility>

namespace lpt {

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

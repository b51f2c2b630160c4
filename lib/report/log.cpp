#include "report/log.hpp"

#include <cstdio>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace lpt {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_color_st("lpt");
    made->set_pattern("%v");
    return made;
  }();
  return *instance;
}

}  // namespace

void set_verbosity(Verbosity verbosity) {
  const auto level = verbosity == Verbosity::quiet     ? spdlog::level::err
                     : verbosity == Verbosity::verbose ? spdlog::level::debug
                                                       : spdlog::level::warn;
  logger().set_level(level);
}

void log_error(const std::string& message) { logger().error(message); }
void log_warning(const std::string& message) { logger().warn("warning: {}", message); }
void log_detail(const std::string& message) { logger().debug(message); }

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace lpt

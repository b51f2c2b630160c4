#pragma once

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>

#include <cstdio>
#include <functional>
#include <limits>
#include <optional>
#include <type_traits>

#include "io/output_pair.hpp"
#include "ir/error.hpp"
#include "ir/number.hpp"
#include "report/log.hpp"

namespace lpt {

/// What every tool takes.
struct CommonFlags {
  unsigned threads = 0;
  bool verbose = false;
  bool quiet = false;
};

/// The number that an option is given: decimal, from `least` to `most`. throws  Error (usage) for any other text
template <class T>
T read_number(const std::string& option, const std::string& text, T least, T most) {
  const auto number = std::is_floating_point_v<T> ? parse_real<T>(text) : parse_number<T>(text);
  if (number && *number >= least && *number <= most) return *number;
  const auto range =
      std::is_floating_point_v<T> ? fmt::format("{} or more", least) : fmt::format("{} to {}", least, most);
  throw usage_error("{} is '{}', should be {}", option, text, range);
}

/// Adds an option that takes such a number. What `value` holds is shown as the default if it is one.
template <class T>
CLI::Option* add_number(CLI::App& app, const std::string& names, T& value, std::type_identity_t<T> least,
                        std::type_identity_t<T> most, const std::string& help) {
  const auto read = [&value, least, most, option = names.substr(names.find("--"))](const std::string& text) {
    value = read_number<T>(option, text, least, most);
  };
  auto* added = app.add_option_function<std::string>(names, read, help);
  return value < least ? added : added->default_str(fmt::format("{}", value));
}

inline void add_tolerance(CLI::App& app, double& value, const std::string& group) {
  add_number(app, "--tolerance", value, 0, std::numeric_limits<double>::max(),
             "the largest difference that counts as equal, in units of the largest magnitude of an output")
      ->type_name("T")
      ->group(group);
}

inline void add_common_flags(CLI::App& app, CommonFlags& flags) {
  add_number(app, "-j,--jobs", flags.threads, 1, 1024, "threads; by default one for each core")
      ->type_name("N")
      ->group("Running");
  app.add_flag("-q,--quiet", flags.quiet, "print nothing but errors")->group("Running");
  app.set_version_flag("--version", app.get_name() + " " LPT_VERSION);
}

/// Lets no flag take a value, as in --stats=3, but those that show one in the help.
inline void refuse_values_of_flags(CLI::App& app) {
  for (auto* option : app.get_options()) {
    if (option->get_expected_max() != 0 || !option->get_type_name().empty()) continue;
    option->check([option](const std::string& text) -> std::string {
      if (text != "true") throw usage_error("{} takes no value, is given '{}'", option->get_name(), text);
      return {};
    });
  }
}

/// Parses the command line, calls `run`, and returns what the program returns to its shell: 0, 1 if `run` gives false,
/// or the code of an error, whose message goes to standard error.
inline int run_command(CLI::App& app, int argc, char** argv, CommonFlags& flags, const std::function<bool()>& run) {
  try {
    refuse_values_of_flags(app);
    app.parse(argc, argv);
    install_signal_handlers();
    set_verbosity(flags.quiet ? Verbosity::quiet : flags.verbose ? Verbosity::verbose : Verbosity::normal);
    std::optional<tbb::global_control> threads;
    if (flags.threads != 0) threads.emplace(tbb::global_control::max_allowed_parallelism, flags.threads);
    const bool passed = run();
    if (std::fflush(stdout) != 0) throw io_error("standard output: cannot write");
    return static_cast<int>(passed ? ExitCode::done : ExitCode::check_failed);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& problem) {
    log_error(app.get_name() + ": " + problem.what());
    return static_cast<int>(ExitCode::usage);
  } catch (const Error& error) {
    log_error(error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    log_error(app.get_name() + ": internal error: " + error.what());
    return static_cast<int>(ExitCode::internal);
  }
}

}  // namespace lpt

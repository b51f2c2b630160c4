#pragma once

#include <CLI/CLI.hpp>
#include <oneapi/tbb/global_control.h>

#include <cstdio>
#include <functional>
#include <optional>

#include "io/output_pair.hpp"
#include "ir/error.hpp"
#include "report/log.hpp"

namespace lpt {

/// What every tool takes.
struct CommonFlags {
  unsigned threads = 0;
  bool verbose = false;
  bool quiet = false;
};

inline void add_common_flags(CLI::App& app, CommonFlags& flags) {
  app.add_option("-j,--jobs", flags.threads, "threads; by default one for each core")
      ->type_name("N")
      ->check(CLI::Range(1U, 1024U))
      ->group("Running");
  app.add_flag("-q,--quiet", flags.quiet, "print nothing but errors")->group("Running");
  app.set_version_flag("--version", app.get_name() + " " LPT_VERSION);
}

/// Parses the command line, calls `run`, and returns what the program returns to its shell: 0, 1 if `run` gives false,
/// or the code of an error, whose message goes to standard error.
inline int run_command(CLI::App& app, int argc, char** argv, CommonFlags& flags, const std::function<bool()>& run) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& problem) {
    log_error(app.get_name() + ": " + problem.what());
    return static_cast<int>(ExitCode::usage);
  }
  install_signal_handlers();
  set_verbosity(flags.quiet ? Verbosity::quiet : flags.verbose ? Verbosity::verbose : Verbosity::normal);
  std::optional<tbb::global_control> threads;
  if (flags.threads != 0) threads.emplace(tbb::global_control::max_allowed_parallelism, flags.threads);
  try {
    const bool passed = run();
    if (std::fflush(stdout) != 0) throw io_error("standard output: cannot write");
    return static_cast<int>(passed ? ExitCode::done : ExitCode::check_failed);
  } catch (const Error& error) {
    log_error(error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    log_error(app.get_name() + ": internal error: " + error.what());
    return static_cast<int>(ExitCode::internal);
  }
}

}  // namespace lpt

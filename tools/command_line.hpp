#pragma once

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "help.hpp"
#include "io/output_pair.hpp"
#include "ir/error.hpp"
#include "ir/nearest_name.hpp"
#include "ir/number.hpp"
#include "report/log.hpp"
#include "tensor/parallel.hpp"

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

/// Words that an option takes, and what they mean.
template <class T>
using Words = std::vector<std::pair<std::string_view, T>>;

/// throws  Error (usage) for a word that is none of them
template <class T>
T meaning(const std::string& option, const std::string& text, const Words<T>& words) {
  std::vector<std::string_view> known;
  for (const auto& [word, value] : words) {
    if (word == text) return value;
    known.push_back(word);
  }
  const auto near = nearest_name(text, known);
  throw usage_error("{} is '{}', should be one of {}{}", option, text, fmt::join(known, ", "),
                    near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
}

/// Adds an option that takes one of some words.
template <class T>
CLI::Option* add_choice(CLI::App& app, const std::string& option, T& value, const Words<std::type_identity_t<T>>& words,
                        const std::string& help) {
  return app.add_option_function<std::string>(
      option, [&value, option, words](const std::string& text) { value = meaning(option, text, words); }, help);
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
  app.set_help_flag("-h,--help", "print this help")->group("Running");
  app.set_version_flag("--version", app.get_name() + " " LPT_VERSION, "print the version")->group("Running");
  app.formatter_fn([](const CLI::App* shown, const std::string&, CLI::AppFormatMode) { return help_text(*shown); });
}

/// Lets no flag take a value, as in --stats=3, but those that show one in the help, and no file be "-": the XML of a model
/// names places in its weights, so that neither goes through a pipe.
inline void refuse_odd_values(CLI::App& app) {
  for (auto* option : app.get_options()) {
    const bool takes_file = option->get_type_name().find('.') != std::string::npos;
    const bool takes_nothing = option->get_expected_max() == 0 && option->get_type_name().empty();
    const auto name = option->get_positional() ? option->get_type_name() : option->get_name();
    option->check([=](const std::string& text) -> std::string {
      if (takes_file && text == "-") throw usage_error("{} is '-', should be a file", name);
      if (takes_nothing && text != "true") throw usage_error("{} takes no value, is given '{}'", name, text);
      return {};
    });
  }
}

/// What an argument that nothing takes should have been.
inline Error unexpected_argument(const CLI::App& app, const std::vector<std::string>& arguments) {
  const auto extra = app.remaining().front();
  if (!extra.starts_with('-')) {
    const auto before = std::find(arguments.begin(), arguments.end(), extra) - arguments.begin() - 1;
    const auto* option = before < 0 ? nullptr : app.get_option_no_throw(arguments[static_cast<std::size_t>(before)]);
    const bool is_value = option != nullptr && option->get_type_name().substr(0, 2) == "[=";
    const bool takes_one = app.get_options([](const CLI::Option* each) { return each->get_positional(); }).size() == 1;
    if (takes_one && extra.ends_with(".xml"))
      return usage_error("'{}' is an argument too many: one model at a time; for m in *.xml; do {} \"$m\" ...; done",
                         extra, app.get_name());
    return usage_error("'{}' is an argument too many{}", extra,
                       is_value ? fmt::format("; did you mean {}={}?", option->get_name(), extra) : "");
  }
  // Of -version the parser takes -v, and leaves -ersion.
  const auto written = std::find_if(arguments.begin(), arguments.end(), [&](const std::string& argument) {
    return argument.starts_with('-') && argument.ends_with(extra.substr(1));
  });
  const auto name = written->substr(0, written->find('='));
  std::vector<std::string_view> known;
  for (const auto* option : app.get_options()) {
    for (const auto& word : option->get_lnames()) known.push_back(word);
  }
  auto bare = name;
  const auto near = nearest_name(bare.erase(0, bare.find_first_not_of('-')), known);
  return usage_error("unknown option '{}'{}", name,
                     near.empty() ? fmt::format("; {} --help names them all", app.get_name())
                                  : fmt::format(", did you mean '--{}'?", near));
}

/// An option without the value that it takes, or with two where one is taken.
inline Error wrong_count(const CLI::App& app, const std::string& problem) {
  const auto name = problem.substr(0, problem.find(':'));
  const auto* option = app.get_option(name);
  const bool missing = problem.find("missing") != std::string::npos;
  return missing ? usage_error("{} needs a value: {}", name, option->get_type_name())
                 : usage_error("{} is given {} times, should be given once", name, option->count());
}

inline void parse_command(CLI::App& app, int argc, char** argv) {
  refuse_odd_values(app);
  if (argc == 2 && std::string_view(argv[1]) == "help" && !std::filesystem::exists(argv[1])) throw CLI::CallForHelp();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    throw unexpected_argument(app, {argv + 1, argv + argc});
  } catch (const CLI::ArgumentMismatch& problem) {
    throw wrong_count(app, problem.what());
  }
}

/// Parses the command line, calls `run`, and returns what the program returns to its shell: 0, 1 if `run` gives false,
/// or the code of an error, whose message goes to standard error: behind the name of the tool unless it is about a file.
inline int run_command(CLI::App& app, int argc, char** argv, CommonFlags& flags, const std::function<bool()>& run) {
  try {
    parse_command(app, argc, argv);
    install_signal_handlers();
    set_verbosity(flags.quiet ? Verbosity::quiet : flags.verbose ? Verbosity::verbose : Verbosity::normal);
    set_threads(flags.threads);
    const bool passed = run();
    if (std::fflush(stdout) != 0) throw io_error("standard output: cannot write");
    return static_cast<int>(passed ? ExitCode::done : ExitCode::check_failed);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& problem) {
    log_error(app.get_name() + ": " + problem.what());
    return static_cast<int>(ExitCode::usage);
  } catch (const Error& error) {
    const bool is_usage = error.code() == ExitCode::usage;
    log_error((is_usage ? app.get_name() + ": " : "") + error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    log_error(app.get_name() + ": internal error: " + error.what());
    return static_cast<int>(ExitCode::internal);
  }
}

}  // namespace lpt

#pragma once

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "ir/number.hpp"
#include "report/terminal.hpp"

namespace lpt {

/// As COLUMNS or the terminal says, but not so narrow that descriptions become columns of words, nor too wide to read.
inline std::size_t help_width() {
  const char* columns = std::getenv("COLUMNS");
  const auto stated = columns != nullptr ? parse_number<std::size_t>(columns) : std::nullopt;
  const auto width = stated ? stated : terminal_width(STDOUT_FILENO);
  return std::clamp<std::size_t>(width.value_or(80), 80, 120);
}

/// "-o, --output OUT.xml"
inline std::string help_name(const CLI::Option& option) {
  const auto& type = option.get_type_name();
  if (option.get_positional()) return type;
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  return fmt::format("{}{}{}", fmt::join(names, ", "), type.empty() || type.front() == '[' ? "" : " ", type);
}

inline std::string help_line(const CLI::Option& option, std::size_t width) {
  constexpr std::size_t kIndent = 28;
  const auto name = "  " + help_name(option);
  const auto standard = option.get_default_str();
  const auto description =
      option.get_description() + (standard.empty() ? "" : fmt::format(" (by default {})", standard));
  return fmt::format("{:<{}}{}\n", name, kIndent, wrapped(description, width, kIndent));
}

inline std::string help_text(const CLI::App& app) {
  const auto width = help_width();
  auto usage = "Usage: " + app.get_name();
  for (const auto* option : app.get_options()) {
    if (option->get_positional()) usage += " " + help_name(*option);
  }
  auto text = wrapped(app.get_description(), width) + "\n\n" + usage + " [options]\n";
  for (const auto& group : app.get_groups()) {
    text += "\n" + group + ":\n";
    for (const auto* option : app.get_options()) {
      if (option->get_group() == group) text += help_line(*option, width);
    }
  }
  return text + "\n" + wrapped(app.get_footer(), width) + "\n";
}

}  // namespace lpt

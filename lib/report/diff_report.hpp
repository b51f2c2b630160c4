#pragma once

#include <string>

#include "jobs/diff.hpp"

namespace lpt {

/// A table of both models, then one line for each change, those of one kind together. Control characters in names are
/// shown as "\x1b".
///
/// coloured  with escape sequences of a terminal
std::string diff_text(const DiffJob& job, const Diffed& diffed, bool coloured);

/// The same as GitHub shows it.
std::string diff_markdown(const DiffJob& job, const Diffed& diffed);

/// The same as JSON; docs/lpt-diff.md says what is in it.
std::string diff_json(const DiffJob& job, const Diffed& diffed);

}  // namespace lpt

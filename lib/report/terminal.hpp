#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lpt {

/// The columns of the terminal that a stream goes to; empty if it goes elsewhere.
std::optional<std::size_t> terminal_width(int stream);

/// Breaks lines between words where they are wider than `width`; a word that is wider stays whole. The text begins, and
/// what is broken goes on, `indent` columns from the left.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

}  // namespace lpt

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ir/model.hpp"

namespace lpt {

/// A text of a model in one line: no byte of a name reaches the terminal as a command, or ends the line.
std::string printable(std::string_view text);
/// The same for Markdown as GitHub shows it.
std::string markdown(std::string_view text);
/// The same for an attribute or text of XML.
std::string xml(std::string_view text);

/// The line of a layer in the XML that was read; 0 for one that a pass added, or where it cannot be told any more.
std::size_t line_of(const Model& model, const LayerLabel& layer);

/// 345524 as "345 524".
std::string grouped(std::uint64_t number);
/// "+1 200", "-3", or nothing.
std::string delta(std::uint64_t before, std::uint64_t after);

}  // namespace lpt

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lpt {

/// A text of a model in one line: no byte of a name reaches the terminal as a command, or ends the line.
std::string printable(std::string_view text);
/// The same for Markdown as GitHub shows it.
std::string markdown(std::string_view text);
/// The same for an attribute or text of XML.
std::string xml(std::string_view text);

/// 345524 as "345 524".
std::string grouped(std::uint64_t number);
/// "+1 200", "-3", or nothing.
std::string delta(std::uint64_t before, std::uint64_t after);

}  // namespace lpt

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/blob.hpp"
#include "ir/element_type.hpp"

namespace lpt {

/// The elements of a constant as the text form writes them: integers in decimal, real numbers in the shortest form that
/// reads back to the same bits, everything else (f8, f4, nf4, u1 ... u6 and strings) as bytes in hex, "0xB4E0".
/// Of more than `most` elements only the first are shown, with "..." behind them, which does not read back.
std::string print_values(ElementType type, const Blob& blob, std::uint64_t elements, std::uint64_t most);

/// The bytes that `print_values` shows. items: the pieces between the commas
/// empty  if an item is no value of the type
std::optional<std::vector<std::byte>> parse_values(ElementType type, const std::vector<std::string_view>& items);

}  // namespace lpt

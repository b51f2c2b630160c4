#pragma once

#include <cstddef>
#include <string_view>

namespace lpt {

/// Offset of the first byte that is no UTF-8; the size if all is well.
/// source  RFC 3629
std::size_t first_invalid_utf8(std::string_view text);

}  // namespace lpt

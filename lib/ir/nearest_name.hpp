#pragma once

#include <string_view>
#include <vector>

namespace lpt {

/// The known name that is meant by a name nobody knows, as far as spelling tells.
/// empty  if none is near: more than half of the letters would have to change
std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace lpt

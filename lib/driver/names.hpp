#pragma once

#include <string_view>
#include <vector>

#include "ir/model.hpp"

namespace lpt {

/// The names by which a user could ask a model for real values: of layers, and of tensors, as the file lists them for
/// an output. Constants are not among them.
std::vector<std::string_view> names_of_real_values(const Model& model);

/// Those of `before` that a model has no more.
std::vector<std::string_view> vanished(const std::vector<std::string_view>& before, const Model& model);

}  // namespace lpt

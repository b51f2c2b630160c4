#pragma once

#include <optional>
#include <vector>

#include "quant/parameter_algebra.hpp"

namespace lpt {

/// What a scale or zero point of the data becomes when the data passes an operation that only moves elements: the
/// operation itself is run on the parameter, repeated to the shape of the data, and what does not vary in the results
/// is one element again.
///
/// node       reads the data at input 0 and nothing but constants at the others
/// parameter  broadcasts to the data
/// returns    one parameter for each output of the node
/// empty      if that would be too large, an input is no constant, or a length that matters is not known
std::optional<std::vector<SmallTensor>> through_operation(const Node& node, const SmallTensor& parameter);

}  // namespace lpt

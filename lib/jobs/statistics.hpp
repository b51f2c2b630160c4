#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ir/model.hpp"

namespace lpt {

/// What a model consists of, bodies included.
struct Statistics {
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  Counts operations;  ///< layers by type
  Counts bytes;       ///< of constants, by element type
  Counts edges;       ///< layer outputs by element type, those of constants not counted
  std::uint64_t layers = 0;
};

Statistics statistics(const Model& model);

}  // namespace lpt

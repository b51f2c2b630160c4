#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ir/model.hpp"
#include "passes/conversion.hpp"

namespace lpt {

/// What a model consists of, bodies included.
struct Statistics {
  std::map<std::string, std::size_t, std::less<>> operations;  ///< layers by type
  std::map<std::string, std::uint64_t, std::less<>> bytes;     ///< of constants, by element type
  std::map<std::string, std::size_t, std::less<>>
      edges;  ///< layer outputs by element type, those of constants not counted
  std::size_t layers = 0;
  std::uint64_t weights = 0;  ///< length of the weights file
};

/// weights  length of the weights file
Statistics statistics(const Model& model, std::uint64_t weights);

/// A table for people: one line for each number that is not 0 on both sides, with a mark where it changed.
std::string before_after_table(const Statistics& before, const Statistics& after);

/// How many layers of an operation with integer kernels work on integers.
struct LowPrecisionCount {
  std::string operation;
  std::size_t low = 0, all = 0;
};

/// Operations that the target states types for, in the order of their names; none in mode weights.
std::vector<LowPrecisionCount> count_low_precision(const Model& model, const Conversion& conversion);
std::string low_precision_table(const std::vector<LowPrecisionCount>& counts);

/// "1.9 MB": for people; bytes in powers of 1000.
std::string human_bytes(std::uint64_t bytes);

}  // namespace lpt

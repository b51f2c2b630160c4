#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "ir/model.hpp"

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

/// "1.9 MB": for people; bytes in powers of 1000.
std::string human_bytes(std::uint64_t bytes);

}  // namespace lpt

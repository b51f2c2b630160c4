#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ir/model.hpp"
#include "jobs/execution.hpp"
#include "jobs/statistics.hpp"

namespace lpt {

/// A file as it lies on the disk.
struct FileFacts {
  std::string path;
  std::uint64_t bytes = 0;
  std::string xxh3;  ///< 128 bits, 32 digits
};
/// Reads it once. throws  Error (io)
FileFacts facts_of(const std::filesystem::path& path);

/// A constant, and how sparse it is.
struct ConstantFacts {
  LayerLabel layer;
  ElementType type;
  std::uint64_t bytes = 0;
  std::uint64_t elements = 0, zeros = 0;  ///< that stand for 0; both 0 where the elements are not looked at
};

/// What a model consists of.
struct ModelAccount {
  std::vector<FileFacts> files;  ///< XML and weights, as far as they exist
  Statistics statistics;
  IntegerShare share;
};

/// A conversion in figures. The layers of the result that come from the file are told by their places in it.
struct Account {
  ModelAccount before, after;
  std::vector<LayerLabel> layers;        ///< of the model that was read, in the order of the file, bodies included
  std::vector<ConstantFacts> constants;  ///< of the model that was read
};

/// All constants of a model. Weights, which are real numbers, or integers of at most 8 bits, are read for their zeros:
/// a stored integer stands for 0 where it is the zero point behind it.
std::vector<ConstantFacts> constants_of(const Model& model);

}  // namespace lpt

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "driver/context.hpp"
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

/// How many layers of an operation with integer kernels work on integers: those that stock OpenVINO runs so where the
/// result is for its CPU plugin, else those that got integers.
struct LowPrecisionCount {
  std::string operation;
  std::size_t low = 0, all = 0;
};

/// The convolutions, MatMuls and recurrent sequences of a model, in the order of the operations' names.
std::vector<LowPrecisionCount> count_low_precision(const Model& model, const PassContext& context);

/// True for a model with something to convert: a FakeQuantize, a FakeConvert, or stored integers that are dequantized.
bool holds_quantization(const Model& model);

}  // namespace lpt

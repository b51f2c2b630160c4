#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "jobs/verification.hpp"

namespace lpt {

/// What the sums of a layer of integers may come to, whatever its inputs are: by the range that its data is quantized
/// to, and its weights. quant/pair_sums.hpp says which sums a CPU without VNNI cuts.
struct Saturation {
  LayerLabel layer;
  std::uint64_t channels = 0;         ///< of the output; those of unknown number count as 2
  std::uint64_t beyond_32_bits = 0;   ///< channels whose sum could leave 32 bits, on every CPU
  std::uint64_t beyond_16_bits = 0;   ///< channels of which a sum of two products could leave 16 bits
  std::int64_t largest_sum = 0;       ///< magnitude
  std::int64_t largest_pair_sum = 0;  ///< likewise of two products
  std::uint64_t worst_channel = 0;    ///< with the largest sum of two products; where there is none, the largest sum

  bool could_saturate() const { return beyond_32_bits != 0 || beyond_16_bits != 0; }
};

/// All layers that run in integers, in the order of the file, those of bodies behind their layer: in a type-relaxed
/// model by the types of their inputs, in all others as RuntimeKernels foresees it, before and after a conversion
/// alike. Weights are read in pieces, on all cores.
std::vector<Saturation> saturation(const Model& model);

/// What happened in a run that saturated.
struct SaturatedRun {
  struct Layer {
    LayerLabel layer;
    std::uint64_t pairs = 0, saturated = 0;  ///< sums of two products, and those that were cut
    double share() const { return pairs == 0 ? 0 : static_cast<double>(saturated) / static_cast<double>(pairs); }
  };
  std::vector<Layer> layers = {};  ///< those that could saturate, and are neither recurrent nor of several scales
  std::vector<std::pair<std::string, Distance>> outputs = {};  ///< from the exact ones
  double least_sqnr_db = std::numeric_limits<double>::infinity();

  std::uint64_t saturated_layers() const;
};

/// Runs a model as a CPU without VNNI does, on the first of the inputs of a verification.
/// empty   if no layer could saturate
/// throws  Error
std::optional<SaturatedRun> run_saturated(const Model& model, const VerifyOptions& options);

}  // namespace lpt

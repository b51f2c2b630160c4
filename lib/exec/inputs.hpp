#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "exec/executor.hpp"
#include "exec/npy.hpp"

namespace lpt {

/// Random tensors for the inputs of a model: real numbers over the range of the FakeQuantizes that read them, also behind
/// a preprocessing by constants, or as from a normal distribution where there are none, 8-bit integers over their range, other integers 0 and 1, or over the length of the tables that they look up. A length that the model leaves
/// open is 2 for the batch, 64 for an axis of space, 8 otherwise, within its bounds; where the model does not take
/// these, what it takes. The same everywhere for the same seed. throws  Error (bad_model) if no such lengths are found
std::vector<Tensor> random_inputs(Executor& executor, std::uint64_t seed);

/// Where inputs come from: files, or a seed of random values where there are none.
struct InputSource {
  std::vector<std::string> files;                ///< NAME=FILE.npy
  std::optional<std::filesystem::path> archive;  ///< .npz with all inputs
  std::uint64_t seed = 1;
  bool is_random() const { return files.empty() && !archive; }
};

/// Inputs for a run; each has random values of its own, and the same files. throws  Error
std::vector<Tensor> draw_inputs(const InputSource& source, Executor& executor, std::uint64_t run = 0);

/// Arrays in the order of the inputs. A name is one of the tensor names of an input, its number, or arr_ and its
/// number. throws  Error (bad_model) if an input gets no array or two, or a name means no input
std::vector<Tensor> arrange_inputs(const std::vector<ModelPort>& ports, const std::vector<NamedTensor>& arrays);

}  // namespace lpt

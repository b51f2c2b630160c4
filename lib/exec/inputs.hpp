#pragma once

#include <cstdint>

#include "exec/executor.hpp"
#include "exec/npy.hpp"

namespace lpt {

/// Random tensors for the inputs of a model: real numbers as from a normal distribution, 8-bit integers over their
/// range, other integers 0 and 1, or over the length of the tables that they look up. A length that the model leaves
/// open is 2 for the batch, 64 for an axis of space, 8 otherwise, within its bounds; where the model does not take
/// these, what it takes. The same everywhere for the same seed. throws  Error (bad_model) if no such lengths are found
std::vector<Tensor> random_inputs(Executor& executor, std::uint64_t seed);

/// Arrays in the order of the inputs. A name is one of the tensor names of an input, its number, or arr_ and its
/// number. throws  Error (bad_model) if an input gets no array or two, or a name means no input
std::vector<Tensor> arrange_inputs(const std::vector<ModelPort>& ports, const std::vector<NamedTensor>& arrays);

}  // namespace lpt

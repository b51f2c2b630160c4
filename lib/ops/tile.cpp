// Tile: the tensor `repeats` times along each axis.
// Source: OpenVINO Tile-1.
#include "ops/operation.hpp"
#include "tensor/strided.hpp"

namespace lpt {

namespace {

/// Repeats and lengths with the same number of axes.
std::pair<Lengths, Lengths> aligned(const Arguments& arguments) {
  Lengths lengths = arguments.lengths(0);
  Lengths repeats = required_integers(arguments, 1);
  const auto rank = std::max(lengths.size(), repeats.size());
  lengths.insert(lengths.begin(), rank - lengths.size(), 1);
  repeats.insert(repeats.begin(), rank - repeats.size(), 1);
  return {lengths, repeats};
}

}  // namespace

std::vector<OutputSpec> tile_infer(const Arguments& arguments) {
  auto [lengths, repeats] = aligned(arguments);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (repeats[i] < 0 || __builtin_mul_overflow(lengths[i], repeats[i], &lengths[i]))
      throw NotInferred("its repeats hold {}", repeats[i]);
  }
  return one_output(arguments.type(0), lengths);
}

void tile_evaluate(Evaluation& run) {
  const auto [lengths, repeats] = aligned(run.arguments());
  // Each axis as a pair: the repetition, which stands still, and the elements.
  const auto inner = strides_of(lengths);
  Lengths pairs;
  Lengths strides;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    pairs.insert(pairs.end(), {repeats[i], lengths[i]});
    strides.insert(strides.end(), {0, inner[i]});
  }
  Tensor view = run.output().reshaped(pairs);
  gather_strided(run.input(0), 0, strides, view);
}

}  // namespace lpt

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "tensor/parallel.hpp"
#include "tensor/tensor.hpp"

namespace lpt {

/// numpy's rule on lengths: aligned on the right, lengths of 1 repeat.
/// empty  if two lengths differ and neither is 1
std::optional<Lengths> broadcast_lengths(const Lengths& a, const Lengths& b);

/// Where the elements of several inputs lie for the elements of an output to which they are broadcast. Neighbouring
/// axes that behave alike are taken together, so that rows are as long as they can be.
template <std::size_t kInputs>
class BroadcastRows {
 public:
  /// Inputs must broadcast to `output`.
  BroadcastRows(const Lengths& output, const std::array<Lengths, kInputs>& inputs);

  struct Row {
    std::int64_t first;                        ///< element of the output
    std::array<std::int64_t, kInputs> inputs;  ///< first element of each input
  };

  std::int64_t row_length() const { return length_; }
  /// 1 if an input goes on along a row, 0 if it stands still, for each input.
  const std::array<std::int64_t, kInputs>& steps() const { return steps_; }

  /// Calls `visit` with rows first ... last-1.
  template <class Visit>
  void visit(std::int64_t first, std::int64_t last, Visit&& visit) const {
    for (std::int64_t row = first; row < last; ++row) {
      Row place{row * length_, {}};
      std::int64_t rest = row;
      for (std::size_t axis = outer_.size(); axis-- > 0;) {
        const auto at = rest % outer_[axis].length;
        rest /= outer_[axis].length;
        for (std::size_t i = 0; i < kInputs; ++i) place.inputs[i] += at * outer_[axis].strides[i];
      }
      visit(place);
    }
  }

  /// The same on all cores; `cost` of an element in nanoseconds.
  template <class Visit>
  void visit_all(std::int64_t cost, Visit&& each) const {
    parallel_ranges(rows_, length_ * cost, [&](std::int64_t first, std::int64_t last) { visit(first, last, each); });
  }

 private:
  struct Axis {
    std::int64_t length;
    std::array<std::int64_t, kInputs> strides;
  };
  std::vector<Axis> outer_;
  std::array<std::int64_t, kInputs> steps_{};
  std::int64_t length_ = 1;
  std::int64_t rows_ = 1;
};

template <std::size_t kInputs>
BroadcastRows<kInputs>::BroadcastRows(const Lengths& output, const std::array<Lengths, kInputs>& inputs) {
  constexpr std::int64_t kLongestRow = 1 << 13;  // longer ones are cut, so that several cores can share them
  std::array<std::int64_t, kInputs> width;       // elements of each input behind the axis
  width.fill(1);
  std::vector<Axis> axes;  // innermost first
  for (std::size_t axis = output.size(); axis-- > 0;) {
    Axis next{output[axis], {}};
    for (std::size_t i = 0; i < kInputs; ++i) {
      const auto& in = inputs[i];
      const auto behind = output.size() - axis;
      const auto length = behind > in.size() ? 1 : in[in.size() - behind];
      next.strides[i] = length == 1 ? 0 : width[i];
      width[i] *= length;
    }
    if (next.length == 1) continue;
    bool joins = !axes.empty();
    for (std::size_t i = 0; joins && i < kInputs; ++i)
      joins = next.strides[i] == axes.back().strides[i] * axes.back().length;
    if (joins) {
      axes.back().length *= next.length;
    } else {
      axes.push_back(next);
    }
  }
  if (!axes.empty()) {
    Axis& inner = axes.front();
    std::int64_t pieces = 1;
    while (inner.length / pieces > kLongestRow && inner.length % (pieces * 2) == 0) pieces *= 2;
    if (pieces > 1) {
      Axis outside{pieces, {}};
      inner.length /= pieces;
      for (std::size_t i = 0; i < kInputs; ++i) outside.strides[i] = inner.strides[i] * inner.length;
      axes.insert(axes.begin() + 1, outside);
    }
    length_ = axes.front().length;
    steps_ = axes.front().strides;
    outer_.assign(axes.rbegin(), axes.rend() - 1);
  }
  for (const auto& axis : outer_) rows_ *= axis.length;
}

}  // namespace lpt

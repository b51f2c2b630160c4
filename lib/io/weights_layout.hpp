#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "ir/model.hpp"

namespace lpt {

/// Where every constant of a model lies in its weights file: in order of the layers, bodies included, without padding,
/// equal bytes once.
class WeightsLayout {
 public:
  explicit WeightsLayout(const Model& model);

  struct Placed {
    Blob blob;
    std::uint64_t offset;
  };
  /// What has to be written, by rising offset.
  const std::vector<Placed>& placed() const { return placed_; }
  std::uint64_t size() const { return size_; }

  /// Place of the n-th constant, counted over the layers in their order, each before its bodies.
  const Placed& nth_constant(std::size_t n) const { return placed_[constants_[n]]; }
  /// Offset of the bytes that a section's element points at; null if it points at none.
  const Placed* placed_for(const Element& element) const;

 private:
  class Sharing;
  void add(const Graph& graph, Sharing& sharing);

  std::vector<Placed> placed_;
  std::vector<std::size_t> constants_;
  std::unordered_map<const Element*, std::size_t> by_element_;
  std::uint64_t size_ = 0;
};

}  // namespace lpt

#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "quant/broadcast_runs.hpp"
#include "quant/small_tensor.hpp"

namespace lpt {

/// Weights in a type of at most 8 bits, computed from real ones in pieces when they are read. What one weight becomes
/// depends on it and on parameters of a shape that broadcasts to the weights.
class WeightsSource : public ByteSource {
 public:
  std::uint64_t size() const override { return *byte_count(type_, count_); }
  void visit(std::uint64_t offset, std::uint64_t size, const Visitor& visitor) const override;
  void read(std::uint64_t offset, std::span<std::byte> out) const override;
  std::uint64_t piece_size() const override;

  /// The low 8 bits of stored values first ... first+out.size()-1.
  void compute(std::uint64_t first, std::span<std::int8_t> out) const;

  /// True if one of the weights that were computed so far is NaN.
  bool has_nan() const { return has_nan_; }

 protected:
  /// type  the stored one: 8 bits, or 4, which are packed with the first element in the low half
  WeightsSource(ConstantPath weights, const Shape& parameters, ElementType type);

 private:
  /// Stored values of one run. weights: little-endian f32, at any address.
  virtual void compute_run(const std::byte* weights, std::int8_t* out, const Run& run) const = 0;

  ConstantPath weights_;
  BroadcastRuns runs_;
  ElementType type_;
  std::uint64_t count_;
  mutable std::atomic<bool> has_nan_ = false;
};

}  // namespace lpt

#include "quant/weights_source.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "tensor/rounding.hpp"

namespace lpt {
namespace {

/// Looks at f32 elements at any address.
bool holds_nan(std::span<const std::byte> bytes) {
  constexpr std::uint32_t kMagnitude = 0x7FFFFFFF, kInfinity = 0x7F800000;
  std::uint32_t found = 0;
  for (std::size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
    std::uint32_t code = 0;
    std::memcpy(&code, bytes.data() + i, sizeof code);
    found |= (code & kMagnitude) > kInfinity ? 1U : 0U;
  }
  return found != 0;
}

}  // namespace

WeightsSource::WeightsSource(ConstantPath weights, const Shape& parameters, ElementType type)
    : weights_(std::move(weights)),
      runs_(weights_.shape, parameters),
      type_(type),
      count_(*weights_.shape.element_count()) {}

std::uint64_t WeightsSource::piece_size() const {
  // As many weights as their source likes to show at a time.
  const auto elements = weights_.blob.source()->piece_size() * 8 / bits(weights_.stored);
  return std::max<std::uint64_t>(elements * bits(type_) / 8, 1);
}

void WeightsSource::compute(std::uint64_t first, std::span<std::int8_t> out) const {
  const auto element = bits(weights_.stored) / 8;
  weights_.blob.visit(first * element, out.size() * element, [&](std::span<const std::byte> bytes) {
    std::vector<float> converted;
    if (weights_.stored != ElementType::f32) {
      converted.resize(out.size());
      read_as_f32(weights_.stored, bytes, converted);
      bytes = std::as_bytes(std::span(converted));
    }
    if (holds_nan(bytes)) has_nan_ = true;
    runs_.visit(first, out.size(), [&](const Run& run) {
      const auto at = run.first - first;
      compute_run(bytes.data() + at * sizeof(float), out.data() + at, run);
    });
  });
}

void WeightsSource::visit(std::uint64_t offset, std::uint64_t size, const Visitor& visitor) const {
  const auto bytes = std::make_unique_for_overwrite<std::byte[]>(size);
  read(offset, {bytes.get(), size});
  visitor({bytes.get(), size});
}

void WeightsSource::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (bits(type_) == 8) return compute(offset, {reinterpret_cast<std::int8_t*>(out.data()), out.size()});
  const auto first = offset * 2;
  std::vector<std::int8_t> values(std::min<std::uint64_t>(out.size() * 2, count_ - first));
  compute(first, values);
  values.resize(out.size() * 2);  // the half byte behind an odd number of elements is 0
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::byte>((values[2 * i] & 0xF) | (values[2 * i + 1] << 4));
  }
}

}  // namespace lpt

#include "quant/weights_source.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "quant/rounding.hpp"

namespace lpt {

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
    runs_.visit(first, out.size(), [&](const Run& run) {
      const auto at = run.first - first;
      compute_run(bytes.data() + at * sizeof(float), out.data() + at, run);
    });
  });
}

void WeightsSource::visit(std::uint64_t offset, std::uint64_t size, const Visitor& visitor) const {
  const std::uint64_t per_byte = 8 / bits(type_);
  const auto first = offset * per_byte;
  const auto count = std::min(size * per_byte, count_ - first);
  const auto values = std::make_unique_for_overwrite<std::int8_t[]>(count);
  compute(first, {values.get(), count});
  if (per_byte == 2) {
    for (std::uint64_t i = 0; i < size; ++i) {
      const int high = 2 * i + 1 < count ? values[2 * i + 1] : 0;
      values[i] = static_cast<std::int8_t>((values[2 * i] & 0xF) | (high << 4));
    }
  }
  visitor(std::as_bytes(std::span(values.get(), size)));
}

}  // namespace lpt

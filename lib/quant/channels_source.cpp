#include "quant/channels_source.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "quant/broadcast_runs.hpp"
#include "quant/quantized_source.hpp"

namespace lpt {
namespace {

int value_of(std::byte stored, ElementType type) {
  return type == ElementType::i8 ? static_cast<std::int8_t>(stored) : static_cast<std::uint8_t>(stored);
}

class ChannelsSource final : public ByteSource {
 public:
  ChannelsSource(const Dequantization& weights, WeightChannels channels)
      : blob_(*weights.stored.node().constant()), type_(weights.type), channels_(std::move(channels)) {
    const Shape& shape = weights.stored.shape();
    row_ = blob_.size() / static_cast<std::uint64_t>(shape[0].min);
    channel_ = row_ / static_cast<std::uint64_t>(shape[1].min);
    if (!weights.zero_point) return;
    const Shape outputs{shape[0].min};
    for (const float z :
         reshaped(*weights.zero_point, Shape{count_of(*weights.zero_point)}).broadcast_to(outputs).values)
      zero_points_.push_back(static_cast<int>(z));
  }

  std::uint64_t size() const override { return channels_.outputs.size() * new_row(); }

  std::uint64_t piece_size() const override {
    return std::max<std::uint64_t>(ByteSource::piece_size() / new_row(), 1) * new_row();
  }

  void visit(std::uint64_t offset, std::uint64_t size, const Visitor& visitor) const override {
    const auto first = offset / new_row(), last = (offset + size - 1) / new_row();
    std::vector<std::byte> row(row_), rows((last - first + 1) * new_row());
    for (auto i = first; i <= last; ++i) {
      const auto output = channels_.outputs[i];
      blob_.read(output * row_, row);
      fill(row, zero_points_.empty() ? 0 : zero_points_[output], rows.data() + (i - first) * new_row());
    }
    visitor(std::span(rows).subspan(offset - first * new_row(), size));
  }

 private:
  static std::int64_t count_of(const SmallTensor& tensor) { return static_cast<std::int64_t>(tensor.values.size()); }
  std::uint64_t new_row() const { return channels_.inputs.size() * channel_; }

  void fill(std::span<const std::byte> row, int zero_point, std::byte* out) const {
    for (const auto& [index, takes] : channels_.inputs) {
      const auto from = row.subspan(index * channel_, channel_);
      if (takes == InputChannel::weights) {
        std::ranges::copy(from, out);
      } else {
        std::ranges::transform(from, out, [&](std::byte stored) {
          const int value = value_of(stored, type_) - zero_point;
          const int rest = takes == InputChannel::rest ? value - std::clamp(value, -128, 127) : 0;
          return static_cast<std::byte>(rest + zero_point);
        });
      }
      out += channel_;
    }
  }

  Blob blob_;
  ElementType type_;
  WeightChannels channels_;
  std::uint64_t row_, channel_;   ///< bytes of an output channel, and of one of its input channels
  std::vector<int> zero_points_;  ///< of each output channel
};

}  // namespace

WeightChannels WeightChannels::of(const Shape& weights) {
  WeightChannels channels;
  for (std::size_t i = 0; i < static_cast<std::size_t>(weights[0].min); ++i) channels.outputs.push_back(i);
  for (std::size_t i = 0; i < static_cast<std::size_t>(weights[1].min); ++i) channels.inputs.push_back({i});
  return channels;
}

Blob with_channels(const Dequantization& weights, WeightChannels channels) {
  return Blob(std::make_shared<ChannelsSource>(weights, std::move(channels)));
}

std::vector<std::size_t> places_beyond_i8(const Dequantization& weights, std::size_t axis) {
  const Shape& shape = weights.stored.shape();
  const Blob& blob = *weights.stored.node().constant();
  const auto& zero_points = weights.zero_point->values;
  const BroadcastRuns runs(shape, weights.zero_point->shape);
  std::uint64_t inner = 1;
  for (auto i = axis + 1; i < shape.rank(); ++i) inner *= static_cast<std::uint64_t>(shape[i].min);
  std::vector<bool> beyond(static_cast<std::size_t>(shape[axis].min));
  const auto piece = blob.source()->piece_size();
  for (std::uint64_t offset = 0; offset < blob.size(); offset += piece) {
    blob.visit(offset, std::min(piece, blob.size() - offset), [&](std::span<const std::byte> bytes) {
      runs.visit(offset, bytes.size(), [&](const Run& run) {
        for (std::uint64_t i = 0; i < run.count; ++i) {
          const float z = zero_points[run.parameter + (run.varies ? i : 0)];
          const float value = static_cast<float>(value_of(bytes[run.first - offset + i], weights.type)) - z;
          if (value < -128 || value > 127) beyond[(run.first + i) / inner % beyond.size()] = true;
        }
      });
    });
  }
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < beyond.size(); ++i) {
    if (beyond[i]) places.push_back(i);
  }
  return places;
}

Blob without_zero_point(const Dequantization& weights, Blob blob, const Shape& shape) {
  const auto& zero_point = *weights.zero_point;
  // The steps of a FakeQuantize whose range is that of i8, moved by the zero point.
  const auto moved = [&](float end) { return mapped(zero_point, [&](float z) { return z + end; }).values; };
  QuantizeParameters parameters{zero_point.shape, moved(-128), moved(127),
                                std::vector<float>(zero_point.values.size(), -128), 256};
  const ConstantPath path{std::move(blob), weights.type, ElementType::f32, shape, nullptr};
  return Blob(std::make_shared<QuantizedSource>(path, std::move(parameters), ElementType::i8));
}

}  // namespace lpt

#include "quant/channels_source.hpp"

#include <catch2/catch.hpp>

#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

using Bytes = std::vector<int>;

/// Stored weights of a type and shape with zero points along axis 0.
struct Stored {
  Model model;
  Dequantization weights;

  Stored(std::string_view values, const std::string& type_and_shape, ElementType type, std::vector<float> zero_points)
      : model(parse_text("v = Const value=" + std::string(values) + " : " + type_and_shape + "\nr = Result(v)\n")) {
    weights.stored = layer_named(*model.graph, "v").output(0);
    weights.type = type;
    std::vector<Dimension> dimensions(weights.stored.shape().rank(), Dimension::exactly(1));
    dimensions[0] = Dimension::exactly(static_cast<std::int64_t>(zero_points.size()));
    if (!zero_points.empty()) weights.zero_point = SmallTensor{Shape(dimensions), std::move(zero_points)};
  }
};

Bytes as_u8(const Blob& blob, std::uint64_t offset = 0) {
  std::vector<std::byte> bytes(blob.size() - offset);
  blob.read(offset, bytes);
  Bytes values;
  for (const auto byte : bytes) values.push_back(static_cast<std::uint8_t>(byte));
  return values;
}
Bytes as_i8(const Blob& blob) {
  Bytes values = as_u8(blob);
  for (auto& value : values) value = static_cast<std::int8_t>(value);
  return values;
}

}  // namespace

TEST_CASE("weights of other channels: outputs that are repeated, and the rest of inputs beyond i8") {
  const Stored u8("[1,2,200,4,5,6,7,140]", "u8[2,2,1,2]", ElementType::u8, {10, 3});
  auto channels = WeightChannels::of(u8.weights.stored.shape());
  channels.outputs = {1, 0, 1};
  channels.inputs.push_back({1, InputChannel::rest});
  channels.inputs.push_back({0, InputChannel::zeros});
  // 200 - 10 = 127 + 63, 140 - 3 = 127 + 10; a zero is the zero point.
  const Bytes expected{5, 6, 7, 140, 3, 13, 3, 3, 1, 2, 200, 4, 73, 10, 10, 10, 5, 6, 7, 140, 3, 13, 3, 3};
  const auto blob = with_channels(u8.weights, channels);
  CHECK(as_u8(blob) == expected);
  CHECK(as_u8(blob, 13) == Bytes(expected.begin() + 13, expected.end()));

  const Stored i8("[-128,127]", "i8[1,2,1,1]", ElementType::i8, {100});
  auto more = WeightChannels::of(i8.weights.stored.shape());
  more.inputs.push_back({0, InputChannel::rest});
  // -128 - 100 = -128 - 100: the rest, and the zero point of 100, are 0.
  CHECK(as_i8(with_channels(i8.weights, more)) == Bytes{-128, 127, 0});
}

TEST_CASE("weights of other channels: real ones, whose zeros are 0") {
  const Stored f16("[1,2]", "f16[1,2,1,1]", ElementType::f16, {});
  auto channels = WeightChannels::of(f16.weights.stored.shape());
  channels.inputs.push_back({1, InputChannel::zeros});
  CHECK(as_u8(with_channels(f16.weights, channels)) == Bytes{0, 0x3C, 0, 0x40, 0, 0});
}

TEST_CASE("places beyond i8, and weights without their zero point") {
  const Stored stored("[1,2,138,4,5,6,7,130]", "u8[2,2,1,2]", ElementType::u8, {10, 3});
  CHECK(places_beyond_i8(stored.weights, 1) == std::vector<std::size_t>{1});
  CHECK(places_beyond_i8(stored.weights, 0) == std::vector<std::size_t>{0});
  CHECK(places_beyond_i8(stored.weights, 3) == std::vector<std::size_t>{0});
  const Blob& blob = *stored.weights.stored.node().constant();
  CHECK(as_i8(without_zero_point(stored.weights, blob, stored.weights.stored.shape())) ==
        Bytes{-9, -8, 127, -6, 2, 3, 4, 127});
}

#include "quant/pair_sums.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <limits>
#include <vector>

#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

using Neighbours = SummedWeights::Neighbours;

constexpr std::string_view kWindow = "strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit";

std::optional<SummedWeights> form_of(std::string_view type, std::string_view attributes, std::string_view shape) {
  const auto model = parse_text(
      fmt::format("x = Parameter : f32[...]\nw = Parameter : f32[{}]\ny = {}(x, w) {} : f32[...]\nr = Result(y)\n",
                  shape, type, attributes));
  const Node& layer = layer_named(*model.graph, "y");
  return SummedWeights::of(layer, layer.input(1).shape());
}

/// "channel: first+second" for each pair, in order.
std::string pairs(std::string_view type, std::string_view attributes, std::string_view shape,
                  Neighbours neighbours = Neighbours::possible) {
  const auto form = form_of(type, attributes, shape).value();
  std::string text;
  for (std::int64_t block = 0; block < form.blocks; ++block) {
    form.for_each_pair({block, 0, form.summed}, neighbours, [&](auto channel, auto first, auto second) {
      text += fmt::format("{}: {}+{}  ", channel, first, second);
    });
  }
  return text;
}

}  // namespace

TEST_CASE("two channels under one tap are a pair, and an odd one is alone") {
  CHECK(pairs("Convolution", kWindow, "2,3,1,2") == "0: 0+2  0: 1+3  1: 6+8  1: 7+9  ");
  CHECK(pairs("GroupConvolution", kWindow, "2,1,2,1,2") == "0: 0+2  0: 1+3  1: 4+6  1: 5+7  ");
  CHECK(pairs("ConvolutionBackpropData", kWindow, "3,2,1,2") == "0: 0+4  0: 1+5  1: 2+6  1: 3+7  ");
  CHECK(pairs("Convolution", kWindow, "2,1,3,3") == "");
  CHECK(pairs("GroupConvolution", kWindow, "3,1,1,3,3") == "");
}

TEST_CASE("in a group of an odd number of channels all products are taken in the order of taps") {
  CHECK(pairs("GroupConvolution", kWindow, "2,1,3,1,2", Neighbours::of_avx2) ==
        "0: 0+2  0: 4+1  0: 3+5  1: 6+8  1: 10+7  1: 9+11  ");
  CHECK(pairs("GroupConvolution", kWindow, "1,1,3,1,2") == "0: 0+2  0: 2+4  0: 4+1  0: 1+3  0: 3+5  ");
  CHECK(pairs("GroupConvolution", kWindow, "1,2,1,1,2") == "0: 0+1  1: 2+3  ");
}

TEST_CASE("pairs of a MatMul lie along the axis that is summed over") {
  CHECK(pairs("MatMul", "transpose_a=false transpose_b=true", "2,3") == "0: 0+1  1: 3+4  ");
  CHECK(pairs("MatMul", "transpose_a=false transpose_b=false", "3,2") == "0: 0+2  1: 1+3  ");
  CHECK(pairs("MatMul", "transpose_a=false transpose_b=false", "2,2,1") == "0: 0+1  1: 2+3  ");
  CHECK(pairs("MatMul", "transpose_a=false transpose_b=true", "4") == "0: 0+1  0: 2+3  ");
}

TEST_CASE("weights of no elements or no rank have no sums, an unknown length counts as 2") {
  CHECK(!form_of("MatMul", "transpose_a=false transpose_b=false", "0,2"));
  CHECK(!form_of("MatMul", "transpose_a=false transpose_b=false", "..."));
  CHECK(form_of("MatMul", "transpose_a=false transpose_b=false", "?,5")->summed == 2);
}

// 255 * 128 = 32640 and 255 * 129 = 32895, of which 16 bits hold -32768...32767.
TEST_CASE("the sums of a pair saturate where weights of one sign are 129 together") {
  const DataBytes u8;
  CHECK(PairSums(u8, 127, 2).saturates());
  CHECK(!PairSums(u8, 127, 1).saturates());
  CHECK(PairSums(u8, -128, -1).saturates());
  CHECK(!PairSums(u8, -128, 127).saturates());
  CHECK(PairSums(u8, -128, 127).low == -32640);
  CHECK(PairSums(u8, -128, 127).high == 32385);
  CHECK(!PairSums({0, 15, 0, 15}, 127, 127).saturates());
  CHECK(PairSums({120, 135, -8, 7}, 127, 127).high == 34290);
  CHECK(PairSums({120, 135, -8, 7}, 127, 127).low == 30480);
}

TEST_CASE("sums of a channel, in parts, by the signs of its weights") {
  const SummedWeights form{1, 3, 2, 1};  // two channels: 100, 100, -1 and -128, 0, 127
  const std::vector<std::int8_t> weights{100, -128, 100, 0, -1, 127};
  std::vector<ChannelSums> sums(2);
  const DataBytes i8{0, 255, -128, 127};
  add_up(form, {0, 0, 2}, std::span(weights).subspan(0, 4), i8, sums);
  add_up(form, {0, 2, 3}, std::span(weights).subspan(4), i8, sums);
  CHECK(sums[0].largest_pair() == 51000);
  CHECK(sums[0].saturates());
  CHECK(sums[0].largest_sum(i8) == 128 * 200 + 127);
  CHECK(sums[1].largest_pair() == 32640);
  CHECK(!sums[1].saturates());
  CHECK(sums[1].largest_sum(i8) == 127 * 127 + 128 * 128);
}

TEST_CASE("a sum leaves 32 bits beyond 2^31 - 1, or below -2^31") {
  ChannelSums sums;
  sums.positive = 8421504;  // * 255 = 2^31 - 128
  CHECK(!sums.leaves_32_bits({}));
  ++sums.positive;
  CHECK(sums.leaves_32_bits({}));
  sums = {0, -16777216};
  CHECK(!sums.leaves_32_bits({0, 255, -127, 128}));
  CHECK(sums.leaves_32_bits({0, 255, -128, 129}));
}

TEST_CASE("real weights as integers") {
  const SummedWeights form{2, 3, 1, 1};
  const std::vector<float> real{1, -64, 63.5F, 100, std::numeric_limits<float>::quiet_NaN(), -1e9F};
  std::vector<std::int8_t> integers(3);
  const auto in_steps = [&](std::int64_t block, const std::vector<float>& scales) {
    to_integers(form, {block, 0, 3}, std::span(real).subspan(static_cast<std::size_t>(block) * 3, 3), scales, integers);
    return integers;
  };
  CHECK(in_steps(0, {.5F}) == std::vector<std::int8_t>{2, -128, 127});
  CHECK(in_steps(1, {1, .5F}) == std::vector<std::int8_t>{127, 0, -128});
  CHECK(in_steps(0, {0}) == std::vector<std::int8_t>{0, 0, 0});
}

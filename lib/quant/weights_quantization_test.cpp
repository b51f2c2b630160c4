#include "quant/weights_quantization.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "quant/activation_quantization.hpp"
#include "quant/f8.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

using enum ElementType;
using Values = std::vector<float>;

/// A model that keeps the constant alive.
struct Weights {
  Model model;
  ConstantPath path;

  Weights(std::string_view values, std::string_view type)
      : model(parse_text(fmt::format("w = Const value={} : {}\nr = Result(w)\n", values, type))),
        path(*constant_path(model.graph->first()->output(0))) {}
};

SmallTensor along(Shape shape, Values values) { return {std::move(shape), std::move(values)}; }

RangeEnds range(const SmallTensor& low, const SmallTensor& high) { return {low, high, low, high}; }

std::vector<int> stored_bytes(const Blob& blob) {
  std::vector<int> values;
  for (const auto byte : blob.to_vector()) values.push_back(static_cast<int>(byte));
  return values;
}

template <class T>
void check_refused(const Expected<T>& result, Cause cause, std::string_view sentence) {
  REQUIRE(!result);
  CHECK(result.error().cause() == cause);
  CHECK(result.error().sentence() == sentence);
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("quantize_weights: the first of two half bytes is the lower one") {
  // A scale of 0.1; steps 0, 7 and 15 are -8, -1 and 7. -1, 7 and the empty half.
  const Weights weights("[-.8,-.1,.7]", "f32[3]");
  const auto result = quantize_weights(weights.path, range(scalar(-.8F), scalar(.7F)), 16);
  REQUIRE(result);
  CHECK(result->dequantization.type == i4);
  CHECK(result->dequantization.real == f32);
  CHECK(!result->dequantization.zero_point);
  CHECK(result->dequantization.scale->values[0] == Approx(.1));
  CHECK(stored_bytes(result->stored) == std::vector{0xF8, 0x07});
}

TEST_CASE("quantize_weights: the zero point of i4 stays where a value would change its sign") {
  // Scale 0.1, zero point -8 + 12 = 4: 0.1 is stored as 5 and may be 1, -0.1 as 3, which would be -1.
  const auto keeps = [](std::string_view values) {
    const Weights weights(values, "f32[2]");
    const auto result = quantize_weights(weights.path, range(scalar(-1.2F), scalar(.3F)), 16);
    REQUIRE(result);
    return result->dequantization.zero_point.has_value();
  };
  CHECK(!keeps("[.1,.3]"));
  CHECK(keeps("[-.1,.3]"));
}

TEST_CASE("quantize_weights: what integers with a scale cannot stand for") {
  const Weights weights("[-1,1]", "f32[2]");
  const auto of = [&](const SmallTensor& low, const SmallTensor& high) {
    return quantize_weights(weights.path, range(low, high), 256);
  };
  check_refused(of(scalar(-1), scalar(kInfinity)), Cause::range_not_usable, "a range is not finite");
  check_refused(of(along({3}, {0, 0, 0}), scalar(1)), Cause::range_not_usable,
                "a range of shape [3] does not fit weights of shape [2]");
  check_refused(of(along({2}, {0, 5}), along({2}, {1, 5})), Cause::weights_not_storable,
                "output_low and output_high are both 5, and a scale of 0 cannot carry that");
  check_refused(of(scalar(-3e38F), scalar(3e38F)), Cause::weights_not_storable,
                "the scale inf or its zero point -128 does not fit f32");
}

TEST_CASE("store_weights: integers of a type, as a model spells them out") {
  const Weights weights("[0,1,2]", "f32[3]");
  const RangeEnds ends{scalar(0), scalar(2.55F), scalar(0), scalar(255)};
  const auto stored = store_weights(weights.path, ends, 256, u8, {});
  REQUIRE(stored);
  CHECK(!stored->zero_point_vanished);
  CHECK(stored_bytes(stored->stored) == std::vector{0, 100, 200});

  check_refused(store_weights(weights.path, ends, 256, i8, {}), Cause::range_not_integers,
                "its output range 0..255 is not one integer of i8 a step");
  check_refused(store_weights(weights.path, ends, 256, u8, along({2, 1}, {1, 2})), Cause::range_not_usable,
                "a zero point of shape [2,1] does not fit weights of shape [3]");
  check_refused(store_weights(weights.path, range(scalar(0), along({3, 1}, {1, 1, 1})), 256, u8, {}),
                Cause::range_not_usable, "a range of shape [3,1] does not fit weights of shape [3]");
}

TEST_CASE("ranges of a FakeQuantize: which end cannot be used, and why") {
  const auto found = [](std::string_view low, std::string_view high, std::string_view type = "f32[]") {
    const auto model = parse_text(fmt::format(
        "x = Parameter : f32[?]\nz = Const value=0 : f32[]\no = Const value=1 : f32[]\nl = {} : {}\nh = {} : "
        "f32[]\nf = FakeQuantize(x, l, h, z, o) levels=256 : f32[?]\nr = Result(f)\n",
        low, type, high));
    const Node* node = model.graph->first();
    while (!node->is("FakeQuantize")) node = node->next();
    const auto ranges = ranges_of(*node);
    return ranges ? Refusal() : ranges.error();
  };
  const auto check = [](const Refusal& refusal, Cause cause, std::string_view sentence) {
    CHECK(refusal.cause() == cause);
    CHECK(refusal.sentence() == sentence);
  };
  const auto* one = "Const value=1";
  check(found("Const value=0", one), Cause::none, "");
  check(found("Parameter", one), Cause::range_not_constant, "input_low is not a constant");
  check(found("Const value=0", "Parameter"), Cause::range_not_constant, "input_high is not a constant");
  check(found("Const value=[]", one, "f32[0]"), Cause::range_not_usable, "input_low has no elements");
  check(found("Const value=0", "Const value=nan"), Cause::range_not_usable, "input_high is not finite");
  check(found("Const value=-inf", one), Cause::range_not_usable, "input_low is not finite");
  check(found(one, one), Cause::range_not_usable, "its input range 1..1 is empty");
  check(found("Const value=2", one), Cause::range_not_usable, "its input range 2..1 is reversed");
  check(found("Const value=[0,0,1]", one, "f32[3]"), Cause::range_not_usable, "its input range 1..1 is empty");
}

TEST_CASE("ranges of a FakeQuantize: ends whose shapes do not go together") {
  const auto check = [](std::string_view inputs, std::string_view sentence) {
    const auto model = parse_text(fmt::format(
        "x = Parameter : f32[?]\nl = Const value=[0,0] : f32[2]\nh = Const value=[1,1,1] : f32[3]\nz = Const "
        "value=0 : f32[]\no = Const value=1 : f32[]\nf = FakeQuantize(x, {}) levels=256 : f32[?]\nr = Result(f)\n",
        inputs));
    const Node* node = model.graph->first();
    while (!node->is("FakeQuantize")) node = node->next();
    check_refused(ranges_of(*node), Cause::range_not_usable, sentence);
  };
  check("l, h, z, o", "the ends of its input range have shapes that do not go together");
  check("z, o, l, h", "the ends of its output range have shapes that do not go together");
}

TEST_CASE("convert_weights_to_f8: what 8-bit floats cannot stand for") {
  const Weights weights("[-1,1]", "f32[2]"), half("[-1,1]", "f16[2]");
  const auto of = [&](const SmallTensor& scale, const std::optional<SmallTensor>& shift) {
    return convert_weights_to_f8(weights.path, f8e4m3, scale, shift);
  };
  CHECK(of(scalar(1), scalar(0)));
  // 1 in e4m3 is 0 0111 000, 2 is 0 1000 000.
  CHECK(stored_bytes(*of(along({2}, {1, 2}), {})) == std::vector{0xB8, 0x40});
  check_refused(convert_weights_to_f8(half.path, f8e4m3, scalar(1), {}), Cause::weights_of_other_type,
                "its weights are f16, only f32 is folded");
  const auto* off = "its scale or shift does not fit weights of shape [2]";
  check_refused(of(along({3}, {1, 1, 1}), {}), Cause::range_not_usable, off);
  check_refused(of(scalar(1), along({2, 1}, {0, 0})), Cause::range_not_usable, off);
  check_refused(of(along({2}, {1, 1}), along({3}, {0, 0, 0})), Cause::range_not_usable, off);
  check_refused(of(scalar(0), {}), Cause::scale_zero, "its scale 0 has no inverse");
  check_refused(of(scalar(kInfinity), {}), Cause::scale_zero, "its scale inf has no inverse");
}

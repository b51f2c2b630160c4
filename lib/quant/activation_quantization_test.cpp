#include "quant/activation_quantization.hpp"

#include <catch2/catch.hpp>

using namespace lpt;

namespace {

using enum ElementType;

SmallTensor per_channel(std::vector<float> values) {
  if (values.size() == 1) return scalar(values[0]);
  return {Shape{1, static_cast<std::int64_t>(values.size()), 1, 1}, std::move(values)};
}

struct Preferred {
  std::uint64_t levels;
  std::vector<float> low, high;
  std::optional<ElementType> type;
  bool has_zero_point;
};

struct Case {
  std::uint64_t levels;
  std::vector<float> low, high;
  std::vector<ElementType> allowed;
  ElementType type;
  float stored_low, stored_high;
  std::vector<float> zero_point, scale;
};

void check_near(const std::vector<float>& values, const std::vector<float>& expected) {
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).epsilon(1e-5).margin(1e-12));
}

Ranges ranges(const Case& c) {
  return {{per_channel(c.low), per_channel(c.high), per_channel(c.low), per_channel(c.high)}, c.levels};
}

}  // namespace

// Rows P.. of the specification.
TEST_CASE("a range prefers a type where it needs no zero point for it") {
  const Preferred rows[] = {
      {255, {-1.27F}, {1.27F}, i8, false},
      {255, {-.635F}, {1.27F}, {}, true},
      {256, {-1.28F}, {1.27F}, i8, false},
      {256, {0}, {1.23F}, u8, false},
      {256, {.12F}, {1.23F}, {}, true},
      {256, {-1}, {1}, {}, true},
      {256, {-1.28F * 1.0019F}, {1.27F}, i8, false},
      {256, {-1.28F * 1.0021F}, {1.27F}, {}, true},
      {256, {-1.28F * .9981F}, {1.27F}, i8, false},
      {256, {-1.28F * .9979F}, {1.27F}, {}, true},
      {255, {-1.0019F}, {1}, i8, false},
      {255, {-1.0021F}, {1}, {}, true},
      {256, {-.504395F}, {.5F}, i8, false},
      {16, {-.8F}, {.7F}, i8, false},
      {16, {-1}, {1}, {}, true},
      {15, {0}, {1.4F}, {}, false},
      {256, {0, -1.28F}, {2.55F, 1.27F}, {}, false},
      {256, {0, 0}, {0, 2.55F}, u8, false},
      {256, {-1e-7F}, {1e-7F}, i8, false},
      {256, {0}, {1e-7F}, u8, false},
      {256, {-2.55F}, {0}, {}, true},
      {256, {0}, {-2.55F}, u8, false},
      {65536, {-32.768F}, {32.767F}, i16, false},
      {256, {-1e-7F}, {2.55F}, u8, false},
      {256, {1e-5F}, {2.55F}, {}, true},
  };
  for (const auto& row : rows) {
    INFO(row.levels << " levels, " << row.low[0] << ".." << row.high[0]);
    const auto preferred = preferred_type(row.levels, per_channel(row.low), per_channel(row.high));
    CHECK(preferred.type == row.type);
    CHECK(preferred.has_zero_point == row.has_zero_point);
  }
}

// Rows D.. of the specification.
TEST_CASE("a range becomes the integers of a type, with scale and zero point") {
  const std::vector<ElementType> both{u8, i8}, all{u8, i8, u16, i16, u32, i32};
  const Case rows[] = {
      {256, {0}, {2.55F}, {u8}, u8, 0, 255, {}, {.01F}},
      {256, {-1.23F}, {2.55F}, {u8}, u8, 0, 255, {82.97619F}, {.014823529F}},
      {256, {-1.28F}, {1.27F}, {u8}, u8, 0, 255, {128}, {.01F}},
      {256, {-1.28F}, {1.27F}, {i8}, i8, -128, 127, {}, {.01F}},
      {256, {-.12F}, {1.27F}, {i8}, i8, -128, 127, {-105.98561F}, {.00545098F}},
      {256, {0}, {2.55F}, {i8}, i8, -128, 127, {-128}, {.01F}},
      {256, {-.504395F}, {.5F}, both, i8, -128, 127, {}, {.0039388F}},
      {256, {-1.07e-38F}, {1.07e-38F}, both, i8, -128, 127, {}, {1e-32F}},
      {256, {0}, {1.07e-38F}, both, u8, 0, 255, {}, {1e-32F}},
      {65536, {0}, {65.535F}, all, u16, 0, 65535, {}, {.001F}},
      {65536, {-32.768F}, {32.767F}, all, i16, -32768, 32767, {}, {.001F}},
      {16, {0}, {1.5F}, {u8}, u8, 0, 15, {}, {.1F}},
      {16, {-.8F}, {.7F}, {i8}, i8, -8, 7, {}, {.1F}},
      {256, {1.275F}, {2.55F}, both, u8, 0, 255, {-255}, {.005F}},
      {256, {-1}, {2}, both, u8, 0, 255, {85}, {.01176471F}},
      {256, {-2.55F}, {0}, both, u8, 0, 255, {255}, {.01F}},
      {256, {2.55F}, {0}, both, u8, 0, 255, {255}, {-.01F}},
      {16, {-.8F}, {.7F}, {u8}, u8, 0, 15, {8}, {.1F}},
      {256, {0, 0, 0}, {2.55F, 1.275F, .85F}, both, u8, 0, 255, {}, {.01F, .005F, .00333333F}},
      {256, {0, -1.28F, -1.28F}, {2.55F, 1.27F, 1.27F}, both, u8, 0, 255, {0, 128, 128}, {.01F, .01F, .01F}},
      {256, {-1, -2, 0}, {2, 1, 1}, both, u8, 0, 255, {85, 170, 0}, {.0117647F, .0117647F, .00392157F}},
      // Ours: narrow ranges have one integer for each level, where OpenVINO stretches them over the whole type.
      {255, {-1.27F}, {1.27F}, {u8}, u8, 0, 254, {127}, {.01F}},
      {15, {0}, {1.4F}, {u8}, u8, 0, 14, {}, {.1F}},
      {15, {-.7F}, {.7F}, {i8}, i8, -7, 7, {}, {.1F}},
  };
  for (const auto& row : rows) {
    INFO(row.levels << " levels, " << row.low[0] << ".." << row.high[0]);
    const auto stored = choose_type(ranges(row), row.allowed);
    REQUIRE(stored);
    CHECK(stored->type == row.type);
    const auto steps = in_integers(ranges(row), *stored);
    check_near(steps.low.values, {row.stored_low});
    check_near(steps.high.values, {row.stored_high});
    check_near(steps.scale.values, row.scale);
    check_near(steps.zero_point ? steps.zero_point->values : std::vector<float>{}, row.zero_point);
  }
}

TEST_CASE("a channel with one value keeps it as its scale") {
  const Case row{256, {0, 0, 5}, {2.55F, 0, 5}, {u8}, u8, 0, 255, {}, {}};
  const auto steps = in_integers(ranges(row), *choose_type(ranges(row), row.allowed));
  check_near(steps.low.values, {0, 0, 1});
  check_near(steps.high.values, {255, 0, 1});
  check_near(steps.scale.values, {.01F, 1, 5});
}

TEST_CASE("no type fits levels that kernels do not know, or of another width") {
  for (const std::uint64_t levels : {2, 3, 128, 129})
    CHECK(!choose_type(ranges({levels, {0}, {1}, {}, u8, 0, 0, {}, {}}), std::vector{u8, i8}));
  CHECK(!choose_type(ranges({65536, {0}, {1}, {}, u8, 0, 0, {}, {}}), std::vector{u8, i8}));
}

TEST_CASE("on real edges the steps lie around 0, as the range says") {
  const auto check = [](std::uint64_t levels, float low, float high, float first, float last, float scale) {
    INFO(levels << " levels, " << low << ".." << high);
    const Ranges r{{scalar(low), scalar(high), scalar(low), scalar(high)}, levels};
    const auto steps = around_zero(r, *choose_type(r, std::vector{u8, i8}));
    CHECK(steps.low.values[0] == Approx(first).epsilon(1e-6));
    CHECK(steps.high.values[0] == Approx(last).epsilon(1e-6));
    CHECK(steps.scale.values[0] == Approx(scale).epsilon(1e-6));
  };
  check(256, -1.28F, 1.27F, -128, 127, .01F);
  check(256, 0, 2.55F, 0, 255, .01F);
  check(255, -1.27F, 1.27F, -127, 127, .01F);
  check(16, -.8F, .7F, -8, 7, .1F);
  // OpenVINO's i8 would take this for -128..127; the file keeps where 0 lies.
  check(256, -.504395F, .5F, -128.0579F, 126.9421F, .003938804F);
}

// The table of shared intervals of the specification, u8 where all are unsigned.
TEST_CASE("several that share an interval get one scale and fewer levels") {
  const auto check = [](std::uint64_t levels, float low, float high, Interval shared, StoredType stored, float first,
                        float last, std::uint64_t left, float zero_point, float scale) {
    INFO(low << ".." << high << " in " << shared.low << ".." << shared.high);
    const auto steps = in_interval({scalar(low), scalar(high), scalar(low), scalar(high), levels}, stored, shared);
    CHECK(steps.low.values[0] == first);
    CHECK(steps.high.values[0] == last);
    CHECK(steps.levels == left);
    CHECK((steps.zero_point ? steps.zero_point->values[0] : 0) == zero_point);
    CHECK(steps.scale.values[0] == Approx(scale).epsilon(1e-5));
  };
  const StoredType byte{u8, {0, 255}, true}, signed_byte{i8, {-128, 127}, false};
  check(256, 0, 1.275F, {0, 2.55F}, byte, 0, 128, 129, 0, .01F);
  check(256, 0, .51F, {0, 2.55F}, byte, 0, 51, 52, 0, .01F);
  check(256, 0, 2.55F, {-1.28F, 2.55F}, byte, 85, 255, 171, 85, .0150196F);
  check(256, -1.28F, 1.27F, {-1.28F, 2.55F}, byte, 0, 170, 171, 85, .0150196F);
  check(256, -1.28F, 1.27F, {-1.28F, 2.55F}, signed_byte, -128, 42, 171, -43, .0150196F);
  check(256, 0, 2.55F, {-1.28F, 2.55F}, signed_byte, -43, 127, 171, -43, .0150196F);
  check(256, -.64F, .635F, {-1.28F, 1.27F}, signed_byte, -64, 64, 129, 0, .01F);
  check(256, -.64F, .635F, {-1.28F, 1.27F}, byte, 64, 192, 129, 128, .01F);
  check(256, -1, 2, {-1, 2.55F}, byte, 0, 215, 216, 72, .01392157F);
  check(256, 0, 2.55F, {-1, 2.55F}, byte, 72, 255, 184, 72, .01392157F);
  check(16, 0, .75F, {0, 1.5F}, {u8, {0, 15}, false}, 0, 8, 9, 0, .1F);
  check(256, 0, 20, {0, 2550}, byte, 0, 2, 3, 0, 10);
}

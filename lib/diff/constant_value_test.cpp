#include "diff/constant_value.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "quant/parameter_algebra.hpp"
#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

using Values = std::vector<float>;

/// The value of layer `y` of some lines.
std::optional<ConstantValue> value_of(const std::string& lines) {
  const auto model = parse_text(lines + "r = Result(y)\n");
  return ConstantValue::of(layer_named(*model.graph, "y").output(0));
}

Values values_of(const ConstantValue& value) {
  Values values(value.count());
  value.read(0, values);
  return values;
}

struct Form {
  std::string lines;
  Values values;
  std::string text;
};

const std::string kGroups = "w = Const value=[1,2,3,4] : i8[2,2]\nc = Convert(w) : f32[2,2]\n";

}  // namespace

TEST_CASE("a constant value is what a model would compute, and says how it is stored") {
  const Form forms[] = {
      {"y = Const value=[1,2] : f32[2]\n", {1, 2}, "f32[2]"},
      {kGroups + "s = Const value=.5 : f32[]\ny = Multiply(c, s) : f32[2,2]\n", {.5, 1, 1.5, 2}, "i8[2,2], scale 0.5"},
      {kGroups + "s = Const value=[.5,2] : f32[2,1]\ny = Multiply(c, s) : f32[2,2]\n",
       {.5, 1, 6, 8},
       "i8[2,2], scale[2] along axis 0"},
      {kGroups + "z = Const value=1 : f32[]\nd = Subtract(c, z) : f32[2,2]\ns = Const value=2 : f32[]\n"
                 "y = Multiply(d, s) : f32[2,2]\n",
       {0, 2, 4, 6},
       "i8[2,2], scale 2, zero point 1"},
      // A scale for each half of a row.
      {kGroups + "s = Const value=[.5,2] : f32[2,1]\nm = Multiply(c, s) : f32[2,2]\nt = Const value=[1,4] : i64[2]\n"
                 "y = Reshape(m, t) special_zero=false : f32[1,4]\n",
       {.5, 1, 6, 8},
       "i8[1,4], a scale for each group of 2"},
      {kGroups + "s = Const value=[.5,2] : f32[2,1]\nm = Multiply(c, s) : f32[2,2]\no = Const value=[1,0] : i64[2]\n"
                 "y = Transpose(m, o) : f32[2,2]\n",
       {.5, 6, 1, 8},
       "i8[2,2], scale[2] along axis 1"},
      // Steps of 1 from 0 to 3; 2.6 is nearest to 3, 9 is cut.
      {"w = Const value=[.4,2.6,9] : f32[3]\nl = Const value=0 : f32[]\nh = Const value=3 : f32[]\n"
       "y = FakeQuantize(w, l, h, l, h) levels=4 : f32[3]\n",
       {0, 3, 3},
       "f32[3] under FakeQuantize of 4 levels"},
      {"a = Const value=[1,2] : i64[2]\nb = Const value=[3] : i64[1]\ny = Concat(a, b) axis=0 : i64[3]\n",
       {1, 2, 3},
       "i64[3]"},
      {"w = Const value=0x21 : u4[2]\nc = Convert(w) : f16[2]\ns = Const value=2 : f16[]\ny = Multiply(c, s) : "
       "f16[2]\n",
       {2, 4},
       "u4[2], scale 2"},
  };
  for (const auto& form : forms) {
    INFO(form.lines);
    const auto value = value_of(form.lines);
    REQUIRE(value);
    CHECK(values_of(*value) == form.values);
    CHECK(value->to_string() == form.text);
  }
}

TEST_CASE("any part of a constant value can be read") {
  const auto value = value_of("w = Const value=0x21436587 : u4[8]\ny = Convert(w) : f32[8]\n");
  REQUIRE(value);
  Values part(3);
  value->read(3, part);
  CHECK(part == Values{4, 5, 6});
}

TEST_CASE("what depends on an input, or has no numbers, is no constant value") {
  const auto model = parse_text("x = Parameter : f32[2]\ny = ReLU(x) : f32[2]\nr = Result(y)\n");
  CHECK(!ConstantValue::of(layer_named(*model.graph, "y").output(0)));
  CHECK(!value_of("y = Const value=[0,1] : boolean[2]\n"));
}

TEST_CASE("two constant values are compared by element, channel and signal") {
  const auto one = value_of("y = Const value=[3,4,0,8] : f32[2,2]\n"),
             other = value_of("y = Const value=[3,4,1,8] : f32[2,2]\n");
  const auto same = compare(*one, std::nullopt, *one, std::nullopt);
  CHECK(same.is_identical);
  CHECK(same.is_equal());
  CHECK(same.sqnr_db == std::numeric_limits<double>::infinity());
  const auto d = compare(*one, std::nullopt, *other, std::nullopt);
  CHECK(d.count == 4);
  CHECK(d.differing == 1);
  CHECK(d.max_abs == 1);
  CHECK(d.mean_abs == .25);
  CHECK(d.worst_channel == 1);
  CHECK(d.sqnr_db == Approx(10 * std::log10(9 + 16 + 64)));  // signal 89, noise 1
  // Twice as much in units of a half.
  const auto twice = value_of("y = Const value=[6,8,0,16] : f32[2,2]\n");
  CHECK(compare(*one, std::nullopt, *twice, scalar(.5F)).is_equal());
}

TEST_CASE("where nothing is computed every bit counts, and NaN equals NaN") {
  const auto one = value_of("y = Const value=[1,nan] : f32[2]\n"),
             next = value_of("y = Const value=[1.0000001,nan] : f32[2]\n");
  CHECK(compare(*one, std::nullopt, *one, std::nullopt).is_identical);
  CHECK(compare(*one, std::nullopt, *next, std::nullopt).differing == 1);
  // A product rounds: 0.1 * 3 is not quite 0.3.
  const auto product = value_of(
      "w = Const value=[3,3] : i8[2]\nc = Convert(w) : f32[2]\ns = Const value=.1 : f32[]\ny = Multiply(c, s) : "
      "f32[2]\n");
  const auto sum = value_of("y = Const value=[.3,.3] : f32[2]\n");
  CHECK(compare(*sum, std::nullopt, *product, std::nullopt).is_equal());
}

TEST_CASE("a factor for each channel is found, and none where there is none") {
  const auto one = value_of("y = Const value=[1,2,3,1,2,3] : f32[2,3]\n");
  const auto rows = fitted_factor(*one, *value_of("y = Const value=[2,4,6,.5,1,1.5] : f32[2,3]\n"));
  REQUIRE(rows);
  CHECK(rows->values == Values{2, .5});
  CHECK(rows->shape == Shape{2, 1});
  const auto columns = fitted_factor(*one, *value_of("y = Const value=[1,4,9,1,4,9] : f32[2,3]\n"));
  REQUIRE(columns);
  CHECK(columns->values == Values{1, 2, 3});
  CHECK(!fitted_factor(*one, *value_of("y = Const value=[1,4,9,3,4,9] : f32[2,3]\n")));
}

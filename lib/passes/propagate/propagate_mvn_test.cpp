#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_mvn";

/// On [1,2,4,4]; `scale`, of a shape, is left behind it.
void check_mvn(std::string_view attributes, std::string_view before, std::string_view scale, std::string_view shape,
               std::string_view axes, std::string_view changed = {}) {
  check_relaxed(kPass,
                {"1,2,4,4", "MVN", "opset6", ", a", attributes, "1,2,4,4", before, scale, shape, {}, {}, axes, changed},
                1e-5);
}

constexpr auto kAxes = "a = Const value=[1,2,3] : i64[3]";

}  // namespace

TEST_CASE("propagate_mvn: a division by the deviation leaves the sign of the scale, and eps follows its square") {
  check_mvn("eps=0.0009 normalize_variance=true eps_mode=INSIDE_SQRT", "scale=.5", "1", "", kAxes,
            "eps=0.0036 normalize_variance=true eps_mode=INSIDE_SQRT");
  check_mvn("eps=0.25 normalize_variance=true eps_mode=OUTSIDE_SQRT", "scale=-.5", "-1", "", kAxes,
            "eps=0.5 normalize_variance=true eps_mode=OUTSIDE_SQRT");
  check_mvn("eps=0.25 normalize_variance=true eps_mode=INSIDE_SQRT", "scale=[.5,-.5]@1", "[1,-1]", "1,2,1,1",
            "a = Const value=[-1,-2] : i64[2]", "eps=1 normalize_variance=true eps_mode=INSIDE_SQRT");
}

TEST_CASE("propagate_mvn: without a division the scale passes") {
  check_mvn("eps=0.25 normalize_variance=false eps_mode=INSIDE_SQRT", "scale=.45", ".45", "", kAxes);
  check_mvn("eps=0.25 normalize_variance=false eps_mode=INSIDE_SQRT", "scale=[.45,.45]@1", "[.45,.45]", "1,2,1,1",
            kAxes);
}

TEST_CASE("propagate_mvn: a zero point, scales that are mixed, and one eps for several scales stay") {
  const auto stays = [](const char* before, const char* axes, const char* reason) {
    check_stays(kPass,
                {"1,2,4,4",
                 "MVN@opset6(%, a) eps=0.25 normalize_variance=true eps_mode=INSIDE_SQRT",
                 "1,2,4,4",
                 before,
                 {},
                 axes},
                reason);
  };
  stays("scale=.45 zero_point=-.32", kAxes, "its input has a zero point");
  stays("scale=.45 zero_point=127", kAxes, "its input has a zero point");
  stays("scale=[.45,-.45]@1", kAxes, "its scale varies along axis 1, which is normalized");
  stays("scale=[.45,.9]@1", "a = Const value=[2,3] : i64[2]", "its scales differ, and one eps cannot follow them");
}

// Law: mvn(s*x, eps) == mvn(x, eps/s^2) for s > 0. The eps counts here: the variance is smaller.
TEST_CASE("MVN: on a real edge it takes the steps, and the sign of their scale is left") {
  check_conversion(beside_convolution({"1,3,4,4",
                                       "MVN@opset6(%, a) eps=0.25 normalize_variance=true eps_mode=INSIDE_SQRT",
                                       "1,3,4,4",
                                       "a = Const value=[2,3] : i64[2]",
                                       {"0", "2.55"}}),
                   {"Multiply(MVN(FQ256(x; 0..2.55 -> 0..255):u8), 1)\nMultiply(Convolution(FQ256(x; 0..2.55 -> "
                    "0..255):u8, 2:i8[1,3,1,1]), 0.0001)",
                    "Multiply(MVN(FQ256(x; 0..2.55 -> 0..255)), 1)\nConvolution(FQ256(x; 0..2.55 -> 0..255), "
                    "Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}

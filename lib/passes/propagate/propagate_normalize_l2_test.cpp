#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_normalize_l2";

/// On [1,3,4,4] of a stored type; `scale`, of a shape, is left behind it, and eps is 0.25 instead of 1.
void check_normalize(std::string_view mode, std::string_view before, std::string_view scale, std::string_view shape,
                     std::string_view axes, std::string_view stored = "u8") {
  const auto with_eps = [&](std::string_view eps) { return fmt::format("eps={} eps_mode={}", eps, mode); };
  const auto attributes = with_eps("1"), changed = with_eps("0.25");
  check_relaxed(kPass,
                {"1,3,4,4",
                 "NormalizeL2",
                 "opset1",
                 ", a",
                 attributes,
                 "1,3,4,4",
                 before,
                 scale,
                 shape,
                 {},
                 {},
                 axes,
                 changed,
                 stored},
                1e-5);
}

constexpr auto kChannels = "a = Const value=[1] : i64[1]";

}  // namespace

TEST_CASE("propagate_normalize_l2: the sign of the scale is left, and eps follows its square") {
  check_normalize("add", "scale=-2", "-1", "", kChannels);
  check_normalize("max", "scale=2", "1", "", "a = Const value=[1,2,3] : i64[3]", "i8");
  check_normalize("add", "scale=[2,2,2]@1", "[1,1,1]", "1,3,1,1", kChannels);
}

TEST_CASE("propagate_normalize_l2: other scales, zero points and axes stay") {
  const auto stays = [](const char* before, const char* axes, const char* reason) {
    check_stays(kPass, {"1,3,4,4", "NormalizeL2(%, a) eps=1 eps_mode=add", "1,3,4,4", before, {}, axes}, reason);
  };
  stays("scale=[12.3,-12.3,12.3]@1", kChannels, "its scales differ");
  stays("scale=2 zero_point=2", kChannels, "its input has a zero point");
  check_stays(
      kPass,
      {"1,3,4,4", "NormalizeL2(%, a) eps=1 eps_mode=add", "1,3,4,4", "scale=2", {}, "a = Const value=[2] : i64[1]"},
      "its axes are not 1, or 1, 2 and 3", Cause::attributes_not_supported);
  stays("scale=2", "a = Const value=[2,3] : i64[2]", "its axes are not 1, or 1, 2 and 3");
  stays("scale=2", "a = Const value=[3,2,1] : i64[3]", "its axes are not 1, or 1, 2 and 3");
}

// Law: x*s / sqrt(sum((x*s)^2) + eps) == x / sqrt(sum(x^2) + eps/s^2) for s > 0.
TEST_CASE("NormalizeL2: on a real edge it takes the steps, and the sign of their scale is left") {
  check_conversion(beside_convolution({"1,3,4,4",
                                       "NormalizeL2(%, a) eps=0.25 eps_mode=add",
                                       "1,3,4,4",
                                       "a = Const value=[1] : i64[1]",
                                       {"0", "2.55"}}),
                   {"Multiply(NormalizeL2(FQ256(x; 0..2.55 -> 0..255):u8), 1)\nMultiply(Convolution(FQ256(x; 0..2.55 "
                    "-> 0..255):u8, 2:i8[1,3,1,1]), 0.0001)",
                    "Multiply(NormalizeL2(FQ256(x; 0..2.55 -> 0..255)), 1)\nConvolution(FQ256(x; 0..2.55 -> 0..255), "
                    "Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "move_zero_point_behind_mat_mul";

/// A MatMul y of quantized data q by weights w.
std::string product(std::string_view data, std::string_view weights, std::string_view out,
                    std::string_view parameters = "scale=.01 zero_point=3",
                    std::string_view attributes = "transpose_a=false transpose_b=true") {
  return fake_quantized("q", fmt::format("x = Parameter : f32[{}]", data), 256, {"0", "2.55"}) +
         dequantized("w", std::string(weights), parameters) +
         fmt::format("y = MatMul(q, w) {} : f32[{}]\nr = Result(y)\n", attributes, out);
}

}  // namespace

TEST_CASE("move_zero_point_behind_mat_mul: the sum of the data takes it") {
  check_rewrite(kPass, product("2,3", "v = Const value=[0,255,3,1,2,3] : u8[2,3]", "2,2"), "", 1, 1e-6,
                Dialect::openvino);
}

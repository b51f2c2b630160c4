#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "remove_fake_quantize";

std::string model(std::string_view type, std::string_view il, std::string_view ih, std::string_view ol,
                  std::string_view oh) {
  return fmt::format(
      "x = Parameter : {0}[1,4]\nil = Const value={1} : f32[]\nih = Const value={2} : f32[]\nol = Const value={3} : "
      "f32[]\noh = Const value={4} : f32[]\n"
      "q = FakeQuantize@type_relaxed_opset1(x, il, ih, ol, oh) type_relax=true input_data_types=[f32,f32,f32,f32,f32] "
      "output_data_types={0} levels=256 : "
      "{0}[1,4]\nm = Convert(q) : f32[1,4]\nr = Result(m)\n",
      type, il, ih, ol, oh);
}

std::string without(std::string_view type) {
  return fmt::format("x = Parameter : {0}[1,4]\nm = Convert(x) : f32[1,4]\nr = Result(m)\n", type);
}

}  // namespace

// Rows O12.. of the specification of quantization.
TEST_CASE("remove_fake_quantize: integers that stay what they are") {
  check_rewrite(kPass, model("u8", "0", "255", "0", "255"), without("u8"));
  check_rewrite(kPass, model("i8", "-128", "127", "-128", "127"), without("i8"));
  // Off by a tenth of a step at the end: 254.9 still becomes 255.
  check_rewrite(kPass, model("u8", "0", "254.9", "0", "255"), without("u8"));
}

TEST_CASE("remove_fake_quantize: another range changes them") {
  check_no_match(kPass, model("u8", "0", "127.5", "0", "255"));
  check_no_match(kPass, model("u8", "0", "255", "0", "254"));
  check_no_match(kPass, model("i8", "0", "255", "0", "127"));
}

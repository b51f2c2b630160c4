#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr std::string_view kPass = "remove_repeated_clamp";

std::string quantized(std::string_view operation, RangeText range, std::string_view more = "") {
  return fake_quantized("q", fmt::format("x = Parameter : f32[1,2]\ny = {} : f32[1,2]", operation), 256, range) +
         "r = Result(q)\n" + std::string(more);
}

void check_removed(std::string_view operation, RangeText range) {
  INFO(operation);
  check_rewrite(kPass, quantized(operation, range),
                fake_quantized("q", "x = Parameter : f32[1,2]", 256, range) + "r = Result(q)\n");
}

}  // namespace

TEST_CASE("remove_repeated_clamp: bounds that lie outside of the range, or at its ends") {
  check_removed("ReLU(x)", {"0", "2.55"});
  check_removed("ReLU(x)", {"0.5", "2.55"});
  check_removed("Clamp(x) min=0 max=6", {"0", "6"});
  check_removed("Clamp(x) min=-1 max=1", {"-0.5", "0.75"});
  check_removed("Clamp(x) min=-1 max=1", {"[-0.5,-1]", "[0.75,1]", "1,2"});
}

TEST_CASE("remove_repeated_clamp: bounds within the range do something") {
  check_no_match(kPass, quantized("ReLU(x)", {"-0.01", "2.55"}));
  check_no_match(kPass, quantized("Clamp(x) min=0 max=6", {"0", "6.5"}));
  check_no_match(kPass, quantized("Clamp(x) min=-1 max=1", {"[-0.5,-2]", "[0.75,1]", "1,2"}));
  check_no_match(kPass, quantized("Sigmoid(x)", {"0", "1"}));
}

TEST_CASE("remove_repeated_clamp: not where others read it, and not behind a Concat") {
  check_refused(kPass, quantized("ReLU(x)", {"0", "2.55"}, "s = Result(y)\n"), "others read the ReLU as well");
  const auto text = fake_quantized("q",
                                   "a = Parameter : f32[1,2]\nb = Parameter : f32[1,2]\n"
                                   "c = Concat(a, b) axis=1 : f32[1,4]\nk = Const value=2 : f32[]\n"
                                   "m = Multiply(c, k) : f32[1,4]\ny = ReLU(m) : f32[1,4]",
                                   256, {"0", "2.55"}) +
                    "r = Result(q)\n";
  check_refused(kPass, text, fact_text("quantizer_copied_above_concat"), Cause::runtime_misreads_form);
}

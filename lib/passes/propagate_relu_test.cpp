#include <catch2/catch.hpp>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_relu";

}  // namespace

TEST_CASE("propagate_relu: moves a positive scale below") {
  check_moves(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=.1", "scale=.1"});
  check_moves(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=[.1,.2,.3]@1", "scale=[.1,.2,.3]@1", {}, "i8"});
}

TEST_CASE("propagate_relu: a zero point or a negative scale stays") {
  check_stays(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=[.1,-.2,.3]@1"}, "scale -0.2 is negative");
  check_stays(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=.1 zero_point=128"}, "its input has a zero point");
  check_stays(kPass, {"1,3,4,4", "ReLU(%)", "1,3,4,4", "scale=.1 zero_point=0"}, "its input has a zero point");
  check_stays(kPass, {"...", "ReLU(%)", "...", "scale=.1"}, "the rank of its output is not known");
}

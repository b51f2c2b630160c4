#include <catch2/catch.hpp>

#include "passes/check_moves.hpp"
#include "passes/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_shuffle_channels";

}  // namespace

TEST_CASE("propagate_shuffle_channels: parameters along the axis are shuffled with it") {
  check_moves(kPass, {"1,3,8,10", "ShuffleChannels(%) axis=1 group=1", "1,3,8,10", "scale=.02 zero_point=128",
                      "scale=.02 zero_point=128"});
  check_moves(kPass, {"1,3,8,10", "ShuffleChannels(%) axis=2 group=4", "1,3,8,10",
                      "scale=[1,2,3,4,5,6,7,8]@2 zero_point=[121,122,123,124,125,126,127,128]@2",
                      "scale=[1,3,5,7,2,4,6,8]@2 zero_point=[121,123,125,127,122,124,126,128]@2"});
  check_moves(kPass,
              {"1,3,8,10", "ShuffleChannels(%) axis=-2 group=4", "1,3,8,10", "scale=[1,2,3]@1", "scale=[1,2,3]@1"});
  check_moves(kPass,
              {"1,6,8,10", "ShuffleChannels(%) axis=1 group=2", "1,6,8,10",
               "scale=[1,2,3,4,5,6]@1 zero_point=[1,2,3,4,5,6]@1", "scale=[1,4,2,5,3,6]@1 zero_point=[1,4,2,5,3,6]@1"});
  check_moves(kPass, {"1,6,8,10", "ShuffleChannels(%) axis=1 group=3", "1,6,8,10", "scale=[1,2,3,4,5,6]@1",
                      "scale=[1,3,5,2,4,6]@1"});
}

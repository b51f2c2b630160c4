#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

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

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("ShuffleChannels: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution({"1,6,4,4", "ShuffleChannels(%) axis=1 group=2", "1,6,4,4"}),
      {"Multiply(Convolution(Subtract(ShuffleChannels(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,6,1,1]), "
       "2:i8[1,6,1,1]), 0.0001)",
       "Convolution(ShuffleChannels(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,6,1,1]), 0.0001))"});
}

#include <catch2/catch.hpp>

#include "testing/check_conversion.hpp"
#include "testing/check_moves.hpp"
#include "testing/check_rewrite.hpp"

using namespace lpt;

namespace {

constexpr auto kPass = "propagate_broadcast";

}  // namespace

TEST_CASE("propagate_broadcast: parameters go where their axes go") {
  const auto explicitly = [](const char* target, int count, const char* mapping, int axes) {
    return "t = Const value=" + std::string(target) + " : i64[" + std::to_string(count) +
           "]\nm = Const value=" + mapping + " : i64[" + std::to_string(axes) + "]";
  };
  constexpr auto kExplicit = "Broadcast@opset3(%, t, m) mode=explicit";
  check_moves(kPass, {"1,3,1,1", kExplicit, "1,3,9,9", "scale=.2 zero_point=.1", "scale=.2 zero_point=.1",
                      explicitly("[1,3,9,9]", 4, "[0,1,2,3]", 4)});
  const char* both = "scale=[.4,.5,.6]@1 zero_point=[.1,.2,.3]@1";
  check_moves(kPass, {"1,3,1,1", kExplicit, "1,3,9,9", both, both, explicitly("[1,3,9,9]", 4, "[0,1,2,3]", 4)});
  check_moves(kPass, {"1,1,1,1", kExplicit, "1,9,9,9", "scale=.2 zero_point=.1", "scale=.2 zero_point=.1",
                      explicitly("[1,9,9,9]", 4, "[0,1,2,3]", 4)});
  check_moves(kPass, {"3", kExplicit, "1,3,9", "scale=.2 zero_point=.1", "scale=.2 zero_point=.1",
                      explicitly("[1,3,9]", 3, "[1]", 1)});
  check_moves(kPass, {"1,3", kExplicit, "1,3,9", "scale=[.1,.2,.3]@1", "scale=[.1,.2,.3]@1",
                      explicitly("[1,3,9]", 3, "[0,1]", 2)});
  check_moves(kPass, {"1,3,1,1", "Broadcast@opset3(%, t) mode=numpy", "1,3,9,9", both, both,
                      "t = Const value=[1,3,9,9] : i64[4]"});
  check_moves(kPass, {"1,3,1,1", "Broadcast@opset3(%, t) mode=bidirectional", "1,3,9,9", "scale=.2", "scale=.2",
                      "t = Const value=[1,3,9,9] : i64[4]"});
}

TEST_CASE("propagate_broadcast: channels that move keep their dequantization in front") {
  constexpr auto kExplicit = "Broadcast@opset3(%, t, m) mode=explicit";
  check_stays(kPass,
              {"3",
               kExplicit,
               "1,3,9",
               "scale=[.1,.2,.3]@0",
               {},
               "t = Const value=[1,3,9] : i64[3]\nm = Const value=[1] : i64[1]"},
              "its scale of shape [3] cannot be told behind the operation");
  check_stays(kPass,
              {"1,3",
               kExplicit,
               "9,1,3",
               "scale=[.1,.2,.3]@1",
               {},
               "t = Const value=[9,1,3] : i64[3]\nm = Const value=[1,2] : i64[2]"},
              "its scale of shape [1,3] cannot be told behind the operation");
  check_stays(
      kPass,
      {"1,3,1,1", "Broadcast@opset3(%, t) mode=numpy", "?,?,?,?", "scale=[.1,.2,.3]@1", {}, "t = Parameter : i64[4]"},
      "its scale of shape [1,3,1,1] cannot be told behind the operation");
}

// Law: the steps around zero pass the operation, and their scale, 0.01, goes to that of the weights.
TEST_CASE("Broadcast: on a real edge the steps around zero pass to the Convolution") {
  check_conversion(
      before_convolution(
          {"1,3,1,1", "Broadcast@opset3(%, t) mode=numpy", "1,3,4,4", "t = Const value=[1,3,4,4] : i64[4]"}),
      {"Multiply(Convolution(Subtract(Broadcast(FQ256(x; -1.28..1.27 -> 0..255):u8):u8, 128:u8[1,3,1,1]), "
       "2:i8[1,3,1,1]), 0.0001)",
       "Convolution(Broadcast(FQ256(x; -1.28..1.27 -> -128..127)), Multiply(Convert(2:i8[1,3,1,1]), 0.0001))"});
}

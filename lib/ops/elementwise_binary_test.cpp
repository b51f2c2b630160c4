// Values worked out from the operation specifications.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

Tensor i32(std::vector<double> x) { return tensor_of(ElementType::i32, {static_cast<std::int64_t>(x.size())}, x); }
Tensor truth(std::vector<double> x) {
  return tensor_of(ElementType::boolean, {static_cast<std::int64_t>(x.size())}, x);
}

}  // namespace

TEST_CASE("arithmetic on equal shapes") {
  const auto a = f32({3}, {7, -7, 2});
  const auto b = f32({3}, {2, 2, 0.5F});
  check_operation("Add", "", {a, b}, {f32({3}, {9, -5, 2.5F})});
  check_operation("Subtract", "", {a, b}, {f32({3}, {5, -9, 1.5F})});
  check_operation("Multiply", "", {a, b}, {f32({3}, {14, -14, 1})});
  check_operation("Divide", "", {a, b}, {f32({3}, {3.5F, -3.5F, 4})});
  check_operation("Power", "", {a, f32({3}, {2, 2, -1})}, {f32({3}, {49, 49, 0.5F})});
  check_operation("SquaredDifference", "", {a, b}, {f32({3}, {25, 81, 2.25F})});
  check_operation("Maximum", "", {a, b}, {f32({3}, {7, 2, 2})});
  check_operation("Minimum", "", {a, b}, {f32({3}, {2, -7, 0.5F})});
  check_operation("Mod", "", {a, b}, {f32({3}, {1, -1, 0})});
  check_operation("FloorMod", "", {a, b}, {f32({3}, {1, 1, 0})});
}

TEST_CASE("division of integers") {
  const auto a = i32({7, -7, 7, -7});
  const auto b = i32({2, 2, -2, -2});
  check_operation("Divide", "m_pythondiv=true", {a, b}, {i32({3, -4, -4, 3})});
  check_operation("Divide", "m_pythondiv=false", {a, b}, {i32({3, -3, -3, 3})});
  check_operation("Mod", "", {a, b}, {i32({1, -1, 1, -1})});
  check_operation("FloorMod", "", {a, b}, {i32({1, 1, -1, -1})});
  // The one quotient that does not fit its type traps on x86 if it is computed.
  check_operation("Divide", "", {i32({-2147483648.0}), i32({-1})}, {i32({-2147483648.0})});
  check_operation("Mod", "", {i32({-2147483648.0}), i32({-1})}, {i32({0})});
  for (const char* type : {"Divide", "Mod", "FloorMod"})
    check_operation_refused(type, "", {i32({1}), i32({0})}, "divides an integer by 0", "i32[1]");
}

TEST_CASE("integers wrap around") {
  const auto u8 = [](std::vector<double> x) {
    return tensor_of(ElementType::u8, {static_cast<std::int64_t>(x.size())}, x);
  };
  check_operation("Add", "", {u8({250}), u8({10})}, {u8({4})});
  check_operation("Subtract", "", {u8({3}), u8({5})}, {u8({254})});
  check_operation("Multiply", "", {i32({65536}), i32({65536})}, {i32({0})});
}

TEST_CASE("broadcasting") {
  check_operation("Add", "", {f32({2, 1}, {10, 20}), f32({3}, {1, 2, 3})}, {f32({2, 3}, {11, 12, 13, 21, 22, 23})});
  check_operation("Multiply", "", {f32({}, {3}), f32({1, 2}, {1, 2})}, {f32({1, 2}, {3, 6})});
  check_operation("Add", "auto_broadcast=pdpd axis=1", {f32({1, 2, 2}, {1, 2, 3, 4}), f32({2}, {10, 20})},
                  {f32({1, 2, 2}, {11, 12, 23, 24})});
  check_operation("Add", "", {f32({0, 3}, {}), f32({1, 3}, {1, 2, 3})}, {f32({0, 3}, {})});
}

TEST_CASE("shapes and types that do not fit") {
  check_operation_refused("Power", "", {f32({2}, {1, 2}), f32({3}, {1, 2, 3})},
                          "its inputs are [2] and [3], which do not broadcast");
  check_operation_refused("Power", "", {f32({1}, {1}), i64({1}, {1})},
                          "its inputs are f32 and i64, should have one type");
}

TEST_CASE("comparisons and logic") {
  const auto a = i32({1, 2, 3});
  const auto b = i32({2, 2, 2});
  check_operation("Equal", "", {a, b}, {truth({0, 1, 0})});
  check_operation("NotEqual", "", {a, b}, {truth({1, 0, 1})});
  check_operation("Less", "", {a, b}, {truth({1, 0, 0})});
  check_operation("LessEqual", "", {a, b}, {truth({1, 1, 0})});
  check_operation("Greater", "", {a, b}, {truth({0, 0, 1})});
  check_operation("GreaterEqual", "", {a, b}, {truth({0, 1, 1})});
  const auto p = truth({0, 0, 1, 1});
  const auto q = truth({0, 1, 0, 1});
  check_operation("LogicalAnd", "", {p, q}, {truth({0, 0, 0, 1})});
  check_operation("LogicalOr", "", {p, q}, {truth({0, 1, 1, 1})});
  check_operation("LogicalXor", "", {p, q}, {truth({0, 1, 1, 0})});
  check_operation("BitwiseAnd@opset13", "", {i32({12}), i32({10})}, {i32({8})});
  check_operation("BitwiseOr@opset13", "", {i32({12}), i32({10})}, {i32({14})});
  check_operation("BitwiseXor@opset13", "", {i32({12}), i32({10})}, {i32({6})});
}

TEST_CASE("Select chooses element by element, and broadcasts") {
  check_operation("Select", "", {truth({1, 0}), f32({2, 1}, {1, 2}), f32({}, {9})}, {f32({2, 2}, {1, 9, 2, 9})});
  check_operation_refused("Select", "", {f32({1}, {1}), f32({1}, {1}), f32({1}, {1})},
                          "its condition is f32, should be boolean");
}

TEST_CASE("PReLU: a slope of one axis belongs to the channels") {
  check_operation("PReLU", "", {f32({1, 2, 2}, {-1, 1, -2, 2}), f32({2}, {0.5F, 0.25F})},
                  {f32({1, 2, 2}, {-0.5F, 1, -0.5F, 2})});
  check_operation_refused("PReLU", "", {f32({1, 3}, {1, 2, 3}), f32({2}, {1, 1})},
                          "its slope [2] does not broadcast to [1,3]");
}

TEST_CASE("FakeQuantize rounds ties to the even step") {
  const auto range = [](float x) { return f32({}, {x}); };
  // Steps of 1 from 0 to 3: 0.5 -> 0, 1.5 -> 2, 2.5 -> 2; outside of the range its ends.
  check_operation("FakeQuantize", "levels=4",
                  {f32({6}, {-1, 0.5F, 1.5F, 2.5F, 2.6F, 9}), range(0), range(3), range(0), range(3)},
                  {f32({6}, {0, 0, 2, 2, 3, 3})});
  // Another output range, by channel: step 1 of 2 is -1 + 2/2 and 10 - 10/2.
  check_operation("FakeQuantize", "levels=3",
                  {f32({2, 1}, {0.4F, 0.6F}), range(0), range(1), f32({2, 1}, {-1, 10}), f32({2, 1}, {1, 0})},
                  {f32({2, 1}, {0, 5})});
  check_operation_refused("FakeQuantize", "levels=4",
                          {f32({2}, {1, 2}), f32({2, 2}, {0, 0, 0, 0}), range(3), range(0), range(3)},
                          "a range of [2,2] does not broadcast to [2]", "f32[2]");
  const auto refused = [&](const char* rule, const char* low, const char* message) {
    CHECK_THROWS_WITH(parse_text(fmt::format("x = Parameter : f32[2]\nl = Parameter : f32[{}]\n"
                                             "h = Parameter : f32[{}]\ny = FakeQuantize(x, l, h, l, h) levels=4 "
                                             "auto_broadcast={} : f32[2]\nr = Result(y)\n",
                                             low, low, rule)),
                      message);
  };
  refused("numpy", "3", "line 4: input 1 is [3], should broadcast to [2] at \"\"");
  refused("none", "1", "line 4: input 1 is [1], should be [2] at \"\"");
  refused("explicit", "1", "line 4: input 1 is [1], should be [2] at \"\"");
}

TEST_CASE("FakeConvert goes through 8 bits") {
  // f8e4m3 has 3 bits behind the point: between 16 and 32 it counts in twos, and it ends at 448.
  check_operation("FakeConvert@opset13", "destination_type=f8e4m3", {f32({3}, {17, 17.5F, 1000}), f32({1}, {1})},
                  {f32({3}, {16, 18, 448})});
  // (f8(3 * 5.5 - 0.5) + 0.5) / 5.5 = 16.5 / 5.5
  check_operation("FakeConvert@opset13", "destination_type=f8e5m2", {f32({1}, {3}), f32({1}, {5.5F}), f32({1}, {0.5F})},
                  {f32({1}, {3})});
}

TEST_CASE("FakeQuantize with ranges of another type is computed in f32") {
  const auto end = [](double value) { return tensor_of(ElementType::f16, {}, {value}); };
  // 0.1 is 0.0999756 in f16: of steps that long 0.26 is 2.6006, the third one.
  check_operation("FakeQuantize", "levels=11", {f32({3}, {0.26F, -1, 5}), end(0), end(1), end(0), end(2)},
                  {f32({3}, {0.6F, 0, 2})}, 1e-6);
  check_operation(
      "FakeQuantize", "levels=3",
      {tensor_of(ElementType::f16, {2}, {0.3, 0.9}), f32({}, {0}), f32({}, {1}), f32({}, {0}), f32({}, {1})},
      {tensor_of(ElementType::f16, {2}, {0.5, 1})});
}

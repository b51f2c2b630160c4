// Values worked out by hand from the operation's specification.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

Tensor matrix() { return f32({2, 3}, {1, 2, 3, 4, 5, 6}); }

void check_refused(std::string_view equation, const std::vector<Tensor>& inputs, std::string_view message) {
  check_operation_refused("Einsum@opset7", "equation=\"" + std::string(equation) + "\"", inputs, message);
}

}  // namespace

TEST_CASE("Einsum: products, transposes, diagonals and sums") {
  check_operation("Einsum@opset7", "equation=\"ij,jk->ik\"", {matrix(), f32({3, 1}, {1, 0, 2})},
                  {f32({2, 1}, {7, 16})});
  check_operation("Einsum@opset7", "equation=\"ij->ji\"", {matrix()}, {f32({3, 2}, {1, 4, 2, 5, 3, 6})});
  check_operation("Einsum@opset7", "equation=\"ij->\"", {matrix()}, {f32({}, {21})});
  check_operation("Einsum@opset7", "equation=\"ii->i\"", {f32({2, 2}, {1, 2, 3, 4})}, {f32({2}, {1, 4})});
  check_operation("Einsum@opset7", "equation=\"...j,j->...\"", {matrix(), f32({3}, {1, 10, 100})},
                  {f32({2}, {321, 654})});
  // Without an arrow: what occurs once, in the order of the alphabet.
  check_operation("Einsum@opset7", "equation=\"ba\"", {matrix()}, {f32({3, 2}, {1, 4, 2, 5, 3, 6})});
  check_operation("Einsum@opset7", "equation=\"i,i\"", {f32({2}, {2, 3}), f32({2}, {5, 7})}, {f32({}, {31})});
}

TEST_CASE("Einsum: equations that do not fit are refused") {
  check_refused("ijk->i", {matrix()}, "equation names 3 axes by \"ijk\", its tensor has 2");
  check_refused("i->i", {matrix()}, "equation names 1 axes by \"i\", its tensor has 2");
  check_refused("i...jk->i", {matrix()}, "equation names 3 axes by \"i...jk\", its tensor has 2");
  check_refused("i1->i", {matrix()}, "equation has the label \"1\", should be a letter or ...");
  check_refused("ij,jk->ik", {matrix()}, "equation is \"ij,jk->ik\", its layer has 1 inputs");
  check_refused("ij->ij", {matrix(), matrix()}, "equation is \"ij->ij\", its layer has 2 inputs");
  check_refused("ij,ij->ij", {matrix(), f32({2, 2}, {1, 2, 3, 4})},
                "an axis of 3 and one of 2 have the same label in \"ij,ij->ij\"");
  check_refused("ij->ik", {matrix()}, "equation is \"ij->ik\", its result has a label of no input");
  check_refused("ij->ii", {matrix()}, "equation is \"ij->ii\", its result has a label twice");
  check_refused("i,i->i", {f32({1}, {1}), i64({1}, {1})}, "input 1 is i64, input 0 is f32");
}

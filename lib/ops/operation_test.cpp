#include "ops/operation.hpp"

#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kReshape = R"(
  x = Parameter                           : f32[?,6]
  shape = Const value=[2,3]               : i64[2]
  y = Reshape(x, shape) special_zero=false : f32[2,3]
)";

const Node& last_of(const Model& model) {
  const Node* node = model.graph->first();
  while (node->next() != nullptr) node = node->next();
  return *node;
}

}  // namespace

TEST_CASE("in a file arguments have types, partial shapes and the integers of constants") {
  const auto model = parse_text(kReshape);
  const Arguments arguments(last_of(model));
  CHECK(arguments.type(0) == ElementType::f32);
  CHECK(arguments.shape(0).to_string() == "?,6");
  CHECK(arguments.integers(1) == std::vector<std::int64_t>{2, 3});
  CHECK_FALSE(arguments.integers(0));
  CHECK_THROWS_AS(arguments.tensor(0), NotInferred);
  CHECK_THROWS_WITH(arguments.lengths(0), "the lengths of input 0 are not known");
  CHECK(arguments.lengths(1) == Lengths{2});
  CHECK(required_integers(arguments, 1) == std::vector<std::int64_t>{2, 3});
  CHECK_THROWS_WITH(arguments.integers(2), "has 2 inputs, needs at least 3");
}

TEST_CASE("at run time arguments are the tensors, whatever the graph says") {
  const auto model = parse_text(kReshape);
  const std::vector<Tensor> tensors{tensor_of(ElementType::f16, {1, 6}, {0, 1, 2, 3, 4, 5}), i64({2}, {3, 2})};
  const Arguments arguments(last_of(model), tensors);
  CHECK(arguments.type(0) == ElementType::f16);
  CHECK(arguments.shape(0).to_string() == "1,6");
  CHECK(arguments.lengths(1) == Lengths{2});
  CHECK(arguments.integers(1) == std::vector<std::int64_t>{3, 2});
  CHECK_THROWS_WITH(arguments.integers(0), "input 0 is f16, should be an integer type");
  const Arguments relaxed(last_of(model), tensors, {ElementType::f32, ElementType::i64});
  CHECK(relaxed.type(0) == ElementType::f32);
}

TEST_CASE("a layer without inputs has none at run time either") {
  const auto model = parse_text("y = Custom@extension : f32[1]\n");
  const Arguments arguments(last_of(model), std::span<const Tensor>());
  CHECK(arguments.size() == 0);
  CHECK_THROWS_WITH(arguments.type(0), "has 0 inputs, needs at least 1");
  CHECK_THROWS_WITH(arguments.shape(0), "has 0 inputs, needs at least 1");
  CHECK_THROWS_WITH(arguments.integers(0), "has 0 inputs, needs at least 1");
}

TEST_CASE("numbers that an operation needs at run time") {
  const auto model = parse_text(kReshape);
  const std::vector<Tensor> tensors{f32({1}, {2.5F}), i64({2}, {3, 2})};
  const Arguments arguments(last_of(model), tensors);
  CHECK(required_real(arguments, 0) == 2.5);
  CHECK(required_integers(arguments, 1) == std::vector<std::int64_t>{3, 2});
  CHECK_THROWS_WITH(required_real(arguments, 1), "input 1 is [2], should be one number");
  CHECK_THROWS_WITH(required_integer(arguments, 1), "input 1 is [2], should be one number");
  CHECK_THROWS_WITH(expect_real(arguments, 1), "input 1 is i64, should be a real type");
}

TEST_CASE("an output takes the memory of an input that nobody else holds") {
  const auto model = parse_text(kReshape);
  const Tensor shape = i64({2}, {2, 3});
  Tensor x = f32({6}, {1, 2, 3, 4, 5, 6});
  const auto* bytes = x.bytes();
  const auto in_place = [&](Tensor input, const OutputSpec& spec) {
    Evaluation run(last_of(model), {std::move(input), shape}, {spec});
    return run.output_over(0).bytes() == bytes;
  };
  CHECK_FALSE(in_place(x, {ElementType::f32, {6}}));  // x is held here
  CHECK(in_place(std::move(x), {ElementType::i32, {6}}));
  Tensor again = f32({6}, {1, 2, 3, 4, 5, 6});
  bytes = again.bytes();
  CHECK_FALSE(in_place(std::move(again), {ElementType::f16, {6}}));
}

TEST_CASE("an output larger than the machine is refused before anybody asks for it") {
  const auto model = parse_text(kReshape);
  CHECK_THROWS_WITH(Evaluation(last_of(model), {}, {{ElementType::f32, {1099511627776, 1048576}}}),
                    "its output, [1099511627776,1048576] of f32, does not fit the memory of this machine");
}

TEST_CASE("operations are known by type and set") {
  CHECK(find_operation("Add", "opset1")->type == "Add");
  CHECK(find_operation("Add", "opset16") != nullptr);
  CHECK(find_operation("Add", "opset17") == nullptr);
  CHECK(find_operation("Add", "opset0") == nullptr);
  CHECK(find_operation("Add", "extension") == nullptr);
  CHECK(find_operation("Sum", "opset1") == nullptr);
  CHECK(find_operation("Const", "extension") != nullptr);
  const auto model = parse_text("x = Parameter : f32[1]\ny = ReLU@type_relaxed_opset1(x) : f32[1]\n");
  CHECK(operation_set(*model.graph->first()) == "opset1");
  CHECK(operation_set(last_of(model)) == "opset1");
}

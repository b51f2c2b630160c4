#include "ir/nearest_name.hpp"

#include <catch2/catch.hpp>

using namespace lpt;

TEST_CASE("nearest_name forgives as many letters as half of the name") {
  const std::vector<std::string_view> known{"Convolution", "MatMul", "Relu"};
  CHECK(nearest_name("Convolutoin", known) == "Convolution");
  CHECK(nearest_name("matmul", known) == "MatMul");
  CHECK(nearest_name("Rexy", known) == "Relu");
  CHECK(nearest_name("Rxyz", known).empty());
  CHECK(nearest_name("", known).empty());
  CHECK(nearest_name("Relu", {}).empty());
}

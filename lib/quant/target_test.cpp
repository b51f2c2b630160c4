#include "quant/target.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "ir/error.hpp"
#include "test_files.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

std::string message(const std::string& json) {
  const TestFolder folder;
  const auto path = (folder / "npu.json").string();
  std::ofstream(path) << json;
  try {
    find_target(path);
  } catch (const Error& error) {
    std::string text = error.what();
    return text.substr(text.find("npu.json"));
  }
  return "no error";
}

}  // namespace

TEST_CASE("the built-in target cpu takes what OpenVINO's plugin for x86-64 states") {
  const auto model = parse_text(R"(
    x = Parameter : u8[1,3,4,4]
    v = Parameter : u8[1,3,2,4,4]
    w = Parameter : i8[2,3,1,1]
    c = Convolution@other(x, w)
    g = GroupConvolution@other(x, w)
    h = GroupConvolution@other(v, w)
    m = MatMul@other(x, w)
    a = Add@other(x, w)
  )");
  const auto cpu = find_target("cpu");
  using enum ElementType;
  using Types = std::vector<ElementType>;
  for (const Node* node = model.graph->first(); node != nullptr; node = node->next()) {
    if (node->name() == "c")
      CHECK((*cpu.types(*node, 0) == Types{u8} && *cpu.types(*node, 1) == Types{i8} && cpu.needs_per_tensor(*node, 0)));
    if (node->name() == "g") CHECK((*cpu.types(*node, 0) == Types{u8} && !cpu.needs_per_tensor(*node, 0)));
    if (node->name() == "h") CHECK(*cpu.types(*node, 0) == Types{u8, i8});
    if (node->name() == "m") CHECK((*cpu.types(*node, 0) == Types{u8, i8} && !cpu.needs_per_tensor(*node, 0)));
    if (node->name() == "a") CHECK(cpu.types(*node, 0) == nullptr);
  }
}

TEST_CASE("a target may be a file") {
  const TestFolder folder;
  const auto path = (folder / "npu.json").string();
  std::ofstream(path) << R"({
    "name": "npu",
    "precisions": [{"operation": "Convolution", "ports": [0, 1], "types": ["i8"], "rank": 4}],
    "per_tensor": [{"operation": "Convolution", "ports": [0]}],
    "convolves_to_multiply": true
  })";
  const auto target = find_target(path);
  CHECK(target.name == "npu");
  REQUIRE(target.restrictions.size() == 1);
  CHECK(target.restrictions[0].operation == "Convolution");
  CHECK(target.restrictions[0].ports == std::vector<std::size_t>{0, 1});
  CHECK(target.restrictions[0].types == std::vector{ElementType::i8});
  CHECK(target.restrictions[0].rank == 4U);
  REQUIRE(target.per_tensor.size() == 1);
  CHECK(target.convolves_to_multiply);
}

TEST_CASE("what is wrong in a target's file is told with its line") {
  CHECK(message("{\"name\": \"n\",\n\"convolves_to_multiply\": 1}") ==
        "npu.json:2: convolves_to_multiply is a whole number, should be true or false");
  CHECK(message("{\n\"name\": 3}") == "npu.json:2: name is a whole number, should be a text");
  CHECK(message("[]") == "npu.json:1: a target is a list, should be an object");
  CHECK(message("{}") == "npu.json:1: a target needs a member \"name\"");
  CHECK(message("{\"name\": \"n\",\n\n\"speed\": \"fast\"}") ==
        "npu.json:3: a target has no member \"speed\", should be one of name, precisions, per_tensor, "
        "convolves_to_multiply");
  CHECK(message("{\"name\": \"n\",\n\"precisions\": [\n{\"operation\": \"MatMul\", \"ports\": [0],\n\"types\": "
                "[\"f32\"]}]}") == "npu.json:4: \"f32\" is no integer type such as u8 or i8");
  CHECK(message("{\"name\": \"n\",\n\"precisions\": [\n{\"operation\": \"MatMul\", \"types\": [\"u8\"]}]}") ==
        "npu.json:3: an entry of precisions needs a member \"ports\"");
  CHECK(message("{\"name\": \"n\",\n\"per_tensor\": [{\"operation\": \"MatMul\", \"ports\": [\"0\"]}]}") ==
        "npu.json:2: a port is a text, should be a whole number");
  CHECK(message("{\"name\": \"n\",\n\"per_tensor\" }") ==
        "npu.json:2: not JSON: \"\"per_tensor\" }\" is not expected here");
}

TEST_CASE("a name that is neither built in nor a file is wrong usage") {
  try {
    find_target("tpu");
    FAIL();
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK(std::string(error.what()) == "--target is 'tpu', should be cpu, gpu, generic or a JSON file");
  }
}

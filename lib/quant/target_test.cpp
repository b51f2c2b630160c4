#include "quant/target.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "ir/error.hpp"
#include "testing/layer_named.hpp"
#include "testing/test_files.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

/// What find_target says of a file, without its folder; it has to be an error of this code.
std::string message(const std::filesystem::path& path, ExitCode code) {
  try {
    find_target(path.string());
  } catch (const Error& error) {
    CHECK(error.code() == code);
    const std::string text = error.what();
    return path.has_parent_path() ? text.substr(path.parent_path().string().size() + 1) : text;
  }
  return "no error";
}

std::string message(const std::string& json) {
  const TestFolder folder;
  return message(folder.write("npu.json", json), ExitCode::bad_model);
}

/// Likewise, for one entry of precisions.
std::string entry_message(const std::string& entry) {
  return message(R"({"name": "n", "precisions": [{"operation": "MatMul", "ports": [0], "types": ["u8"]}, )" + entry +
                 "]}");
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
  const auto types = [&](std::string_view name, std::size_t port = 0) {
    const auto* found = cpu.types(layer_named(*model.graph, name), port);
    return found != nullptr ? *found : Types();
  };
  const auto needs_per_tensor = [&](std::string_view name) {
    return cpu.needs_per_tensor(layer_named(*model.graph, name), 0);
  };
  CHECK((types("c") == Types{u8} && types("c", 1) == Types{i8} && needs_per_tensor("c")));
  CHECK((types("g") == Types{u8} && !needs_per_tensor("g")));
  CHECK(types("h") == Types{u8, i8});
  CHECK((types("m") == Types{u8, i8} && !needs_per_tensor("m")));
  CHECK(cpu.types(layer_named(*model.graph, "a"), 0) == nullptr);
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

TEST_CASE("what is wrong in a target's file is told with its place") {
  CHECK(message("[]") == "npu.json: is a list, should be an object");
  CHECK(message("{}") == "npu.json: has no member \"name\"");
  CHECK(message(R"({"name": 3})") == "npu.json: name is 3, should be a text");
  CHECK(message(R"({"name": null})") == "npu.json: name is null, should be a text");
  CHECK(message(R"({"name": "n", "precisions": []})") ==
        "npu.json: has no precisions, so that no operation takes integers");
  CHECK(message(R"({"name": "n", "precisions": [{"operation": "MatMul", "ports": [0], "types": ["u8"]}],
                    "convolves_to_multiply": 1})") == "npu.json: convolves_to_multiply is 1, should be true or false");
  CHECK(message(R"({"name": "n", "speed": "fast"})") ==
        "npu.json: has a member \"speed\", should have name, precisions, per_tensor, convolves_to_multiply");
  CHECK(message(R"({"name": "n", "precisions": {}})") == "npu.json: precisions is an object, should be a list");
  CHECK(message(R"({"name": "n", "per_tensor": [{"operation": "MatMul", "ports": ["0"]}]})") ==
        "npu.json: per_tensor[0].ports[0] is \"0\", should be a whole number from 0 to 255");
  CHECK(message(R"({"name": "n", "per_tensor": [{"operation": "MatMul", "ports": [0], "types": ["u8"]}]})") ==
        "npu.json: per_tensor[0] has a member \"types\", should have operation, ports");
}

TEST_CASE("what is wrong in an entry of precisions is told with its place") {
  CHECK(entry_message("3") == "npu.json: precisions[1] is 3, should be an object");
  CHECK(entry_message(R"({"operation": "MatMul", "portz": [0], "types": ["u8"]})") ==
        "npu.json: precisions[1] has a member \"portz\", should have operation, ports, types, rank");
  CHECK(entry_message(R"({"operation": "MatMul", "types": ["u8"]})") ==
        "npu.json: precisions[1] has no member \"ports\"");
  CHECK(entry_message(R"({"operation": "MatMul", "ports": [], "types": ["u8"]})") ==
        "npu.json: precisions[1].ports is empty");
  CHECK(entry_message(R"({"operation": "MatMul", "ports": [0, 256], "types": ["u8"]})") ==
        "npu.json: precisions[1].ports[1] is 256, should be a whole number from 0 to 255");
  CHECK(entry_message(R"({"operation": "MatMul", "ports": [-1], "types": ["u8"]})") ==
        "npu.json: precisions[1].ports[0] is -1, should be a whole number from 0 to 255");
  CHECK(entry_message(R"({"operation": "MatMul", "ports": [0.5], "types": ["u8"]})") ==
        "npu.json: precisions[1].ports[0] is 0.5, should be a whole number from 0 to 255");
  CHECK(entry_message(R"({"operation": "Convolution", "ports": [0, 7], "types": ["u8"]})") ==
        "npu.json: precisions[1].ports[1] is 7, should be less than 2, the number of inputs of Convolution");
  CHECK(entry_message(R"({"operation": "Concat", "ports": [0, 7], "types": ["u8"]})") == "no error");
  CHECK(entry_message(R"({"operation": "MatMul", "ports": [0], "types": []})") ==
        "npu.json: precisions[1].types is empty");
  CHECK(entry_message(R"({"operation": "MatMul", "ports": [0], "types": ["u8", "f32"]})") ==
        "npu.json: precisions[1].types[1] is \"f32\", should be an integer type such as u8 or i8");
  CHECK(entry_message(R"({"operation": "MatMul", "ports": [0], "types": ["u8"], "rank": 256})") ==
        "npu.json: precisions[1].rank is 256, should be a whole number from 0 to 255");
}

TEST_CASE("an operation that does not exist is no part of a target") {
  CHECK(entry_message(R"({"operation": "Convolutoin", "ports": [0], "types": ["u8"]})") ==
        "npu.json: precisions[1].operation is \"Convolutoin\", which is no operation; did you mean \"Convolution\"?");
  CHECK(entry_message(R"({"operation": "zzzzzz", "ports": [0], "types": ["u8"]})") ==
        "npu.json: precisions[1].operation is \"zzzzzz\", which is no operation");
}

TEST_CASE("what is no JSON is told with its line") {
  CHECK(message("{\"name\": \"n\",\n\"per_tensor\" }") == "npu.json:2: not JSON at column 14");
  CHECK(message("{\"name\": \"n\",\n\"precisions\": [1,\n]}") == "npu.json:3: not JSON at column 1");
  CHECK(message("{\"name\": NaN}") == "npu.json:1: not JSON at column 10");
  CHECK(message("{\"name\": \"\xff\"}") == "npu.json:1: not JSON at column 11");
  CHECK(message("{} {}") == "npu.json:1: not JSON at column 4");
  CHECK(message("") == "npu.json: the JSON ends too early");
  CHECK(message("{\"name\": \"n\",\n\"precisions\": [") == "npu.json: the JSON ends too early");
  CHECK(message("{\"name\": 1e999}") == "npu.json: a number is too large");
  CHECK(message("{\"name\": 123456789012345678901234567890}") ==
        "npu.json: name is 1.2345678901234568e+29, should be a text");
}

TEST_CASE("JSON that would be read two ways, or take the stack, is refused") {
  CHECK(message(R"({"name": "n", "name": "m"})") == "npu.json: the member \"name\" is given twice in one object");
  CHECK(message(std::string(1'000'000, '[')) == "npu.json: values are nested deeper than 16 levels");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK(message(objects) == "npu.json: values are nested deeper than 16 levels");
}

TEST_CASE("a target that cannot be read is told from one that nobody knows") {
  const TestFolder folder;
  CHECK(message("tpu", ExitCode::usage) == "--target is 'tpu', should be cpu, gpu, generic or a JSON file");
  CHECK(message(folder / "npu.json", ExitCode::io) == "npu.json: the file does not exist");
  std::filesystem::create_directory(folder / "npu");
  CHECK(message(folder / "npu", ExitCode::io) == "npu: is a directory, should be a file");
}

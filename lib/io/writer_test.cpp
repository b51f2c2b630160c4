#include "io/writer.hpp"

#include <catch2/catch.hpp>

#include "testing/test_model.hpp"

using namespace lpt;

TEST_CASE("what OpenVINO wrote comes back byte for byte") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  write_to(read_model(folder.write("m.xml", kAdd)), folder / "out.xml");
  CHECK(folder.read("out.xml") == kAdd);
  CHECK(folder.read("out.bin") == kTwelve);
  CHECK(folder.file_count() == 4);
}

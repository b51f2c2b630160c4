#include "io/layer_reader.hpp"

#include <catch2/catch.hpp>

#include "io/test_model.hpp"

using namespace lpt;

TEST_CASE("what a layer lacks or spells wrongly is named with its line") {
  CHECK(refusal_of(" name=\"add\" type", " type") == "m.xml:22: <layer> has no attribute name");
  CHECK(refusal_of("precision=\"FP32\" names=\"y\"", "precision=\"FP33\" names=\"y\"") ==
        "m.xml:35: precision of a port is \"FP33\", should be an element type such as \"FP32\"");
  CHECK(refusal_of("<dim>3</dim>", "<dim>3abc</dim>") == "m.xml:9: a dimension is \"3abc\", should be -1 or a length");
  CHECK(refusal_of("type=\"Result\"", "type=\"result\"") == "m.xml:41: type is \"result\", should be \"Result\"");
}

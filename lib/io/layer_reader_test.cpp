#include "io/layer_reader.hpp"

#include <catch2/catch.hpp>

#include "testing/test_model.hpp"

using namespace lpt;

TEST_CASE("what a layer lacks or spells wrongly is named with its line") {
  CHECK(refusal_of(" name=\"add\" type", " type") == "m.xml:22: <layer> has no attribute name");
  CHECK(refusal_of("precision=\"FP32\" names=\"y\"", "precision=\"FP33\" names=\"y\"") ==
        "m.xml:35: precision of a port is \"FP33\", should be an element type such as \"FP32\"");
  CHECK(refusal_of("<dim>3</dim>", "<dim>3abc</dim>") == "m.xml:9: a dimension is \"3abc\", should be -1 or a length");
  CHECK(refusal_of("type=\"Add\"", "type=\"\"") == "m.xml:22: type is empty, should name an operation");
  CHECK(refusal_of("type=\"Result\"", "type=\"result\"") == "m.xml:41: type is \"result\", should be \"Result\"");
}

namespace {

/// Bodies of If and TensorIterator, each in the one before it; line 2 + n begins the layer of the n-th.
std::string nested_bodies(std::size_t depth) {
  std::string text = "<net name=\"nested\" version=\"11\">\n<layers>", end;
  for (std::size_t i = 1; i <= depth; ++i) {
    const std::string body = i % 2 == 0 ? "then_body" : "body";
    text += fmt::format("\n<layer id=\"0\" name=\"outer{}\" type=\"{}\" version=\"opset8\"><{}><layers>", i,
                        i % 2 == 0 ? "If" : "TensorIterator", body);
    end = "</layers><edges /></" + body + "></layer>" + end;
  }
  return text + end + "</layers><edges /></net>";
}

}  // namespace

TEST_CASE("bodies stand at most 64 deep") {
  CHECK(refusal(nested_bodies(64)) == "");
  CHECK(refusal(nested_bodies(65)) ==
        "m.xml:67: \"outer65\" (TensorIterator, id 0): its <body> stands 65 deep, should be at most 64 deep");
  CHECK(refusal(nested_bodies(20000)) ==
        "m.xml:67: \"outer65\" (TensorIterator, id 0): its <body> stands 65 deep, should be at most 64 deep");
}

TEST_CASE("an attribute of rt_info is given once") {
  std::string entries;
  for (int i = 0; i < 20000; ++i) entries += fmt::format("<attribute name=\"a{}\" value=\"\" />", i);
  const auto with = [](const std::string& text) {
    return changed(kAdd, "<data auto_broadcast=\"numpy\" />", "<rt_info>" + text + "</rt_info>");
  };
  CHECK(refusal(with(entries)) == "");
  CHECK(refusal(with(entries + "\n<attribute name=\"a7\" value=\"\" />")) ==
        "m.xml:24: rt_info has the attribute \"a7\" twice");
}

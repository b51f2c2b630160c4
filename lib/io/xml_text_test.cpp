#include "io/xml_text.hpp"

#include <catch2/catch.hpp>

#include "io/test_model.hpp"

using namespace lpt;

TEST_CASE("a file without text, or with NUL bytes inside, is refused") {
  CHECK(refusal("") == "m.xml: the file is empty");
  CHECK(refusal(changed(kAdd, "name=\"add\" type", std::string("name=\"a\0b\" type", 15))) ==
        "m.xml:22: a NUL byte at byte 557");
}

TEST_CASE("lines are counted over any line ends and encodings") {
  std::string crlf;
  for (const char c : changed(kAdd, "size=\"12\"", "size=\"8\""))
    crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  CHECK(refusal(crlf) == "m.xml:13: \"c\" (Const, id 1): 3 elements of f32 need 12 bytes, size is 8");
  std::string utf16 = "\xFF\xFE";
  for (const char c : changed(kAdd, "size=\"12\"", "size=\"8\"")) utf16 += {c, '\0'};
  CHECK(refusal(utf16) == "m.xml:13: \"c\" (Const, id 1): 3 elements of f32 need 12 bytes, size is 8");
}

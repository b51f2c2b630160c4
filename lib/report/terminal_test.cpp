#include "report/terminal.hpp"

#include <catch2/catch.hpp>

using namespace lpt;

TEST_CASE("text is broken between words") {
  CHECK(wrapped("", 10).empty());
  CHECK(wrapped("one two six", 11) == "one two six");
  CHECK(wrapped("one two six", 10) == "one two\nsix");
  CHECK(wrapped("one two six", 3) == "one\ntwo\nsix");
  CHECK(wrapped("one two six", 9, 4) == "one\n    two\n    six");
  CHECK(wrapped("uninterrupted word", 5) == "uninterrupted\nword");
  CHECK(wrapped("one two\n  a b\n\nsix ten", 5) == "one\ntwo\n  a b\n\nsix\nten");
}

#include "diff/contents.hpp"

#include <catch2/catch.hpp>

#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

TEST_CASE("digests of constants are XXH3 of 128 bits") {
  const auto model = parse_text(
      "a = Const value=[1,2] : u8[2]\nb = Const value=[2,1] : u8[2]\n"
      "c = Const value=[1,2] : i8[2]\nx = Parameter : u8[2]\nr = Result(x)\n");
  const Contents contents(model);
  const auto of = [&](const char* name) { return contents.of(layer_named(*model.graph, name)); };
  CHECK(of("a") == of("c"));
  CHECK(of("a") != of("b"));
  CHECK(of("x") == Digest{});
  CHECK(to_string(Digester().digest()) == "99aa06d3014798d86001c324468d497f");  // of nothing, from xxHash's own tests
  CHECK(Contents().of(layer_named(*model.graph, "a")) == Digest{});
}

TEST_CASE("a digest tells texts apart from their neighbours") {
  CHECK(Digester().add("ab").add("c").digest() != Digester().add("a").add("bc").digest());
}

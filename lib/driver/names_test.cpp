#include "driver/names.hpp"

#include <catch2/catch.hpp>

#include "text/text.hpp"

using namespace lpt;

namespace {

using Names = std::vector<std::string_view>;

}  // namespace

TEST_CASE("the names of real values are those of layers and tensors that are computed") {
  const auto model = parse_text(R"(
    x = Parameter                         : f32[2,3]  names="x:0,in"
    i = Parameter                         : u8[2,3]   names="i:0"
    c = Const value=[1,2,3]               : f32[3]    names="c:0"
    v = Const value=[1,2,3]               : i8[3]
    w = Dequantize(v) scale=.5 zero_point=1 : f32[3]  names="w:0"
    a = Add(x, c)                         : f32[2,3]
    b = Multiply(a, w)                    : f32[2,3]  names="b:0"
    k = Const value=1                     : i64[]
    t = TopK@opset11(b, k) axis=1 mode=max sort=value index_element_type=i32 : f32[2,1], i32[2,1]
    h = Convert(b)                        : f16[2,3]
    n = Convert(b)                        : i32[2,3]
    r = Result(t.0)
    s = Result(t.1)
    u = Result(h)
    o = Result(n)
    q = Result(i)
  )");
  const auto found = names_of_real_values(model);
  CHECK(found == Names{"x:0,in", "x", "a", "b:0", "b", "t", "h"});
}

TEST_CASE("names vanish where neither a layer nor a tensor has them any more") {
  const auto after = parse_text("x = Parameter : f32[2] names=\"y:0\"\nz = ReLU(x) : f32[2]\nr = Result(z)\n");
  CHECK(vanished({"x", "y:0", "z", "y", "x:0"}, after) == Names{"y", "x:0"});
  CHECK(vanished({"x"}, after).empty());
  CHECK(vanished({}, after).empty());
}

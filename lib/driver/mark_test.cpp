#include "driver/mark.hpp"

#include <catch2/catch.hpp>

#include "testing/test_files.hpp"
#include "testing/test_model.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr auto kModel = "x = Parameter : f32[1,2,4,4]\ny = ReLU(x) : f32[1,2,4,4]\nr = Result(y)\n";

/// The rt_info of a model as it is written, without the blanks in front of its lines.
std::string written(const Model& model) {
  const TestFolder folder;
  write_to(model, folder / "m.xml");
  const auto text = folder.read("m.xml");
  const auto begin = text.find("<rt_info"), end = text.find("</net>");
  std::string lines;
  for (std::size_t i = begin; i < end; ++i) {
    if (text[i] != '\t') lines += text[i];
  }
  return lines;
}

const Goal kStandard{Mode::full, Dialect::openvino, find_target("cpu")};

}  // namespace

TEST_CASE("a mark says which version converted a model, and to what") {
  auto model = parse_text(kModel);
  mark(model, PassContext(kStandard), {});
  const std::string expected = R"(<rt_info>
<lpt_opt>
<version value=")" LPT_VERSION R"(" />
<dialect value="openvino" />
<target value="cpu" />
</lpt_opt>
</rt_info>
)";
  CHECK(written(model) == expected);
  // A second one replaces it.
  mark(model, PassContext(kStandard), {});
  CHECK(written(model) == expected);
  CHECK(marked_version(model) == LPT_VERSION);
}

TEST_CASE("a mark lists the tensors that hold integers, with their scales, and the names that vanished") {
  auto model = parse_text(kModel);
  PassContext context(kStandard);
  context.multiples = {
      {"x", "x:0,in", 0, 4, ElementType::u8, scalar(.5)},
      {"y", "", 1, 4, ElementType::i8, {Shape{1, 2, 1, 1}, {.25, .125}}},
      {"z", "", 0, 4, ElementType::i8, {Shape{2, 1, 1}, {.25, .125}}},
  };
  mark(model, context, {"p", "q:0"});
  CHECK(written(model) == R"(<rt_info>
<lpt_opt>
<version value=")" LPT_VERSION R"(" />
<dialect value="openvino" />
<target value="cpu" />
<multiples>
<t0>
<layer value="x" />
<port value="0" />
<names value="x:0,in" />
<type value="u8" />
<scale value="0.5" />
<zero_point value="0" />
</t0>
<t1>
<layer value="y" />
<port value="1" />
<type value="i8" />
<scale value="0.25 0.125" />
<zero_point value="0" />
<axis value="1" />
</t1>
<t2>
<layer value="z" />
<port value="0" />
<type value="i8" />
<scale value="0.25 0.125" />
<zero_point value="0" />
<axis value="1" />
</t2>
</multiples>
<vanished>
<n0 value="p" />
<n1 value="q:0" />
</vanished>
</lpt_opt>
</rt_info>
)");
}

TEST_CASE("a mark stands beside what else rt_info holds") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  auto model =
      read_model(folder.write("m.xml", changed(kAdd, "<rt_info />", "<rt_info><other value=\"1\" /></rt_info>")));
  mark(model, PassContext(kStandard), {});
  CHECK(written(model).starts_with("<rt_info>\n<other value=\"1\" />\n<lpt_opt>\n<version"));
}

TEST_CASE("a model is marked for its dialect and target, and in mode full alone") {
  auto model = parse_text(kModel);
  CHECK(!is_marked(model, kStandard));
  CHECK(marked_version(model).empty());
  mark(model, PassContext(kStandard), {});
  CHECK(is_marked(model, kStandard));
  CHECK(!is_marked(model, {Mode::weights, Dialect::openvino, find_target("cpu")}));
  CHECK(!is_marked(model, {Mode::full, Dialect::type_relaxed, find_target("cpu")}));
  CHECK(!is_marked(model, {Mode::full, Dialect::openvino, find_target("gpu")}));
  const Goal relaxed{Mode::full, Dialect::type_relaxed, find_target("gpu")};
  mark(model, PassContext(relaxed), {});
  CHECK(is_marked(model, relaxed));
  CHECK(!is_marked(model, kStandard));
  CHECK(written(model).find("<dialect value=\"type-relaxed\" />\n<target value=\"gpu\" />") != std::string::npos);
}

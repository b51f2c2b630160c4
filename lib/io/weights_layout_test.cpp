#include "io/weights_layout.hpp"

#include <catch2/catch.hpp>

#include "text/text.hpp"

using namespace lpt;

TEST_CASE("constants are laid out without gaps, equal ones once") {
  const auto model = parse_text(R"(
    a = Const value=[1,2,3] : i8[3]
    b = Const value=[1.5]   : f32[1]
    c = Const value=0       : f32[]
    d = Const value=0       : i32[]
    e = Const value=[1,2,3] : u8[3]
    f = Const value=0xB4E0  : u1[11]
  )");
  const WeightsLayout layout(model);
  CHECK(layout.size() == 3 + 4 + 4 + 2);
  CHECK(layout.nth_constant(0).offset == 0);
  CHECK(layout.nth_constant(1).offset == 3);
  CHECK(layout.nth_constant(2).offset == 7);
  CHECK(layout.nth_constant(3).offset == 7);
  CHECK(layout.nth_constant(4).offset == 0);
  CHECK(layout.nth_constant(5).offset == 11);
}

TEST_CASE("large constants are compared by all their bytes before they are shared") {
  Model model;
  std::vector<std::byte> bytes(100000);
  const auto add = [&] {
    model.graph->insert_constant_before(nullptr, "c", ElementType::u8, Shape({100000}), Blob::of(bytes));
  };
  add();
  add();
  bytes[70001] = std::byte{1};  // where no sample looks
  add();
  bytes[70001] = std::byte{2};
  add();
  bytes[70001] = std::byte{1};
  add();
  const WeightsLayout layout(model);
  CHECK(layout.size() == 300000);
  CHECK(layout.nth_constant(1).offset == 0);
  CHECK(layout.nth_constant(2).offset == 100000);
  CHECK(layout.nth_constant(3).offset == 200000);
  CHECK(layout.nth_constant(4).offset == 100000);
}

TEST_CASE("constants of a body stand behind those of the layers before it, and share bytes with them") {
  const auto model = parse_text(R"(
    a = Const value=[1,2,3]   : i8[3]
    f = Future(a) {
      body {
        b = Const value=[1,2,3] : i8[3]
        c = Const value=[4,5]   : i8[2]
      }
    }
    d = Const value=[6]       : i8[1]
    e = Const value=[4,5]     : u8[2]
  )");
  const WeightsLayout layout(model);
  CHECK(layout.size() == 3 + 2 + 1);
  CHECK(layout.nth_constant(0).offset == 0);
  CHECK(layout.nth_constant(1).offset == 0);
  CHECK(layout.nth_constant(2).offset == 3);
  CHECK(layout.nth_constant(3).offset == 5);
  CHECK(layout.nth_constant(4).offset == 3);
}

TEST_CASE("the bytes of a section's element follow those of all layers") {
  auto model = parse_text("a = Const value=[1,2,3] : i8[3]");
  model.graph->sections.push_back(
      {"pre-process", {}, {}, {{"mean", {}, {}, {}}, {"mean", {}, {}, {}}, {"other", {}, {}, {}}}});
  const auto& means = model.graph->sections[0].children;
  model.section_blobs.push_back({&means[0], Blob::of(std::vector<std::byte>(2, std::byte{9}))});
  model.section_blobs.push_back({&means[1], Blob::of({std::byte{1}, std::byte{2}, std::byte{3}})});
  const WeightsLayout layout(model);
  CHECK(layout.size() == 3 + 2);
  CHECK(layout.placed_for(means[0])->offset == 3);
  CHECK(layout.placed_for(means[1])->offset == 0);
  CHECK(layout.placed_for(means[2]) == nullptr);
}

TEST_CASE("a constant without elements takes no bytes") {
  const auto model = parse_text("a = Const value=[] : f32[0]\nb = Const value=[7] : i8[1]");
  const WeightsLayout layout(model);
  CHECK(layout.size() == 1);
  CHECK(layout.nth_constant(0).offset == 0);
  CHECK(layout.nth_constant(1).offset == 0);
}

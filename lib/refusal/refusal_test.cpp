#include "refusal/refusal.hpp"

#include <catch2/catch.hpp>

#include <set>

#include "text/text.hpp"

namespace {

int times_formatted = 0;

/// Something whose formatting is counted.
struct Counted {
  int value;
};

}  // namespace

template <>
struct fmt::formatter<Counted> : fmt::formatter<int> {
  template <class Context>
  auto format(const Counted& counted, Context& context) const {
    ++times_formatted;
    return fmt::formatter<int>::format(counted.value, context);
  }
};

using namespace lpt;

TEST_CASE("refusal: codes are words with hyphens, each of them once, with a line of help") {
  std::set<std::string> codes;
  for (const auto& [code, help] : cause_texts()) {
    INFO(code);
    CHECK(codes.insert(code).second);
    CHECK(code.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    REQUIRE(!help.empty());
    CHECK(std::string_view(".! \n").find(help.back()) == std::string_view::npos);
    CHECK(help.find('\n') == std::string_view::npos);
  }
  CHECK(text_of(Cause::rank_unknown).code == "rank-unknown");
  CHECK(&text_of(Cause::rank_unknown) == &cause_texts().front());
  CHECK(&text_of(Cause::runtime_misreads_form) == &cause_texts().back());
}

TEST_CASE("refusal: a sentence is put together when somebody asks for it, every time") {
  times_formatted = 0;
  const Outcome outcome = refused(Cause::scale_zero, "a scale of {} on axis {}", Counted{5}, 1);
  const Refusal copy = outcome.error();
  const auto about = Refusal(copy).about("its weights");
  CHECK(times_formatted == 0);
  CHECK(copy.cause() == Cause::scale_zero);
  CHECK(!copy.is_no_match());
  CHECK(!copy.culprit());
  CHECK(times_formatted == 0);
  CHECK(copy.sentence() == "a scale of 5 on axis 1");
  CHECK(outcome.error().sentence() == "a scale of 5 on axis 1");
  CHECK(about.sentence() == "its weights: a scale of 5 on axis 1");
  CHECK(times_formatted == 3);
}

TEST_CASE("refusal: what it says is copied") {
  auto name = std::make_unique<std::string>("conv1");
  Shape shape{1, 2};
  const auto reason = refusal(Cause::lengths_unknown, "\"{}\" has [{}]", *name, shape);
  *name = "changed";
  name.reset();
  shape = Shape{3};
  CHECK(reason.sentence() == "\"conv1\" has [1,2]");
}

TEST_CASE("refusal: another subject or culprit keeps the code") {
  const auto model = parse_text("x = Parameter : f32[1]\ny = ReLU(x) : f32[1]\nr = Result(y)\n");
  const Node& relu = *model.graph->first()->next();
  const auto reason = refusal(Cause::scale_negative, "scale {} is negative", -2).about("its bias").blaming(relu);
  CHECK(reason.cause() == Cause::scale_negative);
  CHECK(reason.sentence() == "its bias: scale -2 is negative");
  REQUIRE(reason.culprit());
  CHECK(reason.culprit()->name == "y");
  CHECK(reason.culprit()->type == "ReLU");
  CHECK(reason.culprit()->id == relu.id());
  const auto further = Refusal(reason).about("\"z\"");
  CHECK(further.sentence() == "\"z\": its bias: scale -2 is negative");
  CHECK(further.culprit());
  CHECK(fmt::format("<{}>", reason) == "<its bias: scale -2 is negative>");
}

TEST_CASE("refusal: none of a pass's business has no sentence") {
  const Outcome outcome = no_match();
  REQUIRE(!outcome);
  CHECK(outcome.error().is_no_match());
  CHECK(outcome.error().cause() == Cause::none);
  CHECK(outcome.error().sentence().empty());
  CHECK(Outcome(rewritten()).has_value());
}

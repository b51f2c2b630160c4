#include "jobs/run.hpp"

#include <catch2/catch.hpp>

#include "io/writer.hpp"
#include "testing/test_files.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

/// x -> ReLU "a" -> Multiply "b" -> Result, of a constant: no input is needed.
std::filesystem::path save(const TestFolder& folder, const std::string& name, const char* factor) {
  const auto text = fmt::format(R"(
    x = Const value=[-1,2] : f32[2]
    i = Parameter          : f32[2] names="i"
    c = Concat(x, i) axis=0 : f32[4]
    a = ReLU(c)            : f32[4]
    f = Const value={}     : f32[]
    b = Multiply(a, f)     : f32[4] names="y"
    r = Result(b)
  )",
                                factor);
  const auto path = folder / name;
  OutputPair files(path, default_weights_path(path));
  write_model(parse_text(text), files, [](std::uint64_t, std::uint64_t) {});
  return path;
}

}  // namespace

TEST_CASE("a run gives its outputs by name, and what was asked for") {
  const TestFolder folder;
  RunJob job;
  job.model = save(folder, "one.xml", "3");
  const auto ran = run_model(job);
  REQUIRE(ran.outputs.size() == 1);
  CHECK(ran.outputs[0].first == "y");
  CHECK(ran.outputs[0].second.data<float>()[0] == 0);
  CHECK(ran.outputs[0].second.data<float>()[1] == 6);
  CHECK(ran.agrees());
  CHECK((ran.profile.empty() && ran.layers.empty() && !ran.comparison));
  job.profile = true;
  job.repeat = 2;
  const auto profiled = run_model(job);
  CHECK(profiled.profile.size() == 3);
  for (const auto& entry : profiled.profile) CHECK(entry.layers == 1);
  REQUIRE(profiled.layer_times.size() == 3);
  CHECK(profiled.layer_times[0].seconds >= profiled.layer_times[2].seconds);
}

TEST_CASE("two models are compared, and where they part is told") {
  const TestFolder folder;
  RunJob job;
  job.model = save(folder, "one.xml", "2");
  job.other = save(folder, "two.xml", "4");
  job.per_layer = true;
  const auto ran = run_model(job);
  CHECK(!ran.agrees());
  REQUIRE(ran.comparison->outputs.size() == 1);
  CHECK(ran.comparison->outputs[0].second.max_rel == 1);
  REQUIRE(ran.layers.size() == 4);
  CHECK(ran.layers[1].after->name() == "a");
  CHECK(!ran.layers[1].departs());
  CHECK(ran.layers[2].after->name() == "b");
  CHECK(ran.layers[2].departs());
  CHECK(!ran.layers[3].departs());
}

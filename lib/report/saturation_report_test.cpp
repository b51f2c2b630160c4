#include "report/saturation_report.hpp"

#include <catch2/catch.hpp>

#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

const Model& model() {
  static const auto parsed =
      parse_text("x = Parameter : f32[2]\na = ReLU(x) : f32[2]\nb = Abs(a) : f32[2]\nr = Result(b)\n");
  return parsed;
}
LayerLabel label(std::string_view name) { return LayerLabel(layer_named(*model().graph, name)); }

}  // namespace

TEST_CASE("layers that could saturate, the worst first") {
  CHECK(saturation_text(std::vector<Saturation>{}) == "no layer runs in integers\n");
  const Saturation harmless{label("x"), 8, 0, 0, 2040, 510, 3};
  CHECK(saturation_text({harmless}) == "no integer sum can leave 32 bits, no sum of two products 16 bits\n");
  const Saturation some{label("a"), 64, 0, 3, 900000, 41000, 7}, more{label("b"), 1, 0, 1, 900000, 64770, 0},
      wide{label("r"), 10, 2, 1, 2150364000, 33000, 9}, only_wide{label("x"), 1, 1, 0, 2150364000, 0, 0};
  CHECK(saturation_text({harmless, some, more, wide, only_wide}) ==
        "\"r\" (Result): 2 of 10 output channels could leave 32 bits on every CPU, sums up to 2 150 364 000; 1 of 10 "
        "output channels could saturate 16 bits on CPUs without VNNI, sums of two products up to 33 000\n"
        "\"x\" (Parameter): 1 of 1 output channel could leave 32 bits on every CPU, sums up to 2 150 364 000\n"
        "\"b\" (Abs): 1 of 1 output channel could saturate 16 bits on CPUs without VNNI, sums of two products up to 64 "
        "770\n"
        "\"a\" (ReLU): 3 of 64 output channels could saturate 16 bits on CPUs without VNNI, sums of two products up to "
        "41 000\n");
  CHECK(
      to_json({wide}).dump() ==
      R"([{"name":"r","type":"Result","channels":10,"beyond_32_bits":2,"beyond_16_bits":1,"largest_sum":2150364000,"largest_pair_sum":33000,"worst_channel":9}])");
}

TEST_CASE("what happened in a run that saturated") {
  SaturatedRun run;
  run.layers = {{label("a"), 4000, 0}, {label("b"), 1000000, 12345}, {label("r"), 10, 5}};
  run.outputs = {{"y", {0.5, 0.25, 12, 1, 1}}};
  run.least_sqnr_db = 12;
  CHECK(saturation_text(run) ==
        "on a CPU without VNNI sums of two products saturate in 2 of 3 layers that could: SQNR 12.0 dB\n");
  CHECK(saturation_lines(run) ==
        std::vector<std::string>{"\"r\" (Result): 5 of 10 sums of two products saturate without VNNI, 50 %",
                                 "\"b\" (Abs): 12 345 of 1 000 000 sums of two products saturate without VNNI, 1.2 %"});
  CHECK(
      to_json(run).dump() ==
      R"({"sqnr_db":12.0,"outputs":[{"name":"y","sqnr_db":12.0,"max_abs":0.5}],"layers":[{"name":"a","type":"ReLU","pair_sums":4000,"saturated":0},{"name":"b","type":"Abs","pair_sums":1000000,"saturated":12345},{"name":"r","type":"Result","pair_sums":10,"saturated":5}]})");
  run.layers.erase(run.layers.begin() + 1, run.layers.end());
  CHECK(saturation_text(run) == "on a CPU without VNNI no sum of two products saturated on these inputs\n");
}

#include "report/progress.hpp"

#include <catch2/catch.hpp>

using namespace lpt;

TEST_CASE("a progress bar is as wide as the terminal allows") {
  CHECK(progress_line("writing", 0, 0, 80) == "writing [##############################] 100% of 0 B");
  CHECK(progress_line("writing", 1000, 2000, 80) == "writing [###############...............]  50% of 2.0 kB");
  CHECK(progress_line("writing", 1000, 2000, 33) == "writing [###....]  50% of 2.0 kB");
  CHECK(progress_line("writing", 1000, 2000, 31) == "writing [##...]  50% of 2.0 kB");
  CHECK(progress_line("writing", 1000, 2000, 30) == " 50% of 2.0 kB");
  CHECK(progress_line("writing", 1000, 2000, 5) == " 50%");
  CHECK(progress_line("writing", 1000, 2000, 0).empty());
}

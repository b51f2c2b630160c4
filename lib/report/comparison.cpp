#include "report/comparison.hpp"

#include <fmt/format.h>

#include <cmath>

namespace lpt {

std::string describe(const Distance& distance) {
  if (!distance.same_shape) return "another shape";
  if (distance.max_abs == 0) return "identical";
  return fmt::format("max abs {:.3g}, rel {:.3g}, SQNR {:.1f} dB, cosine {:.6f}, arg-max {:.0f} %", distance.max_abs,
                     distance.max_rel, distance.sqnr_db, distance.cosine, 100 * distance.arg_max);
}

std::string describe(const VerifyResult& result, const VerifyOptions& wanted) {
  if (result.output.empty()) return "there are no outputs to compare";
  std::string left_out;
  if (!result.left_out.empty())
    left_out = fmt::format("; there is no kernel for {}, of which the inputs were compared; {} of {} layers were run",
                           fmt::join(result.left_out, ", "), result.coverage.run, result.coverage.all);
  if (!result.constant.empty())
    left_out += fmt::format("; weakly verified: one value is all that {} hold{}", fmt::join(result.constant, ", "),
                            result.constant.size() == 1 ? "s" : "");
  if (result.worst.same_shape && result.worst.max_abs == 0) return "the outputs are identical" + left_out;
  auto text = fmt::format("output \"{}\": {}", result.output, describe(result.worst));
  if (!within(result.worst, wanted.tolerance)) {
    const bool like_noise = result.is_like_noise, measured = std::isfinite(result.noise_sqnr_db);
    text +=
        fmt::format("; {} {:g}", like_noise ? "that is over the tolerance of" : "the tolerance is", wanted.tolerance);
    if (like_noise || measured)
      text +=
          fmt::format("{} noise in the last bits of the model's sums{}", like_noise ? ", but no more than" : ", and",
                      result.with_departures ? " and the roundings that --verbose lists make" : " makes");
    if (measured) text += fmt::format(": {:.1f} dB", result.noise_sqnr_db);
    constexpr double kWeak = 20;
    if (result.passed && like_noise && measured && result.noise_sqnr_db < kWeak) text += ", which verifies weakly";
  }
  return text + left_out;
}

}  // namespace lpt

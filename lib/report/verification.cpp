#include "report/verification.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "exec/inputs.hpp"
#include "ir/error.hpp"

namespace lpt {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kNoises = 3;  // noise is random: not every one meets a rounding step

bool is_like_noise(const Distance& distance, double noise_sqnr_db) {
  constexpr double kMargin = 6;  // dB: noise is random, and so is its effect
  return distance.same_shape && distance.sqnr_db >= noise_sqnr_db - kMargin;
}

}  // namespace

Verification::Verification(const Model& original, VerifyOptions options) : options_(std::move(options)) {
  Executor executor(original);
  names_ = output_names(executor.outputs());
  if (!options_.inputs.empty()) {
    inputs_.push_back(arrange_inputs(executor.inputs(), read_named_npy(options_.inputs)));
  } else {
    for (unsigned seed = 1; seed <= options_.runs; ++seed) inputs_.push_back(random_inputs(executor.inputs(), seed));
  }
  for (const auto& inputs : inputs_) outputs_.push_back(executor.run(inputs));
  noise_sqnr_db_.assign(names_.size(), kInfinite);
  for (std::uint64_t seed = 1; seed <= kNoises; ++seed) {
    executor.forget_states();
    for (std::size_t run = 0; run < inputs_.size(); ++run) {
      const auto outputs = executor.run(inputs_[run], seed);
      for (std::size_t i = 0; i < outputs.size(); ++i)
        noise_sqnr_db_[i] = std::min(noise_sqnr_db_[i], distance(outputs_[run][i], outputs[i]).sqnr_db);
    }
  }
}

Verification::Result Verification::check(const Model& changed) const {
  Executor executor(changed);
  Result result{"", {}, kInfinite, true};
  for (std::size_t run = 0; run < inputs_.size(); ++run) {
    const auto outputs = executor.run(inputs_[run]);
    if (outputs.size() != names_.size())
      throw internal_error("the model had {} outputs and has {}", names_.size(), outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const auto d = distance(outputs_[run][i], outputs[i]);
      result.passed = result.passed && agrees(d, i);
      if (d.same_shape) result.least_sqnr_db = std::min(result.least_sqnr_db, d.sqnr_db);
      const bool worse = !d.same_shape || (result.worst.same_shape && d.max_rel > result.worst.max_rel);
      if (!result.output.empty() && !worse) continue;
      result.output = names_[i];
      result.noise_sqnr_db = noise_sqnr_db_[i];
      result.worst = d;
    }
  }
  result.passed = result.passed && result.least_sqnr_db >= options_.least_sqnr_db.value_or(-kInfinite);
  return result;
}

bool Verification::agrees(const Distance& distance, std::size_t output) const {
  return is_like_noise(distance, noise_sqnr_db_[output]) || within(distance, options_.tolerance);
}

std::string Verification::describe(const Result& result) const {
  if (result.output.empty()) return "there are no outputs to compare";
  if (result.worst.same_shape && result.worst.max_abs == 0) return "the outputs are identical";
  auto text = fmt::format("output \"{}\": {}", result.output, lpt::describe(result.worst));
  if (!within(result.worst, options_.tolerance)) {
    const bool like_noise = is_like_noise(result.worst, result.noise_sqnr_db);
    text +=
        fmt::format("; {} {:g}", like_noise ? "that is over the tolerance of" : "the tolerance is", options_.tolerance);
    if (std::isfinite(result.noise_sqnr_db))
      text += fmt::format("{} noise in the last bits of the model's sums makes: {:.1f} dB",
                          like_noise ? ", but no more than" : ", and", result.noise_sqnr_db);
  }
  if (options_.least_sqnr_db && result.least_sqnr_db < *options_.least_sqnr_db)
    text +=
        fmt::format("; the least SQNR is {:.1f} dB, should be {:g} dB", result.least_sqnr_db, *options_.least_sqnr_db);
  return text;
}

}  // namespace lpt

#include "jobs/verification.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "ir/error.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kNoises = 3;  // noise is random: not every one meets a rounding step
constexpr double kMarginDb = 6;       // and neither is its effect the same each time

/// A difference where there should be nothing but zeros.
bool lacks_signal(const Distance& distance) {
  return distance.sqnr_db == -kInfinite && std::isfinite(distance.max_abs);
}

/// Runs a model from where its states are.
std::vector<Tensor> go_on(Executor& executor, const std::vector<Tensor>& inputs, Variables& states,
                          std::uint64_t noise = 0) {
  std::swap(executor.variables(), states);
  auto outputs = executor.run(inputs, noise);
  std::swap(executor.variables(), states);
  return outputs;
}

/// Whether all elements of some tensors are one value.
struct OnlyValue {
  std::optional<double> value;
  bool is_one = true;

  void add(const Tensor& tensor) {
    const Tensor values = convert(tensor, ElementType::f64);
    for (std::int64_t i = 0; is_one && i < values.count(); ++i) {
      if (!value) value = values.data<double>()[i];
      is_one = *value == values.data<double>()[i];
    }
  }
};

std::vector<std::string> left_out(const Executor& executor) {
  std::vector<std::string> layers;
  for (const auto& port : executor.outputs()) {
    if (port.left_out == nullptr) continue;
    auto layer = fmt::format("\"{}\" ({})", port.left_out->name(), port.left_out->type());
    if (layers.empty() || layers.back() != layer) layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace

void Verification::Noise::add(const Distance& distance) {
  if (!distance.same_shape) {
    moves_shape = true;
    least_sqnr_db = std::min(least_sqnr_db, 0.0);  // nothing is left to compare: as much noise as signal
  } else if (lacks_signal(distance)) {
    max_abs = std::max(max_abs, distance.max_abs);
  } else {
    least_sqnr_db = std::min(least_sqnr_db, distance.sqnr_db);
  }
}

bool Verification::Noise::explains(const Distance& distance) const {
  if (!distance.same_shape) return moves_shape;
  if (lacks_signal(distance)) return distance.max_abs <= max_abs * std::pow(10, kMarginDb / 20);
  return distance.sqnr_db >= least_sqnr_db - kMarginDb;
}

const std::vector<Verification::Noise>& Verification::noise(const std::vector<Displacement>& displacements) {
  if (!noise_.empty() && displacements_ == displacements.size()) return noise_;
  displacements_ = displacements.size();
  RunOptions options = run_options();
  options.displacements = displacements;
  Executor executor(original_, options);
  noise_.assign(executor.outputs().size(), {});
  std::array<Variables, kNoises + 1> states;
  for (unsigned run = 0; run < runs(); ++run) {
    const auto inputs = draw_inputs(options_.inputs, executor, run);
    const auto right = go_on(executor, inputs, states[0]);
    for (std::uint64_t seed = 1; seed <= kNoises; ++seed) {
      const auto outputs = go_on(executor, inputs, states[seed], seed);
      for (std::size_t i = 0; i < outputs.size(); ++i) noise_[i].add(distance(right[i], outputs[i]));
    }
  }
  return noise_;
}

VerifyResult Verification::check(const Model& changed, const std::vector<PassContext::Departure>& departures) {
  VerifyResult result;
  std::vector<Displacement> displacements;
  for (const auto& departure : departures) displacements.push_back(departure.displacement);
  std::vector<std::pair<std::size_t, Distance>> outside;  // of the tolerance, by output
  std::size_t worst = 0;
  Variables states, changed_states;
  std::vector<OnlyValue> seen;  // by output
  for (unsigned run = 0; run < runs(); ++run) {
    std::optional<Executor> executor(std::in_place, original_, run_options());
    result.left_out = left_out(*executor);
    result.coverage = executor->coverage();
    const auto names = output_names(executor->outputs());
    const auto results = std::ranges::count(executor->outputs(), nullptr, &ModelPort::left_out);
    const auto inputs = draw_inputs(options_.inputs, *executor, run);
    const auto right = go_on(*executor, inputs, states);
    executor.emplace(changed, run_options());  // one at a time: it keeps what depends on constants alone
    const auto outputs = go_on(*executor, inputs, changed_states);
    if (outputs.size() != right.size())
      throw internal_error("the model had {} outputs and has {}", right.size(), outputs.size());
    result.outputs.clear();
    seen.resize(static_cast<std::size_t>(results));
    for (std::size_t i = 0; i < seen.size(); ++i) seen[i].add(right[i]);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const auto d = distance(right[i], outputs[i]);
      result.outputs.emplace_back(names[i], d);
      if (d.same_shape) result.least_sqnr_db = std::min(result.least_sqnr_db, d.sqnr_db);
      if (!within(d, options_.tolerance)) outside.emplace_back(i, d);
      const bool worse = !d.same_shape || (result.worst.same_shape && d.max_rel > result.worst.max_rel);
      if (result.output.empty() || worse) {
        result.output = names[i];
        result.worst = d;
        worst = i;
      }
    }
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i].is_one) result.constant.push_back(fmt::format("output \"{}\"", result.outputs[i].first));
  }
  for (const auto& [output, d] : outside) result.passed = result.passed && noise(displacements)[output].explains(d);
  if (!within(result.worst, options_.tolerance)) {
    result.is_like_noise = noise(displacements)[worst].explains(result.worst);
    result.noise_sqnr_db = noise(displacements)[worst].least_sqnr_db;
    result.with_departures = !departures.empty();
  }
  result.passed = result.passed && result.least_sqnr_db >= options_.least_sqnr_db.value_or(-kInfinite);
  return result;
}

}  // namespace lpt

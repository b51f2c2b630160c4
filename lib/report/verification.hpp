#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "exec/executor.hpp"
#include "report/comparison.hpp"

namespace lpt {

struct VerifyOptions {
  unsigned runs = 2;                ///< on random inputs
  std::vector<std::string> inputs;  ///< NAME=FILE.npy: one run on these instead
  double tolerance = kDefaultTolerance;
  std::optional<double> least_sqnr_db;
};

/// The proof that a model kept its function: its outputs before anything was changed, and how far those of what became
/// of it are.
///
/// A quantized network makes much of little: where the last bits of a sum move a value to the other side of a rounding
/// step, the output moves by far more than those bits. So the model is also run with such noise in its sums, and what
/// became of it passes if it is within the tolerance, or no further off than noise brings the model itself.
class Verification {
 public:
  /// Runs the model. throws  Error, also for inputs that do not fit
  Verification(const Model& original, VerifyOptions options);

  /// Runs what the model has become. The worst output of all runs, by its relative difference.
  struct Result {
    std::string output;
    Distance worst;
    double least_sqnr_db;
    bool passed;               ///< within the tolerance, and not below the signal to noise ratio that is required
    double noise_sqnr_db = 0;  ///< of the model itself under noise, for the same output
  };
  Result check(const Model& changed) const;

  /// The sentence for the user: "max abs ..., SQNR ..." of the worst output, and what was wanted of it if it failed.
  std::string describe(const Result& result) const;

 private:
  bool agrees(const Distance& distance, std::size_t output) const;

  VerifyOptions options_;
  std::vector<std::vector<Tensor>> inputs_, outputs_;  ///< of each run
  std::vector<std::string> names_;
  std::vector<double> noise_sqnr_db_;  ///< for each output the least of all runs
};

}  // namespace lpt

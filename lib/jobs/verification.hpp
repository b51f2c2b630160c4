#pragma once

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "driver/context.hpp"
#include "exec/compare.hpp"
#include "exec/inputs.hpp"

namespace lpt {

struct VerifyOptions {
  unsigned runs = 2;        ///< on random inputs; one on others
  InputSource inputs = {};  ///< each run has another seed
  double tolerance = kDefaultTolerance;
  std::optional<double> least_sqnr_db = {};
  std::int64_t most_iterations = RunOptions().most_iterations;
};

/// What a check found: the worst output of all runs, by its relative difference.
struct VerifyResult {
  bool passed = true;  ///< within the tolerance or like noise, and not below the required signal to noise ratio
  std::string output;  ///< empty if there are none
  Distance worst;
  double least_sqnr_db = std::numeric_limits<double>::infinity();  ///< of all outputs
  bool is_like_noise = false;  ///< `worst` is over the tolerance, but no further than noise brings the model itself
  double noise_sqnr_db = 0;    ///< of the model itself under noise, where `worst` is over the tolerance
  std::vector<std::string> left_out = {};  ///< layers without a kernel, of which the inputs were compared
  Coverage coverage = {};                  ///< of the layers of the model
  std::vector<std::string> constant = {};  ///< outputs that had one value everywhere, in all runs
  bool with_departures = false;            ///< that noise moves what departures of the conversion move
  std::vector<std::pair<std::string, Distance>> outputs = {};  ///< of the last run
};

/// The proof that a model kept its function: how far the outputs of what became of it are from its own.
///
/// A quantized network makes much of little: where the last bits of a sum move a value to the other side of a rounding
/// step, the output moves by far more than those bits. So a model that is outside of the tolerance is judged by what
/// such noise in its sums does to the original, and passes if it is no further off than that. Where the conversion
/// states that it departs from the model, the noise moves the same values as far.
///
/// Runs come one after another, each with inputs that are drawn anew, so that no more is in memory than one run takes.
class Verification {
 public:
  Verification(Model original, VerifyOptions options) : original_(std::move(original)), options_(std::move(options)) {}

  /// Runs both. throws  Error, also for inputs that do not fit
  VerifyResult check(const Model& changed, const std::vector<PassContext::Departure>& departures = {});

 private:
  /// How far noise brings an output.
  struct Noise {
    double least_sqnr_db = std::numeric_limits<double>::infinity();
    double max_abs = 0;        ///< in runs where the output is 0 without noise, which have no signal to compare with
    bool moves_shape = false;  ///< as of boxes that are found
    void add(const Distance& distance);
    bool explains(const Distance& distance) const;
  };

  unsigned runs() const { return options_.inputs.is_random() ? options_.runs : 1; }
  RunOptions run_options() const { return {.most_iterations = options_.most_iterations, .leaves_out = true}; }
  const std::vector<Noise>& noise(const std::vector<Displacement>& displacements);

  const Model original_;
  const VerifyOptions options_;
  std::vector<Noise> noise_;       ///< of each output, once somebody asked for it
  std::size_t displacements_ = 0;  ///< how many are in that; a conversion only adds to them
};

}  // namespace lpt

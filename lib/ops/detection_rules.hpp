#pragma once

#include "ops/boxes.hpp"
#include "ops/operation.hpp"

namespace lpt {

/// What the attributes of a DetectionOutput say.
struct DetectionRules {
  /// throws  LayerError if OpenVINO would not take them
  explicit DetectionRules(const Node& node);

  bool share_location, by_center, encoded, normalized, clip_before, clip_after, best_class;
  float height, width;  ///< of the image whose pixels the priors count; 1 where they are fractions of it
  float overlap, confidence, objectness;
  std::int64_t background, top_k, keep_top_k;
};

/// How much its inputs hold, and its output has room for.
struct DetectionCounts {
  std::int64_t images, priors, classes, rows;
};

/// throws  LayerError if the inputs do not fit together
DetectionCounts detection_counts(const Arguments& arguments, const DetectionRules& rules);

/// A prior moved by four offsets times its variances: each corner by two, or the center by two, in sizes of the prior,
/// whose size grows by the exponential of the others.
Box decoded(const DetectionRules& rules, const Box& prior, const float* variances, const float* offsets);

}  // namespace lpt

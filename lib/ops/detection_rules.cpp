#include "ops/detection_rules.hpp"

#include <cmath>

namespace lpt {

DetectionRules::DetectionRules(const Node& node)
    : share_location(boolean_attribute(node, "share_location", true)),
      by_center(enumeration_attribute(node, "code_type",
                                      {"caffe.PriorBoxParameter.CORNER", "caffe.PriorBoxParameter.CENTER_SIZE"},
                                      0) == 1),
      encoded(boolean_attribute(node, "variance_encoded_in_target", false)),
      normalized(boolean_attribute(node, "normalized", false)),
      clip_before(boolean_attribute(node, "clip_before_nms", false)),
      clip_after(boolean_attribute(node, "clip_after_nms", false)),
      best_class(boolean_attribute(node, "decrease_label_id", false)),
      height(normalized ? 1 : static_cast<float>(integer_attribute(node, "input_height", 1))),
      width(normalized ? 1 : static_cast<float>(integer_attribute(node, "input_width", 1))),
      overlap(static_cast<float>(real_attribute(node, "nms_threshold", 0))),
      confidence(static_cast<float>(real_attribute(node, "confidence_threshold", 0))),
      objectness(static_cast<float>(real_attribute(node, "objectness_score", 0))),
      background(integer_attribute(node, "background_label_id", 0)),
      top_k(integer_attribute(node, "top_k", -1)) {
  const auto keep = integer_list_attribute(node, "keep_top_k");
  if (keep.empty()) throw LayerError("keep_top_k is empty");
  keep_top_k = keep[0];
  if (top_k < -1) throw LayerError("top_k is {}, should be at least -1", top_k);
  if (best_class && background != 0)
    throw NotInferred("background_label_id is {}, should be 0 beside decrease_label_id", background);
}

DetectionCounts detection_counts(const Arguments& arguments, const DetectionRules& rules) {
  const auto inputs = arguments.size();
  if (inputs != 3 && inputs != 5) throw LayerError("has {} inputs, should have 3 or 5", inputs);
  const auto& confidences = arguments.lengths(1);
  const auto& priors = arguments.lengths(2);
  const std::int64_t length = rules.normalized ? 4 : 5;
  const std::int64_t rows = rules.encoded ? 1 : 2;
  if (priors.size() != 3 || priors[1] != rows || priors[2] == 0 || priors[2] % length != 0)
    throw LayerError("its priors are [{}], should be [N,{},{} for each]", to_string(priors), rows, length);
  const auto count = priors[2] / length;
  if (confidences.size() != 2 || product(confidences) == 0 || confidences[1] % count != 0)
    throw NotInferred("its confidences are [{}], should be [N,classes for each of {} priors]", to_string(confidences),
                      count);
  const auto classes = confidences[1] / count;
  const auto expect = [&](std::size_t input, const Lengths& lengths) {
    if (arguments.lengths(input) != lengths)
      throw NotInferred("input {} is [{}], should be [{}]", input, to_string(arguments.lengths(input)),
                        to_string(lengths));
  };
  const Lengths offsets{confidences[0], count * (rules.share_location ? 1 : classes) * 4};
  expect(0, offsets);
  if (priors[0] != 1) expect(2, {confidences[0], rows, priors[2]});
  if (inputs == 5) expect(3, {confidences[0], count * 2});
  if (inputs == 5) expect(4, offsets);
  const auto stated = integer_attribute(arguments.node(), "num_classes", classes);
  if (stated != classes) throw LayerError("num_classes is {}, its inputs have {}", stated, classes);
  const double most = rules.keep_top_k > 0 ? static_cast<double>(rules.keep_top_k)
                      : rules.keep_top_k == -1 && rules.top_k > 0
                          ? static_cast<double>(rules.top_k) * static_cast<double>(classes)
                          : static_cast<double>(classes * count);
  const double detections = static_cast<double>(confidences[0]) * most;
  constexpr double kMost = 1e15;
  if (detections > kMost) throw NotInferred("has room for {} detections", detections);
  return {confidences[0], count, classes, static_cast<std::int64_t>(detections)};
}

Box decoded(const DetectionRules& rules, const Box& prior, const float* variances, const float* offsets) {
  float by[4];
  for (std::size_t i = 0; i < 4; ++i) by[i] = (rules.encoded ? 1 : variances[i]) * offsets[i];
  Box box{prior.x_low / rules.width, prior.y_low / rules.height, prior.x_high / rules.width,
          prior.y_high / rules.height};
  if (rules.by_center) {
    const float width = box.x_high - box.x_low;
    const float height = box.y_high - box.y_low;
    const float x = by[0] * width + (box.x_low + box.x_high) / 2;
    const float y = by[1] * height + (box.y_low + box.y_high) / 2;
    const float half_width = std::exp(by[2]) * width / 2;
    const float half_height = std::exp(by[3]) * height / 2;
    box = {x - half_width, y - half_height, x + half_width, y + half_height};
  } else {
    box = {box.x_low + by[0], box.y_low + by[1], box.x_high + by[2], box.y_high + by[3]};
  }
  return rules.clip_before ? box.clipped() : box;
}

}  // namespace lpt

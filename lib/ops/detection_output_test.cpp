// Values worked out by hand from the operation's specification.
#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"

using namespace lpt;

namespace {

constexpr auto kPlain =
    "nms_threshold=0.5 keep_top_k=3 confidence_threshold=0.25 normalized=true "
    "variance_encoded_in_target=true ";

/// A square, its lower half, and another square, which its offsets halve.
Tensor priors() { return f32({1, 1, 12}, {0, 0, 0.5, 0.5, 0, 0, 0.5, 0.25, 0.5, 0.5, 1, 1}); }
Tensor offsets() { return f32({1, 12}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.25, 0}); }
/// Of the background and one class.
Tensor confidences() { return f32({1, 6}, {0.25, 0.75, 0.5, 0.5, 0.75, 0.25}); }

void check(const std::string& attributes, const std::vector<Tensor>& inputs, const std::vector<float>& rows) {
  check_operation("DetectionOutput@opset8", attributes, inputs,
                  {f32({1, 1, static_cast<std::int64_t>(rows.size() / 7), 7}, rows)}, 1e-6);
}

void check_refused(const std::string& attributes, const std::vector<Tensor>& inputs, std::string_view message) {
  check_operation_refused("DetectionOutput@opset8", attributes, inputs, message);
}

}  // namespace

TEST_CASE("DetectionOutput: what is above its threshold and no better one overlaps by more than its own") {
  const std::vector<Tensor> inputs = {offsets(), confidences(), priors()};
  const std::vector<float> both = {0, 1, 0.75, 0, 0, 0.5, 0.5, 0, 1, 0.5, 0, 0, 0.5, 0.25, -1, 0, 0, 0, 0, 0, 0};
  check(kPlain, inputs, both);
  check_operation("DetectionOutput@opset1", std::string("num_classes=2 ") + kPlain, inputs, {f32({1, 1, 3, 7}, both)});
  check(
      "nms_threshold=0.4 keep_top_k=-1 top_k=1 confidence_threshold=0.25 normalized=true "
      "variance_encoded_in_target=true",
      inputs, {0, 1, 0.75, 0, 0, 0.5, 0.5, -1, 0, 0, 0, 0, 0, 0});
  check("nms_threshold=0.4 keep_top_k=2 normalized=true variance_encoded_in_target=true", inputs,
        {0, 1, 0.75, 0, 0, 0.5, 0.5, 0, 1, 0.25, 0.5, 0.5, 0.75, 1});
  check("nms_threshold=0.4 keep_top_k=1 normalized=true variance_encoded_in_target=true", inputs,
        {0, 1, 0.75, 0, 0, 0.5, 0.5});
  // The class is the background's, and the first one is not.
  check(std::string(kPlain) + "background_label_id=1", inputs,
        {0, 0, 0.75, 0.5, 0.5, 0.75, 1, 0, 0, 0.5, 0, 0, 0.5, 0.25, -1, 0, 0, 0, 0, 0, 0});
  // The best class of each prior is counted without the background, and at the threshold.
  check(std::string(kPlain) + "decrease_label_id=true", inputs,
        {0, 0, 0.75, 0, 0, 0.5, 0.5, 0, 0, 0.5, 0, 0, 0.5, 0.25, 0, 0, 0.25, 0.5, 0.5, 0.75, 1});
}

TEST_CASE("DetectionOutput: boxes from centers, sizes and variances") {
  const std::string by_center =
      "nms_threshold=0.5 keep_top_k=1 code_type=caffe.PriorBoxParameter.CENTER_SIZE "
      "background_label_id=-1 ";
  const auto sure = f32({1, 1}, {1});
  // The center moves by 0.5 * 0.5 * 0.5 to 0.625, and exp(0.5 * 2 ln 2) doubles the width.
  const auto moved = f32({1, 4}, {0.5, 0, 1.3862944F, 0});
  const auto prior = f32({1, 2, 4}, {0.25, 0.25, 0.75, 0.75, 0.5, 0.5, 0.5, 0.5});
  check(by_center + "normalized=true", {moved, sure, prior}, {0, 0, 1, 0.125, 0.25, 1.125, 0.75});
  check(by_center + "normalized=true clip_after_nms=true", {moved, sure, prior}, {0, 0, 1, 0.125, 0.25, 1, 0.75});
  check(by_center + "normalized=true clip_before_nms=true", {moved, sure, prior}, {0, 0, 1, 0.125, 0.25, 1, 0.75});
  // In pixels, behind the number of an image.
  check(by_center + "input_width=40 input_height=20",
        {f32({1, 4}, {0, 0, 0, 0}), sure, f32({1, 2, 5}, {0, 10, 5, 30, 15, 1, 1, 1, 1, 0})},
        {0, 0, 1, 0.25, 0.25, 0.75, 0.75});
  check(by_center + "input_width=40 input_height=20",
        {f32({1, 4}, {0, 0, 0, 0}), sure, f32({1, 2, 5}, {-1, 10, 5, 30, 15, 1, 1, 1, 1, 0})}, {-1, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("DetectionOutput: boxes of each class, priors of each image") {
  check(
      "nms_threshold=0.5 keep_top_k=2 normalized=true variance_encoded_in_target=true share_location=false "
      "background_label_id=-1",
      {f32({2, 8}, {0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0}), f32({2, 2}, {0.5, 1, 0.5, 0}),
       f32({2, 1, 4}, {0, 0, 0.5, 0.5, 0, 0, 1, 1})},
      {0, 0, 0.5, 0, 0, 0.5, 0.5, 0, 1, 1, 0.5, 0.5, 1, 1, 1, 0, 0.5, 0, 0, 1, 1, -1, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("DetectionOutput: priors that are refined, and dropped where there is no object") {
  const std::vector<Tensor> inputs = {offsets(), confidences(), priors(), f32({1, 6}, {0.5, 0.5, 0.75, 0.25, 0, 1}),
                                      f32({1, 12}, {0.125, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})};
  check("nms_threshold=0.5 keep_top_k=3 normalized=true variance_encoded_in_target=true objectness_score=0.5", inputs,
        {0, 1, 0.75, 0.125, 0, 0.5, 0.5, 0, 1, 0.25, 0.5, 0.5, 0.75, 1, -1, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("DetectionOutput: attributes and inputs that do not fit are refused") {
  const std::vector<Tensor> inputs = {offsets(), confidences(), priors()};
  const auto with = [&](std::size_t input, Tensor tensor) {
    auto others = inputs;
    others[input] = std::move(tensor);
    return others;
  };
  check_refused("nms_threshold=0.5", inputs, "attribute keep_top_k is missing");
  check_refused("nms_threshold=0.5 keep_top_k=\"\"", inputs, "keep_top_k is empty");
  check_refused("nms_threshold=0.5 keep_top_k=1 top_k=-2", inputs, "top_k is -2, should be at least -1");
  check_refused(std::string(kPlain) + "code_type=CORNER", inputs,
                "code_type is \"CORNER\", should be one of caffe.PriorBoxParameter.CORNER, "
                "caffe.PriorBoxParameter.CENTER_SIZE");
  check_refused(std::string(kPlain) + "decrease_label_id=true background_label_id=1", inputs,
                "background_label_id is 1, should be 0 beside decrease_label_id");
  check_refused("nms_threshold=0.5 keep_top_k=1", inputs, "its priors are [1,1,12], should be [N,2,5 for each]");
  check_refused(kPlain, with(1, f32({1, 4}, {1, 2, 3, 4})),
                "its confidences are [1,4], should be [N,classes for each of 3 priors]");
  check_refused(kPlain, with(1, f32({0, 6}, {})),
                "its confidences are [0,6], should be [N,classes for each of 3 priors]");
  check_refused(kPlain, with(0, f32({1, 4}, {1, 2, 3, 4})), "input 0 is [1,4], should be [1,12]");
  check_refused(kPlain, with(2, f32({2, 1, 12}, std::vector<float>(24))), "input 2 is [2,1,12], should be [1,1,12]");
  check_refused(kPlain, with(1, i64({1, 6}, {1, 2, 3, 4, 5, 6})), "input 1 is i64, should be a real type");
  check_refused(std::string(kPlain) + "num_classes=3", inputs, "num_classes is 3, its inputs have 2");
  check_refused(kPlain, {offsets(), confidences()}, "has 2 inputs, should have 3 or 5");
  check_refused(kPlain, {offsets(), confidences(), priors(), f32({1, 3}, {1, 2, 3}), offsets()},
                "input 3 is [1,3], should be [1,6]");
  check_refused("nms_threshold=0.5 keep_top_k=9000000000000000 normalized=true variance_encoded_in_target=true", inputs,
                "has room for 9000000000000000 detections");
}

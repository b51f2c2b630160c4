// DetectionOutput: boxes, decoded from their priors, that a class of an image is found in with enough confidence and that
// no better one of their class overlaps; of these the best of each image. With decrease_label_id each prior stands for
// its best class alone. Source: OpenVINO DetectionOutput-1, DetectionOutput-8.
#include <algorithm>

#include "ops/detection_rules.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

struct Detection {
  float confidence;
  std::int64_t category, prior;
  Box box;
};

/// One image among the inputs, which are f32.
class Image {
 public:
  Image(const DetectionRules& rules, const DetectionCounts& counts, const std::vector<Tensor>& inputs,
        std::int64_t index);
  std::vector<Detection> detections() const;

 private:
  const float* prior(std::int64_t index) const { return data_[2] + index * (rules_.normalized ? 4 : 5); }
  float confidence(std::int64_t category, std::int64_t prior) const;
  Box box(std::int64_t category, std::int64_t index) const;
  std::vector<Detection> candidates(std::int64_t category) const;
  std::vector<Detection> best_candidates() const;
  void keep(std::vector<Detection> candidates, std::vector<Detection>& kept) const;

  const DetectionRules& rules_;
  const DetectionCounts& counts_;
  std::vector<const float*> data_;
  std::int64_t priors_ = 0;  ///< before the first that is marked as none
};

Image::Image(const DetectionRules& rules, const DetectionCounts& counts, const std::vector<Tensor>& inputs,
             std::int64_t index)
    : rules_(rules), counts_(counts) {
  for (const auto& input : inputs) {
    const auto own = input.lengths()[0] == 1 ? 0 : index;
    data_.push_back(input.data<float>() + own * product(input.lengths(), 1, input.rank()));
  }
  while (priors_ < counts.priors && (rules.normalized || *prior(priors_) != -1)) ++priors_;
}

/// With objectness beside it, of what is no object all confidence is in the background.
float Image::confidence(std::int64_t category, std::int64_t prior) const {
  if (data_.size() == 5 && data_[3][prior * 2 + 1] < rules_.objectness) return category == rules_.background ? 1 : 0;
  return data_[1][prior * counts_.classes + category];
}

Box Image::box(std::int64_t category, std::int64_t index) const {
  const float* p = prior(index) + (rules_.normalized ? 0 : 1);
  const float* variances = prior(counts_.priors) + index * 4;
  const auto offsets = 4 * (rules_.share_location ? index : index * counts_.classes + category);
  Box box{p[0], p[1], p[2], p[3]};
  if (data_.size() == 5) box = decoded(rules_, box, variances, data_[4] + offsets);
  return decoded(rules_, box, variances, data_[0] + offsets);
}

std::vector<Detection> Image::candidates(std::int64_t category) const {
  std::vector<Detection> found;
  for (std::int64_t prior = 0; prior < priors_; ++prior) {
    const float value = confidence(category, prior);
    if (value > rules_.confidence) found.push_back({value, category, prior, {}});
  }
  return found;
}

std::vector<Detection> Image::best_candidates() const {
  std::vector<Detection> found;
  for (std::int64_t prior = 0; prior < priors_; ++prior) {
    Detection best{-1, 0, prior, {}};
    for (std::int64_t category = 1; category < counts_.classes; ++category) {
      const float value = confidence(category, prior);
      if (value >= rules_.confidence && value > best.confidence) best = {value, category, prior, {}};
    }
    if (best.category != 0) found.push_back(best);
  }
  return found;
}

/// By falling confidence, no more than `most` unless that is negative; of equal ones the least by `place`.
template <class Place>
void cut(std::vector<Detection>& detections, std::int64_t most, Place place) {
  std::sort(detections.begin(), detections.end(), [&](const Detection& a, const Detection& b) {
    return a.confidence != b.confidence ? a.confidence > b.confidence : place(a) < place(b);
  });
  if (most >= 0 && static_cast<std::int64_t>(detections.size()) > most)
    detections.resize(static_cast<std::size_t>(most));
}

/// Appends those of the candidates that no better one of their class among them hides.
void Image::keep(std::vector<Detection> candidates, std::vector<Detection>& kept) const {
  cut(candidates, rules_.top_k, [](const Detection& d) { return std::pair(d.category, d.prior); });
  const auto first = static_cast<std::ptrdiff_t>(kept.size());
  for (auto& candidate : candidates) {
    candidate.box = box(candidate.category, candidate.prior);
    const auto hides = [&](const Detection& better) {
      return better.category == candidate.category && overlap(candidate.box, better.box) > rules_.overlap;
    };
    if (std::none_of(kept.begin() + first, kept.end(), hides)) kept.push_back(candidate);
  }
}

/// By class, and each class by falling confidence.
std::vector<Detection> Image::detections() const {
  std::vector<Detection> kept;
  if (rules_.best_class) keep(best_candidates(), kept);
  for (std::int64_t category = 0; category < counts_.classes && !rules_.best_class; ++category) {
    if (category != rules_.background) keep(candidates(category), kept);
  }
  cut(kept, rules_.keep_top_k, [](const Detection& d) { return std::pair(d.prior, d.category); });
  std::ranges::stable_sort(kept, {}, &Detection::category);
  return kept;
}

}  // namespace

std::vector<OutputSpec> detection_output_infer(const Arguments& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) expect_real(arguments, i);
  const DetectionRules rules(arguments.node());
  return one_output(arguments.type(0), {1, 1, detection_counts(arguments, rules).rows, 7});
}

void detection_output_evaluate(Evaluation& run) {
  const DetectionRules rules(run.node());
  const auto counts = detection_counts(run.arguments(), rules);
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < run.input_count(); ++i) inputs.push_back(convert(run.input(i), ElementType::f32));
  Tensor rows(ElementType::f32, run.output_lengths());
  float* row = rows.data<float>();
  float* const end = std::fill_n(row, rows.count(), 0.0F);
  for (std::int64_t image = 0; image < counts.images; ++image) {
    for (const auto& [confidence, category, prior, box] : Image(rules, counts, inputs, image).detections()) {
      const auto& [x_low, y_low, x_high, y_high] = rules.clip_after ? box.clipped() : box;
      const auto label = static_cast<float>(rules.best_class ? category - 1 : category);
      for (const float value : {static_cast<float>(image), label, confidence, x_low, y_low, x_high, y_high})
        *row++ = value;
    }
  }
  if (row != end) *row = -1;
  run.set_output(0, convert(rows, run.output_type()));
}

}  // namespace lpt

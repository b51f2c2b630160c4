// NonMaxSuppression: of the boxes of each class and image, by falling score, those that overlap no better one of their
// class by iou_threshold. With soft_nms_sigma no overlap rejects a box, but each multiplies its score by
// exp(-overlap^2 / 2 sigma), and what falls to score_threshold goes. Source: OpenVINO NonMaxSuppression-1, -3, -4, -5,
// -9; its CPU plugin, which rejects at the thresholds themselves, and gives the first three as many rows as are chosen.
#include <algorithm>
#include <array>
#include <cmath>
#include <queue>
#include <tuple>

#include "ops/boxes.hpp"
#include "ops/operation.hpp"
#include "tensor/convert.hpp"

namespace lpt {
namespace {

struct Chosen {
  float score;
  std::int64_t image, category, box;
};

/// By falling score, and equal ones as they lie in the inputs.
bool is_before(const Chosen& a, const Chosen& b) {
  if (a.score != b.score) return a.score > b.score;
  return std::tie(a.image, a.category, a.box) < std::tie(b.image, b.category, b.box);
}

struct Rules {
  std::int64_t most = 0;
  float overlap = 0, score = 0, sigma = 0;
};

Rules rules_of(const Arguments& arguments) {
  const auto real = [&](std::size_t input) {
    return arguments.size() > input ? static_cast<float>(required_real(arguments, input)) : 0;
  };
  return {arguments.size() > 2 ? required_integer(arguments, 2) : 0, real(3), real(4), real(5)};
}

std::vector<Box> boxes_of(const Node& node, const Tensor& boxes, std::int64_t image) {
  const bool by_center = enumeration_attribute(node, "box_encoding", {"corner", "center"}, 0) == 1;
  std::vector<Box> result(static_cast<std::size_t>(boxes.lengths()[1]));
  const float* b = boxes.data<float>() + image * boxes.lengths()[1] * 4;
  for (auto& box : result) {
    if (by_center) {
      box = {b[0] - b[2] * 0.5F, b[1] - b[3] * 0.5F, b[0] + b[2] * 0.5F, b[1] + b[3] * 0.5F};
    } else {
      box = {std::min(b[1], b[3]), std::min(b[0], b[2]), std::max(b[1], b[3]), std::max(b[0], b[2])};
    }
    b += 4;
  }
  return result;
}

struct Candidate {
  Chosen as;
  std::size_t compared;  ///< with so many of those that were chosen

  bool operator<(const Candidate& other) const { return is_before(other.as, as); }
};

/// Appends what one class of one image keeps of the candidates.
void choose(std::priority_queue<Candidate> candidates, const std::vector<Box>& boxes, const Rules& rules,
            std::vector<Chosen>& chosen) {
  const auto first = chosen.size();
  while (!candidates.empty() && static_cast<std::int64_t>(chosen.size() - first) < rules.most) {
    auto [best, compared] = candidates.top();
    candidates.pop();
    const float score = best.score;
    const Box& box = boxes[static_cast<std::size_t>(best.box)];
    bool rejected = false;
    for (auto i = chosen.size() - first; i-- > compared && !rejected;) {
      const float shared = overlap(box, boxes[static_cast<std::size_t>(chosen[first + i].box)]);
      // Not for NaN, which OpenVINO makes an infinite score.
      if (rules.sigma > 0 && shared > 0) best.score *= std::exp(-0.5F / rules.sigma * shared * shared);
      rejected = rules.sigma > 0 ? best.score <= rules.score : shared >= rules.overlap;
    }
    if (rejected) continue;
    if (best.score < score) {
      candidates.push({best, chosen.size() - first});
    } else {
      chosen.push_back(best);
    }
  }
}

std::vector<Chosen> chosen_boxes(const Arguments& arguments) {
  const auto& places = arguments.lengths(0);
  const auto& scores = arguments.lengths(1);
  const bool fits =
      places.size() == 3 && scores.size() == 3 && places[2] == 4 && places[0] == scores[0] && places[1] == scores[2];
  if (!fits)
    throw LayerError("its boxes are [{}] and scores [{}], should be [N,boxes,4] and [N,classes,boxes]",
                     to_string(places), to_string(scores));
  for (const std::size_t input : {0, 1}) expect_real(arguments, input);
  const Tensor place = convert(arguments.tensor(0), ElementType::f32);
  const Tensor score = convert(arguments.tensor(1), ElementType::f32);
  const auto rules = rules_of(arguments);
  std::vector<Chosen> chosen;
  if (score.count() == 0) return chosen;
  const float* next = score.data<float>();
  for (std::int64_t image = 0; image < scores[0]; ++image) {
    const auto boxes = boxes_of(arguments.node(), place, image);
    for (std::int64_t category = 0; category < scores[1]; ++category) {
      std::priority_queue<Candidate> candidates;
      for (std::int64_t box = 0; box < scores[2]; ++box, ++next) {
        if (*next > rules.score) candidates.push({{*next, image, category, box}, 0});
      }
      choose(std::move(candidates), boxes, rules, chosen);
    }
  }
  if (boolean_attribute(arguments.node(), "sort_result_descending", true))
    std::sort(chosen.begin(), chosen.end(), is_before);
  return chosen;
}

}  // namespace

std::vector<OutputSpec> non_max_suppression_infer(const Arguments& arguments) {
  expect_inputs(arguments.node(), 2, 6);
  const auto type = index_type_attribute(arguments.node(), "output_type", ElementType::i64);
  const Lengths rows{static_cast<std::int64_t>(chosen_boxes(arguments).size()), 3};
  if (set_number(arguments.node()) < 5) return one_output(type, rows);
  return {{type, shape_of(rows)}, {arguments.type(1), shape_of(rows)}, {type, shape_of({1})}};
}

void non_max_suppression_evaluate(Evaluation& run) {
  const auto chosen = chosen_boxes(run.arguments());
  Tensor indices(ElementType::i64, run.output_lengths());
  Tensor scores(ElementType::f32, run.output_lengths());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto& [score, image, category, box] = chosen[i];
    std::ranges::copy(std::array{image, category, box}, indices.data<std::int64_t>() + i * 3);
    std::ranges::copy(std::array{static_cast<float>(image), static_cast<float>(category), score},
                      scores.data<float>() + i * 3);
  }
  run.set_output(0, convert(indices, run.output_type()));
  if (run.output_count() == 1) return;
  run.set_output(1, convert(scores, run.output_type(1)));
  Tensor count(ElementType::i64, {1});
  *count.data<std::int64_t>() = static_cast<std::int64_t>(chosen.size());
  run.set_output(2, convert(count, run.output_type(2)));
}

}  // namespace lpt

#include "ops/prior_boxes.hpp"

#include <algorithm>

namespace lpt {

PriorGrid prior_grid(const Arguments& arguments) {
  const auto lengths = [&](std::size_t input) {
    auto two = required_integers(arguments, input);
    if (two.size() != 2)
      throw LayerError("input {} is [{}], should be two numbers", input, to_string(arguments.lengths(input)));
    return two;
  };
  const auto cells = lengths(0);
  const auto pixels = lengths(1);
  if (cells[0] < 0 || cells[1] < 0) throw LayerError("its grid has [{}] cells", to_string(cells));
  return {cells[0], cells[1], static_cast<float>(pixels[0]), static_cast<float>(pixels[1])};
}

std::vector<OutputSpec> prior_boxes_output(const PriorGrid& grid, const PriorLayout& layout) {
  const double count = 4.0 * static_cast<double>(grid.height) * static_cast<double>(grid.width) *
                       static_cast<double>(layout.boxes.size());
  constexpr double kMost = 1e15;
  if (count > kMost) throw NotInferred("has {} elements", count);
  return one_output(ElementType::f32, {2, static_cast<std::int64_t>(count)});
}

void lay_prior_boxes(Evaluation& run, const PriorGrid& grid, const PriorLayout& layout) {
  auto variances = real_list_attribute(run.node(), "variance");
  if (variances.empty()) variances = {0.1F};
  if (variances.size() == 1) variances.resize(4, variances[0]);
  if (variances.size() != 4) throw LayerError("variance has {} numbers, should be 0, 1 or 4", variances.size());
  float* corner = run.output().data<float>();
  float* variance = corner + run.output_lengths()[1];
  if (corner == variance) return;
  const auto put = [&](float pixels, float length, float low, float high) {
    *corner++ = std::clamp(pixels * (1 / length), low, high);
  };
  constexpr float kFar = std::numeric_limits<float>::infinity();
  const float lowest = layout.clip == PriorLayout::Clip::none ? -kFar : 0;
  const float highest = layout.clip == PriorLayout::Clip::none ? kFar : 1;
  const bool all = layout.clip == PriorLayout::Clip::all;
  for (std::int64_t h = 0; h < grid.height; ++h) {
    for (std::int64_t w = 0; w < grid.width; ++w) {
      for (const auto& box : layout.boxes) {
        const float x = (static_cast<float>(w) + layout.offset) * layout.step_x + box.x;
        const float y = (static_cast<float>(h) + layout.offset) * layout.step_y + box.y;
        put(x - box.half_width, grid.image_width, lowest, all ? highest : kFar);
        put(y - box.half_height, grid.image_height, lowest, all ? highest : kFar);
        put(x + box.half_width, grid.image_width, all ? lowest : -kFar, highest);
        put(y + box.half_height, grid.image_height, all ? lowest : -kFar, highest);
        variance = std::copy(variances.begin(), variances.end(), variance);
      }
    }
  }
}

}  // namespace lpt

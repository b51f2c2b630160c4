// PriorBox: boxes around the centers of a grid's cells. In each cell, for each min_size, a square, one of the geometric
// mean with max_size, and its area at the other aspect ratios; or, for each fixed_size and ratio, density^2 boxes
// spread over it. Source: OpenVINO PriorBox-1, PriorBox-8.
#include <cmath>
#include <set>

#include "ops/prior_boxes.hpp"

namespace lpt {
namespace {

constexpr std::size_t kMostBoxes = 1 << 20;

void add(std::vector<PriorLayout::Box>& boxes, float x, float y, float size, float ratio) {
  if (boxes.size() == kMostBoxes) throw NotInferred("makes more than {} boxes in a cell", kMostBoxes);
  const float stretch = std::sqrt(ratio);
  boxes.push_back({x, y, size * 0.5F * stretch, size * 0.5F / stretch});
}

/// 1, and what else is given, each once.
std::vector<float> ratios_of(const Node& node) {
  const bool flip = boolean_attribute(node, "flip", false);
  std::vector<float> ratios = {1};
  std::set<float> known = {1};
  const auto add_new = [&](float ratio) {
    ratios.push_back(ratio);
    known.insert(ratio);
  };
  for (const float ratio : real_list_attribute(node, "aspect_ratio")) {
    if (!(ratio > 0)) throw LayerError("aspect_ratio has {}, should be greater than 0", ratio);
    const auto near = known.lower_bound(ratio - 1e-6F);
    if (near != known.end() && *near < ratio + 1e-6F) continue;
    add_new(ratio);
    if (flip) add_new(1 / ratio);
  }
  return ratios;
}

/// OpenVINO takes squares and their middle in whole pixels, and clips two sides of each box, whatever `clip` says.
std::vector<PriorLayout::Box> boxes_of_fixed_sizes(const Node& node, const std::vector<float>& sizes) {
  const auto densities = real_list_attribute(node, "density");
  if (densities.size() != sizes.size())
    throw LayerError("density has {} numbers, fixed_size has {}", densities.size(), sizes.size());
  if (!real_list_attribute(node, "min_size").empty())
    throw LayerError("has min_size and fixed_size, should have one of them");
  const auto fixed_ratios = real_list_attribute(node, "fixed_ratio");
  const auto ratios = ratios_of(node);
  if (!fixed_ratios.empty() && fixed_ratios.size() != ratios.size())
    throw LayerError("fixed_ratio has {} numbers, should be one for each of {} aspect ratios", fixed_ratios.size(),
                     ratios.size());
  std::vector<PriorLayout::Box> boxes;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const float density = std::trunc(densities[i]);
    if (!(density >= 1)) throw LayerError("density has {}, should be at least 1", densities[i]);
    const float step = std::trunc(sizes[i] / density);
    const float whole = std::trunc(sizes[i]);
    const float first = (step - whole) / 2;
    for (const float ratio : fixed_ratios.empty() ? ratios : fixed_ratios) {
      const float size = fixed_ratios.empty() && ratio == 1 ? whole : sizes[i];
      for (float row = 0; row < density; ++row) {
        for (float column = 0; column < density; ++column)
          add(boxes, first + column * step, first + row * step, size, ratio);
      }
    }
  }
  return boxes;
}

/// Unless scale_all_sizes, sizes are fractions of the image's height, and only the first has other ratios.
std::vector<PriorLayout::Box> boxes_of_min_sizes(const Node& node, float unit) {
  const auto sizes = real_list_attribute(node, "min_size");
  const auto largest = real_list_attribute(node, "max_size");
  const bool scale_all = boolean_attribute(node, "scale_all_sizes", true);
  const bool ratios_last = boolean_attribute(node, "min_max_aspect_ratios_order", true);
  if (largest.size() > (scale_all ? sizes.size() : 0))
    throw LayerError("max_size has {} numbers, should have at most {}", largest.size(), scale_all ? sizes.size() : 0);
  const auto ratios = ratios_of(node);
  std::vector<PriorLayout::Box> boxes;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto add_mean = [&] {
      if (i < largest.size()) add(boxes, 0, 0, std::sqrt(sizes[i] * largest[i]), 1);
    };
    add(boxes, 0, 0, sizes[i] * unit, 1);
    if (ratios_last) add_mean();
    if (scale_all || i + 1 == sizes.size()) {
      for (std::size_t k = 1; k < ratios.size(); ++k) add(boxes, 0, 0, sizes[scale_all ? i : 0] * unit, ratios[k]);
    }
    if (!ratios_last) add_mean();
  }
  return boxes;
}

PriorLayout layout_of(const Node& node, const PriorGrid& grid) {
  const bool scale_all = boolean_attribute(node, "scale_all_sizes", true);
  const float unit = scale_all ? 1 : grid.image_height;
  auto step = static_cast<float>(real_attribute(node, "step", 0));
  if (!scale_all) step = step == -1 ? grid.image_height / static_cast<float>(grid.height) : step * unit;
  const auto sizes = real_list_attribute(node, "fixed_size");
  PriorLayout layout{.boxes = sizes.empty() ? boxes_of_min_sizes(node, unit) : boxes_of_fixed_sizes(node, sizes),
                     .step_x = step,
                     .step_y = step,
                     .offset = static_cast<float>(real_attribute(node, "offset", 0)),
                     .clip = sizes.empty() ? PriorLayout::Clip::none : PriorLayout::Clip::far_sides};
  if (boolean_attribute(node, "clip", false)) layout.clip = PriorLayout::Clip::all;
  if (step == 0) {
    layout.step_x = grid.image_width / static_cast<float>(grid.width);
    layout.step_y = grid.image_height / static_cast<float>(grid.height);
    layout.offset = 0.5F;
  }
  return layout;
}

}  // namespace

std::vector<OutputSpec> prior_box_infer(const Arguments& arguments) {
  const auto grid = prior_grid(arguments);
  return prior_boxes_output(grid, layout_of(arguments.node(), grid));
}

void prior_box_evaluate(Evaluation& run) {
  const auto grid = prior_grid(run.arguments());
  lay_prior_boxes(run, grid, layout_of(run.node(), grid));
}

}  // namespace lpt

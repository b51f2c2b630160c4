// PriorBoxClustered: boxes of given widths and heights around the centers of a grid's cells.
// Source: OpenVINO PriorBoxClustered-1.
#include "ops/prior_boxes.hpp"

namespace lpt {
namespace {

PriorLayout layout_of(const Node& node, const PriorGrid& grid) {
  const auto widths = real_list_attribute(node, "width");
  const auto heights = real_list_attribute(node, "height");
  if (widths.size() != heights.size())
    throw LayerError("width has {} numbers, height has {}", widths.size(), heights.size());
  const auto step = real_attribute(node, "step", 0);
  const auto step_or = [&](std::string_view name) {
    const auto own = real_attribute(node, name, 0);
    return static_cast<float>(own == 0 ? step : own);
  };
  PriorLayout layout{.boxes = {},
                     .step_x = step_or("step_w"),
                     .step_y = step_or("step_h"),
                     .offset = static_cast<float>(real_attribute(node, "offset", 0)),
                     .clip = boolean_attribute(node, "clip", true) ? PriorLayout::Clip::all : PriorLayout::Clip::none};
  if (layout.step_x == 0 && layout.step_y == 0) {
    layout.step_x = grid.image_width / static_cast<float>(grid.width);
    layout.step_y = grid.image_height / static_cast<float>(grid.height);
  }
  for (std::size_t i = 0; i < widths.size(); ++i) layout.boxes.push_back({0, 0, widths[i] / 2, heights[i] / 2});
  return layout;
}

}  // namespace

std::vector<OutputSpec> prior_box_clustered_infer(const Arguments& arguments) {
  const auto grid = prior_grid(arguments);
  return prior_boxes_output(grid, layout_of(arguments.node(), grid));
}

void prior_box_clustered_evaluate(Evaluation& run) {
  const auto grid = prior_grid(run.arguments());
  lay_prior_boxes(run, grid, layout_of(run.node(), grid));
}

}  // namespace lpt

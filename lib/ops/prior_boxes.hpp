#pragma once

#include "ops/operation.hpp"

namespace lpt {

/// A grid of cells over an image.
struct PriorGrid {
  std::int64_t height, width;       ///< in cells
  float image_height, image_width;  ///< in pixels
};

/// throws  LayerError unless the inputs are the two lengths of a grid and those of an image
PriorGrid prior_grid(const Arguments& arguments);

/// The boxes of one cell, in pixels, and where the cells lie.
struct PriorLayout {
  struct Box {
    float x, y;  ///< its center, from that of the cell
    float half_width, half_height;
  };
  std::vector<Box> boxes;
  float step_x, step_y;  ///< between the centers of cells
  float offset;          ///< of the first center, in steps
  enum class Clip { none, far_sides, all } clip;
};

/// Two rows of four numbers for each box of each cell.
std::vector<OutputSpec> prior_boxes_output(const PriorGrid& grid, const PriorLayout& layout);

/// The corners of each box, in fractions of the image, and below them its variances.
void lay_prior_boxes(Evaluation& run, const PriorGrid& grid, const PriorLayout& layout);

}  // namespace lpt

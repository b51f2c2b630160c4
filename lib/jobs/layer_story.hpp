#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "driver/pass.hpp"
#include "ir/model.hpp"

namespace lpt {

/// One layer of a model as it was read, and what has a say in what it runs in.
struct LayerStory {
  LayerLabel layer;
  /// What each input is: "f32[1,16,8,8] from "relu" (ReLU), under "q" (FakeQuantize), 256 levels, 0...2.55".
  std::vector<std::string> inputs;
  /// The layer itself and those that quantize or dequantize its inputs, in the order of the file.
  std::vector<LayerLabel> around;

  bool is_about(const LayerLabel& label) const;
};

/// throws  Error (usage) for a name that no layer has, with a suggestion
LayerStory story_of(const Model& model, const std::string& name);

}  // namespace lpt

#pragma once

#include "driver/context.hpp"
#include "ir/model.hpp"

namespace lpt {

/// What a full conversion leaves in the rt_info of a model, for whoever looks at it and for a second conversion:
///
///     <lpt_opt><dialect value="openvino" /><target value="cpu" /></lpt_opt>
void mark(Model& model, const Goal& goal);

/// True if the model went through this conversion already.
bool is_marked(const Model& model, const Goal& goal);

}  // namespace lpt

#pragma once

#include "io/xml_text.hpp"
#include "ir/model.hpp"

namespace lpt {

/// Warns of constants whose type OpenVINO packs in another way than it once did, where the file says which version wrote
/// it: nothing else tells in which way they are packed.
void warn_of_packing(const Model& model, const Warn& warn);

}  // namespace lpt

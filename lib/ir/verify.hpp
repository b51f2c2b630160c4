#pragma once

#include <string_view>

#include "ir/model.hpp"

namespace lpt {

/// Checks every invariant of a graph and its bodies: edges and their lists of readers agree, every input is fed from
/// the same graph, ids are unique, no cycle, a Const has as many bytes as its type and shape ask for, a Result reads
/// one value.
///
/// after   the pass that ran last, for the message
/// throws  Error (internal): a broken invariant is a defect of this program, since the reader refuses broken files
/// source  the style guide; ir-format, sections 1 to 3
void verify(const Model& model, std::string_view after);

}  // namespace lpt

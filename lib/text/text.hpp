#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_set>

#include "ir/model.hpp"

namespace lpt {

/// The compact form of a model, one line a layer, producers first:
///
///     x = Parameter                                                   : f32[1,3,8,8] names="x"
///     w = Const value=[-1,2,3]                                        : i8[3,1,1,1]
///     d = Dequantize(w) scale=[.1,.2,.3]@0 zero_point=4               : f32[3,1,1,1]
///     y = VariadicSplit(x, axis, lengths)                             : f32[1,1,8,8], f32[1,2,8,8]
///     p = SoftMax@opset8(y.1) axis=1                                  : f32[1,2,8,8]
///     r = Result(p)
///
/// A name that is no plain word stands in quotes; one that two layers share, or that is empty, is followed by '#' and
/// the layer's id. A list in an attribute ("1, 2") is written [1,2]. `Dequantize` stands for Convert, Subtract and
/// Multiply by constants that nobody else reads; `@0` is the axis of a per-channel parameter. Bodies and their port
/// maps follow in braces. What is not shown: rt_info, port ids and texts that no layer here interprets.
///
/// most_values  constants with more elements are cut, and such a text does not read back
/// only         the layers to print; null for all
std::string print_text(const Graph& graph, std::uint64_t most_values = std::numeric_limits<std::uint64_t>::max(),
                       const std::unordered_set<const Node*>* only = nullptr);

/// Reads the compact form; a '#' behind a blank begins a comment.
/// throws  Error (bad_model) naming the line, for anything it does not understand
Model parse_text(std::string_view text);

}  // namespace lpt

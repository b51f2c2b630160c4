#pragma once

#include "driver/context.hpp"
#include "ir/model.hpp"

namespace lpt {

/// What a full conversion leaves in the rt_info of a model, for whoever looks at it and for a second conversion:
///
///     <lpt_opt>
///       <version value="0.2.0" /> <dialect value="openvino" /> <target value="cpu" />
///       <multiples>                  tensors that hold integers, or other multiples, of what they held in the original
///         <t0>                       that is scale * (value - zero_point)
///           <layer value="x" /> <port value="0" /> <names value="x:0" /> <type value="u8" />
///           <scale value="0.1 0.2" /> <zero_point value="0" /> <axis value="1" />    the axis only for several scales
///         </t0>
///       </multiples>
///       <vanished> <n0 value="y" /> </vanished>     names of real values that are computed no more
///     </lpt_opt>
void mark(Model& model, const PassContext& context, const std::vector<std::string_view>& vanished);

/// Lets the mark, which is made if there is none, say what the model is made of: <source value="5f0c..." />.
void mark_source(Model& model, std::string_view digest);
/// The digest in the text of a marked model; empty if it says none.
std::string_view marked_source(std::string_view xml);

/// True if the model went through this conversion already.
bool is_marked(const Model& model, const Goal& goal);

/// The dialect that a marked model names, whatever the rest of the goal was; empty for one without a mark.
std::string_view marked_dialect(const Model& model);

/// An entry of `multiples`.
struct ListedMultiple {
  std::string_view layer;
  std::size_t port;
  std::vector<float> scale;
  float zero_point;
  std::optional<std::size_t> axis;
};
/// What a marked model lists, but for entries that cannot be read.
std::vector<ListedMultiple> listed_multiples(const Model& model);

/// The version of lpt-opt that a marked model names; empty for one from before versions were named.
std::string_view marked_version(const Model& model);

}  // namespace lpt

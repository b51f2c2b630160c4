// Names the plain rounding that gives a MaxPool the same number of outputs as PyTorch's rule.
//
//     MaxPool(rounding_type=ceil_torch)    =>    MaxPool(rounding_type=floor or ceil)
//
// Law     The rules differ only in how many windows there are.
// Guard   The lengths of the image are known, and the numbers are equal on every axis.
// Source  OpenVINO MaxPool-14. Its CPU brings ceil_torch down by a Pad with the lowest number, which keeps integers
//         from the operations behind it.
#include <algorithm>

#include "ops/operation.hpp"
#include "ops/windows.hpp"
#include "driver/context.hpp"

namespace lpt {

Outcome simplify_max_pool_rounding(Graph& graph, Node& pool, PassContext&) {
  const auto* rounding = pool.attribute("rounding_type");
  if (rounding == nullptr || *rounding != "ceil_torch") return no_match();
  const Shape &in = pool.input(0).shape(), &out = pool.output(0).shape();
  if (!in.has_rank() || in.rank() < 3 || out.rank() != in.rank()) return no_match();
  const auto kernel = integer_list_attribute(pool, "kernel");
  const auto attributes = window_attributes(pool, in.rank() - 2);
  for (const auto& [name, rule] :
       {std::pair("floor", WindowRounding::floor), std::pair("ceil", WindowRounding::ceil)}) {
    bool same = true;
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      if (!in[i + 2].is_static() || !out[i + 2].is_static())
        return refused(Cause::lengths_unknown, "the lengths of its image are not known");
      same = same && window_axis(attributes, i, in[i + 2].min, kernel[i], rule).out == out[i + 2].min;
    }
    if (!same) continue;
    graph.set_attribute(pool, "rounding_type", name);
    return rewritten();
  }
  return refused(Cause::windows_differ, "no other rule gives as many windows");
}

}  // namespace lpt

// Broadcast: repeats a tensor to a target shape, by numpy's rule, in both directions, or with each axis mapped
// explicitly. Source: OpenVINO Broadcast-1, Broadcast-3.
#include "tensor/broadcast.hpp"

#include "ops/operation.hpp"
#include "tensor/strided.hpp"

namespace lpt {

namespace {

struct Plan {
  Lengths data;  ///< the input's lengths, aligned with the result
  Lengths result;
};

Plan plan(const Arguments& arguments) {
  const auto& data = arguments.lengths(0);
  const auto target = required_integers(arguments, 1);
  const bool first = set_number(arguments.node()) < 3;
  for (const auto length : target) {
    if (length < 0) throw NotInferred("its target shape holds {}", length);
  }
  const auto mode = first ? enumeration_attribute(arguments.node(), "mode", {"numpy", "none", "explicit"}, 0)
                          : enumeration_attribute(arguments.node(), "mode", {"numpy", "explicit", "bidirectional"}, 0);
  const bool explicitly = mode == 1 || (first && mode == 2);
  Plan result{data, target};
  if (explicitly) {
    if (arguments.size() < 3) throw LayerError("has no axes_mapping");
    const auto mapping = axes_of(required_integers(arguments, 2), target.size());
    if (mapping.size() != data.size())
      throw LayerError("axes_mapping has {} values, its data [{}]", mapping.size(), to_string(data));
    result.data.assign(target.size(), 1);
    for (std::size_t i = 0; i < mapping.size(); ++i) result.data[mapping[i]] = data[i];
  }
  const auto shape = broadcast_lengths(result.data, target);
  if (!shape || (*shape != target && mode != 2))
    throw LayerError("[{}] does not broadcast to [{}]", to_string(data), to_string(target));
  result.result = *shape;
  return result;
}

}  // namespace

std::vector<OutputSpec> broadcast_infer(const Arguments& arguments) {
  return one_output(arguments.type(0), plan(arguments).result);
}

void broadcast_evaluate(Evaluation& run) { repeat(run.input(0), plan(run.arguments()).data, run.output()); }

}  // namespace lpt

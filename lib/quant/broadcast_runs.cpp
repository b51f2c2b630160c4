#include "quant/broadcast_runs.hpp"

namespace lpt {

BroadcastRuns::BroadcastRuns(const Shape& tensor, const Shape& parameters) {
  const std::size_t missing = tensor.rank() - std::min(tensor.rank(), parameters.rank());
  std::vector<Axis> axes;  // innermost first
  std::uint64_t stride = 1;
  for (std::size_t axis = tensor.rank(); axis-- > 0;) {
    const auto length = static_cast<std::uint64_t>(tensor[axis].min);
    const auto own = axis < missing ? 1 : static_cast<std::uint64_t>(parameters[axis - missing].min);
    if (length == 1) continue;
    const Axis next{length, own == 1 ? 0 : stride};
    stride *= own;
    const bool repeats = !axes.empty() && axes.back().stride == 0 && next.stride == 0;
    const bool continues =
        !axes.empty() && axes.back().stride != 0 && next.stride == axes.back().stride * axes.back().length;
    if (repeats || continues) {
      axes.back().length *= length;
    } else {
      axes.push_back(next);
    }
  }
  if (axes.empty()) axes.push_back({1, 0});
  axes_.assign(axes.rbegin(), axes.rend());
}

}  // namespace lpt

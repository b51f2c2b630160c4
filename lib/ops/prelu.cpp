// PReLU: x where x >= 0, slope * x elsewhere. A slope of one axis belongs to axis 1 of x if it is as long.
// Source: OpenVINO PReLU-1, measured.
#include "ops/elementwise_binary.hpp"

namespace lpt {

std::vector<OutputSpec> prelu_infer(const Arguments& arguments) {
  if (arguments.type(1) != arguments.type(0))
    throw LayerError("its slope is {}, its data {}", name(arguments.type(1)), name(arguments.type(0)));
  return {{arguments.type(0), arguments.shape(0)}};
}

void prelu_evaluate(Evaluation& run) {
  const Tensor& x = run.input(0);
  Lengths slope = run.input(1).lengths();
  if (slope.size() == 1 && x.rank() > 1 && slope[0] != 1 && slope[0] == x.lengths()[1]) slope.resize(x.rank() - 1, 1);
  if (broadcast_lengths(x.lengths(), slope) != x.lengths())
    throw LayerError("its slope [{}] does not broadcast to [{}]", to_string(slope), to_string(x.lengths()));
  visit_number(x.type(), [&]<class T>(std::type_identity<T>) {
    apply_binary<T, T>(run, slope, [](T a, T s) { return static_cast<T>(a < 0 ? a * s : a); });
  });
}

}  // namespace lpt

// Select: `then` where the condition is true, `else` elsewhere.
// Source: OpenVINO Select-1.
#include "ops/elementwise_binary.hpp"

namespace lpt {

std::vector<OutputSpec> select_infer(const Arguments& arguments) {
  if (arguments.type(0) != ElementType::boolean)
    throw LayerError("its condition is {}, should be boolean", name(arguments.type(0)));
  if (arguments.type(1) != arguments.type(2)) {
    throw LayerError("its branches are {} and {}, should have one type", name(arguments.type(1)),
                     name(arguments.type(2)));
  }
  const auto branches = broadcast(arguments.shape(1), arguments.shape(2));
  const auto all = branches ? broadcast(*branches, arguments.shape(0)) : std::nullopt;
  if (!all) {
    throw LayerError("its inputs are [{}], [{}] and [{}], which do not broadcast", arguments.shape(0).to_string(),
                     arguments.shape(1).to_string(), arguments.shape(2).to_string());
  }
  return {{arguments.type(1), *all}};
}

void select_evaluate(Evaluation& run) {
  visit_width(run.output_type(), [&]<class T>(std::type_identity<T>) {
    const auto* condition = run.input(0).data<std::uint8_t>();
    const T* yes = run.input(1).data<T>();
    const T* no = run.input(2).data<T>();
    T* out = run.output().data<T>();
    const BroadcastRows<3> rows(run.output_lengths(),
                                {run.input(0).lengths(), run.input(1).lengths(), run.input(2).lengths()});
    const auto [c, y, n] = rows.steps();
    rows.visit_all(1, [&, c = c, y = y, n = n](const auto& row) {
      for (std::int64_t i = 0; i < rows.row_length(); ++i) {
        const bool chosen = condition[row.inputs[0] + i * c] != 0;
        out[row.first + i] = chosen ? yes[row.inputs[1] + i * y] : no[row.inputs[2] + i * n];
      }
    });
  });
}

}  // namespace lpt

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ir/model.hpp"
#include "ops/operation.hpp"
#include "quant/displacement.hpp"

namespace lpt {

/// The states of a model, by variable_id.
using Variables = std::map<std::string, Tensor, std::less<>>;

struct RunOptions {
  /// After how many iterations a Loop counts as endless.
  std::int64_t most_iterations = 1'000'000;
  bool skims = false;  ///< see Executor::skim
  /// A layer without a kernel is left out, and what it reads is among the outputs, behind the Results that are left. It
  /// gives random values, the same for each layer of its name, or, where its type and shape are not known beforehand,
  /// nothing, and all that depends on it is left out, too.
  bool leaves_out = false;
  /// Of layers of these names in runs with noise.
  std::vector<Displacement> displacements = {};
  /// Called after each layer that sums products, with its inputs; may give its output other values. May be empty.
  std::function<void(const Node& node, std::span<const Tensor> inputs, Tensor& output)> amend_sums = {};
  /// Called after each layer, also those of bodies, with its outputs and how long it took; may be empty.
  std::function<void(const Node& node, std::span<const Tensor> outputs, double seconds)> after_layer = {};
};

/// How many layers of a model some inputs went through, and what the next one said.
struct Skimmed {
  std::size_t layers = 0;
  std::string problem;  ///< empty if they went through all
};

/// How many of the layers of a model are run, constants and ends of the model aside.
struct Coverage {
  std::size_t run = 0, all = 0;
  bool operator==(const Coverage&) const = default;
};

/// A Parameter or Result of a model, as its user knows it.
struct ModelPort {
  std::string name;                ///< the first tensor name; for a Parameter without one the layer's, otherwise empty
  std::vector<std::string> names;  ///< all tensor names
  Value value;                     ///< what the Parameter gives, or the Result takes
  const Node* left_out = nullptr;  ///< the layer that reads the value, if it is no Result
};

/// Tensor names as people write them, from the comma-separated text of a port.
std::vector<std::string> tensor_names(std::string_view text);

/// Runs a model on tensors. What depends on constants alone is computed once, unless that takes more memory than the
/// constants do; of the rest every tensor lives until its last reader has run. States (ReadValue, Assign) keep their
/// values from one run to the next. The same inputs give the same outputs, however many cores there are.
class Executor {
 public:
  /// The model must outlive this and not change meanwhile.
  /// throws  Error (bad_model) naming a layer that cannot be run
  explicit Executor(const Model& model, RunOptions options = {});
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  ~Executor();

  /// The file of the model.
  const std::string& path() const;
  /// In the order of the layers in the file.
  const std::vector<ModelPort>& inputs() const;
  const std::vector<ModelPort>& outputs() const;
  const Coverage& coverage() const;

  /// inputs   one for each of `inputs()`, of its type, or f32 for f16 and bf16, and a shape that it allows
  /// noise    if not 0, a seed: every f32 sum of products that depends on inputs moves up or down by 2^-20 of the
  ///          largest one of its tensor, as it might in another order of addition
  /// returns  one for each of `outputs()`, of its type; f32 for f16 and bf16 in a model of version 10
  /// throws   Error (bad_model) for inputs that do not fit, and for a layer that cannot be computed
  std::vector<Tensor> run(const std::vector<Tensor>& inputs, std::uint64_t noise = 0);

  /// Goes through a run on zeros of these lengths without computing large real results, which are zeros as well; states
  /// stay as they are.
  Skimmed skim(const std::vector<Lengths>& lengths);

  /// What states keep from one run to the next; without a value a state begins anew.
  Variables& variables();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lpt

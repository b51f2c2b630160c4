#pragma once

#include <map>
#include <optional>
#include <unordered_map>

#include "exec/executor.hpp"
#include "ops/facts.hpp"

namespace lpt {

/// What all graphs of a run share.
struct RunContext {
  const Model& model;
  const RunOptions& options;
  Variables& variables;
  const std::uint64_t& noise;  ///< of Executor::run
};

/// What lies between values of a graph that are given and values that depend on them and on constants alone.
struct Part {
  std::vector<Value> given, wanted;
};

/// Runs one graph: that of a model, or a body; or a part of one. Tensors live in numbered slots, one for each output of
/// a layer.
class GraphRunner {
 public:
  /// throws  Error (bad_model) naming a layer that cannot be run
  GraphRunner(const Graph& graph, const RunContext& context);
  /// throws  likewise, and naming an input that would have to be given
  GraphRunner(const Part& part, const RunContext& context);

  const std::vector<const Node*>& parameters() const { return parameters_; }
  const std::vector<const Node*>& results() const { return results_; }
  /// Inputs of layers without a kernel.
  const std::vector<std::pair<const Node*, std::size_t>>& left_out() const { return left_out_; }
  const Coverage& coverage() const { return coverage_; }

  /// inputs   one for each Parameter, or value that is given
  /// returns  one for each Result, and for each input that is left out; or for each value that is wanted
  std::vector<Tensor> run(std::vector<Tensor> inputs);

 private:
  struct Step {
    const Node* node;
    const Operation* operation;       ///< null where values are made up
    std::vector<std::size_t> inputs;  ///< slots
    std::vector<bool> last_use;       ///< for each input, whether nobody reads it afterwards
    std::size_t first_output;
    std::map<std::string_view, std::unique_ptr<GraphRunner>> bodies;
  };

  /// Of whose layers the outputs are given, nothing is run.
  void plan(const std::vector<const Node*>& order, const std::vector<Value>& given);
  void find_ends(const Graph& graph);
  std::size_t slot_of(Value value) const { return first_slots_.at(&value.node()) + value.index(); }
  bool is_missing(std::size_t slot) const { return missing_[slot]; }
  void fold_constants();
  std::size_t output_size(const Step& step, const std::vector<Tensor>& inputs) const;
  void find_last_uses();
  enum class Side { inputs, outputs };
  void displace(const Node& node, Side side, std::vector<Tensor>& values) const;
  std::vector<Tensor> run_step(Step& step, std::vector<Tensor> inputs);
  std::vector<Tensor> skimmed(const Step& step, const std::vector<Tensor>& inputs) const;
  std::vector<Tensor> run_node(Step& step, std::vector<Tensor> inputs);
  std::vector<Tensor> read_value(const Node& node, const std::vector<Tensor>& inputs);

  RunContext context_;
  std::vector<const Node*> parameters_, results_;
  std::vector<std::pair<const Node*, std::size_t>> left_out_;
  Coverage coverage_;
  std::vector<Step> steps_;
  std::unordered_map<const Node*, std::size_t> first_slots_;
  std::vector<bool> missing_;      ///< by slot: nothing fills it, for a layer is left out
  std::vector<Tensor> constants_;  ///< by slot; empty where a slot is no constant
  std::vector<std::size_t> parameter_slots_, result_slots_;
};

/// Runs If: one of two bodies.
std::vector<Tensor> run_if(const Node& node, const std::vector<Tensor>& inputs,
                           const std::function<GraphRunner&(std::string_view)>& body);
/// Runs Loop and TensorIterator.
std::vector<Tensor> run_loop(const Node& node, const std::vector<Tensor>& inputs, GraphRunner& body,
                             std::int64_t most_iterations);

/// Types and shapes of what an operation will give for these inputs; those of a type-relaxed one by its own rules.
std::vector<OutputSpec> output_specs(const Node& node, const Operation& operation, const std::vector<Tensor>& inputs);

/// Runs one operation, type-relaxed ones included: what `input_data_types` and `output_data_types` say goes before the
/// rules of the operation, and integers that meet in a product stay integers.
/// source  OpenVINO TypeRelaxed; spec of the file format
std::vector<Tensor> run_operation(const Node& node, const Operation& operation, std::vector<Tensor> inputs);

/// The operation of a layer, that inside of a type-relaxed layer included; null if it is not known.
const Operation* find_operation_to_run(const Node& node);

}  // namespace lpt

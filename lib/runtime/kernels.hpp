#pragma once

#include <optional>
#include <vector>

#include "ir/graph.hpp"
#include "ir/node_map.hpp"
#include "quant/dequantization.hpp"
#include "refusal/refusal.hpp"

namespace lpt {

/// A recurrent sequence in integers whose states are cut off, and what has the range that does not hold them.
struct CutStates {
  enum By { data, initial_state };
  const Node* sequence;
  By by;
};

/// Which layers of graphs stock OpenVINO's CPU plugin runs in integers, by the facts of facts.def: told from the graph
/// as it is, before and after a conversion alike. It takes for granted that the plugin's low precision passes start.
class RuntimeKernels {
 public:
  /// What to take the zero points of stored weights for, and those of u8. Where they are taken for absent only layers
  /// count that integers make no less exact.
  enum class ZeroPoints { as_they_are, absent };
  explicit RuntimeKernels(ZeroPoints of_weights = ZeroPoints::as_they_are) : of_weights_(of_weights) {}

  void add(const Graph& graph);

  /// A convolution, MatMul or recurrent sequence with a kernel for integers that gets them.
  bool run_in_integers(const Node& node) const { return kernels_.contains(node); }
  /// Why such a layer of the graphs runs in real numbers, and which layer is to blame: the first cause that is found,
  /// the data before the weights.
  Refusal why_not(const Node& node) const;
  /// Integers, or real values that are multiples of a step.
  bool holds_steps(Value value) const { return steps_.find(value) != nullptr; }
  bool any() const { return any_; }
  const std::vector<CutStates>& cut_states() const { return cut_; }
  /// False if the plugin's low precision passes do not start, because there is no FakeQuantize.
  bool start() const { return start_; }
  void set_start() { start_ = true; }

  /// Data that the plugin keeps as integers and their dequantization.
  struct Steps {
    const Node* source = nullptr;  ///< the FakeQuantize or dequantization that gives them; of a Concat the worst one
    bool uniform = true;           ///< one scale for all
    bool by_column = false;        ///< several scales along the last axis, that a MatMul sums over
    bool centred = true;           ///< the range is symmetric, or begins at 0
    bool holds_zero = true;        ///< its zero point, rounded, is an integer of the type
    float low = 0, high = 0;       ///< the ends of the range, in the units of the edge
    bool signed_with_zero_point = false;
    bool averaged = false;  ///< by an AvgPool, behind which another one computes real numbers
    bool rounded = false;   ///< the integers do not mean all of the values: a zero between steps, two ranges in one
    std::uint64_t levels = 256;
  };
  /// What is known of such data at an input of a layer; null for any other value.
  const Steps* steps(const Node& node, std::size_t port) const { return steps_.find(node.input(port)); }

 private:
  static Steps range_of(const Node& node, const Dequantization& dequantization);
  std::optional<Steps> steps_behind(const Node& node) const;
  Expected<void> check(const Node& node) const;
  Expected<void> check_recurrent(const Node& sequence) const;
  Expected<void> check_weights(const Node& layer) const;
  Refusal why_real(Value value) const;
  std::optional<CutStates::By> cut_by(const Node& sequence) const;

  ZeroPoints of_weights_;
  ValueMap<Steps> steps_;
  NodeSet kernels_;
  std::vector<CutStates> cut_;
  bool start_ = false, any_ = false;
};

/// Layers that integer kernels exist for: convolutions, MatMul, recurrent sequences.
bool is_heavy(const Node& node);

}  // namespace lpt

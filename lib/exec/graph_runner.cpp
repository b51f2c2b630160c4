#include "exec/graph_runner.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <random>
#include <unordered_set>

#include "ir/error.hpp"
#include "ops/facts.hpp"
#include "tensor/convert.hpp"
#include "tensor/small_types.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

bool is_control(const Node& node) { return node.is("If") || node.is("Loop") || node.is("TensorIterator"); }
bool is_state(const Node& node) { return node.is("ReadValue") || node.is("Assign"); }

bool has_kernel(const Node& node) {
  const auto* operation = find_operation_to_run(node);
  return operation != nullptr &&
         (operation->evaluate != nullptr || node.is("Const") || is_control(node) || is_state(node));
}

bool can_be_run(const Node& node) {
  if (node.is("Parameter") || node.is("Result")) return true;
  const auto can_body = [](const Body& body) {
    for (const Node* inner = body.graph->first(); inner != nullptr; inner = inner->next()) {
      if (inner->is_live() && !can_be_run(*inner)) return false;
    }
    return true;
  };
  return has_kernel(node) && std::all_of(node.bodies().begin(), node.bodies().end(), can_body);
}

bool can_be_made_up(const Node& node) {
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    const auto& port = node.output_port(i);
    if (!port.shape.is_static() || (!is_number(port.type) && port.type != ElementType::boolean)) return false;
  }
  return node.output_count() != 0;
}

/// Random values that only depend on the layer's name: real ones from -1 to 1, integers 0 and 1.
std::vector<Tensor> made_up(const Node& node) {
  std::seed_seq seed(node.name().begin(), node.name().end());
  std::mt19937_64 random(seed);
  std::vector<Tensor> outputs;
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    const auto type = node.output(i).type();
    Tensor values(ElementType::f64, lengths_of(node.output(i).shape()));
    for (std::int64_t k = 0; k < values.count(); ++k) {
      const auto bits = random();
      values.data<double>()[k] =
          is_real(type) ? std::ldexp(static_cast<double>(bits >> 11), -52) - 1 : static_cast<double>(bits >> 63);
    }
    outputs.push_back(convert(values, type));
  }
  return outputs;
}

/// Calls `work`, and puts the place of the layer in front of what goes wrong.
template <class Work>
auto at_layer(const Model& model, const Node& node, Work&& work) {
  try {
    return work();
  } catch (const LayerError& problem) {
    throw bad_model("{}: {}", where(model.origin, node), problem.what());
  } catch (const TooLarge& problem) {
    throw bad_model("{}: {}", where(model.origin, node), problem.what());
  } catch (const std::bad_alloc&) {
    throw bad_model("{}: needs more memory than there is", where(model.origin, node));
  } catch (const std::length_error&) {
    throw bad_model("{}: needs more memory than there is", where(model.origin, node));
  } catch (const Error& problem) {
    // The typed loops of lib/tensor refuse what an operation is not made for.
    if (problem.code() != ExitCode::internal) throw;
    throw bad_model("{}: {}", where(model.origin, node), problem.what());
  }
}

/// Moves every element up or down by 2^-20 of the largest: what a different order of addition may do to a sum in which
/// most of its terms cancel. The directions come from the seed alone.
void add_rounding_noise(std::uint64_t seed, Tensor& tensor) {
  if (tensor.type() != ElementType::f32) return;
  auto* elements = tensor.data<float>();
  float largest = 0;
  for (std::int64_t i = 0; i < tensor.count(); ++i) largest = std::max(largest, std::abs(elements[i]));
  const float step = largest * 0x1p-20F;
  std::uint64_t state = seed;
  for (std::int64_t i = 0; i < tensor.count(); ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;  // Knuth's MMIX
    elements[i] += (state >> 63) != 0 ? step : -step;
  }
}

/// Producers before consumers; of what is given the layers alone.
std::vector<const Node*> layers_of(const Part& part) {
  std::vector<const Node*> order;
  std::unordered_set<const Node*> seen;
  for (const auto value : part.given) {
    if (seen.insert(&value.node()).second) order.push_back(&value.node());
  }
  std::vector<std::pair<const Node*, std::size_t>> open;  // with the next input to look at
  const auto enter = [&](Value value) {
    if (seen.insert(&value.node()).second) open.emplace_back(&value.node(), 0);
  };
  for (const auto value : part.wanted) {
    enter(value);
    while (!open.empty()) {
      auto& [node, next] = open.back();
      if (next < node->input_count()) {
        enter(node->input(next++));
      } else {
        order.push_back(node);
        open.pop_back();
      }
    }
  }
  return order;
}

}  // namespace

GraphRunner::GraphRunner(const Graph& graph, const RunContext& context) : context_(context) {
  std::vector<const Node*> order;
  for (const Node* node : graph.topological_order().nodes) {
    if (node->is_live() || node->is("Parameter")) order.push_back(node);
    if (node->is("Parameter") && node->output(0).type() == ElementType::string)
      throw bad_model("{}: an input of type string is not run", where(context_.model.origin, *node));
  }
  plan(order, {});
  find_ends(graph);
  fold_constants();
  find_last_uses();
}

GraphRunner::GraphRunner(const Part& part, const RunContext& context) : context_(context) {
  plan(layers_of(part), part.given);
  for (const auto value : part.given) parameter_slots_.push_back(slot_of(value));
  for (const auto value : part.wanted) result_slots_.push_back(slot_of(value));
  fold_constants();
  find_last_uses();
}

void GraphRunner::plan(const std::vector<const Node*>& order, const std::vector<Value>& given) {
  std::unordered_set<const Node*> sources;
  for (const auto value : given) sources.insert(&value.node());
  for (const Node* node : order) {
    Step step{node, find_operation_to_run(*node), {}, {}, missing_.size(), {}};
    first_slots_.emplace(node, step.first_output);
    missing_.resize(missing_.size() + node->output_count());
    if (node->is("Parameter") || node->is("Result") || sources.contains(node)) continue;
    coverage_.all += !node->is("Const");
    const bool is_left_out = context_.options.leaves_out && !can_be_run(*node);
    if (is_left_out && can_be_made_up(*node)) {
      step.operation = nullptr;
      steps_.push_back(std::move(step));
      continue;
    }
    for (std::size_t i = 0; i < node->input_count(); ++i) step.inputs.push_back(slot_of(node->input(i)));
    if (is_left_out || std::ranges::any_of(step.inputs, [this](std::size_t slot) { return is_missing(slot); })) {
      std::fill(missing_.begin() + static_cast<std::ptrdiff_t>(step.first_output), missing_.end(), true);
      continue;
    }
    if (!has_kernel(*node)) {
      throw bad_model("{}: operation {} of {} cannot be run; there is no kernel for it",
                      where(context_.model.origin, *node), node->type(), node->version());
    }
    coverage_.run += !node->is("Const");
    for (const auto& body : node->bodies())
      step.bodies.emplace(body.name, std::make_unique<GraphRunner>(*body.graph, context_));
    steps_.push_back(std::move(step));
  }
  constants_.resize(missing_.size());
}

void GraphRunner::find_ends(const Graph& graph) {
  for (const Node* node = graph.first(); node != nullptr; node = node->next()) {
    if (node->is("Parameter")) {
      parameters_.push_back(node);
      parameter_slots_.push_back(first_slots_.at(node));
    } else if (node->is("Result") && !is_missing(slot_of(node->input(0)))) {
      results_.push_back(node);
      result_slots_.push_back(slot_of(node->input(0)));
    }
    if (!context_.options.leaves_out || !node->is_live() || can_be_run(*node)) continue;
    for (std::size_t i = 0; i < node->input_count(); ++i) {
      if (!is_missing(slot_of(node->input(i)))) left_out_.emplace_back(node, i);
    }
  }
  for (const auto& [node, port] : left_out_) result_slots_.push_back(slot_of(node->input(port)));
}

void GraphRunner::fold_constants() {
  // Tensors of up to this size are kept, however little they are made of.
  constexpr std::size_t kSmall = 1 << 16;
  std::vector<Step> remaining;
  std::vector<std::size_t> readers(constants_.size());
  for (const auto& step : steps_) {
    for (const auto slot : step.inputs) ++readers[slot];
  }
  for (const auto slot : result_slots_) ++readers[slot];
  for (auto& step : steps_) {
    if (step.node->is("Const")) {
      constants_[step.first_output] = at_layer(context_.model, *step.node, [&] { return constant_tensor(*step.node); });
      continue;
    }
    bool constant = !step.inputs.empty() && step.operation->evaluate != nullptr;
    for (const auto slot : step.inputs) constant = constant && constants_[slot];
    if (!constant) {
      remaining.push_back(std::move(step));
      continue;
    }
    std::vector<Tensor> inputs;
    std::size_t freed = 0;
    for (const auto slot : step.inputs) {
      inputs.push_back(constants_[slot]);
      if (readers[slot] == 1) freed += constants_[slot].byte_count();
    }
    if (output_size(step, inputs) > std::max(kSmall, freed)) {
      remaining.push_back(std::move(step));
      continue;
    }
    auto outputs = run_step(step, std::move(inputs));
    for (const auto slot : step.inputs) {
      if (--readers[slot] == 0) constants_[slot] = {};
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (readers[step.first_output + i] != 0) constants_[step.first_output + i] = std::move(outputs[i]);
    }
  }
  steps_ = std::move(remaining);
}

std::size_t GraphRunner::output_size(const Step& step, const std::vector<Tensor>& inputs) const {
  return at_layer(context_.model, *step.node, [&] {
    std::size_t size = 0;
    for (const auto& spec : output_specs(*step.node, *step.operation, inputs))
      size += bytes_of(spec.type, spec.shape).value_or(std::numeric_limits<std::uint32_t>::max());
    return size;
  });
}

void GraphRunner::find_last_uses() {
  std::vector<bool> read_later(constants_.size());
  for (const auto slot : result_slots_) read_later[slot] = true;
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    step->last_use.assign(step->inputs.size(), false);
    for (std::size_t i = step->inputs.size(); i-- > 0;) {
      step->last_use[i] = !read_later[step->inputs[i]];
      read_later[step->inputs[i]] = true;
    }
  }
}

std::vector<Tensor> GraphRunner::run(std::vector<Tensor> inputs) {
  std::vector<Tensor> values(constants_.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) values[parameter_slots_[i]] = std::move(inputs[i]);
  std::vector<std::pair<const Node*, Tensor>> assigned;
  for (auto& step : steps_) {
    std::vector<Tensor> arguments;
    arguments.reserve(step.inputs.size());
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const auto slot = step.inputs[i];
      if (constants_[slot]) {
        arguments.push_back(constants_[slot]);
      } else if (step.last_use[i]) {
        arguments.push_back(std::move(values[slot]));
        values[slot] = {};
      } else {
        arguments.push_back(values[slot]);
      }
    }
    // A state changes when all of the run has seen its old value.
    if (step.node->is("Assign")) assigned.emplace_back(step.node, arguments[0]);
    auto outputs = run_step(step, std::move(arguments));
    for (std::size_t i = 0; i < outputs.size(); ++i) values[step.first_output + i] = std::move(outputs[i]);
  }
  for (auto& [node, value] : assigned)
    context_.variables[std::string(*node->attribute("variable_id"))] = std::move(value);
  std::vector<Tensor> results;
  for (const auto slot : result_slots_) results.push_back(constants_[slot] ? constants_[slot] : values[slot]);
  return results;
}

/// In a tensor of its own: others share the elements.
void GraphRunner::displace(const Node& node, Side side, std::vector<Tensor>& values) const {
  std::uint64_t seed = context_.noise;
  for (const auto& [layer, input, offset, spread] : context_.options.displacements) {
    ++seed;
    const std::size_t port = input.value_or(0);
    if (layer != node.name() || input.has_value() != (side == Side::inputs) || port >= values.size()) continue;
    Tensor& value = values[port];
    if (!is_real(value.type())) continue;
    std::mt19937_64 random(seed);
    const Tensor real = convert(value, ElementType::f64);
    Tensor moved(ElementType::f64, value.lengths());
    for (std::int64_t i = 0; i < real.count(); ++i)
      moved.data<double>()[i] = real.data<double>()[i] + offset + spread * (std::ldexp(random(), -63) - 1);
    value = convert(moved, value.type());
  }
}

std::vector<Tensor> GraphRunner::run_step(Step& step, std::vector<Tensor> inputs) {
  const auto start = std::chrono::steady_clock::now();
  if (context_.noise != 0) displace(*step.node, Side::inputs, inputs);
  const bool amends = context_.options.amend_sums && sums_products(*step.node);
  const auto kept = amends ? inputs : std::vector<Tensor>{};
  auto outputs = at_layer(context_.model, *step.node, [&] {
    auto computed = run_node(step, std::move(inputs));
    if (amends) context_.options.amend_sums(*step.node, kept, computed.at(0));
    return computed;
  });
  if (outputs.size() < step.node->output_count()) {
    throw bad_model("{}: has {} output ports, should have {}", where(context_.model.origin, *step.node),
                    step.node->output_count(), outputs.size());
  }
  outputs.resize(step.node->output_count());
  if (context_.noise != 0) displace(*step.node, Side::outputs, outputs);
  if (context_.noise != 0 && sums_products(*step.node)) add_rounding_noise(context_.noise, outputs[0]);
  if (context_.options.after_layer) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    context_.options.after_layer(*step.node, outputs, seconds.count());
  }
  return outputs;
}

/// Zeros in place of real results that are large; empty where they are to be computed, as lengths depend on small ones.
std::vector<Tensor> GraphRunner::skimmed(const Step& step, const std::vector<Tensor>& inputs) const {
  constexpr std::int64_t kLarge = 1024;
  std::vector<Tensor> zeros;
  if (!context_.options.skims || step.operation->evaluate == nullptr || is_type_relaxed(*step.node)) return zeros;
  for (const auto& spec : output_specs(*step.node, *step.operation, inputs)) {
    auto& tensor = zeros.emplace_back(spec.type, lengths_of(spec.shape));
    if (!is_real(spec.type) || tensor.count() < kLarge) return {};
    std::memset(tensor.bytes(), 0, tensor.byte_count());
  }
  return zeros;
}

std::vector<Tensor> GraphRunner::run_node(Step& step, std::vector<Tensor> inputs) {
  const Node& node = *step.node;
  if (step.operation == nullptr) return made_up(node);
  if (auto zeros = skimmed(step, inputs); !zeros.empty()) return zeros;
  if (step.operation->evaluate != nullptr) return run_operation(node, *step.operation, std::move(inputs));
  if (node.is("ReadValue")) return read_value(node, inputs);
  if (node.is("Assign")) return std::vector<Tensor>(node.output_count(), inputs.at(0));
  const auto body = [&](std::string_view name) -> GraphRunner& {
    const auto found = step.bodies.find(name);
    if (found == step.bodies.end()) throw LayerError("has no {}", name);
    return *found->second;
  };
  if (node.is("If")) return run_if(node, inputs, body);
  return run_loop(node, inputs, body("body"), context_.options.most_iterations);
}

/// The state, or what initializes it as long as nothing was assigned: the input, or zeros of the shape in the
/// attributes.
std::vector<Tensor> GraphRunner::read_value(const Node& node, const std::vector<Tensor>& inputs) {
  const auto variable = required_attribute(node, "variable_id");
  const auto found = context_.variables.find(variable);
  if (found != context_.variables.end()) return {found->second};
  if (!inputs.empty()) return inputs;
  const auto shape = Shape::parse(required_attribute(node, "variable_shape"));
  if (!shape || !shape->has_rank()) throw LayerError("variable_shape is no shape to begin with");
  Tensor zeros(element_type_attribute(node, "variable_type"), lengths_of(*shape));
  std::memset(zeros.bytes(), 0, zeros.byte_count());
  return {zeros};
}

}  // namespace lpt

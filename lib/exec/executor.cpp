#include "exec/executor.hpp"

#include <cstring>

#include "exec/graph_runner.hpp"
#include "ir/error.hpp"
#include "tensor/convert.hpp"
#include "tensor/memory.hpp"

namespace lpt {

std::vector<std::string> tensor_names(std::string_view text) {
  std::vector<std::string> names;
  if (text.empty()) return names;
  names.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',') {
      names.back() += text[++i];
    } else if (text[i] == ',') {
      names.emplace_back();
    } else {
      names.back() += text[i];
    }
  }
  return names;
}

namespace {

/// What old files want to be done to an input before it comes to its Parameter is no layer, and would be left out.
const Model& without_pre_process(const Model& model) {
  for (const auto& section : model.graph->sections) {
    if (section.name == "pre-process") throw bad_model("{}: its <pre-process> cannot be run", model.origin.path);
  }
  return model;
}

ModelPort port_of(Value value, std::string name) {
  ModelPort port{std::move(name), tensor_names(value.names()), value};
  if (!port.names.empty()) port.name = port.names[0];
  return port;
}

}  // namespace

struct Executor::State {
  State(const Model& model, RunOptions run_options)
      : options(std::move(run_options)),
        context{without_pre_process(model), options, variables, noise},
        runner(*model.graph, context) {
    for (const Node* node : runner.parameters()) inputs.push_back(port_of(node->output(0), std::string(node->name())));
    for (const Node* node : runner.results()) outputs.push_back(port_of(node->input(0), ""));
    for (const auto& [node, port] : runner.left_out())
      outputs.push_back({fmt::format("{}:{}", node->name(), port), {}, node->input(port), node});
    free_kept_memory();  // what the folding of constants left has other sizes than what a run needs
  }

  RunOptions options;
  Variables variables;
  std::uint64_t noise = 0;
  RunContext context;
  GraphRunner runner;
  std::vector<ModelPort> inputs, outputs;
};

Executor::Executor(const Model& model, RunOptions options)
    : state_(std::make_unique<State>(model, std::move(options))) {}
Executor::~Executor() = default;

const std::string& Executor::path() const { return state_->context.model.origin.path; }
const std::vector<ModelPort>& Executor::inputs() const { return state_->inputs; }
const std::vector<ModelPort>& Executor::outputs() const { return state_->outputs; }
const Coverage& Executor::coverage() const { return state_->runner.coverage(); }

Variables& Executor::variables() { return state_->variables; }

std::vector<Tensor> Executor::run(const std::vector<Tensor>& inputs, std::uint64_t noise) {
  const auto& ports = state_->inputs;
  if (inputs.size() != ports.size())
    throw bad_model("{}: has {} inputs, {} are given", path(), ports.size(), inputs.size());
  // OpenVINO shows f32 at the ends of a model of version 10 that has halves there.
  const bool shows_f32 = state_->context.model.version <= 10;
  auto given = inputs;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto& port = ports[i];
    const bool is_f32_for_half = is_half(port.value.type()) && inputs[i].type() == ElementType::f32;
    if (is_f32_for_half && !shows_f32) given[i] = convert(inputs[i], port.value.type());
    if (inputs[i].type() != port.value.type() && !is_f32_for_half)
      throw bad_model("{}: input {} \"{}\" is {}, should be {}", path(), i, port.name, name(inputs[i].type()),
                      name(port.value.type()));
    if (!port.value.shape().compatible(shape_of(inputs[i].lengths()))) {
      throw bad_model("{}: input {} \"{}\" is [{}], should be [{}]", path(), i, port.name,
                      to_string(inputs[i].lengths()), port.value.shape().to_string());
    }
  }
  state_->noise = noise;
  auto results = state_->runner.run(std::move(given));
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto type = state_->outputs[i].value.type();
    if (is_half(type)) results[i] = convert(results[i], shows_f32 ? ElementType::f32 : type);
  }
  return results;
}

Skimmed Executor::skim(const std::vector<Lengths>& lengths) {
  std::vector<Tensor> zeros;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    auto& tensor = zeros.emplace_back(inputs()[i].value.type(), lengths[i]);
    std::memset(tensor.bytes(), 0, tensor.byte_count());
  }
  Skimmed result;
  auto variables = state_->variables;
  auto options = state_->options;
  options.skims = true;
  options.after_layer = [&](const Node&, std::span<const Tensor>, double) { ++result.layers; };
  std::swap(state_->options, options);
  try {
    run(zeros);
  } catch (const Error& error) {
    result.problem = error.what();
  }
  std::swap(state_->options, options);
  state_->variables = std::move(variables);
  return result;
}

}  // namespace lpt

#include "exec/executor.hpp"

#include "exec/graph_runner.hpp"
#include "ir/error.hpp"
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

}  // namespace

struct Executor::State {
  State(const Model& model, RunOptions run_options)
      : options(std::move(run_options)),
        context{without_pre_process(model), options, variables},
        runner(*model.graph, context) {
    for (const Node* node : runner.parameters()) {
      const Value value = node->output(0);
      ModelPort port{std::string(node->name()), tensor_names(value.names()), value.type(), value.shape()};
      if (!port.names.empty()) port.name = port.names[0];
      inputs.push_back(std::move(port));
    }
    for (const Node* node : runner.results()) {
      const Value value = node->input(0);
      ModelPort port{"", tensor_names(value.names()), value.type(), value.shape()};
      if (!port.names.empty()) port.name = port.names[0];
      outputs.push_back(std::move(port));
    }
    free_kept_memory();  // what the folding of constants left has other sizes than what a run needs
  }

  RunOptions options;
  Variables variables;
  RunContext context;
  GraphRunner runner;
  std::vector<ModelPort> inputs, outputs;
};

Executor::Executor(const Model& model, RunOptions options)
    : state_(std::make_unique<State>(model, std::move(options))) {}
Executor::~Executor() = default;

const std::vector<ModelPort>& Executor::inputs() const { return state_->inputs; }
const std::vector<ModelPort>& Executor::outputs() const { return state_->outputs; }

std::vector<Tensor> Executor::run(const std::vector<Tensor>& inputs) {
  const auto& ports = state_->inputs;
  if (inputs.size() != ports.size())
    throw bad_model("the model has {} inputs, {} are given", ports.size(), inputs.size());
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto& port = ports[i];
    if (inputs[i].type() != port.type)
      throw bad_model("input {} \"{}\" is {}, should be {}", i, port.name, name(inputs[i].type()), name(port.type));
    if (!port.shape.compatible(shape_of(inputs[i].lengths()))) {
      throw bad_model("input {} \"{}\" is [{}], should be [{}]", i, port.name, to_string(inputs[i].lengths()),
                      port.shape.to_string());
    }
  }
  return state_->runner.run(inputs);
}

}  // namespace lpt

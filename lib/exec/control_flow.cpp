#include <algorithm>
#include <limits>

#include "exec/graph_runner.hpp"
#include "ops/body_ports.hpp"
#include "tensor/convert.hpp"
#include "tensor/strided.hpp"

namespace lpt {
namespace {

std::size_t place_of(const std::vector<const Node*>& nodes, std::int64_t id) {
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const Node* n) { return n->id() == static_cast<std::uint64_t>(id); });
  if (found == nodes.end()) throw LayerError("its port map names layer {}, which its body does not have", id);
  return static_cast<std::size_t>(found - nodes.begin());
}

/// The entries of a port map that are outputs, in the order of the layer's outputs.
std::vector<const Element*> output_entries(const Element& map) {
  std::vector<const Element*> entries;
  for (const auto& entry : map.children) {
    if (entry.name == "output" && element_integer(entry, "external_port_id") >= 0) entries.push_back(&entry);
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Element* a, const Element* b) {
    return element_integer(*a, "external_port_id") < element_integer(*b, "external_port_id");
  });
  return entries;
}

bool single_truth(const Tensor& tensor) {
  if (tensor.count() != 1) throw LayerError("its condition is [{}], should be one value", to_string(tensor.lengths()));
  return *convert(tensor, ElementType::boolean).data<std::uint8_t>() != 0;
}

void expect_all_given(const std::vector<Tensor>& inputs) {
  if (std::any_of(inputs.begin(), inputs.end(), [](const Tensor& t) { return !t; }))
    throw LayerError("a Parameter of its body is not in the port map");
}

/// An input of which every iteration sees a part.
struct Sliced {
  const Tensor* whole;
  std::size_t parameter, axis;
  std::int64_t start, stride, part, iterations;

  Tensor at(std::int64_t iteration) const {
    Lengths lengths = whole->lengths();
    lengths[axis] = part;
    const auto first = start + iteration * stride - (stride < 0 ? part - 1 : 0);
    if (first < 0 || first + part > whole->lengths()[axis])
      throw LayerError("iteration {} reads elements {}..{} of an axis of {}", iteration, first, first + part,
                       whole->lengths()[axis]);
    Tensor slice(whole->type(), lengths);
    const auto strides = strides_of(whole->lengths());
    gather_strided(*whole, first * strides[axis], strides, slice);
    return slice;
  }
};

Sliced sliced_input(const Element& entry, const Tensor& whole, std::size_t parameter) {
  const auto axis = axis_of(element_integer(entry, "axis"), whole.rank());
  const auto length = whole.lengths()[axis];
  const auto from_end = [length](std::int64_t at) { return at < 0 ? at + length : at; };
  const auto bounded = [&](std::string_view name, std::int64_t otherwise, std::int64_t least) {
    constexpr std::int64_t kMost = std::int64_t{1} << 40;
    const auto value = element_integer(entry, name, otherwise);
    if (value < least || value < -kMost || value > kMost)
      throw LayerError("a slice of its port map has {} {}", name, value);
    return value;
  };
  constexpr auto kAny = std::numeric_limits<std::int64_t>::min();
  const auto start = from_end(bounded("start", 0, kAny));
  const auto end = from_end(bounded("end", -1, kAny));
  const auto stride = bounded("stride", 1, kAny);
  const auto part = bounded("part_size", 1, 1);
  if (stride == 0) throw LayerError("a slice of its port map has stride 0");
  const bool forward = stride > 0;
  const auto covered = length == 0 ? 0 : (forward ? end - start : start - end) + 1;
  return {
      &whole, parameter, axis, start, stride, part, std::max<std::int64_t>(0, covered) / (forward ? stride : -stride)};
}

/// What is collected of the iterations for one output.
struct Collected {
  std::size_t result;
  std::optional<std::int64_t> axis;  ///< joined along it, otherwise the last one counts
  bool backwards;
  std::vector<Tensor> parts;

  Tensor joined() const {
    if (!axis) return parts.back();
    const auto along = axis_of(*axis, parts[0].rank());
    Lengths lengths = parts[0].lengths();
    lengths[along] = 0;
    for (const auto& part : parts) {
      lengths[along] += part.lengths()[along];
      Lengths same = part.lengths();
      same[along] = parts[0].lengths()[along];
      if (same != parts[0].lengths())
        throw LayerError("its iterations give [{}] and [{}], which do not join", to_string(parts[0].lengths()),
                         to_string(part.lengths()));
    }
    Tensor all(parts[0].type(), lengths);
    Lengths first(lengths.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Tensor& part = parts[backwards ? parts.size() - 1 - i : i];
      place(part, first, all);
      first[along] += part.lengths()[along];
    }
    return all;
  }
};

/// A Loop or TensorIterator at work.
class Iteration {
 public:
  Iteration(const Node& node, const std::vector<Tensor>& inputs, GraphRunner& body)
      : node_(node), inputs_(inputs), body_(body), arguments_(body.parameters().size()) {
    read_inputs();
    read_outputs();
    if (const Element* edges = find(node.extras()->port_maps, "back_edges")) {
      for (const auto& edge : edges->children) {
        if (edge.name != "edge") continue;
        carried_.emplace_back(place_of(body.results(), element_integer(edge, "from-layer")),
                              place_of(body.parameters(), element_integer(edge, "to-layer")));
      }
    }
  }

  std::vector<Tensor> run(std::int64_t most_iterations) {
    const bool loop = node_.is("Loop");
    auto wanted = loop ? trip_count() : slice_count();
    bool goes_on = !loop || inputs_.size() < 2 || single_truth(inputs_[1]);
    std::int64_t iteration = 0;
    for (; goes_on && (wanted < 0 || iteration < wanted); ++iteration) {
      if (iteration == most_iterations) throw LayerError("does not end within {} iterations", most_iterations);
      const auto results = run_once(iteration);
      if (condition_) goes_on = single_truth(results[*condition_]);
    }
    return outputs(iteration);
  }

 private:
  void read_inputs() {
    for (const auto& entry : port_map_of(node_, "port_map").children) {
      if (entry.name != "input") continue;
      const auto parameter = place_of(body_.parameters(), element_integer(entry, "internal_layer_id"));
      const auto port = element_integer(entry, "external_port_id");
      const auto* purpose = find(entry.attributes, "purpose");
      if (port < 0) {
        if (purpose != nullptr && *purpose == "current_iteration") counter_ = parameter;
        continue;
      }
      const Tensor& value = inputs_.at(static_cast<std::size_t>(port));
      if (find(entry.attributes, "axis") != nullptr) {
        sliced_.push_back(sliced_input(entry, value, parameter));
      } else {
        arguments_[parameter] = value;
      }
    }
  }

  void read_outputs() {
    const Element& map = port_map_of(node_, "port_map");
    for (const auto& entry : map.children) {
      const auto* purpose = find(entry.attributes, "purpose");
      if (entry.name == "output" && purpose != nullptr && *purpose == "execution_condition")
        condition_ = place_of(body_.results(), element_integer(entry, "internal_layer_id"));
    }
    for (const auto* entry : output_entries(map)) {
      Collected output{place_of(body_.results(), element_integer(*entry, "internal_layer_id")), {}, false, {}};
      if (find(entry->attributes, "axis") != nullptr) {
        output.axis = element_integer(*entry, "axis");
        output.backwards = element_integer(*entry, "stride", 1) < 0;
      }
      collected_.push_back(std::move(output));
    }
  }

  std::int64_t trip_count() const {
    const auto given = Arguments(node_, inputs_).integers(0);
    if (given->size() != 1) throw LayerError("its trip count has {} values", given->size());
    return given->front();
  }

  std::int64_t slice_count() const {
    if (sliced_.empty()) throw LayerError("none of its inputs is sliced, so that it has no number of iterations");
    for (const auto& slice : sliced_) {
      if (slice.iterations != sliced_[0].iterations)
        throw LayerError("its inputs are sliced into {} and {} parts", sliced_[0].iterations, slice.iterations);
    }
    return sliced_[0].iterations;
  }

  std::vector<Tensor> run_once(std::int64_t iteration) {
    for (const auto& slice : sliced_) arguments_[slice.parameter] = slice.at(iteration);
    if (counter_) {
      const Node& parameter = *body_.parameters()[*counter_];
      Tensor number(ElementType::i64, {});
      *number.data<std::int64_t>() = iteration;
      arguments_[*counter_] = convert(number, parameter.output(0).type());
      const auto& shape = parameter.output(0).shape();
      if (shape.has_rank() && shape.rank() == 1) arguments_[*counter_] = arguments_[*counter_].reshaped({1});
    }
    expect_all_given(arguments_);
    auto results = body_.run(arguments_);
    for (auto& output : collected_) {
      if (!output.axis) output.parts.clear();
      output.parts.push_back(results[output.result]);
    }
    for (const auto& [result, parameter] : carried_) arguments_[parameter] = results[result];
    return results;
  }

  std::vector<Tensor> outputs(std::int64_t iterations) {
    std::vector<Tensor> values;
    for (const auto& output : collected_) {
      values.push_back(iterations == 0 ? without_iterations(output) : output.joined());
    }
    return values;
  }

  /// The value that goes into the first iteration; nothing, where values would be joined.
  Tensor without_iterations(const Collected& output) const {
    if (output.axis) {
      const auto& port = body_.results()[output.result]->input(0);
      if (!port.shape().is_static()) throw LayerError("runs no iteration, and the shape of what it joins is not known");
      Lengths lengths = lengths_of(port.shape());
      lengths[axis_of(*output.axis, lengths.size())] = 0;
      return {port.type(), lengths};
    }
    for (const auto& [result, parameter] : carried_) {
      if (result == output.result && arguments_[parameter]) return arguments_[parameter];
    }
    throw LayerError("runs no iteration, and an output has no value to begin with");
  }

  const Node& node_;
  const std::vector<Tensor>& inputs_;
  GraphRunner& body_;
  std::vector<Tensor> arguments_;  ///< of the body
  std::vector<Sliced> sliced_;
  std::vector<Collected> collected_;
  std::vector<std::pair<std::size_t, std::size_t>> carried_;  ///< Result, Parameter
  std::optional<std::size_t> counter_, condition_;
};

}  // namespace

std::vector<Tensor> run_if(const Node& node, const std::vector<Tensor>& inputs,
                           const std::function<GraphRunner&(std::string_view)>& body) {
  const bool then = single_truth(inputs.at(0));
  GraphRunner& chosen = body(then ? "then_body" : "else_body");
  const Element& map = port_map_of(node, then ? "then_port_map" : "else_port_map");
  std::vector<Tensor> arguments(chosen.parameters().size());
  for (const auto& entry : map.children) {
    if (entry.name != "input") continue;
    arguments[place_of(chosen.parameters(), element_integer(entry, "internal_layer_id"))] =
        inputs.at(static_cast<std::size_t>(element_integer(entry, "external_port_id")));
  }
  expect_all_given(arguments);
  const auto results = chosen.run(arguments);
  std::vector<Tensor> outputs;
  for (const auto* entry : output_entries(map))
    outputs.push_back(results[place_of(chosen.results(), element_integer(*entry, "internal_layer_id"))]);
  return outputs;
}

std::vector<Tensor> run_loop(const Node& node, const std::vector<Tensor>& inputs, GraphRunner& body,
                             std::int64_t most_iterations) {
  return Iteration(node, inputs, body).run(most_iterations);
}

}  // namespace lpt

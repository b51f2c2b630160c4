#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.hpp"

namespace lpt {

/// What a machine's kernels can take: which operations read which element types on which inputs, and which of them
/// need one scale for the whole tensor.
struct Target {
  struct Restriction {
    std::string operation;            ///< type as in the file
    std::vector<std::size_t> ports;   ///< inputs that have to agree on one of the types
    std::vector<ElementType> types;   ///< in order of preference
    std::optional<std::size_t> rank;  ///< only for an input 0 of this rank
  };
  struct PerTensor {
    std::string operation;
    std::vector<std::size_t> ports;
  };

  std::string name;
  std::vector<Restriction> restrictions;
  std::vector<PerTensor> per_tensor;
  /// A dequantization that is left over is cheaper behind a depthwise convolution with ones.
  bool convolves_to_multiply = false;

  /// Those that hold for a layer: of several for one port, the one that names the rank.
  std::vector<const Restriction*> restrictions_of(const Node& node) const;
  /// The types that an input may have; null if nothing restricts it.
  const std::vector<ElementType>* types(const Node& node, std::size_t port) const;
  const std::vector<ElementType>* types_of(std::string_view operation, std::size_t port) const;
  bool needs_per_tensor(const Node& node, std::size_t port) const;
};

/// One of cpu, gpu and generic, or a JSON file:
///
///     {"name": "npu",
///      "precisions": [{"operation": "Convolution", "ports": [0], "types": ["u8"]}, ...],
///      "per_tensor": [{"operation": "Convolution", "ports": [0]}],
///      "convolves_to_multiply": false}
///
/// `rank` in an entry of `precisions` limits it to inputs of this rank.
///
/// throws  Error (usage) for a name that is neither built in nor a file; Error (io) for a file that cannot be read;
///         Error (bad model) that names the line of what is wrong in it
/// source  cpu and gpu: what OpenVINO's plugins state for x86-64 without AMX, and for Intel graphics
Target find_target(const std::string& name_or_path);

}  // namespace lpt

#pragma once

#include <string_view>
#include <unordered_map>

#include "ops/operation.hpp"

namespace lpt {

/// The body under an element name ("body", "then_body").
/// throws  LayerError if there is none, or it has no layers
const Graph& body_of(const Node& node, std::string_view name);

/// The Parameters and Results of a body, by id.
class BodyLayers {
 public:
  explicit BodyLayers(const Graph& body);
  /// throws  LayerError unless the attribute of a port map entry or back edge names a layer of this type
  void expect(const Element& entry, std::string_view attribute, std::string_view type) const;

 private:
  std::unordered_map<std::uint64_t, std::string_view> types_;
};

/// Whether two body Parameters may read one input of the layer.
enum class SharedInputs { allowed, refused };

/// Checks the inputs and outputs of one port map: external ids exist and each output is fed once.
void check_port_map(const Node& node, const Element& map, const BodyLayers& body, SharedInputs shared);

/// The port map under an element name.
/// throws  LayerError if it is missing
const Element& port_map_of(const Node& node, std::string_view name);

/// An integer attribute of an XML element.
std::int64_t element_integer(const Element& element, std::string_view name, std::optional<std::int64_t> otherwise = {});

}  // namespace lpt

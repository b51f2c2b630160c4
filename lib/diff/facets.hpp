#pragma once

#include <map>
#include <string>
#include <vector>

#include "diff/diff.hpp"

namespace lpt {

/// All that a file says of a layer but for its inputs, bytes and bodies, under the names that facets have.
std::map<std::string, std::string> layer_texts(const Node& node, const Ignored& ignored);

/// What a pair of layers does not have in common, but for its bodies.
std::vector<Facet> layer_facets(const Node& before, const Node& after, const Alignment& alignment,
                                const Contents& contents_before, const Contents& contents_after,
                                const Ignored& ignored);

/// What two models do not have in common beside their layers.
std::vector<Facet> model_facets(const Model& before, const Model& after, const Ignored& ignored);

/// A value as people name it: "conv1", or "split:1" where a layer has several outputs.
std::string value_name(Value value);

}  // namespace lpt

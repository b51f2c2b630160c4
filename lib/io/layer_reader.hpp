#pragma once

#include <functional>
#include <memory>

#include "io/dom.hpp"
#include "ir/graph.hpp"

namespace lpt {

/// Reads the graph in a body element.
using ReadGraph = std::function<std::unique_ptr<Graph>(pugi::xml_node body)>;

/// A layer element as it stands in the file, its inputs not connected. Depends on no other layer of its graph, so that
/// several threads may read layers of one file.
///
/// throws  Error (bad_model) naming the line
LayerSpec read_layer(pugi::xml_node xml, const Dom& dom, const ReadGraph& read_graph, const Warn& warn);

}  // namespace lpt

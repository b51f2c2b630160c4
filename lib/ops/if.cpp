#include "ops/body_ports.hpp"

namespace lpt {

void if_check(const Node& node, const LayerWarn&) {
  check_port_map(node, port_map_of(node, "then_port_map"), BodyLayers(body_of(node, "then_body")),
                 SharedInputs::allowed);
  check_port_map(node, port_map_of(node, "else_port_map"), BodyLayers(body_of(node, "else_body")),
                 SharedInputs::allowed);
}

}  // namespace lpt

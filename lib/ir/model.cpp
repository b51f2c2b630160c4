#include "ir/model.hpp"

#include <fmt/format.h>

namespace lpt {

std::string where(const Origin& origin, const Node& node) {
  const std::size_t line = node.source_offset() == 0 ? 0 : origin.line_of(node.source_offset());
  const auto place = line == 0 ? origin.path : fmt::format("{}:{}", origin.path, line);
  return fmt::format("{}: \"{}\" ({}, id {})", place, node.name(), node.type(), node.id());
}

}  // namespace lpt

#include "ir/model.hpp"

#include <fmt/format.h>

namespace lpt {

std::string where(const Origin& origin, const LayerLabel& layer) {
  const std::size_t line = layer.source_offset == 0 ? 0 : origin.line_of(layer.source_offset);
  const auto place = line == 0 ? origin.path : fmt::format("{}:{}", origin.path, line);
  return fmt::format("{}: \"{}\" ({}, id {})", place, layer.name, layer.type, layer.id);
}

}  // namespace lpt

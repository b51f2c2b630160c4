#include "ops/space.hpp"

namespace lpt {

Block block_of(const Arguments& arguments) {
  const auto& lengths = arguments.lengths(0);
  if (lengths.size() < 3) throw LayerError("its input is [{}], should have a spatial axis", to_string(lengths));
  const auto size = integer_attribute(arguments.node(), "block_size");
  constexpr std::int64_t kMost = 1 << 15;
  if (size < 1 || size > kMost) throw NotInferred("block_size is {}, should be at least 1", size);
  Block block{size, 1};
  for (std::size_t axis = 2; axis < lengths.size() && block.volume <= kMost; ++axis) block.volume *= size;
  return block;
}

bool are_blocks_first(const Node& node) {
  return enumeration_attribute(node, "mode", {"blocks_first", "depth_first"}, 0) == 0;
}

SpaceBlocks space_blocks(const Arguments& arguments) {
  SpaceBlocks blocks{required_integers(arguments, 1), required_integers(arguments, 2), required_integers(arguments, 3)};
  const auto rank = arguments.lengths(0).size();
  if (rank < 2 || blocks.block.size() != rank || blocks.begin.size() != rank || blocks.end.size() != rank) {
    throw LayerError("block_shape and its pads or crops have {}, {} and {} values, its data [{}]", blocks.block.size(),
                     blocks.begin.size(), blocks.end.size(), to_string(arguments.lengths(0)));
  }
  for (std::size_t axis = 0; axis < rank; ++axis) {
    constexpr std::int64_t kMost = std::int64_t{1} << 31;
    const auto block = blocks.block[axis];
    if (block < 1 || block > kMost || (axis == 0 && block != 1))
      throw LayerError("block_shape holds {} for axis {}", block, axis);
    for (const auto at_end : {blocks.begin[axis], blocks.end[axis]}) {
      if (at_end < 0 || at_end > kMost) throw LayerError("its pads or crops hold {} for axis {}", at_end, axis);
    }
  }
  return blocks;
}

}  // namespace lpt

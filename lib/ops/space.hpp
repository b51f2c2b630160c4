#pragma once

#include "ops/operation.hpp"

namespace lpt {

/// The blocks of DepthToSpace and SpaceToDepth.
struct Block {
  std::int64_t size;    ///< along each spatial axis
  std::int64_t volume;  ///< over all of them
};

/// throws  LayerError if the attribute block_size is no positive number, or the input has no spatial axis
Block block_of(const Arguments& arguments);

/// Whether the attribute mode puts the blocks in front of the channels.
bool are_blocks_first(const Node& node);

/// What BatchToSpace and SpaceToBatch take: for each axis a block and what is cut or added at both ends.
struct SpaceBlocks {
  Lengths block, begin, end;
};

/// throws  LayerError unless all three have a value for each axis, blocks are positive and that of axis 0 is 1
SpaceBlocks space_blocks(const Arguments& arguments);

}  // namespace lpt

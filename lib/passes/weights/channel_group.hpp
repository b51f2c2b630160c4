#pragma once

#include <optional>
#include <vector>

#include "driver/context.hpp"

namespace lpt {

/// The layers that would have to change for values to get more channels: axis 1, of which each is like one that is there.
struct ChannelGroup {
  std::vector<Node*> producers;  ///< Convolutions that give the channels
  std::vector<Node*> members;    ///< what works channel by channel, depthwise Convolutions included
  std::vector<Node*> readers;    ///< Convolutions that read them
};

/// All layers that share channels with a value. They can get more if whatever gives them is a Convolution of constant
/// weights, whatever works on them does so channel by channel, and whatever reads them is a Convolution of constant
/// weights.
///
/// fixed  the layers for which the answer was no; those of a group that is found to be none are added
/// empty  if something depends on their number
std::optional<ChannelGroup> channel_group(Value value, NodeSet& fixed);

/// The constant weights of a Convolution, with what dequantizes them, if its channels can be gathered; real ones that are
/// not stored have no parameters.
std::optional<Dequantization> channel_weights(const Node& convolution);

/// Gives a layer of a group, a Convolution aside, and its outputs the channels `channels` of those that it has.
void gather_member(Graph& graph, Node& member, const std::vector<std::size_t>& channels);

}  // namespace lpt

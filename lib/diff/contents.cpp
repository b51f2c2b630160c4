#include "diff/contents.hpp"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

#include "tensor/parallel.hpp"

namespace lpt {
namespace {

Digest digest_of(XXH128_hash_t hash) { return {hash.low64, hash.high64}; }

}  // namespace

Digest digest_of(const Blob& blob) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
  XXH3_128bits_reset(state.get());
  const auto piece = blob.size() == 0 ? 1 : blob.source()->piece_size();
  for (std::uint64_t at = 0; at < blob.size(); at += piece) {
    blob.visit(at, std::min(piece, blob.size() - at),
               [&](std::span<const std::byte> bytes) { XXH3_128bits_update(state.get(), bytes.data(), bytes.size()); });
  }
  return digest_of(XXH3_128bits_digest(state.get()));
}

std::string to_string(const Digest& digest) { return fmt::format("{:016x}{:016x}", digest.high, digest.low); }

Digester& Digester::add(std::string_view text) {
  add(text.size());
  bytes_ += text;
  return *this;
}

Digester& Digester::add(std::uint64_t number) {
  bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  return *this;
}

Digest Digester::digest() const { return digest_of(XXH3_128bits(bytes_.data(), bytes_.size())); }

Contents::Contents(const Model& model) {
  std::map<std::tuple<const ByteSource*, std::uint64_t, std::uint64_t>, std::size_t> places;  // each range once
  std::vector<const Blob*> blobs;
  std::vector<std::pair<const Node*, std::size_t>> constants;
  for_each_node(*model.graph, [&](const Node& node) {
    const Blob* blob = node.constant();
    if (blob == nullptr) return;
    const auto [place, added] = places.try_emplace({blob->source().get(), blob->offset(), blob->size()}, blobs.size());
    if (added) blobs.push_back(blob);
    constants.emplace_back(&node, place->second);
  });
  std::vector<Digest> digests(blobs.size());
  std::uint64_t bytes = 0;
  for (const auto* blob : blobs) bytes += blob->size();
  const auto count = static_cast<std::int64_t>(blobs.size());
  parallel_ranges(count, count == 0 ? 0 : static_cast<std::int64_t>(bytes / 8 / blobs.size()) + 100,
                  [&](std::int64_t first, std::int64_t last) {
                    for (auto i = first; i < last; ++i) digests[i] = digest_of(*blobs[i]);
                  });
  for (const auto& [node, place] : constants) digests_.emplace(node, digests[place]);
}

Digest Contents::of(const Node& constant) const {
  const auto found = digests_.find(&constant);
  return found == digests_.end() ? Digest{} : found->second;
}

}  // namespace lpt

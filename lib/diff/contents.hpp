#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/model.hpp"

namespace lpt {

/// 128 bits that stand for bytes or for a structure: equal ones count as equal without another look.
struct Digest {
  std::uint64_t low = 0, high = 0;
  auto operator<=>(const Digest&) const = default;
};

struct DigestHash {
  std::size_t operator()(const Digest& digest) const { return digest.low; }
};

/// XXH3 of all bytes, 128 bits; read in pieces. throws  Error (io)
Digest digest_of(const Blob& blob);

/// "5f0c...", 32 digits.
std::string to_string(const Digest& digest);

/// Takes texts and numbers one after another. A text is told from its neighbours by its length.
class Digester {
 public:
  Digester& add(std::string_view text);
  Digester& add(std::uint64_t number);
  Digester& add(const Digest& digest) { return add(digest.low).add(digest.high); }
  Digest digest() const;

 private:
  std::string bytes_;
};

/// What the constants of a model hold, read once, in pieces, by all cores.
class Contents {
 public:
  Contents() = default;
  /// Bodies included. throws  Error (io)
  explicit Contents(const Model& model);

  /// Of the bytes of a Const; that of nothing for a layer without bytes.
  Digest of(const Node& constant) const;

 private:
  std::unordered_map<const Node*, Digest> digests_;
};

}  // namespace lpt

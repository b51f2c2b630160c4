#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace lpt {

/// Where bytes of constants come from: a mapped file, memory, or a computation that makes them when they are wanted.
/// Every call may come from any thread. A failing read throws Error.
class ByteSource {
 public:
  using Visitor = std::function<void(std::span<const std::byte>)>;

  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  virtual std::uint64_t size() const = 0;

  /// Shows bytes offset ... offset+size-1 to `visitor`, without a copy where the source allows; the bytes are gone
  /// when the call returns, so that memory does not grow with what was looked at.
  virtual void visit(std::uint64_t offset, std::uint64_t size, const Visitor& visitor) const = 0;

  /// Fills `out` from `offset` on.
  virtual void read(std::uint64_t offset, std::span<std::byte> out) const;

  /// Bytes that one call should ask for; a piece may start at any multiple of it.
  virtual std::uint64_t piece_size() const { return 1 << 20; }
};

/// The bytes of one constant: a range of a ByteSource. Copies share the source; nobody writes to it.
class Blob {
 public:
  Blob() = default;
  Blob(std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t size)
      : source_(std::move(source)), offset_(offset), size_(size) {}
  /// All of a source.
  explicit Blob(std::shared_ptr<const ByteSource> source);
  /// Bytes kept in memory.
  static Blob of(std::vector<std::byte> bytes);

  std::uint64_t size() const { return size_; }
  const std::shared_ptr<const ByteSource>& source() const { return source_; }
  std::uint64_t offset() const { return offset_; }

  void read(std::uint64_t offset, std::span<std::byte> out) const;
  void visit(std::uint64_t offset, std::uint64_t size, const ByteSource::Visitor& visitor) const;
  /// All bytes at once, for constants that are known to be small.
  std::vector<std::byte> to_vector() const;

  /// True if both are the same range of the same source, and so equal without a look at the bytes.
  bool same_range(const Blob& other) const {
    return source_ == other.source_ && offset_ == other.offset_ && size_ == other.size_;
  }

 private:
  std::shared_ptr<const ByteSource> source_;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace lpt

#include "ir/blob.hpp"

#include <cstring>
#include <utility>

namespace lpt {
namespace {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  void visit(std::uint64_t offset, std::uint64_t size, const Visitor& visitor) const override {
    visitor(std::span(bytes_).subspan(offset, size));
  }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace

void ByteSource::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (out.empty()) return;
  visit(offset, out.size(),
        [&](std::span<const std::byte> bytes) { std::memcpy(out.data(), bytes.data(), out.size()); });
}

Blob::Blob(std::shared_ptr<const ByteSource> source) : source_(std::move(source)), size_(source_->size()) {}

Blob Blob::of(std::vector<std::byte> bytes) { return Blob(std::make_shared<MemorySource>(std::move(bytes))); }

void Blob::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (!out.empty()) source_->read(offset_ + offset, out);
}

void Blob::visit(std::uint64_t offset, std::uint64_t size, const ByteSource::Visitor& visitor) const {
  if (size != 0) source_->visit(offset_ + offset, size, visitor);
}

std::vector<std::byte> Blob::to_vector() const {
  std::vector<std::byte> bytes(size_);
  read(0, bytes);
  return bytes;
}

}  // namespace lpt

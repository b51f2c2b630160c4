#include "io/file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "ir/error.hpp"

namespace lpt {
namespace {

constexpr std::uint64_t kPage = 4096;
/// A visit of this size is dropped by itself, and everything whenever visits have touched kTouchedLimit together.
constexpr std::uint64_t kLargeVisit = 256 << 10;
constexpr std::uint64_t kTouchedLimit = 16 << 20;
/// What the kernel may map around one touched byte.
constexpr std::uint64_t kFaultAround = 64 << 10;

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  FileDescriptor old(std::exchange(fd_, other.release()));
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int FileDescriptor::release() { return std::exchange(fd_, -1); }

std::string system_error_text() { return std::strerror(errno); }

FileDescriptor open_input(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    if (errno == ENOENT) throw io_error("{}: the file does not exist", path.string());
    throw io_error("{}: cannot open: {}", path.string(), system_error_text());
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw io_error("{}: cannot read: {}", path.string(), system_error_text());
  if (S_ISDIR(status.st_mode)) throw io_error("{}: is a directory, should be a file", path.string());
  if (!S_ISREG(status.st_mode)) throw io_error("{}: is not a regular file", path.string());
  return file;
}

FileIdentity::FileIdentity(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;
  exists_ = true;
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

bool FileIdentity::same_file(const FileIdentity& other) const {
  return exists_ && other.exists_ && device_ == other.device_ && inode_ == other.inode_;
}

struct MappedFile::Counter {
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> last_block{~std::uint64_t{0}};
};

MappedFile::MappedFile(const std::filesystem::path& path)
    : path_(path), file_(open_input(path)), touched_(std::make_unique<Counter>()) {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) throw io_error("{}: cannot read: {}", path.string(), system_error_text());
  size_ = static_cast<std::uint64_t>(status.st_size);
  if (size_ == 0) return;
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_.get(), 0);
  if (address == MAP_FAILED) throw io_error("{}: cannot map into memory: {}", path.string(), system_error_text());
  data_ = static_cast<std::byte*>(address);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

std::span<std::byte> whole_pages(std::byte* mapping, std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t first = offset / kPage * kPage;
  return {mapping + first, offset + size - first};
}

bool populate(std::span<std::byte> pages, int access) {
  constexpr int kPopulateRead = 22, kPopulateWrite = 23;  // MADV_POPULATE_*, which older C libraries do not name
  return ::madvise(pages.data(), pages.size(), access == PROT_WRITE ? kPopulateWrite : kPopulateRead) == 0 ||
         errno == EINVAL;
}

void MappedFile::visit(std::uint64_t offset, std::uint64_t size, const Visitor& visitor) const {
  const bool is_large = size >= kLargeVisit;
  const auto pages = whole_pages(data_, offset, size);
  // A file that has been cut meanwhile answers with an error here rather than with a signal below.
  if (is_large && !populate(pages, PROT_READ)) {
    throw io_error("{}: cannot read bytes {}..{}: the file was cut or its device fails", path_.string(), offset,
                   offset + size);
  }
  visitor({data_ + offset, size});
  // Small visits mostly follow one another; only those that leave the block may bring in new pages.
  const auto block = (offset + size) / kFaultAround;
  if (!is_large && touched_->last_block.exchange(block) == block) return;
  if (is_large) ::madvise(pages.data(), pages.size(), MADV_DONTNEED);
  // The kernel may map more around a page than was asked for, so from time to time everything goes.
  if (touched_->bytes.fetch_add(size + kFaultAround) > kTouchedLimit) {
    touched_->bytes = 0;
    ::madvise(data_, size_, MADV_DONTNEED);
  }
}

}  // namespace lpt

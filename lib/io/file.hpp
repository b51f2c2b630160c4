#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "ir/blob.hpp"

namespace lpt {

/// An open file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int release();

 private:
  int fd_ = -1;
};

/// The text of the current errno.
std::string system_error_text();

/// Opens an input file for reading, and never waits: a FIFO or device is refused, not opened for good.
/// throws  Error (io) if the path does not exist, is no regular file, or cannot be read
FileDescriptor open_input(const std::filesystem::path& path);

/// Device and inode of a file, whether or not it exists.
class FileIdentity {
 public:
  explicit FileIdentity(const std::filesystem::path& path);
  /// False if either does not exist.
  bool same_file(const FileIdentity& other) const;

 private:
  bool exists_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// The pages of a mapping that hold a range of it, as madvise wants them.
std::span<std::byte> whole_pages(std::byte* mapping, std::uint64_t offset, std::uint64_t size);

/// Brings pages of a mapping into memory by one call instead of a fault for every few of them. Does nothing on kernels
/// before 5.14.
/// access   PROT_READ or PROT_WRITE: what they are needed for
/// returns  false if that fails; an access would end the process by a signal
bool populate(std::span<std::byte> pages, int access);

/// A weights file, mapped read-only. What is visited is dropped from memory again, so that the resident memory stays
/// small, however much of the file is read.
class MappedFile final : public ByteSource {
 public:
  /// throws  Error, as open_input
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile() override;

  std::uint64_t size() const override { return size_; }
  void visit(std::uint64_t offset, std::uint64_t size, const Visitor& visitor) const override;
  const FileDescriptor& file() const { return file_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
  std::byte* data_ = nullptr;
  struct Counter;
  std::unique_ptr<Counter> touched_;  ///< bytes visited since the mapping was last dropped
};

}  // namespace lpt

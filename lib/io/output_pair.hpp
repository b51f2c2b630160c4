#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "io/file.hpp"
#include "io/xml_text.hpp"

namespace lpt {

/// A file that is written beside its place and takes it when it is complete. A symbolic link is followed: what it
/// points to is replaced, the link stays.
class PendingFile {
 public:
  /// Creates the temporary file. throws  Error (io)
  explicit PendingFile(const std::filesystem::path& place);
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  /// Removes the temporary file if it did not take its place.
  ~PendingFile();

  const std::filesystem::path& place() const { return place_; }
  /// Sets the length, and reserves the space where the file system can.
  void resize(std::uint64_t size);
  /// From any thread.
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  /// Lets `fill` write size bytes from `offset` on, straight into the file where its space could be reserved: threads
  /// that write to one file by calls wait for one another. From any thread, within the length that resize has set.
  void fill_at(std::uint64_t offset, std::uint64_t size, const std::function<void(std::span<std::byte>)>& fill);
  /// Lets the kernel copy a range of another file; from any thread.
  void copy_from(const MappedFile& source, std::uint64_t from, std::uint64_t size, std::uint64_t to);
  /// Brings everything to the disk.
  void flush();
  /// Puts a file that belongs to no pair in its place. throws  Error (io)
  void commit();

 private:
  friend class OutputPair;
  [[noreturn]] void fail(const char* what) const;
  void take_place();

  std::filesystem::path place_;
  std::filesystem::path temporary_;
  FileDescriptor file_;
  std::byte* mapped_ = nullptr;  ///< all of the file, if its space is reserved
  std::uint64_t mapped_size_ = 0;
  bool placed_ = false;
};

/// model.xml and model.bin, which change together.
class OutputPair {
 public:
  OutputPair(const std::filesystem::path& xml, const std::filesystem::path& weights) : weights_(weights), xml_(xml) {}

  PendingFile& xml() { return xml_; }
  PendingFile& weights() { return weights_; }

  /// Puts both files, which must be flushed, in place: the old XML steps aside first, so that at no moment, not even
  /// after a power cut, an XML lies beside a bin that is not its own. If a step fails the old pair is put back. throws
  /// Error (io)
  void commit();

 private:
  PendingFile weights_;
  PendingFile xml_;
};

/// What a process that was killed left beside a place: a new file that was not complete or not put in place, or the old
/// one that had stepped aside for it.
enum class Leftover { incomplete, replaced };

/// Removes such files of earlier outputs to this place, and names them. Those that a process still writes, also one of
/// another container, stay. Old files are all that is left of a pair until there is a new one.
void remove_leftovers(const std::filesystem::path& place, Leftover kind, const Warn& warn);

/// Lets a signal that ends the process clear the line of the terminal that standard error stands in.
void clear_line_at_signal(bool clear);

/// Makes SIGINT, SIGTERM, SIGHUP and SIGPIPE remove the temporary files before they end the process, and SIGBUS (a
/// mapped input that was cut meanwhile) end it with the exit code of a read error. A signal that arrives while files
/// are being put in place ends the process when that is done.
void install_signal_handlers();

}  // namespace lpt

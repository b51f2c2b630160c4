#include "io/output_pair.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "ir/error.hpp"
#include "ir/number.hpp"

namespace lpt {
namespace {

// -- what a signal handler may look at

/// What the process is at, or the signal that it will die of once files have taken their places.
enum Phase : int { writing = 0, committing = -1, dying = -2 };
std::atomic<int> g_phase{writing};
std::array<std::atomic<const char*>, 8> g_temporaries{};

std::atomic<bool> g_has_line{false};

/// The text of the path has to stay until it is forgotten.
void remember(const std::filesystem::path& path) {
  for (auto& slot : g_temporaries) {
    const char* empty = nullptr;
    if (slot.compare_exchange_strong(empty, path.c_str())) return;
  }
  throw internal_error("too many temporary files");
}

void forget(const std::filesystem::path& path) {
  for (auto& slot : g_temporaries) {
    const char* entry = path.c_str();
    if (slot.compare_exchange_strong(entry, nullptr)) return;
  }
  for (;;) ::pause();  // a handler in another thread has taken it, and is about to end the process
}

void remove_temporaries() {
  for (auto& slot : g_temporaries) {
    if (const char* path = slot.exchange(nullptr)) ::unlink(path);
  }
}

void on_signal(int signal) {
  int phase = g_phase;
  do {
    if (phase != writing && phase != committing) return;  // it is dying, or will
  } while (!g_phase.compare_exchange_strong(phase, phase == writing ? dying : signal));
  if (phase == committing) return;  // ~Committing raises it again
  remove_temporaries();
  static constexpr char kClearLine[] = "\r\033[K";
  if (g_has_line && ::write(STDERR_FILENO, kClearLine, sizeof kClearLine - 1) < 0) ::_exit(5);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void on_bus_error(int) {
  remove_temporaries();
  static constexpr char kMessage[] = "an input file was cut, or its device failed, while it was read\n";
  if (::write(STDERR_FILENO, kMessage, sizeof kMessage - 1) < 0) ::_exit(5);
  ::_exit(static_cast<int>(ExitCode::io));
}

/// Holds off signals while files take their places.
class Committing {
 public:
  Committing() {
    int phase = writing;
    while (!g_phase.compare_exchange_strong(phase, committing)) {
      ::pause();  // a handler in another thread is about to end the process
      phase = writing;
    }
  }
  ~Committing() {
    const int phase = g_phase.exchange(writing);
    if (phase != committing) ::raise(phase);
  }
  Committing(const Committing&) = delete;
  Committing& operator=(const Committing&) = delete;
};

// -- files

std::filesystem::path directory_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

std::filesystem::path resolve(const std::filesystem::path& place) {
  // What /dev/stdout leads to may be a regular file, but another program holds it open.
  const auto folder = place.parent_path();
  if (folder == "/dev" || folder == "/dev/fd" || folder == "/proc/self/fd")
    throw io_error("{}: is in a folder of devices, should be a file elsewhere", place.string());
  constexpr int kMostLinks = 40;  // as many as the kernel follows
  auto target = place;
  std::error_code ignored;
  for (int i = 0; i < kMostLinks; ++i) {
    if (!std::filesystem::is_symlink(std::filesystem::symlink_status(target, ignored))) return target;
    target = directory_of(target) / std::filesystem::read_symlink(target, ignored);
  }
  throw io_error("{}: cannot follow the link: more than {} lie behind it", place.string(), kMostLinks);
}

void flush_directory(const std::filesystem::path& directory) {
  const FileDescriptor file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot flush a directory; then there is nothing that could be done better.
  if (file.is_open()) ::fsync(file.get());
}

std::filesystem::path hidden_beside(const std::filesystem::path& place, const char* ending) {
  return directory_of(place) / fmt::format(".{}.{}.{}", place.filename().string(), ::getpid(), ending);
}

constexpr const char* kIncomplete = "tmp";
constexpr const char* kReplaced = "old";

/// The process that gave a file its name, if that is one with this ending for `place`.
std::optional<pid_t> writer_of(const std::filesystem::path& file, const std::filesystem::path& place,
                               const char* ending) {
  const auto numbered = file.stem();
  if (file.extension() != fmt::format(".{}", ending) ||
      numbered.stem() != fmt::format(".{}", place.filename().string()))
    return std::nullopt;
  return parse_number<pid_t>(numbered.extension().string().erase(0, 1));
}

bool is_still_written(pid_t process, const std::filesystem::path& file) {
  if (process <= 0 || ::kill(process, 0) == 0 || errno != ESRCH) return true;
  const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  return !opened.is_open() || ::flock(opened.get(), LOCK_EX | LOCK_NB) != 0;
}

/// An old file that steps aside, and comes back unless it is let go.
class SteppedAside {
 public:
  explicit SteppedAside(const std::filesystem::path& place) : place_(place), aside_(hidden_beside(place, kReplaced)) {
    if (::rename(place_.c_str(), aside_.c_str()) == 0) {
      moved_ = true;
    } else if (errno != ENOENT) {
      throw io_error("{}: cannot replace: {}", place_.string(), system_error_text());
    }
  }
  ~SteppedAside() {
    if (moved_) ::rename(aside_.c_str(), place_.c_str());
  }
  SteppedAside(const SteppedAside&) = delete;
  SteppedAside& operator=(const SteppedAside&) = delete;

  bool moved() const { return moved_; }
  void let_go() {
    if (moved_) ::unlink(aside_.c_str());
    moved_ = false;
  }

 private:
  std::filesystem::path place_;
  std::filesystem::path aside_;
  bool moved_ = false;
};

}  // namespace

PendingFile::PendingFile(const std::filesystem::path& place) : place_(resolve(place)) {
  struct stat old {};
  const bool exists = ::stat(place_.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) throw io_error("{}: is a directory, should be a file", place_.string());
  if (exists && !S_ISREG(old.st_mode))
    throw io_error("{}: is not a regular file and cannot be replaced", place_.string());
  temporary_ = hidden_beside(place_, kIncomplete);
  remember(temporary_);
  file_ = FileDescriptor(::open(temporary_.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!file_.is_open()) {
    const auto reason = system_error_text();
    forget(temporary_);
    throw io_error("{}: cannot create a file in {}: {}", place_.string(), directory_of(place_).string(), reason);
  }
  ::flock(file_.get(), LOCK_EX | LOCK_NB);  // for remove_leftovers; it ends with the process
  if (exists) ::fchmod(file_.get(), old.st_mode & 07777);
}

PendingFile::~PendingFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
  if (!placed_) ::unlink(temporary_.c_str());
  forget(temporary_);
}

void PendingFile::fail(const char* what) const {
  throw io_error("{}: cannot {}: {}", place_.string(), what, system_error_text());
}

void PendingFile::resize(std::uint64_t size) {
  if (size == 0) return;
  if (::fallocate(file_.get(), 0, 0, static_cast<off_t>(size)) == 0) {
    // Only now can no write to the mapping fail for want of space.
    void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
    if (address == MAP_FAILED) return;
    mapped_ = static_cast<std::byte*>(address);
    mapped_size_ = size;
    return;
  }
  if (errno != EOPNOTSUPP && errno != ENOSYS) fail("reserve space");
  if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) fail("set the size");
}

void PendingFile::fill_at(std::uint64_t offset, std::uint64_t size,
                          const std::function<void(std::span<std::byte>)>& fill) {
  if (mapped_ == nullptr) {
    std::vector<std::byte> bytes(size);
    fill(bytes);
    return write_at(offset, bytes);
  }
  const auto pages = whole_pages(mapped_, offset, size);
  if (!populate(pages, PROT_WRITE)) fail("write");
  fill({mapped_ + offset, size});
  ::madvise(pages.data(), pages.size(), MADV_DONTNEED);
}

void PendingFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

void PendingFile::copy_from(const MappedFile& source, std::uint64_t from, std::uint64_t size, std::uint64_t to) {
  while (size != 0) {
    auto in = static_cast<off_t>(from);
    auto out = static_cast<off_t>(to);
    const auto copied = ::copy_file_range(source.file().get(), &in, file_.get(), &out, size, 0);
    if (copied <= 0) break;
    from += static_cast<std::uint64_t>(copied);
    to += static_cast<std::uint64_t>(copied);
    size -= static_cast<std::uint64_t>(copied);
  }
  // Between some file systems the kernel does not copy; an error that matters comes back from these calls.
  while (size != 0) {
    const auto piece = std::min(size, source.piece_size());
    source.visit(from, piece, [&](std::span<const std::byte> bytes) { write_at(to, bytes); });
    from += piece;
    to += piece;
    size -= piece;
  }
}

void PendingFile::flush() {
  if (::fsync(file_.get()) != 0) fail("flush to the disk");
}

void PendingFile::take_place() {
  if (::rename(temporary_.c_str(), place_.c_str()) != 0) fail("put the new file in place");
  placed_ = true;
}

void PendingFile::commit() {
  flush();
  const Committing committing;
  take_place();
  flush_directory(directory_of(place_));
}

void OutputPair::commit() {
  const Committing committing;
  SteppedAside old_xml(xml_.place_);
  // Without a flush between the steps a power cut could keep a later one and lose an earlier one.
  if (old_xml.moved()) flush_directory(directory_of(xml_.place_));
  SteppedAside old_weights(weights_.place_);
  weights_.take_place();
  flush_directory(directory_of(weights_.place_));
  try {
    xml_.take_place();
  } catch (const Error&) {
    ::unlink(weights_.place_.c_str());
    throw;
  }
  flush_directory(directory_of(xml_.place_));
  old_weights.let_go();
  old_xml.let_go();
}

void remove_leftovers(const std::filesystem::path& place, Leftover kind, const Warn& warn) {
  const auto target = resolve(place);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory_of(target), ignored)) {
    const auto process = writer_of(entry.path(), target, kind == Leftover::incomplete ? kIncomplete : kReplaced);
    if (!process || is_still_written(*process, entry.path()) || ::unlink(entry.path().c_str()) != 0) continue;
    warn(fmt::format("{}: a run that was killed left {}, which is removed", place.string(),
                     entry.path().filename().string()));
  }
}

void clear_line_at_signal(bool clear) { g_has_line = clear; }

void install_signal_handlers() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, on_signal);
  ::signal(SIGBUS, on_bus_error);
  ::signal(SIGXFSZ, SIG_IGN);  // the write then fails, and is reported like any other
}

}  // namespace lpt

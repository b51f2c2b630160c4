// The format of numpy.savez: a ZIP archive of .npy files. In a file of its own, so that only a program that needs it
// loads the library for archives, which takes longer than converting a small model.
#include "exec/npz.hpp"

#include <zip.h>

#include <cstring>
#include <memory>

#include "io/output_pair.hpp"
#include "ir/error.hpp"

namespace lpt {
namespace {

struct CloseZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, CloseZip>;

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

/// An archive in memory. throws  Error (bad_model)
Archive open_archive(std::vector<std::byte>& bytes, int flags, const std::string& origin, zip_source_t** source) {
  zip_error_t error;
  zip_error_init(&error);
  *source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  Archive archive(*source == nullptr ? nullptr : zip_open_from_source(*source, flags, &error));
  if (archive == nullptr) {
    if (*source != nullptr) zip_source_free(*source);
    throw bad_model("{}: is no .npz archive: {}", origin, text_of(error));
  }
  zip_error_fini(&error);
  return archive;
}

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

/// The bytes of an archive, not compressed.
std::vector<std::byte> build_archive(const std::vector<NamedTensor>& arrays, const std::string& origin) {
  if (arrays.empty()) {  // of which libzip makes no archive at all, but this is one
    std::vector<std::byte> end(22);
    std::memcpy(end.data(), "PK\x05\x06", 4);
    return end;
  }
  std::vector<std::byte> nothing;
  std::vector<std::vector<std::byte>> contents;  // libzip reads them when the archive is closed
  zip_source_t* source = nullptr;
  auto archive = open_archive(nothing, ZIP_CREATE | ZIP_TRUNCATE, origin, &source);
  zip_source_keep(source);
  const std::unique_ptr<zip_source_t, FreeSource> target(source);
  const auto check = [&](bool good) {
    if (!good) throw internal_error("{}: cannot build the archive: {}", origin, zip_strerror(archive.get()));
  };
  for (const auto& [name, tensor] : arrays) {
    contents.push_back(print_npy(tensor));
    zip_source_t* content = zip_source_buffer(archive.get(), contents.back().data(), contents.back().size(), 0);
    check(content != nullptr);
    const auto index = zip_file_add(archive.get(), (name + ".npy").c_str(), content, ZIP_FL_ENC_UTF_8);
    check(index >= 0);
    const auto place = static_cast<zip_uint64_t>(index);
    constexpr zip_uint16_t kFirstDay = 0x21;  // always the same one: that from which archives count
    check(zip_set_file_compression(archive.get(), place, ZIP_CM_STORE, 0) == 0);
    check(zip_file_set_dostime(archive.get(), place, 0, kFirstDay, 0) == 0);
  }
  check(zip_close(archive.get()) == 0);
  static_cast<void>(archive.release());
  zip_stat_t stat;
  if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0)
    throw internal_error("{}: cannot build the archive", origin);
  std::vector<std::byte> bytes(stat.size);
  const auto got = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (got != static_cast<zip_int64_t>(bytes.size())) throw internal_error("{}: cannot build the archive", origin);
  return bytes;
}

}  // namespace

std::vector<NamedTensor> read_npz(const std::filesystem::path& path) {
  auto bytes = read_whole_file(path);
  zip_source_t* source = nullptr;
  const auto archive = open_archive(bytes, ZIP_RDONLY | ZIP_CHECKCONS, path.string(), &source);
  std::vector<NamedTensor> arrays;
  const auto entries = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < entries; ++i) {
    zip_stat_t entry;
    const bool known = zip_stat_index(archive.get(), static_cast<zip_uint64_t>(i), 0, &entry) == 0;
    if (!known || (entry.valid & (ZIP_STAT_NAME | ZIP_STAT_SIZE)) != (ZIP_STAT_NAME | ZIP_STAT_SIZE))
      throw bad_model("{}: entry {} of the archive cannot be read", path.string(), i);
    std::string name = entry.name;
    const auto origin = fmt::format("{}({})", path.string(), name);
    // What deflate packs a byte into is about a thousand bytes at most: a size beyond that is a lie.
    constexpr std::uint64_t kMostRatio = 1100;
    if (entry.size / kMostRatio > bytes.size()) throw bad_model("{}: says that it has {} bytes", origin, entry.size);
    std::vector<std::byte> content(entry.size);
    zip_file_t* file = zip_fopen_index(archive.get(), static_cast<zip_uint64_t>(i), 0);
    const auto got = file == nullptr ? -1 : zip_fread(file, content.data(), content.size());
    char more = 0;  // the checksum is compared where the entry ends
    const bool ends = got == static_cast<zip_int64_t>(content.size()) && zip_fread(file, &more, 1) == 0;
    const bool complete = file != nullptr && zip_fclose(file) == 0 && ends;
    if (!complete) throw bad_model("{}: is damaged", origin);
    if (name.size() > 4 && name.substr(name.size() - 4) == ".npy") name.resize(name.size() - 4);
    arrays.emplace_back(std::move(name), parse_npy(content, origin));
  }
  return arrays;
}

void write_npz(const std::filesystem::path& path, const std::vector<NamedTensor>& arrays) {
  PendingFile file(path);
  file.write_at(0, build_archive(arrays, path.string()));
  file.commit();
}

}  // namespace lpt

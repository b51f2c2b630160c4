// The format of numpy.savez: a ZIP archive of .npy files, stored or deflated.
// Source: PKWARE's APPNOTE.TXT 6.3, sections 4.3 and 4.5.
#include "exec/npz.hpp"

#include <zlib.h>

#include <cstring>
#include <limits>

#include "io/output_pair.hpp"
#include "ir/error.hpp"

namespace lpt {
namespace {

constexpr std::uint16_t kVersion = 45;            // of Zip64
constexpr std::uint32_t kElsewhere = 0xFFFFFFFF;  // in the place of a number that a Zip64 field has
constexpr std::uint16_t kStored = 0, kDeflated = 8, kEncrypted = 1, kUtf8 = 1 << 11, kFirstDay = 0x21, kWide = 1;

// Records as they lie in the file, each with its signature. What is written here has Zip64 fields always.
#pragma pack(push, 1)
struct Common {
  std::uint16_t version = kVersion, flags = kUtf8, method = kStored, time = 0, date = kFirstDay;
  std::uint32_t checksum = 0, packed = kElsewhere, size = kElsewhere;
  std::uint16_t name = 0, extra = 0;
};
struct Local {
  std::uint32_t signature = 0x04034b50;
  Common common;
};
struct Central {
  std::uint32_t signature = 0x02014b50;
  std::uint16_t made_by = kVersion;
  Common common;
  std::uint16_t comment = 0, disk = 0, internal = 0;
  std::uint32_t external = 0, offset = kElsewhere;
};
struct Extra {
  std::uint16_t kind = kWide, bytes = 0;
};
struct WideEnd {
  std::uint32_t signature = 0x06064b50;
  std::uint64_t bytes = 44;
  std::uint16_t made_by = kVersion, version = kVersion;
  std::uint32_t disk = 0, start = 0;
  std::uint64_t entries = 0, all_entries = 0, bytes_of_directory = 0, directory = 0;
};
struct WideLocator {
  std::uint32_t signature = 0x07064b50, disk = 0;
  std::uint64_t end = 0;
  std::uint32_t disks = 1;
};
struct End {
  std::uint32_t signature = 0x06054b50;
  std::uint16_t disk = 0, start = 0, entries = 0xFFFF, all_entries = 0xFFFF;
  std::uint32_t bytes_of_directory = kElsewhere, directory = kElsewhere;
  std::uint16_t comment = 0;
};
#pragma pack(pop)

/// Reads records and parts of an archive, whatever they say. throws  Error (bad_model) for what runs past its end
class Archive {
 public:
  Archive(std::span<const std::byte> bytes, std::string origin) : bytes_(bytes), origin_(std::move(origin)) {}

  /// Calls visit(name, header, packed bytes, size) for each member.
  template <class Visit>
  void for_each(Visit visit) const;

 private:
  [[noreturn]] void fail(std::string_view what) const { throw bad_model("{}: is no .npz archive: {}", origin_, what); }
  std::span<const std::byte> part(std::uint64_t at, std::uint64_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) fail("it is cut, or damaged");
    return bytes_.subspan(at, size);
  }
  template <class Record>
  Record record(std::uint64_t at) const {
    Record found;
    std::memcpy(&found, part(at, sizeof found).data(), sizeof found);
    return found;
  }
  /// The record, which has to have its signature.
  template <class Record>
  Record expect(std::uint64_t at) const {
    const auto found = record<Record>(at);
    if (found.signature != Record().signature) fail("its directory is damaged");
    return found;
  }
  /// Puts the numbers that the fields of an entry leave out, which stand there in this order, in their place.
  void widen(std::uint64_t at, std::uint64_t end, std::initializer_list<std::uint64_t*> numbers) const {
    while (at + sizeof(Extra) <= end) {
      const auto extra = record<Extra>(at);
      at += sizeof extra;
      for (auto* number : numbers) {
        if (extra.kind != kWide || *number != kElsewhere) continue;
        *number = record<std::uint64_t>(at);
        at += sizeof *number;
      }
      if (extra.kind == kWide) return;
      at += extra.bytes;
    }
  }
  /// Where the end record is: behind it there is nothing but its comment.
  std::uint64_t end() const {
    for (std::uint64_t comment = 0; comment <= 0xFFFF && comment + sizeof(End) <= bytes_.size(); ++comment) {
      const auto at = bytes_.size() - sizeof(End) - comment;
      const auto found = record<End>(at);
      if (found.signature == End().signature && found.comment == comment) return at;
    }
    fail("it has no end record");
  }

  std::span<const std::byte> bytes_;
  std::string origin_;
};

template <class Visit>
void Archive::for_each(Visit visit) const {
  const auto end = this->end();
  std::uint64_t count = record<End>(end).entries, at = record<End>(end).directory;
  if (end >= sizeof(WideLocator)) {
    const auto locator = record<WideLocator>(end - sizeof(WideLocator));
    if (locator.signature == WideLocator().signature) {
      const auto wide = expect<WideEnd>(locator.end);
      count = wide.entries;
      at = wide.directory;
    }
  }
  std::uint64_t left = bytes_.size();  // members do not share bytes, or few could stand for very many
  for (; count > 0; --count) {
    const auto entry = expect<Central>(at);
    const auto& header = entry.common;
    const auto name = part(at + sizeof entry, header.name);
    at += sizeof entry + header.name;
    std::uint64_t size = header.size, packed = header.packed, offset = entry.offset;
    widen(at, at + header.extra, {&size, &packed, &offset});
    at += header.extra + entry.comment;
    const auto local = expect<Local>(offset);
    const auto bytes = part(offset + sizeof local + local.common.name + local.common.extra, packed);
    if (packed > left) fail("its members share bytes");
    left -= packed;
    visit(std::string(reinterpret_cast<const char*>(name.data()), name.size()), header, bytes, size);
  }
}

/// returns  false unless the packed bytes fill the content exactly
bool inflate_all(std::span<const std::byte> packed, std::span<std::byte> content) {
  const auto piece = [](std::size_t size) {
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
  };
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.next_out = reinterpret_cast<Bytef*>(content.data());
    const auto in = stream.avail_in = piece(packed.size());
    const auto out = stream.avail_out = piece(content.size());
    state = inflate(&stream, Z_NO_FLUSH);
    packed = packed.subspan(in - stream.avail_in);
    content = content.subspan(out - stream.avail_out);
  }
  inflateEnd(&stream);
  return state == Z_STREAM_END && content.empty() && packed.empty();
}

std::uint32_t checksum_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::vector<std::byte> unpacked(const Common& header, std::span<const std::byte> packed, std::uint64_t size,
                                const std::string& origin) {
  const bool is_encrypted = (header.flags & kEncrypted) != 0;
  if (is_encrypted || (header.method != kStored && header.method != kDeflated))
    throw bad_model("{}: is packed by method {}{}, should be stored or deflated", origin, header.method + 0,
                    is_encrypted ? " and encrypted" : "");
  // What deflate packs a byte into is about a thousand bytes at most: a size beyond that is a lie.
  constexpr std::uint64_t kMostRatio = 1100;
  if (size / kMostRatio > packed.size()) throw bad_model("{}: says that it has {} bytes", origin, size);
  std::vector<std::byte> content(header.method == kStored ? 0 : size);
  if (header.method == kStored) content.assign(packed.begin(), packed.end());
  const bool is_whole = header.method == kStored ? packed.size() == size : inflate_all(packed, content);
  if (!is_whole || checksum_of(content) != header.checksum) throw bad_model("{}: is damaged", origin);
  return content;
}

template <class... Records>
std::string bytes_of(const Records&... records) {
  std::string text;
  (text.append(reinterpret_cast<const char*>(&records), sizeof records), ...);
  return text;
}

}  // namespace

std::vector<NamedTensor> read_npz(const std::filesystem::path& path) {
  const auto bytes = read_whole_file(path);
  std::vector<NamedTensor> arrays;
  Archive(bytes, path.string()).for_each([&](std::string name, const Common& header, auto packed, std::uint64_t size) {
    const auto origin = fmt::format("{}({})", path.string(), name);
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    arrays.emplace_back(std::move(name), parse_npy(unpacked(header, packed, size, origin), origin));
  });
  return arrays;
}

void write_npz(const std::filesystem::path& path, const std::vector<NamedTensor>& arrays) {
  PendingFile file(path);
  std::uint64_t at = 0;
  const auto append = [&](const auto& part) {
    const auto bytes = std::as_bytes(std::span(part));
    file.write_at(at, bytes);
    at += bytes.size();
  };
  std::string directory;
  for (const auto& [tensor_name, tensor] : arrays) {
    const auto content = print_npy(tensor);
    const auto name = tensor_name + ".npy";
    if (name.size() > 0xFFFF)
      throw bad_model("{}: a name has {} bytes, archives take 65535", path.string(), name.size());
    const std::uint64_t size = content.size(), offset = at;
    Common common{.checksum = checksum_of(content), .name = static_cast<std::uint16_t>(name.size()), .extra = 20};
    append(bytes_of(Local{.common = common}) + name + bytes_of(Extra{.bytes = 16}, size, size));
    append(content);
    common.extra = 28;
    directory += bytes_of(Central{.common = common}) + name + bytes_of(Extra{.bytes = 24}, size, size, offset);
  }
  const auto place = at;
  append(directory);
  const auto end = at;
  const auto count = arrays.size();
  if (count > 0)
    append(bytes_of(
        WideEnd{.entries = count, .all_entries = count, .bytes_of_directory = directory.size(), .directory = place},
        WideLocator{.end = end}, End{}));
  else  // numpy knows an archive of nothing by how it begins
    append(bytes_of(End{.entries = 0, .all_entries = 0, .bytes_of_directory = 0, .directory = 0}));
  file.commit();
}

}  // namespace lpt

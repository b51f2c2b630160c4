// The format of numpy.savez: a ZIP archive of .npy files, stored or deflated.
// Source: PKWARE's APPNOTE.TXT 6.3, sections 4.3 to 4.5: local headers, central directory, Zip64.
#include "exec/npz.hpp"

#include <zlib.h>

#include <cstring>
#include <limits>

#include "io/output_pair.hpp"
#include "ir/error.hpp"

namespace lpt {
namespace {

// Signatures, and the sizes of what they begin.
constexpr std::uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50, kWideEnd = 0x06064b50,
                        kWideLocator = 0x07064b50;
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kWideEndSize = 56, kWideLocatorSize = 20;
constexpr std::uint16_t kWideExtra = 1;  ///< of Zip64: the sizes and the offset that leave their 32 bits
constexpr std::uint32_t kIsWide = 0xFFFFFFFF;
constexpr std::uint16_t kStored = 0, kDeflated = 8;

/// A member of an archive, whose name and place are within it.
struct Entry {
  std::string_view name;
  std::uint16_t flags = 0, method = 0;
  std::uint32_t checksum = 0;
  std::uint64_t packed = 0, size = 0, offset = 0;
};

/// Reads numbers and parts of an archive, whatever they say. throws  Error (bad_model) for what runs past its end
class Archive {
 public:
  Archive(std::span<const std::byte> bytes, std::string origin) : bytes_(bytes), origin_(std::move(origin)) {}

  std::vector<Entry> entries() const;
  std::span<const std::byte> packed(const Entry& entry) const;

 private:
  [[noreturn]] void fail(std::string_view what) const { throw bad_model("{}: is no .npz archive: {}", origin_, what); }
  std::span<const std::byte> part(std::uint64_t at, std::uint64_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) fail("it is cut, or damaged");
    return bytes_.subspan(at, size);
  }
  template <class T>
  T number(std::uint64_t at) const {
    T value;
    std::memcpy(&value, part(at, sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::size_t end() const;
  /// The numbers of an entry that leave 32 bits, which stand in an extra field in this order.
  void widen(Entry& entry, std::uint64_t at, std::uint64_t end) const;

  std::span<const std::byte> bytes_;
  std::string origin_;
};

/// Where the end record is: behind it there is nothing but its comment.
std::size_t Archive::end() const {
  constexpr std::size_t kMostComment = 0xFFFF;
  for (std::size_t comment = 0; comment <= kMostComment && comment + kEndSize <= bytes_.size(); ++comment) {
    const auto at = bytes_.size() - kEndSize - comment;
    if (number<std::uint32_t>(at) == kEnd && number<std::uint16_t>(at + 20) == comment) return at;
  }
  fail("it has no end record");
}

void Archive::widen(Entry& entry, std::uint64_t at, std::uint64_t end) const {
  while (at + 4 <= end) {
    const auto kind = number<std::uint16_t>(at), size = number<std::uint16_t>(at + 2);
    at += 4;
    if (kind == kWideExtra) {
      for (auto* value : {&entry.size, &entry.packed, &entry.offset}) {
        if (*value != kIsWide) continue;
        *value = number<std::uint64_t>(at);
        at += 8;
      }
      return;
    }
    at += size;
  }
}

std::vector<Entry> Archive::entries() const {
  const auto end = this->end();
  std::uint64_t count = number<std::uint16_t>(end + 10), at = number<std::uint32_t>(end + 16);
  if (end >= kWideLocatorSize && number<std::uint32_t>(end - kWideLocatorSize) == kWideLocator) {
    const auto wide = number<std::uint64_t>(end - kWideLocatorSize + 8);
    if (part(wide, kWideEndSize).empty() || number<std::uint32_t>(wide) != kWideEnd)
      fail("its Zip64 record is missing");
    count = number<std::uint64_t>(wide + 32);
    at = number<std::uint64_t>(wide + 48);
  }
  std::vector<Entry> entries;
  for (; count > 0; --count) {
    part(at, kCentralSize);
    if (number<std::uint32_t>(at) != kCentral) fail("its directory is damaged");
    const auto name = number<std::uint16_t>(at + 28), extra = number<std::uint16_t>(at + 30);
    const auto text = part(at + kCentralSize, name);
    Entry entry{{reinterpret_cast<const char*>(text.data()), text.size()},
                number<std::uint16_t>(at + 8),
                number<std::uint16_t>(at + 10),
                number<std::uint32_t>(at + 16),
                number<std::uint32_t>(at + 20),
                number<std::uint32_t>(at + 24),
                number<std::uint32_t>(at + 42)};
    const auto extra_at = at + kCentralSize + name;
    widen(entry, extra_at, extra_at + extra);
    entries.push_back(entry);
    at = extra_at + extra + number<std::uint16_t>(at + 32);
  }
  return entries;
}

std::span<const std::byte> Archive::packed(const Entry& entry) const {
  part(entry.offset, kLocalSize);
  if (number<std::uint32_t>(entry.offset) != kLocal) fail("its directory is damaged");
  const std::uint64_t name = number<std::uint16_t>(entry.offset + 26), extra = number<std::uint16_t>(entry.offset + 28);
  return part(entry.offset + kLocalSize + name + extra, entry.packed);
}

/// The bytes that zlib counts at a time.
uInt piece(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

/// returns  false unless the packed bytes fill the content exactly
bool inflate_all(std::span<const std::byte> packed, std::span<std::byte> content) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  std::byte past{};  // tells when there is more than the entry says
  int state = Z_OK;
  while (state == Z_OK) {
    const auto out = content.empty() ? std::span(&past, 1) : content;
    const auto in_size = piece(packed.size()), out_size = piece(out.size());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.avail_in = in_size;
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = out_size;
    state = inflate(&stream, Z_NO_FLUSH);
    packed = packed.subspan(in_size - stream.avail_in);
    if (out.data() == &past && stream.avail_out == 0) break;
    if (!content.empty()) content = content.subspan(out_size - stream.avail_out);
  }
  inflateEnd(&stream);
  return state == Z_STREAM_END && content.empty() && packed.empty();
}

std::uint32_t checksum_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::vector<std::byte> unpacked(const Entry& entry, std::span<const std::byte> packed, const std::string& origin) {
  constexpr std::uint16_t kEncrypted = 1;
  if ((entry.flags & kEncrypted) != 0 || (entry.method != kStored && entry.method != kDeflated))
    throw bad_model("{}: is packed by method {}{}, should be stored or deflated", origin, entry.method,
                    (entry.flags & kEncrypted) != 0 ? " and encrypted" : "");
  // What deflate packs a byte into is about a thousand bytes at most: a size beyond that is a lie.
  constexpr std::uint64_t kMostRatio = 1100;
  if (entry.size / kMostRatio > packed.size()) throw bad_model("{}: says that it has {} bytes", origin, entry.size);
  std::vector<std::byte> content(entry.size);
  const bool is_whole = entry.method == kDeflated ? inflate_all(packed, content) : packed.size() == content.size();
  if (is_whole && entry.method == kStored) std::copy(packed.begin(), packed.end(), content.begin());
  if (!is_whole || checksum_of(content) != entry.checksum) throw bad_model("{}: is damaged", origin);
  return content;
}

/// Appends numbers of the sizes that they have.
template <class... T>
void put(std::string& text, T... values) {
  (text.append(reinterpret_cast<const char*>(&values), sizeof(values)), ...);
}

std::uint32_t narrow(std::uint64_t value) { return value < kIsWide ? static_cast<std::uint32_t>(value) : kIsWide; }

/// Of a local or central header, from the version that is needed to read it on.
void put_header(std::string& text, const Entry& entry, const std::string& extra) {
  constexpr std::uint16_t kVersion = 45, kUtf8 = 1 << 11, kMidnight = 0, kFirstDay = 0x21;  // that archives know of
  put(text, kVersion, kUtf8, kStored, kMidnight, kFirstDay, entry.checksum, narrow(entry.size), narrow(entry.size),
      static_cast<std::uint16_t>(entry.name.size()), static_cast<std::uint16_t>(extra.size()));
}

std::string local_header(const Entry& entry) {
  std::string extra, text;
  if (entry.size >= kIsWide) put(extra, kWideExtra, std::uint16_t{16}, entry.size, entry.size);
  put(text, kLocal);
  put_header(text, entry, extra);
  return text.append(entry.name) + extra;
}

std::string central_header(const Entry& entry) {
  std::string wide, extra, text;
  if (entry.size >= kIsWide) put(wide, entry.size, entry.size);
  if (entry.offset >= kIsWide) put(wide, entry.offset);
  if (!wide.empty()) put(extra, kWideExtra, static_cast<std::uint16_t>(wide.size()));
  extra += wide;
  put(text, kCentral, std::uint16_t{45});
  put_header(text, entry, extra);
  put(text, std::uint16_t{0}, std::uint16_t{0}, std::uint16_t{0}, std::uint32_t{0}, narrow(entry.offset));
  return text.append(entry.name) + extra;
}

std::string end_records(std::uint64_t count, std::uint64_t directory, std::uint64_t at) {
  constexpr std::uint16_t kVersion = 45, kMostCount = 0xFFFF;
  const bool is_wide = count >= kMostCount || directory >= kIsWide || at >= kIsWide;
  const auto few = static_cast<std::uint16_t>(is_wide ? kMostCount : count);
  std::string text;
  if (is_wide)
    put(text, kWideEnd, std::uint64_t{kWideEndSize - 12}, kVersion, kVersion, std::uint64_t{0}, count, count, directory,
        at, kWideLocator, std::uint32_t{0}, at + directory, std::uint32_t{1});
  put(text, kEnd, std::uint32_t{0}, few, few, is_wide ? kIsWide : narrow(directory), is_wide ? kIsWide : narrow(at),
      std::uint16_t{0});
  return text;
}

}  // namespace

std::vector<NamedTensor> read_npz(const std::filesystem::path& path) {
  const auto bytes = read_whole_file(path);
  const Archive archive(bytes, path.string());
  std::vector<NamedTensor> arrays;
  std::uint64_t left = bytes.size();  // entries do not share bytes, or few could stand for very many
  for (const auto& entry : archive.entries()) {
    std::string name(entry.name);
    const auto origin = fmt::format("{}({})", path.string(), name);
    const auto packed = archive.packed(entry);
    if (packed.size() > left) throw bad_model("{}: is damaged", origin);
    left -= packed.size();
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    arrays.emplace_back(std::move(name), parse_npy(unpacked(entry, packed, origin), origin));
  }
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
  for (const auto& [name, tensor] : arrays) {
    const auto content = print_npy(tensor);
    const auto member = name + ".npy";
    Entry entry{.name = member,
                .checksum = checksum_of(content),
                .packed = content.size(),
                .size = content.size(),
                .offset = at};
    append(local_header(entry));
    append(content);
    directory += central_header(entry);
  }
  const auto place = at;
  append(directory + end_records(arrays.size(), directory.size(), place));
  file.commit();
}

}  // namespace lpt

// The format of numpy.save.
// Source: numpy.lib.format, versions 1 to 3.
#include "exec/npy.hpp"

#include <array>
#include <cstring>
#include <optional>

#include "io/file.hpp"
#include "ir/error.hpp"
#include "ir/number.hpp"
#include "ops/operation.hpp"
#include "tensor/convert.hpp"
#include "tensor/small_types.hpp"
#include "tensor/strided.hpp"

namespace lpt {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct NumpyType {
  std::string_view text;
  ElementType type;
};
constexpr std::array kTypes{
    NumpyType{"<f4", ElementType::f32},  NumpyType{"<f8", ElementType::f64}, NumpyType{"<f2", ElementType::f16},
    NumpyType{"|i1", ElementType::i8},   NumpyType{"<i2", ElementType::i16}, NumpyType{"<i4", ElementType::i32},
    NumpyType{"<i8", ElementType::i64},  NumpyType{"|u1", ElementType::u8},  NumpyType{"<u2", ElementType::u16},
    NumpyType{"<u4", ElementType::u32},  NumpyType{"<u8", ElementType::u64}, NumpyType{"|b1", ElementType::boolean},
    NumpyType{"<V2", ElementType::bf16}, NumpyType{"|V2", ElementType::bf16}};

/// The text behind a key of the header, a Python dict; empty if the key is missing.
std::string_view behind_key(std::string_view header, std::string_view key) {
  for (const char quote : {'\'', '"'}) {
    const auto quoted = quote + std::string(key) + quote;
    const auto at = header.find(quoted);
    if (at == std::string_view::npos) continue;
    const auto rest = trim(header.substr(at + quoted.size()));
    return rest.empty() || rest.front() != ':' ? std::string_view{} : trim(rest.substr(1));
  }
  return {};
}

/// The text between an opening character, which has to be the first, and the next closing one.
std::optional<std::string_view> enclosed(std::string_view text, char open, char close) {
  if (text.empty() || text.front() != open) return std::nullopt;
  const auto end = text.find(close, 1);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(1, end - 1);
}

struct Header {
  ElementType type;
  bool fortran_order;
  Lengths lengths;
};

Header parse_header(std::string_view text, const std::string& origin) {
  const auto type = behind_key(text, "descr");
  const char quote = type.empty() ? '\'' : type.front() == '"' ? '"' : '\'';
  const auto type_text = enclosed(type, quote, quote);
  const auto order = behind_key(text, "fortran_order");
  const auto shape = enclosed(behind_key(text, "shape"), '(', ')');
  if (!type_text || order.empty() || !shape)
    throw bad_model("{}: is no .npy array: its header is \"{}\"", origin, trim(text));
  const auto* known =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const NumpyType& t) { return t.text == *type_text; });
  if (known == kTypes.end())
    throw bad_model("{}: holds elements of type \"{}\", which is not read", origin, *type_text);
  Header header{known->type, order.substr(0, 4) == "True", {}};
  auto list = trim(*shape);
  if (!list.empty() && list.back() == ',') list.remove_suffix(1);
  for_each_item(list, [&](std::string_view item) {
    const auto length = parse_unsigned(item);
    if (!length) throw bad_model("{}: its shape is ({}), should be lengths", origin, *shape);
    header.lengths.push_back(static_cast<std::int64_t>(*length));
  });
  return header;
}

/// The type itself if numpy has it, otherwise one that holds all its values.
ElementType numpy_type(ElementType type) {
  if (type == ElementType::bf16) return ElementType::f32;
  if (!is_small_type(type)) return type;
  if (type == ElementType::i4) return ElementType::i8;
  return is_integer(type) ? ElementType::u8 : ElementType::f32;
}

}  // namespace

std::vector<std::byte> read_whole_file(const std::filesystem::path& path) {
  const MappedFile file(path);
  std::vector<std::byte> bytes(file.size());
  static_cast<const ByteSource&>(file).read(0, bytes);
  return bytes;
}

Tensor parse_npy(std::span<const std::byte> bytes, const std::string& origin) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  constexpr std::size_t kVersionAt = 6;
  if (all.size() < 10 || all.substr(0, kMagic.size()) != kMagic) throw bad_model("{}: is no .npy array", origin);
  const auto byte_at = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
  const bool wide = byte_at(kVersionAt) >= 2;
  const std::size_t header_at = wide ? 12 : 10;
  if (all.size() < header_at) throw bad_model("{}: is cut: has {} bytes", origin, all.size());
  std::size_t length = byte_at(8) | byte_at(9) << 8;
  if (wide) length |= byte_at(10) << 16 | byte_at(11) << 24;
  if (length > all.size() - header_at)
    throw bad_model("{}: is cut: its header needs {} bytes, has {}", origin, length, all.size() - header_at);
  const auto header = parse_header(all.substr(header_at, length), origin);
  const auto count = shape_of(header.lengths).element_count();
  const auto size = count ? byte_count(header.type, *count) : std::nullopt;
  const auto rest = all.size() - header_at - length;
  if (!size || *size != rest) {
    throw bad_model("{}: [{}] of {} needs {} bytes, has {}", origin, to_string(header.lengths), name(header.type),
                    size ? std::to_string(*size) : "more than 2^63", rest);
  }
  Lengths lengths = header.lengths;
  if (header.fortran_order) std::reverse(lengths.begin(), lengths.end());
  Tensor tensor(header.type, lengths);
  std::memcpy(tensor.bytes(), all.data() + header_at + length, rest);
  if (!header.fortran_order) return tensor;
  Lengths order;
  for (std::size_t axis = lengths.size(); axis-- > 0;) order.push_back(static_cast<std::int64_t>(axis));
  Tensor rows(header.type, header.lengths);
  permute(tensor, order, rows);
  return rows;
}

std::vector<std::byte> print_npy(const Tensor& given) {
  const Tensor tensor = convert(given, numpy_type(given.type()));
  const auto* type =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const NumpyType& t) { return t.type == tensor.type(); });
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type->text,
                                   to_string(tensor.lengths()), tensor.rank() == 1 ? "," : "");
  // The data is to begin at a multiple of 64 bytes.
  header.append(63 - (header.size() + 10) % 64, ' ');
  header += '\n';
  std::string text(kMagic);
  text += {'\x01', '\x00', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  text += header;
  std::vector<std::byte> bytes(text.size() + tensor.byte_count());
  std::memcpy(bytes.data(), text.data(), text.size());
  std::memcpy(bytes.data() + text.size(), tensor.bytes(), tensor.byte_count());
  return bytes;
}

Tensor read_npy(const std::filesystem::path& path) { return parse_npy(read_whole_file(path), path.string()); }

std::vector<NamedTensor> read_named_npy(const std::vector<std::string>& words) {
  std::vector<NamedTensor> arrays;
  for (const auto& word : words) {
    const auto equals = word.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == word.size())
      throw usage_error("--input is '{}', should be NAME=FILE.npy", word);
    arrays.emplace_back(word.substr(0, equals), read_npy(word.substr(equals + 1)));
  }
  return arrays;
}

}  // namespace lpt

#include "io/xml_text.hpp"

#include <iconv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "io/file.hpp"
#include "ir/error.hpp"
#include "ir/utf8.hpp"

namespace lpt {
namespace {

constexpr std::uint64_t kLargestXml = std::uint64_t{4} << 30;

/// Files that hold models, but no IR, and whose they are.
constexpr std::pair<std::string_view, std::string_view> kFormats[] = {
    {".onnx", "an ONNX"}, {".tflite", "a TensorFlow Lite"}, {".pb", "a TensorFlow"}, {".pt", "a PyTorch"}};

/// Says of a file that does not begin as XML of any encoding does what it is instead.
void refuse_other_formats(const std::filesystem::path& path, std::string_view head) {
  using namespace std::string_view_literals;
  const auto first = head.find_first_not_of(" \t\r\n\0\xEF\xBB\xBF\xFE\xFF"sv);
  if (first != std::string_view::npos && head[first] == '<') return;
  const auto ending = path.extension();
  if (ending == ".bin") {
    auto xml = path;
    throw bad_model("{}: holds weights; name the XML of the model, such as {}", path.string(),
                    xml.replace_extension(".xml").string());
  }
  // The first field of an ONNX model is its version.
  const auto known = head.front() == '\x08' ? ".onnx" : ending;
  for (const auto& [other, owner] : kFormats) {
    if (known == other)
      throw bad_model("{}: looks like {} model, should be an OpenVINO IR; openvino.convert_model makes one of it",
                      path.string(), owner);
  }
  if (first != std::string_view::npos) throw bad_model("{}: is no XML, should be an OpenVINO IR", path.string());
}

XmlText read_whole(const std::filesystem::path& path) {
  const auto file = open_input(path);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw io_error("{}: cannot read: {}", path.string(), system_error_text());
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size == 0) throw bad_model("{}: the file is empty", path.string());
  std::array<char, 256> head;
  const auto known = ::pread(file.get(), head.data(), head.size(), 0);
  if (known > 0) refuse_other_formats(path, {head.data(), static_cast<std::size_t>(known)});
  if (size > kLargestXml)
    throw bad_model("{}: {} bytes are more than the 4 GiB that an XML may have", path.string(), size);
  // Not make_unique: the bytes need no zeroes before they are read.
  XmlText text{std::unique_ptr<char[]>(new char[size]), 0};
  while (text.size < size) {
    const auto got = ::read(file.get(), text.data.get() + text.size, size - text.size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw io_error("{}: cannot read: {}", path.string(), system_error_text());
    if (got == 0) break;
    text.size += static_cast<std::size_t>(got);
  }
  return text;
}

/// The name of the encoding for iconv; null for UTF-8, or what is to be taken for it.
const char* detect_encoding(std::string_view text) {
  using namespace std::string_view_literals;
  const auto starts = [&](std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; };
  if (starts("\xFF\xFE\0\0"sv) || starts("<\0\0\0"sv)) return "UTF-32LE";
  if (starts("\0\0\xFE\xFF"sv) || starts("\0\0\0<"sv)) return "UTF-32BE";
  if (starts("\xFF\xFE"sv) || starts("<\0"sv)) return "UTF-16LE";
  if (starts("\xFE\xFF"sv) || starts("\0<"sv)) return "UTF-16BE";
  if (!starts("<?xml"sv)) return nullptr;
  std::string declaration(text.substr(0, std::min<std::size_t>(text.find("?>"), 256)));
  std::erase_if(declaration, [](unsigned char c) { return std::isspace(c); });
  std::transform(declaration.begin(), declaration.end(), declaration.begin(),
                 [](unsigned char c) { return c == '\'' ? '"' : std::tolower(c); });
  const auto declares = [&](const char* name) {
    return declaration.find(fmt::format("encoding=\"{}\"", name)) != std::string::npos;
  };
  return declares("iso-8859-1") || declares("latin1") ? "ISO-8859-1" : nullptr;
}

XmlText convert(const std::filesystem::path& path, const XmlText& in, const char* encoding) {
  const std::unique_ptr<void, int (*)(iconv_t)> converter(::iconv_open("UTF-8", encoding), ::iconv_close);
  if (converter.get() == reinterpret_cast<iconv_t>(-1)) throw internal_error("no conversion from {}", encoding);
  // No character of these encodings grows by more than half of its bytes, but those of ISO-8859-1 double.
  XmlText out{std::unique_ptr<char[]>(new char[in.size * 2 + 4]), 0};
  char* from = in.data.get();
  char* to = out.data.get();
  std::size_t from_left = in.size;
  std::size_t to_left = in.size * 2 + 4;
  if (::iconv(converter.get(), &from, &from_left, &to, &to_left) == static_cast<std::size_t>(-1)) {
    throw bad_model("{}: byte {} cannot be converted from {}", path.string(), from - in.data.get(), encoding);
  }
  out.size = static_cast<std::size_t>(to - out.data.get());
  return out;
}

std::vector<std::uint64_t> line_ends(std::string_view text) {
  std::vector<std::uint64_t> ends;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool lone_cr = text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n');
    if (text[i] == '\n' || lone_cr) ends.push_back(i);
  }
  return ends;
}

/// The line of a byte of a text that is at hand.
std::size_t line_at(std::string_view text, std::size_t offset) { return line_ends(text.substr(0, offset)).size() + 1; }

}  // namespace

XmlText load_xml_text(const std::filesystem::path& path, const Warn& warn) {
  XmlText text = read_whole(path);
  if (const char* encoding = detect_encoding(text.view())) text = convert(path, text, encoding);
  if (text.view().substr(0, 3) == "\xEF\xBB\xBF") {
    std::memmove(text.data.get(), text.data.get() + 3, text.size - 3);
    text.size -= 3;
  }
  if (const auto last = text.view().find_last_not_of('\0'); last + 1 < text.size) {
    warn(fmt::format("{}: {} NUL bytes behind the XML are ignored", path.string(), text.size - last - 1));
    text.size = last + 1;
  }
  if (const auto nul = text.view().find('\0'); nul != std::string_view::npos) {
    throw bad_model("{}:{}: a NUL byte at byte {}", path.string(), line_at(text.view(), nul), nul);
  }
  if (const auto bad = first_invalid_utf8(text.view()); bad < text.size) {
    warn(fmt::format("{}:{}: byte {} is no UTF-8; such bytes are kept as they are", path.string(),
                     line_at(text.view(), bad), bad));
  }
  return text;
}

std::function<std::size_t(std::uint64_t)> line_finder(std::filesystem::path path) {
  struct Index {
    std::once_flag made;
    std::vector<std::uint64_t> line_ends;  ///< offset of the last byte of each line
  };
  return [path = std::move(path), index = std::make_shared<Index>()](std::uint64_t offset) -> std::size_t {
    try {
      std::call_once(index->made, [&] {
        const auto text = load_xml_text(path, [](const std::string&) {});
        index->line_ends = line_ends(text.view());
      });
    } catch (const Error&) {
      return 0;
    }
    const auto& ends = index->line_ends;
    return static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end(), offset) - ends.begin()) + 1;
  };
}

}  // namespace lpt

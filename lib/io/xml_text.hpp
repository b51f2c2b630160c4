#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace lpt {

/// Receives one whole message that deserves attention but does not stop the work.
using Warn = std::function<void(const std::string&)>;

/// The text of an XML file as UTF-8, without a byte order mark.
struct XmlText {
  std::unique_ptr<char[]> data;
  std::size_t size = 0;
  std::string_view view() const { return {data.get(), size}; }
};

/// Reads an XML file whole and brings it to UTF-8: UTF-16 and UTF-32 of either byte order, with or without a byte
/// order mark, and declared ISO-8859-1. Bytes that are no UTF-8 stay as they are, with a warning.
///
/// throws  Error (bad_model) for an empty or oversized file, one that is no XML (it is named for what it is), NUL bytes inside, or bytes that cannot be converted;
///         Error (io) if reading fails
/// source  pugixml's rules for encodings, which are OpenVINO's
XmlText load_xml_text(const std::filesystem::path& path, const Warn& warn);

/// Tells the line, from 1, in which a byte of the XML stands; LF, CR and CRLF each end one. The file is read again when
/// a line is first asked for, once, so that nothing is kept for messages that are rarely given. From any thread.
/// returns  a function of the offset; it gives 0 if the file cannot be read any more
std::function<std::size_t(std::uint64_t)> line_finder(std::filesystem::path path);

}  // namespace lpt

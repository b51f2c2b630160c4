#pragma once

#include <cstddef>
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
/// throws  Error (bad_model) for an empty or oversized file, NUL bytes inside, or bytes that cannot be converted;
///         Error (io) if reading fails
/// source  pugixml's rules for encodings, which are OpenVINO's
XmlText load_xml_text(const std::filesystem::path& path, const Warn& warn);

/// The line, from 1, in which the byte at `offset` stands; LF, CR and CRLF each end one.
std::size_t line_at(std::string_view text, std::size_t offset);

}  // namespace lpt

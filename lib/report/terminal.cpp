#include "report/terminal.hpp"

#include <sys/ioctl.h>

namespace lpt {
namespace {

std::string wrapped_line(std::string_view line, std::size_t width, std::size_t indent) {
  std::string text;
  while (indent + line.size() > width && line.front() != ' ') {
    const auto inside = line.rfind(' ', width - indent);
    const auto end = inside != std::string_view::npos ? inside : line.find(' ');
    if (end == std::string_view::npos) break;
    text += std::string(line.substr(0, end)) + "\n" + std::string(indent, ' ');
    line.remove_prefix(end + 1);
  }
  return text + std::string(line);
}

}  // namespace

std::optional<std::size_t> terminal_width(int stream) {
  winsize size{};
  if (::ioctl(stream, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string lines;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines += wrapped_line(text.substr(0, end), width, indent) + "\n";
    text.remove_prefix(end + 1);
  }
  return lines + wrapped_line(text, width, indent);
}

}  // namespace lpt

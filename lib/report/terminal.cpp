#include "report/terminal.hpp"

#include <sys/ioctl.h>

namespace lpt {

std::optional<std::size_t> terminal_width(int stream) {
  winsize size{};
  if (::ioctl(stream, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string lines;
  std::size_t column = indent;
  while (!text.empty()) {
    auto word = text.substr(0, text.find_first_of(" \n", 1));  // with the blank or the line end in front of it
    text.remove_prefix(word.size());
    if (word.front() == ' ' && column + word.size() > width) {
      lines += "\n" + std::string(indent, ' ');
      word.remove_prefix(1);
      column = indent;
    }
    column = word.starts_with('\n') ? word.size() - 1 : column + word.size();
    lines += word;
  }
  return lines;
}

}  // namespace lpt

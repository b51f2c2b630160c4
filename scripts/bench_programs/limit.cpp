// The least that a conversion can cost: reads the input's files once and writes as many bytes as the output has, flushed.
// usage: limit FOLDER BYTES_TO_WRITE FILE...
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::vector<char> buffer(4 << 20);
  for (int i = 3; i < argc; ++i) {
    const int in = ::open(argv[i], O_RDONLY);
    while (::read(in, buffer.data(), buffer.size()) > 0) {}
    ::close(in);
  }
  const std::string path = std::string(argv[1]) + "/limit.out";
  const int out = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
  for (long left = std::atol(argv[2]); left > 0; left -= static_cast<long>(buffer.size())) {
    if (::write(out, buffer.data(), std::min<std::size_t>(buffer.size(), static_cast<std::size_t>(left))) < 0) return 1;
  }
  return ::fsync(out);
}

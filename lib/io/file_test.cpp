#include "io/file.hpp"

#include <catch2/catch.hpp>

#include <cstring>

#include "testing/test_files.hpp"

using namespace lpt;

TEST_CASE("a mapped file gives its bytes in any pieces, and an error once it is cut") {
  const TestFolder folder;
  std::string bytes(3 << 20, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
  const MappedFile file(folder.write("w.bin", bytes));
  for (const auto& [offset, size] :
       {std::pair<std::size_t, std::size_t>{0, 3 << 20}, {1, 1 << 20}, {4097, 300000}, {(3 << 20) - 1, 1}}) {
    std::vector<std::byte> out(size);
    file.read(offset, out);
    CHECK(std::memcmp(out.data(), bytes.data() + offset, size) == 0);
  }
  std::filesystem::resize_file(folder / "w.bin", 4096);
  std::vector<std::byte> out(1 << 20);
  CHECK_THROWS_WITH(
      file.read(1 << 20, out),
      (folder / "w.bin").string() + ": cannot read bytes 1048576..2097152: the file was cut or its device fails");
}

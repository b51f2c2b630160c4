#include "io/xml_text.hpp"

#include <catch2/catch.hpp>

#include "testing/test_model.hpp"

using namespace lpt;

TEST_CASE("a file without text, or with NUL bytes inside, is refused") {
  CHECK(refusal("") == "m.xml: the file is empty");
  CHECK(refusal(changed(kAdd, "name=\"add\" type", std::string("name=\"a\0b\" type", 15))) ==
        "m.xml:22: a NUL byte at byte 557");
}

TEST_CASE("a file of another kind is named for what it is") {
  using namespace std::string_literals;
  const TestFolder folder;
  const auto refusal_of = [&](const std::string& name, const std::string& bytes) {
    try {
      load_xml_text(folder.write(name, bytes), [](const std::string&) {});
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::bad_model);
      return std::string(error.what()).substr(folder.path().string().size() + 1);
    }
    return std::string();
  };
  const auto other = [](const std::string& name) {
    return ": looks like " + name + " model, should be an OpenVINO IR; openvino.convert_model makes one of it";
  };
  CHECK(refusal_of("m.onnx", "\x08\x0A\x12\x07pytorch") == "m.onnx" + other("an ONNX"));
  CHECK(refusal_of("m.xml", "\x08\x0A\x12\x07pytorch") == "m.xml" + other("an ONNX"));
  CHECK(refusal_of("m.tflite", "\x1C\0\0\0TFL3"s) == "m.tflite" + other("a TensorFlow Lite"));
  CHECK(refusal_of("m.pb", "\x12\x34") == "m.pb" + other("a TensorFlow"));
  CHECK(refusal_of("m.pt", "PK\x03\x04zip") == "m.pt" + other("a PyTorch"));
  const std::string weights = ": holds weights; name the XML of the model, such as " + (folder / "m.v1.xml").string();
  CHECK(refusal_of("m.v1.bin", "\x3F\x80\0\0"s) == "m.v1.bin" + weights);
  CHECK(refusal_of("m.v1.bin", std::string(1000, '\0')) == "m.v1.bin" + weights);
  CHECK(refusal_of("a.txt", "\nA text") == "a.txt: is no XML, should be an OpenVINO IR");
  CHECK(refusal_of("README.md", "# A text\n<net/>") == "README.md: is no XML, should be an OpenVINO IR");
  CHECK(refusal_of("m.bin", "<net/>").empty());
}

TEST_CASE("lines are counted over any line ends and encodings") {
  std::string crlf;
  for (const char c : changed(kAdd, "size=\"12\"", "size=\"8\""))
    crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  CHECK(refusal(crlf) == "m.xml:13: \"c\" (Const, id 1): 3 elements of f32 need 12 bytes, size is 8");
  std::string utf16 = "\xFF\xFE";
  for (const char c : changed(kAdd, "size=\"12\"", "size=\"8\"")) utf16 += {c, '\0'};
  CHECK(refusal(utf16) == "m.xml:13: \"c\" (Const, id 1): 3 elements of f32 need 12 bytes, size is 8");
}

TEST_CASE("text comes in UTF-8, whatever its encoding") {
  using namespace std::string_literals;
  const std::string xml = "<a b=\"\xC3\xA9\"/>";  // e acute
  const auto wide = [&](std::size_t size, bool big, std::string text) {
    for (const unsigned char c : {'<', 'a', ' ', 'b', '=', '"', '\xE9', '"', '/', '>'}) {
      std::string unit(size, '\0');
      unit[big ? size - 1 : 0] = static_cast<char>(c);
      text += unit;
    }
    return text;
  };
  const std::string latin = "<a b=\"\xE9\"/>";
  struct Case {
    std::string bytes, text;
    std::size_t warnings = 0;
  };
  for (const auto& [bytes, text, warnings] : {
           Case{xml, xml},
           Case{"\xEF\xBB\xBF" + xml, xml},
           Case{wide(2, false, "\xFF\xFE"), xml},
           Case{wide(2, true, "\xFE\xFF"), xml},
           Case{wide(2, false, ""), xml},
           Case{wide(2, true, ""), xml},
           Case{wide(4, false, "\xFF\xFE\0\0"s), xml},
           Case{wide(4, true, "\0\0\xFE\xFF"s), xml},
           Case{wide(4, false, ""), xml},
           Case{wide(4, true, ""), xml},
           Case{"<?xml encoding=\"ISO-8859-1\"?>" + latin, "<?xml encoding=\"ISO-8859-1\"?>" + xml},
           Case{"<?xml encoding = 'Latin1' ?>" + latin, "<?xml encoding = 'Latin1' ?>" + xml},
           Case{"<?xml encoding=\"ISO-8859-15\"?>" + latin, "<?xml encoding=\"ISO-8859-15\"?>" + latin, 1},
           Case{"<?xml encoding=\"utf-8\"?><!--iso-8859-1-->" + latin,
                "<?xml encoding=\"utf-8\"?><!--iso-8859-1-->" + latin, 1},
           Case{latin, latin, 1},
           Case{xml + "\0\0"s, xml, 1},
       }) {
    CAPTURE(bytes);
    const TestFolder folder;
    std::size_t warned = 0;
    const auto read = load_xml_text(folder.write("m.xml", bytes), [&](const std::string&) { ++warned; });
    CHECK(read.view() == text);
    CHECK(warned == warnings);
  }
  const TestFolder folder;
  CHECK_THROWS_WITH(
      load_xml_text(folder.write("m.xml", wide(2, false, "\xFF\xFE") + "\x00\xD8"s), [](const std::string&) {}),
      (folder / "m.xml").string() + ": byte 22 cannot be converted from UTF-16LE");
}

TEST_CASE("a line is that of the byte, from 1, and 0 once the file is gone") {
  const TestFolder folder;
  const auto line = line_finder(folder.write("m.xml", "<\nb\r\nc\rd"));
  const std::string bytes = "<\nb\r\nc\rd";
  const std::vector<std::size_t> lines = {1, 1, 2, 2, 2, 3, 3, 4};
  for (std::size_t i = 0; i < bytes.size(); ++i) CHECK(line(i) == lines[i]);
  CHECK(line_finder(folder / "none.xml")(0) == 0);
}

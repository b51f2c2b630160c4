#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "io/file.hpp"
#include "io/reader.hpp"
#include "io/weights_layout.hpp"
#include "io/writer.hpp"
#include "ir/error.hpp"
#include "ir/verify.hpp"
#include "test_files.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

/// x[1,3] + c[1,3] -> y, the carrier of the variations below. The Add stands in line 22.
constexpr auto kAdd = R"(<?xml version="1.0"?>
<net name="add" version="11">
	<layers>
		<layer id="0" name="x" type="Parameter" version="opset1">
			<data shape="1,3" element_type="f32" />
			<output>
				<port id="0" precision="FP32" names="x">
					<dim>1</dim>
					<dim>3</dim>
				</port>
			</output>
		</layer>
		<layer id="1" name="c" type="Const" version="opset1">
			<data element_type="f32" shape="1, 3" offset="0" size="12" />
			<output>
				<port id="0" precision="FP32">
					<dim>1</dim>
					<dim>3</dim>
				</port>
			</output>
		</layer>
		<layer id="2" name="add" type="Add" version="opset1">
			<data auto_broadcast="numpy" />
			<input>
				<port id="0" precision="FP32">
					<dim>1</dim>
					<dim>3</dim>
				</port>
				<port id="1" precision="FP32">
					<dim>1</dim>
					<dim>3</dim>
				</port>
			</input>
			<output>
				<port id="2" precision="FP32" names="y">
					<dim>1</dim>
					<dim>3</dim>
				</port>
			</output>
		</layer>
		<layer id="3" name="res" type="Result" version="opset1">
			<input>
				<port id="0" precision="FP32">
					<dim>1</dim>
					<dim>3</dim>
				</port>
			</input>
		</layer>
	</layers>
	<edges>
		<edge from-layer="0" from-port="0" to-layer="2" to-port="0" />
		<edge from-layer="1" from-port="0" to-layer="2" to-port="1" />
		<edge from-layer="2" from-port="2" to-layer="3" to-port="0" />
	</edges>
	<rt_info />
</net>
)";

const std::string kTwelve(12, '\1');

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// The message without the folder of the test; empty if the model is read.
std::string refusal(const TestFolder& folder, const std::filesystem::path& xml, ExitCode code = ExitCode::bad_model) {
  try {
    read_model(xml);
    return {};
  } catch (const Error& error) {
    CHECK(error.code() == code);
    std::string message = error.what();
    const auto prefix = folder.path().string() + "/";
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix))
      message.erase(at, prefix.size());
    return message;
  }
}

std::string refusal(const std::string& xml, const std::string& bin = kTwelve) {
  const TestFolder folder;
  folder.write("m.bin", bin);
  return refusal(folder, folder.write("m.xml", xml));
}

std::string refusal_of(const std::string& from, const std::string& to, const std::string& bin = kTwelve) {
  return refusal(changed(kAdd, from, to), bin);
}

void write_to(const Model& model, const std::filesystem::path& xml) {
  OutputPair output(xml, default_weights_path(xml));
  write_model(model, output, [](std::uint64_t, std::uint64_t) {});
}

}  // namespace

TEST_CASE("what OpenVINO wrote comes back byte for byte") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  write_to(read_model(folder.write("m.xml", kAdd)), folder / "out.xml");
  CHECK(folder.read("out.xml") == kAdd);
  CHECK(folder.read("out.bin") == kTwelve);
  CHECK(folder.file_count() == 4);
}

TEST_CASE("every message names file, line, layer, what is and what should be") {
  CHECK(refusal_of("size=\"12\"", "size=\"8\"") ==
        "m.xml:13: \"c\" (Const, id 1): 3 elements of f32 need 12 bytes, size is 8");
  CHECK(refusal_of("offset=\"0\"", "offset=\"4096\"") ==
        "m.xml:13: \"c\" (Const, id 1): bytes 4096..4108 run past the end of m.bin (12 bytes)");
  CHECK(refusal_of("offset=\"0\"", "offset=\"9223372036854775807\"") ==
        "m.xml:13: \"c\" (Const, id 1): bytes 9223372036854775807..9223372036854775819 run past the end of m.bin (12 "
        "bytes)");
  CHECK(refusal_of("offset=\"0\"", "offset=\"-4\"") ==
        "m.xml:13: \"c\" (Const, id 1): offset is \"-4\", should be a number of 0..2^63-1");
  CHECK(refusal_of("shape=\"1, 3\"", "shape=\"4294967296, 4294967296\"") ==
        "m.xml:13: \"c\" (Const, id 1): shape [4294967296, 4294967296] has more than 2^63-1 elements");
  CHECK(refusal_of("element_type=\"f32\" shape=\"1, 3\"", "element_type=\"zork\" shape=\"1, 3\"") ==
        "m.xml:13: \"c\" (Const, id 1): element_type is \"zork\", should be an element type such as \"f32\"");
  CHECK(refusal_of("shape=\"1,3\"", "shape=\"1,4\"") ==
        "m.xml:22: \"add\" (Add, id 2): its inputs are [1,4] and [1,3], which do not broadcast");
  CHECK(refusal_of("version=\"11\"", "version=\"9\"") ==
        "m.xml:2: IR version 9 is not supported; 10 and 11 are (convert older models with the OpenVINO release that "
        "made them)");
  CHECK(refusal_of("<layer id=\"1\"", "<layer id=\"0\"") ==
        "m.xml:13: \"c\" (Const, id 0): its id is used by an earlier layer");
  CHECK(refusal_of(" name=\"add\" type", " type") == "m.xml:22: <layer> has no attribute name");
  CHECK(refusal_of("from-layer=\"1\"", "from-layer=\"9\"") ==
        "m.xml:52: the edge comes from layer 9, which does not exist");
  CHECK(refusal_of("to-layer=\"2\" to-port=\"1\"", "to-layer=\"2\" to-port=\"0\"") ==
        "m.xml:52: port 0 of layer 2 is fed twice");
  CHECK(refusal_of("to-layer=\"2\" to-port=\"1\"", "to-layer=\"2\" to-port=\"7\"") ==
        "m.xml:52: the edge goes to port 7 of layer 2, which does not exist");
  CHECK(refusal_of("from-layer=\"0\" from-port=\"0\" to-layer=\"2\"",
                   "from-layer=\"2\" from-port=\"2\" to-layer=\"2\"") ==
        "m.xml:22: \"add\" (Add, id 2): the graph has a cycle through \"add\"");
  CHECK(refusal_of("\t\t<edge from-layer=\"1\" from-port=\"0\" to-layer=\"2\" to-port=\"1\" />\n", "") ==
        "m.xml:22: \"add\" (Add, id 2): input port 1 has no edge");
  CHECK(refusal_of("precision=\"FP32\" names=\"y\"", "precision=\"FP33\" names=\"y\"") ==
        "m.xml:35: precision of a port is \"FP33\", should be an element type such as \"FP32\"");
  CHECK(refusal_of("<dim>3</dim>", "<dim>3abc</dim>") == "m.xml:9: a dimension is \"3abc\", should be -1 or a length");
  CHECK(refusal_of("type=\"Result\"", "type=\"result\"") == "m.xml:41: type is \"result\", should be \"Result\"");
  CHECK(refusal_of("name=\"add\" type", "name=\"a&#0;b\" type") == "m.xml:22: &#0; is not a character");
  CHECK(refusal_of("<layer id=\"2\"", "<layer id=\"2\" id=\"7\"") == "m.xml:22: <layer> has the attribute id twice");
  CHECK(refusal_of("<net", "<!DOCTYPE net>\n<net") == "m.xml: a DOCTYPE is not allowed");
  CHECK(refusal_of("</edges>", "</edges><edges></edges>") ==
        "m.xml:54: a second <edges> in <net>; OpenVINO would ignore it");
  CHECK(refusal(std::string(kAdd) + "garbage") ==
        "m.xml: text outside the root element; the file is damaged or two files in one");
  CHECK(refusal(std::string(kAdd).substr(0, 700)) == "m.xml:27: no well-formed XML at byte 699: the file ends early");
  CHECK(refusal("") == "m.xml: the file is empty");
  CHECK(refusal(changed(kAdd, "name=\"add\" type", std::string("name=\"a\0b\" type", 15))) ==
        "m.xml:22: a NUL byte at byte 557");
}

namespace {

/// A chain of ReLU layers in OpenVINO's format, large enough to be parsed in pieces.
std::string long_chain(std::size_t layers) {
  const std::string port = " precision=\"FP32\">\n\t\t\t\t\t<dim>1</dim>\n\t\t\t\t\t<dim>3</dim>\n\t\t\t\t</port>\n";
  std::string text = "<?xml version=\"1.0\"?>\n<net name=\"chain\" version=\"11\">\n\t<layers>\n";
  std::string edges;
  for (std::size_t i = 0; i <= layers; ++i) {
    const bool first = i == 0, last = i == layers;
    text += fmt::format("\t\t<layer id=\"{}\" name=\"layer_{}\" type=\"{}\" version=\"opset1\">\n", i, i,
                        first  ? "Parameter"
                        : last ? "Result"
                               : "ReLU");
    if (first) text += "\t\t\t<data shape=\"1,3\" element_type=\"f32\" />\n";
    if (!first) text += "\t\t\t<input>\n\t\t\t\t<port id=\"0\"" + port + "\t\t\t</input>\n";
    if (!last)
      text += fmt::format("\t\t\t<output>\n\t\t\t\t<port id=\"{}\"", first ? 0 : 1) + port + "\t\t\t</output>\n";
    text += "\t\t</layer>\n";
    if (!first)
      edges += fmt::format("\t\t<edge from-layer=\"{}\" from-port=\"{}\" to-layer=\"{}\" to-port=\"0\" />\n", i - 1,
                           i == 1 ? 0 : 1, i);
  }
  return text + "\t</layers>\n\t<edges>\n" + edges + "\t</edges>\n\t<rt_info />\n</net>\n";
}

}  // namespace

TEST_CASE("a large file is read in pieces, and in one where its text does not allow that") {
  const auto chain = long_chain(6000);
  REQUIRE(chain.size() > 3 << 19);
  const std::string name = "name=\"layer_4000\"";
  const std::string comment = "<!--\n\t\t<layer id=\"9\"/>\n\t</layers>\n\t\t<edge />-->";
  struct Case {
    std::string from, to, out;
    std::size_t warnings;
  };
  for (const auto& [from, to, out, warnings] : {
           Case{name, name, name, 0},
           Case{name, "name=\"a &amp; &#65;\"", "name=\"a &amp; A\"", 0},
           Case{name, "name=\"a &foo;\"", "name=\"a &amp;foo;\"", 1},
           Case{name, "name=\"a < b\"", "name=\"a &lt; b\"", 1},
           Case{"\n\t\t<layer id=\"4000\"", comment + "\n\t\t<layer id=\"4000\"", "\n\t\t<layer id=\"4000\"", 0},
           Case{"\n\t\t<layer id=\"4000\"", "\n\t\t<future /><layer id=\"4000\"", "\n\t\t<layer id=\"4000\"", 1},
       }) {
    CAPTURE(to);
    const TestFolder folder;
    std::size_t warned = 0;
    ReadOptions options;
    options.warn = [&](const std::string&) { ++warned; };
    write_to(read_model(folder.write("m.xml", changed(chain, from, to)), options), folder / "out.xml");
    CHECK(folder.read("out.xml") == changed(chain, from, out));
    CHECK(warned == warnings);
  }
}

TEST_CASE("messages about a large file name the line, in whatever piece it stands") {
  const auto chain = long_chain(6000);
  const auto line = [&](const std::string& text) {
    return static_cast<std::size_t>(
               std::count(chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(chain.find(text)), '\n')) +
           1;
  };
  CHECK(refusal(changed(chain, "id=\"5000\" name", "id=\"50x\" name")) ==
        fmt::format("m.xml:{}: layer id is \"50x\", should be a number of 0..2^63-1", line("id=\"5000\" name")));
  CHECK(refusal(changed(chain, "id=\"5000\" name", "id=\"4999\" name")) ==
        fmt::format("m.xml:{}: \"layer_5000\" (ReLU, id 4999): its id is used by an earlier layer",
                    line("id=\"5000\" name")));
  CHECK(refusal(changed(chain, "from-layer=\"5000\"", "from-layer=\"x\"")) ==
        fmt::format("m.xml:{}: from-layer of <edge> is \"x\", should be a number of 0..2^63-1",
                    line("from-layer=\"5000\"")));
  CHECK(refusal(changed(chain, "<rt_info />", "<rt_info a=\"1\" a=\"2\" />")) ==
        fmt::format("m.xml:{}: <rt_info> has the attribute a twice", line("<rt_info />")));
  CHECK(refusal(changed(chain, "name=\"layer_5000\"", "name=layer")).find("no well-formed XML at byte") !=
        std::string::npos);
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

TEST_CASE("the weights file has to be there, and a file, when a constant needs it") {
  const TestFolder folder;
  const auto xml = folder.write("m.xml", kAdd);
  const std::string layer = "m.xml:13: \"c\" (Const, id 1): its weights: ";
  CHECK(refusal(folder, xml) == layer + "m.bin: the file does not exist");
  std::filesystem::create_directory(folder / "m.bin");
  CHECK(refusal(folder, xml) == layer + "m.bin: is a directory, should be a file");
  std::filesystem::remove(folder / "m.bin");
  ::mkfifo((folder / "m.bin").c_str(), 0600);
  CHECK(refusal(folder, xml) == layer + "m.bin: is not a regular file");
  std::filesystem::remove(folder / "m.bin");
  std::filesystem::create_symlink("m.bin", folder / "m.bin");
  CHECK(refusal(folder, xml) == layer + "m.bin: cannot open: Too many levels of symbolic links");
  CHECK(refusal(folder, folder / "none.xml") == "none.xml: the file does not exist");
  CHECK(refusal(folder, folder.path()).find("is a directory, should be a file") != std::string::npos);
}

TEST_CASE("a model whose constants nobody reads needs no weights, as in OpenVINO") {
  const TestFolder folder;
  auto xml = changed(kAdd, "\t\t<edge from-layer=\"1\" from-port=\"0\" to-layer=\"2\" to-port=\"1\" />\n", "");
  xml = changed(xml, "from-layer=\"0\" from-port=\"0\" to-layer=\"2\" to-port=\"0\" />",
                "from-layer=\"0\" from-port=\"0\" to-layer=\"2\" to-port=\"0\" />\n\t\t<edge from-layer=\"0\" "
                "from-port=\"0\" to-layer=\"2\" to-port=\"1\" />");
  write_to(read_model(folder.write("m.xml", xml)), folder / "out.xml");
  CHECK(folder.read("out.xml") == xml);
}

TEST_CASE("warnings are given for what is odd but legal") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  std::vector<std::string> warnings;
  ReadOptions options;
  options.warn = [&](const std::string& w) { warnings.push_back(w.substr(folder.path().string().size() + 1)); };
  read_model(
      folder.write("m.xml", changed(kAdd, "name=\"add\" type", "name=\"a&foo;<\xff\" type") + std::string(3, '\0')),
      options);
  CHECK(warnings == std::vector<std::string>{
                        "m.xml: 3 NUL bytes behind the XML are ignored",
                        "m.xml:22: byte 563 is no UTF-8; such bytes are kept as they are",
                        "m.xml:22: attribute name of <layer> has a bare '<', which will be written as &lt;",
                        "m.xml:22: a '&' that begins no known reference is kept as text",
                    });
}

TEST_CASE("constants are laid out without gaps, equal ones once") {
  const auto model = parse_text(R"(
    a = Const value=[1,2,3] : i8[3]
    b = Const value=[1.5]   : f32[1]
    c = Const value=0       : f32[]
    d = Const value=0       : i32[]
    e = Const value=[1,2,3] : u8[3]
    f = Const value=0xB4E0  : u1[11]
  )");
  const WeightsLayout layout(model);
  CHECK(layout.size() == 3 + 4 + 4 + 2);
  CHECK(layout.nth_constant(0).offset == 0);
  CHECK(layout.nth_constant(1).offset == 3);
  CHECK(layout.nth_constant(2).offset == 7);
  CHECK(layout.nth_constant(3).offset == 7);
  CHECK(layout.nth_constant(4).offset == 0);
  CHECK(layout.nth_constant(5).offset == 11);
}

TEST_CASE("large constants are compared by all their bytes before they are shared") {
  Model model;
  std::vector<std::byte> bytes(100000);
  const auto add = [&] {
    model.graph->insert_constant_before(nullptr, "c", ElementType::u8, Shape({100000}), Blob::of(bytes));
  };
  add();
  add();
  bytes[70001] = std::byte{1};  // where no sample looks
  add();
  bytes[70001] = std::byte{2};
  add();
  bytes[70001] = std::byte{1};
  add();
  const WeightsLayout layout(model);
  CHECK(layout.size() == 300000);
  CHECK(layout.nth_constant(1).offset == 0);
  CHECK(layout.nth_constant(2).offset == 100000);
  CHECK(layout.nth_constant(3).offset == 200000);
  CHECK(layout.nth_constant(4).offset == 100000);
}

TEST_CASE("an output that cannot be completed leaves the old pair, and nothing beside it") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  const auto model = read_model(folder.write("m.xml", kAdd));
  folder.write("out.xml", "old xml");
  folder.write("out.bin", "old bin");
  // A limit on the size of files fails a write as a full disk does.
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const struct rlimit tight { 500, before.rlim_max };
  const auto old_action = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &tight);
  std::string message;
  try {
    write_to(model, folder / "out.xml");
  } catch (const Error& error) {
    message = error.what();
    CHECK(error.code() == ExitCode::io);
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, old_action);
  CHECK(message == (folder / "out.xml").string() + ": cannot write: File too large");
  CHECK(folder.read("out.xml") == "old xml");
  CHECK(folder.read("out.bin") == "old bin");
  CHECK(folder.file_count() == 4);
}

TEST_CASE("a pair takes its place together, keeps modes, and follows links") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  const auto model = read_model(folder.write("m.xml", kAdd));
  std::filesystem::create_directory(folder / "else");
  folder.write("else/real.xml", "old");
  ::chmod((folder / "else/real.xml").c_str(), 0640);
  std::filesystem::create_symlink("else/real.xml", folder / "out.xml");
  write_to(model, folder / "out.xml");
  CHECK(std::filesystem::is_symlink(folder / "out.xml"));
  CHECK(folder.read("else/real.xml") == kAdd);
  CHECK(folder.read("out.bin") == kTwelve);
  struct stat status {};
  ::stat((folder / "else/real.xml").c_str(), &status);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("a place that is no file, or a folder that is not there, is an error of output") {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  const auto model = read_model(folder.write("m.xml", kAdd));
  std::filesystem::create_directory(folder / "out.xml");
  CHECK_THROWS_WITH(write_to(model, folder / "out.xml"),
                    (folder / "out.xml").string() + ": is not a regular file and cannot be replaced");
  CHECK_THROWS_WITH(write_to(model, folder / "none" / "out.xml"),
                    (folder / "none" / "out.bin").string() + ": cannot create a file in " + (folder / "none").string() +
                        ": No such file or directory");
}

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

#include "io/reader.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "ir/number.hpp"
#include "testing/test_model.hpp"

using namespace lpt;

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
}

TEST_CASE("an operation is one of the sets that have it, as in OpenVINO") {
  const auto with = [](const std::string& type, const std::string& set) {
    return refusal(changed(kAdd, "name=\"add\" type=\"Add\" version=\"opset1\"",
                           "name=\"add\" type=\"" + type + "\" version=\"" + set + "\""));
  };
  const std::string add = "m.xml:22: \"add\" (Add, id 2): ";
  for (const auto* set : {"opset1", "opset8", "opset16", "opset17"}) CHECK(with("Add", set).empty());
  CHECK(with("Add", "opset0") == add + "opset0 has no Add, should be one of opset1 to opset16");
  CHECK(with("Add", "opset18") == add + "opset18 has no Add, should be one of opset1 to opset16");
  CHECK(with("Add", "opset1x") == add + "opset1x has no Add, should be one of opset1 to opset16");
  CHECK(with("Add", "opset") == add + "opset has no Add, should be one of opset1 to opset16");
  CHECK(with("BitwiseAnd", "opset12") ==
        "m.xml:22: \"add\" (BitwiseAnd, id 2): opset12 has no BitwiseAnd, should be one of opset13 to opset16");
  CHECK(with("Add", "") == add + "version is \"\", should be one of opset1 to opset16");
  CHECK(with("Add", "OPSET1") == add + "version is \"OPSET1\", should be one of opset1 to opset16");
  // What users add to OpenVINO, and operations that nobody here knows, are left to it.
  CHECK(with("Add", "extension").empty());
  CHECK(with("NoSuch", "my_company.v2").empty());
  CHECK(with("NoSuch", "opset99").empty());
}

TEST_CASE("the weights file has to be there, and a file, when a constant needs it") {
  const TestFolder folder;
  const auto xml = folder.write("m.xml", kAdd);
  const std::string layer = "m.xml:13: \"c\" (Const, id 1): its weights: ";
  CHECK(refusal(folder, xml, ExitCode::io) == layer + "m.bin: the file does not exist");
  std::filesystem::create_directory(folder / "m.bin");
  CHECK(refusal(folder, xml, ExitCode::io) == layer + "m.bin: is a directory, should be a file");
  std::filesystem::remove(folder / "m.bin");
  ::mkfifo((folder / "m.bin").c_str(), 0600);
  CHECK(refusal(folder, xml, ExitCode::io) == layer + "m.bin: is not a regular file");
  std::filesystem::remove(folder / "m.bin");
  std::filesystem::create_symlink("m.bin", folder / "m.bin");
  CHECK(refusal(folder, xml, ExitCode::io) == layer + "m.bin: cannot open: Too many levels of symbolic links");
  CHECK(refusal(folder, folder / "none.xml", ExitCode::io) == "none.xml: the file does not exist");
  CHECK(refusal(folder, folder.path(), ExitCode::io).find("is a directory, should be a file") != std::string::npos);
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

namespace {

struct LeastInputs {
  std::string type;
  std::size_t count;
};
const LeastInputs kLeastInputs[] = {
#define FACTS(type, least_inputs, integers, channel_axes) {#type, least_inputs},
#include "ops/facts.def"
#undef FACTS
};

/// A layer that a result needs, with its inputs all from one Parameter; it stands in line 4.
std::string with_layer(const std::string& type, std::size_t inputs) {
  const std::string port = "precision=\"FP32\"><dim>1</dim></port>";
  std::string layer = fmt::format("<layer id=\"1\" name=\"live\" type=\"{}\" version=\"opset8\"><input>", type), edges;
  for (std::size_t i = 0; i < inputs; ++i) {
    layer += fmt::format("<port id=\"{}\" {}", i, port);
    edges += fmt::format("<edge from-layer=\"0\" from-port=\"0\" to-layer=\"1\" to-port=\"{}\" />", i);
  }
  layer += "</input>";
  if (type != "Result") {
    layer += "<output><port id=\"9\" " + port + "</output>";
    edges += "<edge from-layer=\"1\" from-port=\"9\" to-layer=\"2\" to-port=\"0\" />";
  }
  return "<net name=\"m\" version=\"11\">\n<layers>\n<layer id=\"0\" name=\"x\" type=\"Parameter\" "
         "version=\"opset1\"><data "
         "shape=\"1\" element_type=\"f32\" /><output><port id=\"0\" " +
         port + "</output></layer>\n" + layer + "</layer>\n" +
         (type == "Result" ? ""
                           : "<layer id=\"2\" name=\"r\" type=\"Result\" version=\"opset1\"><input><port id=\"0\" " +
                                 port + "</input></layer>") +
         "</layers><edges>" + edges + "</edges></net>";
}

}  // namespace

TEST_CASE("a layer that a result needs has the inputs that its operation reads") {
  for (const auto& [type, least] : kLeastInputs) {
    CHECK(refusal(with_layer(type, least - 1)) ==
          fmt::format("m.xml:4: \"live\" ({}, id 1): has {} inputs, needs at least {}", type, least - 1, least));
    CHECK(refusal(with_layer(type, least)).find("needs at least") == std::string::npos);
  }
}

namespace {

/// The port of a tensor of f32, or of another type.
std::string port(std::size_t id, const std::string& lengths, const std::string& type = "FP32") {
  std::string dims;
  for_each_item(lengths, [&](std::string_view length) { dims += fmt::format("<dim>{}</dim>", length); });
  return fmt::format("<port id=\"{}\" precision=\"{}\">{}</port>", id, type, dims);
}

/// Parameters of these shapes -> a layer "y", which stands in line 9, with one output, -> ReLU -> Result.
std::string one_layer(const std::string& type, const std::string& data, const std::vector<std::string>& inputs,
                      const std::string& output, const std::string& set = "opset1") {
  std::string parameters, ports, edges;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    parameters += fmt::format(
        "<layer id=\"{}\" name=\"x{}\" type=\"Parameter\" version=\"opset1\"><data shape=\"{}\" element_type=\"f32\" "
        "/><output>{}</output></layer>\n",
        10 + i, i, inputs[i], port(0, inputs[i]));
    ports += port(i, inputs[i]);
    edges += fmt::format("<edge from-layer=\"{}\" from-port=\"0\" to-layer=\"0\" to-port=\"{}\" />", 10 + i, i);
  }
  parameters.append(6 - inputs.size(), '\n');
  return fmt::format(
      "<net name=\"m\" version=\"11\">\n<layers>\n{}<layer id=\"0\" name=\"y\" type=\"{}\" version=\"{}\"><data {} "
      "/><input>{}</input><output>{}</output></layer>\n"
      "<layer id=\"1\" name=\"z\" type=\"Sigmoid\" version=\"opset1\"><input>{}</input><output>{}</output></layer>\n"
      "<layer id=\"2\" name=\"r\" type=\"Result\" version=\"opset1\"><input>{}</input></layer>\n"
      "</layers>\n<edges>{}<edge from-layer=\"0\" from-port=\"9\" to-layer=\"1\" to-port=\"0\" /><edge "
      "from-layer=\"1\" from-port=\"1\" to-layer=\"2\" to-port=\"0\" /></edges>\n</net>\n",
      parameters, type, set, data, ports, port(9, output), port(0, output), port(1, output), port(0, output), edges);
}

const std::string kWindow = "strides=\"1,1\" dilations=\"1,1\" pads_begin=\"0,0\" pads_end=\"0,0\" ";

/// The warnings of reading a model, without the folder of the test, and the model as it is written.
std::vector<std::string> warnings_of(const std::string& xml, std::string* written = nullptr) {
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  std::vector<std::string> warnings;
  ReadOptions options;
  options.warn = [&](const std::string& w) { warnings.push_back(w.substr(folder.path().string().size() + 1)); };
  const auto model = read_model(folder.write("m.xml", xml), options);
  if (written != nullptr) {
    write_to(model, folder / "out.xml");
    *written = folder.read("out.xml");
  }
  return warnings;
}

}  // namespace

TEST_CASE("warnings are given for what is odd but legal") {
  CHECK(warnings_of(changed(kAdd, "name=\"add\" type", "name=\"a&foo;<\xff\" type") + std::string(3, '\0')) ==
        std::vector<std::string>{
            "m.xml: 3 NUL bytes behind the XML are ignored",
            "m.xml:22: byte 563 is no UTF-8; such bytes are kept as they are",
            "m.xml:22: attribute name of <layer> has a bare '<', which will be written as &lt;",
            "m.xml:22: a '&' that begins no known reference is kept as text",
        });
}

TEST_CASE("inputs that an operation cannot take are refused when the model is read") {
  const auto message = [](const std::string& type, const std::string& data, const std::vector<std::string>& inputs) {
    const auto text = refusal(one_layer(type, data, inputs, "1,2,6,6", type == "MVN" ? "opset2" : "opset1"));
    const std::string place = "m.xml:9: \"y\" (" + type + ", id 0): ";
    return text.substr(0, place.size()) == place ? text.substr(place.size()) : text;
  };
  CHECK(message("Convolution", kWindow, {"1,4,8,8", "2,3,3,3"}) == "weights have 3 input channels, its input has 4");
  CHECK(message("Convolution", kWindow, {"1,3,8,8", "2,3,9,3"}) ==
        "a window of 9 does not fit 8 elements with pads 0 and 0");
  CHECK(message("GroupConvolution", kWindow, {"1,4,8,8", "3,2,2,3,3"}) ==
        "weights have 6 input channels, its input has 4");
  CHECK(message("MatMul", "", {"1,4", "3,2"}) == "[1,4] and [3,2] cannot be multiplied");
  CHECK(message("Concat", "axis=\"1\"", {"1,4", "2,4"}) ==
        "input 1 is [2,4], which does not go behind [1,4] along axis 1");
  CHECK(message("Concat", "axis=\"2\"", {"1,4", "1,4"}) == "axis 2 does not exist, its tensor has 2 axes");
  CHECK(message("MaxPool", kWindow + "kernel=\"9,9\"", {"1,4,8,8"}) ==
        "a window of 9 does not fit 8 elements with pads 0 and 0");
  CHECK(message("Greater", "", {"1,4", "1,3"}) == "its inputs are [1,4] and [1,3], which do not broadcast");
  CHECK(message("DepthToSpace", "block_size=\"2\" mode=\"blocks_first\"", {"1,6,2,2"}) ==
        "6 channels do not divide by 4");
}

TEST_CASE("output ports that say something else than the inputs are corrected, with one warning") {
  std::string written;
  const auto wrong = one_layer("Convolution", kWindow, {"1,3,8,8", "2,3,3,3"}, "1,2,7,7");
  CHECK(warnings_of(wrong, &written) ==
        std::vector<std::string>{
            "m.xml:9: \"y\" (Convolution, id 0): its output 0 is f32[1,2,7,7] in the file, should be "
            "f32[1,2,6,6]; it is corrected, as 1 more are"});
  CHECK(written.find("<dim>7</dim>") == std::string::npos);
  CHECK(warnings_of(one_layer("Convolution", kWindow, {"1,3,8,8", "2,3,3,3"}, "1,2,6,6")).empty());
  // A port that leaves a length open is not wrong.
  CHECK(warnings_of(one_layer("Convolution", kWindow, {"1,3,8,8", "2,3,3,3"}, "1,2,-1,6")).empty());
  std::string stated;
  CHECK(warnings_of(changed(kAdd, "<dim>3</dim>\n\t\t\t\t</port>\n\t\t\t</output>\n\t\t</layer>\n\t\t<layer id=\"2\"",
                            "<dim>-1</dim>\n\t\t\t\t</port>\n\t\t\t</output>\n\t\t</layer>\n\t\t<layer id=\"2\""),
                    &stated)
            .empty());
  CHECK(stated == kAdd);
}

TEST_CASE("where a length is open the file's word on an output stands") {
  CHECK(refusal(one_layer("Convolution", kWindow, {"1,-1,8,8", "2,3,3,3"}, "1,2,7,7")).empty());
  CHECK(warnings_of(one_layer("MatMul", "", {"-1,4", "3,2"}, "-1,2")).empty());
  // So it does where a value that lengths depend on is computed.
  CHECK(refusal(changed(one_layer("Unsqueeze", "", {"2,3", "1"}, "2,9,3"), "shape=\"1\" element_type=\"f32\"",
                        "shape=\"1\" element_type=\"i64\""))
            .empty());
}

TEST_CASE("the layers of bodies are inferred as well") {
  auto xml = one_layer("MatMul", "", {"1,4", "3,2"}, "1,2");
  xml = changed(xml, "<layers>",
                "<layers><layer id=\"0\" name=\"loop\" type=\"TensorIterator\" version=\"opset1\"><body><layers>");
  xml = changed(xml, "</net>", "</body></layer></layers><edges /></net>");
  CHECK(refusal(xml) == "m.xml:9: \"y\" (MatMul, id 0): [1,4] and [3,2] cannot be multiplied");
}

TEST_CASE("layers that no result needs are not looked at") {
  const auto xml = one_layer("MatMul", "", {"1,4", "3,2"}, "1,2");
  CHECK(!refusal(xml).empty());
  CHECK(refusal(changed(xml, "<edge from-layer=\"0\" from-port=\"9\"", "<edge from-layer=\"10\" from-port=\"0\""))
            .empty());
}

TEST_CASE("packed types say with which version of OpenVINO they were packed") {
  const auto with = [](const std::string& type, const std::string& version) {
    auto xml = changed(kAdd, "element_type=\"f32\" shape=\"1, 3\"", "element_type=\"" + type + "\" shape=\"1, 3\"");
    xml = changed(xml, "type=\"Add\"", "type=\"NoSuch\"");
    const auto warnings =
        warnings_of(changed(xml, "<rt_info />", "<rt_info><Runtime_version value=\"" + version + "\" /></rt_info>"));
    const std::string place = "m.xml:13: \"c\" (Const, id 1): its " + type + " elements were packed by OpenVINO ";
    for (const auto& warning : warnings) {
      if (warning.substr(0, place.size()) == place) return warning.substr(place.size());
    }
    return std::string();
  };
  CHECK(with("u2", "2025.2.0-19140-c01cd93e24d-releases/2025/2") ==
        "2025.2.0, of which other values are read here, as by 2025.3 and later versions");
  CHECK(with("u2", "2025.3.0-19807-44526285f24-releases/2025/3").empty());
  CHECK(with("u3", "2026.4.1-22982-e213a147257-releases/2026/4") ==
        "2026.4.1, of which versions behind 2026.4 read other values");
  CHECK(with("u6", "2027.0.0-1-abc") == "2027.0.0, of which other values are read here, as by 2026.4");
  CHECK(with("u4", "2023.0.0-1-abc").empty());
  CHECK(with("u6", "custom_master_abc").empty());
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("reading a large file leaves the rules of malloc as they are") {
  constexpr int kTop = 128 << 10;
  ::mallopt(M_TRIM_THRESHOLD, kTop);  // more that is free at the end of the heap goes back to the kernel
  const TestFolder folder;
  folder.write("m.bin", kTwelve);
  read_model(folder.write("m.xml", kAdd + std::string(3 << 20, ' ')));
  {
    std::vector<std::unique_ptr<std::byte[]>> blocks(2000);
    for (auto& block : blocks) block = std::make_unique<std::byte[]>(32 << 10);
  }
  CHECK(::mallinfo2().keepcost <= 2 * kTop);
}
#endif

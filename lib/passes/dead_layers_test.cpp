// Layers that no Result reaches: OpenVINO never builds them, and the reader asks nothing of them, so that they may have
// any number of inputs and outputs. Conversions let them travel through as they are.
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <map>

#include "testing/test_model.hpp"
#include "jobs/execution.hpp"
#include "passes/pipeline.hpp"
#include "testing/check_conversion.hpp"
#include "testing/layer_named.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

constexpr const char* kOperations[] = {
#define OPERATION(type, first, rules, values) #type,
#define DECLARED(type, first, rules) #type,
#define COMPUTED OPERATION
#define CHECKED OPERATION
#define CONTROL DECLARED
#include "ops/ops.def"
#undef OPERATION
#undef DECLARED
#undef COMPUTED
#undef CHECKED
#undef CONTROL
};

/// Dequantized integers `d` and a FakeQuantize `f`, both with something for passes to do.
const std::string kLive =
    dequantized("d", "x = Parameter : u8[1,3,4,4]", "scale=.5") +
    "p = MaxPool(d) kernel=[1,1] strides=[1,1] pads_begin=[0,0] pads_end=[0,0] rounding_type=floor auto_pad=explicit : "
    "f32[1,3,4,4]\nq = Result(p)\n" +
    fake_quantized("f", "z = Parameter : f32[1,3,4,4]", 256, {"0", "2.55"}) +
    dequantized("w", "v = Const value=[1,2,3,4,5,6] : i8[2,3,1,1]", "scale=.01") +
    "y = Convolution(f, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : "
    "f32[1,2,4,4]\nr = Result(y)\n";

constexpr auto kPort = R"(<port id="{}" precision="FP32"><dim>1</dim><dim>3</dim><dim>4</dim><dim>4</dim></port>)";

/// A layer for each operation but Result and Assign, which are never dead, that reads one value on all its inputs.
std::string with_dead_layers(const TestFolder& folder, std::string_view read, int inputs, int outputs) {
  const auto model = parse_text(kLive);
  write_to(model, folder / "live.xml");
  const Node& source = layer_named(*model.graph, read);
  std::string layers, edges;
  std::size_t id = 1000;
  for (const std::string_view type : kOperations) {
    if (type == "Result" || type == "Assign") continue;
    layers += fmt::format("<layer id=\"{0}\" name=\"dead_{1}\" type=\"{1}\" version=\"opset1\"><input>", id, type);
    for (int i = 0; i < inputs; ++i) {
      layers += fmt::format(kPort, i);
      edges += fmt::format("<edge from-layer=\"{}\" from-port=\"{}\" to-layer=\"{}\" to-port=\"{}\" />", source.id(),
                           source.output_port(0).port_id, id, i);
    }
    layers += "</input><output>";
    for (int i = 0; i < outputs; ++i) layers += fmt::format(kPort, inputs + i);
    layers += "</output></layer>\n";
    ++id;
  }
  const auto xml = changed(folder.read("live.xml"), "</layers>", layers + "</layers>");
  return changed(xml, "</edges>", edges + "</edges>");
}

/// The lines of the dead layers, by their names; their inputs aside, if `inputs` is false.
std::map<std::string, std::string> dead_lines(const Model& model, bool inputs) {
  std::map<std::string, std::string> found;
  const auto text = print_text(*model.graph);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    auto line = text.substr(at, end - at);
    at = end + 1;
    if (line.substr(0, 5) != "dead_") continue;
    const auto open = line.find('('), close = line.find(')');
    if (!inputs && open != std::string::npos) line.erase(open, close - open);
    // The column of the types depends on what stands in front of them.
    std::erase(line, ' ');
    found[line.substr(0, line.find('='))] = line;
  }
  return found;
}

void check_dead(std::string_view read, int inputs, int outputs, Dialect dialect) {
  INFO(inputs << " inputs of " << read << ", " << outputs << " outputs");
  const TestFolder folder;
  const auto xml = with_dead_layers(folder, read, inputs, outputs);
  folder.write("m.bin", folder.read("live.bin"));
  auto model = read_model(folder.write("m.xml", xml));
  const bool is_dequantized = read == "d";  // the other one has another name behind the conversion
  const auto before = dead_lines(model, is_dequantized);
  CHECK(before.size() == std::size(kOperations) - 2);
  PassContext context({Mode::full, dialect, find_target("cpu")});
  const auto reports = run_passes(model, pipeline(), {}, context);
  CHECK(dead_lines(model, is_dequantized) == before);
  CHECK(Execution(model, &context).share().low == 1);
  for (const auto& report : reports) {
    for (const auto& refusal : report.refusals) CHECK(refusal.layer.name.substr(0, 5) != "dead_");
  }
  write_to(model, folder / "out.xml");
  CHECK(dead_lines(read_model(folder / "out.xml"), is_dequantized) == before);
}

}  // namespace

TEST_CASE("dead layers of every operation, with any number of inputs and outputs, travel through") {
  for (const auto dialect : {Dialect::openvino, Dialect::type_relaxed}) {
    for (const auto* read : {"d", "f"}) {
      for (int inputs = 0; inputs <= 3; ++inputs) {
        for (int outputs = 0; outputs <= 2; ++outputs) check_dead(read, inputs, outputs, dialect);
      }
    }
  }
}

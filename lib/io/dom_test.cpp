#include "io/dom.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

#include "testing/test_model.hpp"

using namespace lpt;

TEST_CASE("a message about XML that is not well-formed names the line") {
  CHECK(refusal_of("name=\"add\" type", "name=\"a&#0;b\" type") == "m.xml:22: &#0; is not a character");
  CHECK(refusal_of("<layer id=\"2\"", "<layer id=\"2\" id=\"7\"") == "m.xml:22: <layer> has the attribute id twice");
  CHECK(refusal_of("<net", "<!DOCTYPE net>\n<net") == "m.xml: a DOCTYPE is not allowed");
  CHECK(refusal_of("</edges>", "</edges><edges></edges>") ==
        "m.xml:54: a second <edges> in <net>; OpenVINO would ignore it");
  CHECK(refusal(std::string(kAdd) + "garbage") ==
        "m.xml: text outside the root element; the file is damaged or two files in one");
  CHECK(refusal(std::string(kAdd).substr(0, 700)) == "m.xml:27: no well-formed XML at byte 699: the file ends early");
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

TEST_CASE("elements of no known meaning nest 256 levels deep, wherever they stand") {
  const auto nested = [](std::size_t levels) {
    std::string text, end;
    for (std::size_t i = 0; i <= levels; ++i) text += "<a>\n", end += "</a>";
    return text + end;
  };
  for (const std::string place : {"\t<rt_info />", "\t\t\t<data auto_broadcast=\"numpy\" />", "\t\t\t<input>",
                                  "\t\t\t\t\t<dim>1</dim>\n\t\t\t\t\t<dim>3</dim>\n\t\t\t\t</port>\n\t\t\t</input>"}) {
    CAPTURE(place);
    const std::string xml = kAdd;
    const auto line = std::count(xml.begin(), xml.begin() + static_cast<std::ptrdiff_t>(xml.find(place)), '\n') + 1;
    CHECK(refusal_of(place, nested(256) + place) == "");
    CHECK(refusal_of(place, nested(257) + place) ==
          fmt::format("m.xml:{}: elements are nested deeper than 256 levels", line + 257));
  }
  const std::string data = "<data auto_broadcast=\"numpy\" />";
  CHECK(refusal_of(data, "<data auto_broadcast=\"numpy\">" + nested(257) + "</data>") ==
        "m.xml:280: elements are nested deeper than 256 levels");
  CHECK(refusal_of(data, "<port_map>" + nested(256) + "</port_map>" + data) ==
        "m.xml:279: elements are nested deeper than 256 levels");
}

TEST_CASE("references are replaced, and a '&' that begins none is kept, with one warning for a text") {
  const std::string many(100000, '&');
  std::string escaped;
  for (std::size_t i = 0; i < many.size(); ++i) escaped += "&amp;";
  struct Case {
    std::string in, out;
    std::size_t warnings;
  };
  for (const auto& [in, out, warnings] : {
           Case{"&lt;&gt;&quot;&apos;&amp;", "&lt;>&quot;'&amp;", 0},
           Case{"&#65;&#x00000000000000000042;&#10;", "AB&#10;", 0},
           Case{"&#233;&#x20AC;&#x1F600;", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 0},
           Case{"&a&amp;&;&#;&#x;&#1a;&Amp;&", "&amp;a&amp;&amp;;&amp;#;&amp;#x;&amp;#1a;&amp;Amp;&amp;", 1},
           Case{many, escaped, 1},
           Case{many + "lt;", escaped.substr(5) + "&lt;", 1},
       }) {
    CAPTURE(in.substr(0, 40));
    const TestFolder folder;
    folder.write("m.bin", kTwelve);
    std::vector<std::string> warned;
    ReadOptions options;
    options.warn = [&](const std::string& w) { warned.push_back(w.substr(folder.path().string().size() + 1)); };
    const std::string name = "name=\"add\" type";
    write_to(read_model(folder.write("m.xml", changed(kAdd, name, "name=\"" + in + "\" type")), options),
             folder / "out.xml");
    CHECK((folder.read("out.xml") == changed(kAdd, name, "name=\"" + out + "\" type")));
    CHECK(warned.size() == warnings);
    CHECK((warned.empty() || warned[0] == "m.xml:22: a '&' that begins no known reference is kept as text"));
  }
}

TEST_CASE("a reference to no character is named with the line of its element") {
  CHECK(refusal_of("from-layer=\"1\"", "from-layer=\"&#0;\"") == "m.xml:52: &#0; is not a character");
  CHECK(refusal_of("<port id=\"1\"", "<port id=\"&#xD800;\"") == "m.xml:29: &#xD800; is not a character");
  CHECK(refusal_of("<dim>3</dim>", "<dim>&#x110000;</dim>") == "m.xml:9: &#x110000; is not a character");
  CHECK(refusal_of("version=\"11\"", "version=\"&#99999999999;\"") == "m.xml:2: &#99999999999; is not a character");
}

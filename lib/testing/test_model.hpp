#pragma once

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

#include "io/reader.hpp"
#include "io/writer.hpp"
#include "ir/error.hpp"
#include "testing/test_files.hpp"

namespace lpt {

/// x[1,3] + c[1,3] -> y, the carrier of the variations below. The Add stands in line 22.
inline constexpr auto kAdd = R"(<?xml version="1.0"?>
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

inline const std::string kTwelve(12, '\1');

inline std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// The message without the folder of the test; empty if the model is read.
inline std::string refusal(const TestFolder& folder, const std::filesystem::path& xml,
                           ExitCode code = ExitCode::bad_model) {
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

inline std::string refusal(const std::string& xml, const std::string& bin = kTwelve) {
  const TestFolder folder;
  folder.write("m.bin", bin);
  return refusal(folder, folder.write("m.xml", xml));
}

inline std::string refusal_of(const std::string& from, const std::string& to, const std::string& bin = kTwelve) {
  return refusal(changed(kAdd, from, to), bin);
}

inline void write_to(const Model& model, const std::filesystem::path& xml) {
  OutputPair output(xml, default_weights_path(xml));
  write_model(model, output, [](std::uint64_t, std::uint64_t) {});
}

}  // namespace lpt

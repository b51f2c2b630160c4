#pragma once

#include <filesystem>
#include <optional>

#include "io/xml_text.hpp"
#include "ir/model.hpp"

namespace lpt {

struct ReadOptions {
  /// The weights file; by default the XML's path with its last extension replaced by .bin.
  std::optional<std::filesystem::path> weights;
  Warn warn = [](const std::string&) {};
  /// How the user names other weights, for the message that says that there are none.
  std::string_view weights_option = {};
};

/// The weights file that belongs to an XML if nobody names another.
std::filesystem::path default_weights_path(const std::filesystem::path& xml);

/// Reads an IR of version 10 or 11. Constants become views into the mapped weights file, which the model keeps.
///
/// What is not known here (operations, attributes, elements) is kept as written. What OpenVINO would misread in
/// silence is refused: see docs/guarantees.md.
///
/// throws  Error (bad_model) naming file, line and layer; Error (io) if a file cannot be read
/// source  OpenVINO's IR reader, measured
Model read_model(const std::filesystem::path& xml, const ReadOptions& options = {});

}  // namespace lpt

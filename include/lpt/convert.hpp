#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <lpt/error.hpp>
#include <lpt/mode.hpp>

namespace lpt {

struct ConvertOptions {
  std::optional<std::filesystem::path> weights;  ///< of the model; by default its path with the extension .bin
  Mode mode = Mode::full;
  Dialect dialect = Dialect::openvino;
  std::string target = "cpu";  ///< or gpu, generic, or a JSON file
  unsigned verify_runs = 0;    ///< on how many random inputs the two models have to agree; 0: none
  double tolerance = 1e-3;     ///< of that, in units of the largest magnitude of an output
  bool force = false;          ///< let the output replace the input, and write it though they disagree
  /// Is told what the user should know but nothing fails for, each a whole message.
  std::function<void(const std::string&)> warn = [](const std::string&) {};
};

/// What a conversion did.
struct Converted {
  bool was_converted = false;  ///< before, so that nothing changed
  std::size_t layers_rewritten = 0;
  std::size_t operations = 0, in_low_precision = 0;     ///< those with integer kernels, and how many run in them
  std::uint64_t weights_before = 0, weights_after = 0;  ///< bytes of the weights file
  std::string summary;                                  ///< the line that lpt-opt prints
};

/// Reads an OpenVINO IR, model.xml with model.bin beside it, and writes it in low precision; both files or none. Prints
/// nothing.
///
/// throws  Error: check_failed if `verify_runs` finds another function, usage for a target that there is not, bad_model, io
Converted convert(const std::filesystem::path& model, const std::filesystem::path& output,
                  const ConvertOptions& options = {});

}  // namespace lpt

#pragma once

namespace lpt {

/// How much of a model is converted.
enum class Mode {
  weights,  ///< quantized weights become integers, activations stay as they are
  full      ///< the whole pipeline
};

/// What the result is written in.
enum class Dialect {
  openvino,     ///< standard operations, which stock OpenVINO reads
  type_relaxed  ///< integers on edges, as OpenVINO prints the results of its own passes
};

}  // namespace lpt

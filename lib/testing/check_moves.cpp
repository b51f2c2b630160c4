#include "testing/check_moves.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "testing/check_conversion.hpp"
#include "testing/check_rewrite.hpp"

namespace lpt {

std::string text_before(const Move& move) {
  return fmt::format("x = Parameter : {}[{}]\n{}\nd = Dequantize(x) {} : f32[{}]\ny = {} : f32[{}]\nr = Result(y)\n",
                     move.type, move.in, move.constants, move.before, move.in, with_data(move.operation, "d"),
                     move.out);
}

void check_moves(std::string_view pass, const Move& move, std::string_view given, double tolerance) {
  INFO(move.operation << " of [" << move.in << "], " << move.before);
  const auto after = fmt::format(
      "x = Parameter : {}[{}]\n{}\ny_original = {} : {}[{}]\ny = Dequantize(y_original) {} : f32[{}]\nr = Result(y)\n",
      move.type, move.in, move.constants, with_data(move.operation, "x"), given.empty() ? move.type : given, move.out,
      move.after, move.out);
  check_rewrite(pass, text_before(move), after, 1, tolerance);
}

void check_stays(std::string_view pass, const Move& move, std::string_view reason, std::optional<Cause> code) {
  INFO(move.operation << " of [" << move.in << "], " << move.before);
  check_refused(pass, text_before(move), reason, code);
}

void check_relaxed(std::string_view pass, const RelaxedMove& move, double tolerance) {
  INFO(move.type << " of [" << move.in << "], " << move.before);
  const auto head = fmt::format("x = Parameter : {}[{}]\n{}\n", move.stored, move.in, move.constants);
  const auto before = fmt::format("d = Dequantize(x) {} : f32[{}]\ny = {}@{}(d{}) {} : f32[{}]\nr = Result(y)\n",
                                  move.before, move.in, move.type, move.set, move.inputs, move.attributes, move.out);
  auto after = fmt::format(
      "y_original = {}@type_relaxed_{}(x{}) type_relax=true input_data_types=f32 output_data_types=f32 {} : f32[{}]\n",
      move.type, move.set, move.inputs, move.changed.empty() ? move.attributes : move.changed, move.out);
  std::string data = "y_original";
  if (!move.zero_point.empty()) {
    after += fmt::format(
        "\"y/zero_point\" = Const value={} : f32[{}]\n\"y/DequantizationSubtract\" = Subtract({}, \"y/zero_point\") : "
        "f32[{}]\n",
        move.zero_point, move.zero_point_shape, data, move.out);
    data = "\"y/DequantizationSubtract\"";
  }
  after +=
      fmt::format("\"y/scale\" = Const value={} : f32[{}]\ny = Multiply({}, \"y/scale\") : f32[{}]\nr = Result(y)\n",
                  move.scale, move.scale_shape, data, move.out);
  check_rewrite(pass, head + before, head + after, 1, tolerance);
}

}  // namespace lpt

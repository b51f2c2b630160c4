#include "passes/check_moves.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "passes/check_rewrite.hpp"

namespace lpt {
namespace {

std::string with_data(std::string_view operation, std::string_view data) {
  std::string text(operation);
  return text.replace(text.find('%'), 1, data);
}

}  // namespace

std::string text_before(const Move& move) {
  return fmt::format("x = Parameter : {}[{}]\n{}\nd = Dequantize(x) {} : f32[{}]\ny = {} : f32[{}]\nr = Result(y)\n",
                     move.type, move.in, move.constants, move.before, move.in, with_data(move.operation, "d"), move.out);
}

void check_moves(std::string_view pass, const Move& move, std::string_view given, double tolerance) {
  INFO(move.operation << " of [" << move.in << "], " << move.before);
  const auto after =
      fmt::format("x = Parameter : {}[{}]\n{}\ny_original = {} : {}[{}]\ny = Dequantize(y_original) {} : f32[{}]\nr = Result(y)\n",
                  move.type, move.in, move.constants, with_data(move.operation, "x"), given.empty() ? move.type : given,
                  move.out, move.after, move.out);
  check_rewrite(pass, text_before(move), after, 1, tolerance);
}

void check_stays(std::string_view pass, const Move& move, std::string_view reason) {
  INFO(move.operation << " of [" << move.in << "], " << move.before);
  check_refused(pass, text_before(move), reason);
}

}  // namespace lpt

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "ir/verify.hpp"
#include "passes/pipeline.hpp"
#include "testing/check_conversion.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

std::string cache(std::string_view token_scale) {
  return fmt::format(R"(
    x = Parameter                   : f32[1,2,1,4]
    b = Parameter                   : i32[1]
    a = Const value=0               : i32[]
    zero = Const value=[]           : f32[1,2,0,4]
    s = Const value=.5              : f32[]
    t = Const value={}              : f32[]
    u = Const value=2               : f32[]
    v = ReadValue@opset6(zero) variable_id=past variable_shape="1,2,?,4" variable_type=f32 : f32[1,2,?,4]
    g = Gather@opset8(v, b, a)      : f32[1,2,?,4]
    gs = Multiply(g, s)             : f32[1,2,?,4]
    gc = Clamp(gs) min=-448 max=448 : f32[1,2,?,4]
    gd = Convert(gc)                : f8e4m3[1,2,?,4]
    xs = Multiply(x, t)             : f32[1,2,1,4]
    xc = Clamp(xs) min=-448 max=448 : f32[1,2,1,4]
    xd = Convert(xc)                : f8e4m3[1,2,1,4]
    c = Concat(gd, xd) axis=2       : f8e4m3[1,2,?,4]
    cu = Convert(c)                 : f32[1,2,?,4]
    y = Multiply(cu, u)             : f32[1,2,?,4]
    w = Assign@opset6(y) variable_id=past : f32[1,2,?,4]
    r = Result(y)
  )",
                     token_scale);
}

struct Behind {
  std::string text, refusal;
};

Behind convert(std::string_view text) {
  auto model = parse_text(text);
  PassContext context({Mode::full, Dialect::type_relaxed, find_target("cpu")});
  PipelineOptions options;
  options.only = {"propagate_kv_cache_concat"};
  const auto reports = run_passes(model, pipeline(), options, context);
  verify(model, "the pass");
  return {print_text(*model.graph), reports[0].refusals.empty() ? "" : reports[0].refusals[0].reason.sentence()};
}

}  // namespace

TEST_CASE("propagate_kv_cache_concat: the state holds f8, and is converted back and forth without a Clamp") {
  const auto expected = print_text(*parse_text(R"(
    x = Parameter                   : f32[1,2,1,4]
    b = Parameter                   : i32[1]
    a = Const value=0               : i32[]
    zero = Const value=[]           : f32[1,2,0,4]
    t = Const value=.5              : f32[]
    u = Const value=2               : f32[]
    "v/convert" = Convert(zero)     : f8e4m3[1,2,0,4]
    v = ReadValue@opset6("v/convert") variable_id=past variable_shape="1,2,?,4" variable_type=f8e4m3 : f8e4m3[1,2,?,4]
    g = Gather@opset8(v, b, a)      : f8e4m3[1,2,?,4]
    xs = Multiply(x, t)             : f32[1,2,1,4]
    xc = Clamp(xs) min=-448 max=448 : f32[1,2,1,4]
    xd = Convert(xc)                : f8e4m3[1,2,1,4]
    "c/cache/up" = Convert(g)       : f32[1,2,?,4]
    "c/cache/up_scale/constant" = Const value=2 : f32[]
    "c/cache/up_scale" = Multiply("c/cache/up", "c/cache/up_scale/constant") : f32[1,2,?,4]
    "c/cache/scale/constant" = Const value=.5   : f32[]
    "c/cache/scale" = Multiply("c/cache/up_scale", "c/cache/scale/constant") : f32[1,2,?,4]
    "c/cache/down" = Convert("c/cache/scale")   : f8e4m3[1,2,?,4]
    c = Concat("c/cache/down", xd) axis=2       : f8e4m3[1,2,?,4]
    cu = Convert(c)                 : f32[1,2,?,4]
    y = Multiply(cu, u)             : f32[1,2,?,4]
    "c/state/up" = Convert(c)       : f32[1,2,?,4]
    "c/state/up_scale/constant" = Const value=2 : f32[]
    "c/state/up_scale" = Multiply("c/state/up", "c/state/up_scale/constant") : f32[1,2,?,4]
    "c/state/scale/constant" = Const value=.5   : f32[]
    "c/state/scale" = Multiply("c/state/up_scale", "c/state/scale/constant") : f32[1,2,?,4]
    "c/state/down" = Convert("c/state/scale")   : f8e4m3[1,2,?,4]
    w = Assign@opset6("c/state/down") variable_id=past : f8e4m3[1,2,?,4]
    r = Result(y)
  )")
                                        .graph);
  CHECK(convert(cache(".5")).text == expected);
}

TEST_CASE("propagate_kv_cache_concat: two ways of conversion are refused") {
  CHECK(convert(cache(".25")).refusal == "the cache and what is added to it are converted in different ways");
}

TEST_CASE("propagate_kv_cache_concat: a state that others read, or that begins with what is computed, stays real") {
  const auto refusal = [](std::string_view from, std::string_view to, const std::string& more) {
    auto text = cache(".5") + more;
    return convert(text.replace(text.find(from), from.size(), to)).refusal;
  };
  CHECK(refusal("Const value=[]           :", "Parameter :", "") == "its state does not begin with a constant");
  CHECK(refusal("r =", "r =", "p = Sigmoid(v) : f32[1,2,?,4]\nq = Result(p)\n") == "others read its state as well");
}

// What a state holds is part of a model that others call.
TEST_CASE("propagate_kv_cache_concat: the default dialect keeps the state as it is") {
  const Converted converted(cache(".5"), Dialect::openvino);
  CHECK(converted.formula() == formula(parse_text(cache(".5"))));
  CHECK(converted.line("v").ends_with("variable_type=f32 : f32[1,2,?,4]"));
}

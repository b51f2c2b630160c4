#include "exec/executor.hpp"

#include <catch2/catch.hpp>

#include "testing/check_operation.hpp"
#include "exec/compare.hpp"
#include "exec/inputs.hpp"
#include "ir/error.hpp"
#include "tensor/convert.hpp"
#include "text/text.hpp"

using namespace lpt;

namespace {

std::vector<float> values(const Tensor& tensor) {
  return {tensor.data<float>(), tensor.data<float>() + tensor.count()};
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::bad_model);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("states keep their value from run to run, and a run sees the old one throughout") {
  const auto model = parse_text(R"(
    x = Parameter                                      : f32[1]
    zero = Const value=10                              : f32[1]
    old = ReadValue@opset3(zero) variable_id=v         : f32[1]
    sum = Add(old, x)                                  : f32[1]
    a = Assign@opset3(sum) variable_id=v               : f32[1]
    again = Multiply(old, x)                           : f32[1]
    r = Result(sum)
    q = Result(again)
  )");
  Executor executor(model);
  const auto one = executor.run({f32({1}, {1})});
  CHECK(values(one[0]) == std::vector<float>{11});
  CHECK(values(one[1]) == std::vector<float>{10});
  const auto two = executor.run({f32({1}, {2})});
  CHECK(values(two[0]) == std::vector<float>{13});
  CHECK(values(two[1]) == std::vector<float>{22});
}

// f16 has 11 bits: 2049 becomes 2048, and 0.1 becomes 0.0999755859375, of which 3 times is 0.2999267578125.
TEST_CASE("halves are computed in f32, and rounded where they leave the model") {
  auto model = parse_text(R"(
    x = Parameter           : f16[1]
    c = Const value=.1      : f16[1]
    y = Multiply(x, c)      : f16[1]
    d = Const value=3       : f16[1]
    z = Multiply(y, d)      : f16[1]
    w = Convert(z)          : f32[1]
    r = Result(w)
    q = Result(x)
    t = Const value=[1,2,3] : f16[3]
    i = Const value=1       : i64[]
    a = Const value=0       : i64[]
    g = Gather@opset8(t, i, a) : f16[]
    s = Result(g)
  )");
  const auto halves = Executor(model).run({convert(f32({1}, {1}), ElementType::f16)});
  CHECK(values(halves[0]) == std::vector{.2999267578125F});
  CHECK(halves[1].type() == ElementType::f16);
  CHECK(values(convert(halves[2], ElementType::f32)) == std::vector{2.F});
  const auto rounded = Executor(model).run({f32({1}, {2049})});
  CHECK(values(rounded[0]) == std::vector{2048 * .2999267578125F});
  CHECK(rounded[1].type() == ElementType::f16);
  model.version = 10;
  const auto shown = Executor(model).run({f32({1}, {2049})});
  CHECK(values(shown[0]) == std::vector{2049 * .0999755859375F * 3});
  CHECK(values(shown[1]) == std::vector{2049.F});
}

TEST_CASE("a value that is read twice by one layer, and again later, stays as it is") {
  const auto model = parse_text(R"(
    x = Parameter        : f32[2]
    y = ReLU(x)          : f32[2]
    z = Add(y, y)        : f32[2]
    u = ReLU(y)          : f32[2]
    w = Multiply(u, z)   : f32[2]
    r = Result(w)
    q = Result(y)
  )");
  Executor executor(model);
  const auto x = f32({2}, {-1, 3});
  const auto outputs = executor.run({x});
  CHECK(values(outputs[0]) == std::vector<float>{0, 18});
  CHECK(values(outputs[1]) == std::vector<float>{0, 3});
  CHECK(values(x) == std::vector<float>{-1, 3});  // the input belongs to the caller
}

TEST_CASE("what depends on constants alone is computed once") {
  const auto model = parse_text(R"(
    c = Const value=[1,2]   : f32[2]
    e = Exp(c)              : f32[2]
    x = Parameter           : f32[2]
    y = Add(x, e)           : f32[2]
    r = Result(y)
  )");
  std::vector<std::string> ran;
  RunOptions options;
  options.after_layer = [&](const Node& node, std::span<const Tensor>, double) { ran.emplace_back(node.type()); };
  Executor executor(model, options);
  executor.run({f32({2}, {0, 0})});
  executor.run({f32({2}, {0, 0})});
  CHECK(ran == std::vector<std::string>{"Exp", "Add", "Add"});
}

TEST_CASE("layers that no result reads are not run") {
  const auto model = parse_text(R"(
    x = Parameter        : f32[2]
    bad = NoSuch(x)      : f32[2]
    y = ReLU(x)          : f32[2]
    r = Result(y)
  )");
  CHECK(values(Executor(model).run({f32({2}, {-1, 1})})[0]) == std::vector<float>{0, 1});
}

TEST_CASE("an operation without a kernel is one clear error") {
  const auto model = parse_text("x = Parameter : f32[2]\ny = NoSuch@opset3(x) : f32[2]\nr = Result(y)\n");
  CHECK(message_of([&] { Executor executor(model); }) ==
        "text: \"y\" (NoSuch, id 1): operation NoSuch of opset3 cannot be run; there is no kernel for it");
}

TEST_CASE("an input of type string is one clear error") {
  const auto model = parse_text("x = Parameter : string[2]\ny = ShapeOf(x) : i64[1]\nr = Result(y)\n");
  CHECK(message_of([&] { Executor executor(model); }) ==
        "text: \"x\" (Parameter, id 0): an input of type string is not run");
}

TEST_CASE("inputs that do not fit are refused by name") {
  const auto model = parse_text("x = Parameter : f32[2,?]  names=\"in\"\ny = ReLU(x) : f32[2,?]\nr = Result(y)\n");
  Executor executor(model);
  CHECK(values(executor.run({f32({2, 1}, {-1, 1})})[0]) == std::vector<float>{0, 1});
  CHECK(message_of([&] { executor.run({}); }) == "the model has 1 inputs, 0 are given");
  CHECK(message_of([&] { executor.run({f32({1, 1}, {1})}); }) == "input 0 \"in\" is [1,1], should be [2,?]");
  CHECK(message_of([&] { executor.run({i64({2, 1}, {1, 1})}); }) == "input 0 \"in\" is i64, should be f32");
}

TEST_CASE("type-relaxed layers: integers stay integers in products, and are computed as real numbers elsewhere") {
  const auto model = parse_text(R"(
    x = Parameter                                                                                     : u8[1,2]
    z = Const value=250                                                                               : u8[1,1]
    s = Subtract@type_relaxed_opset1(x, z) type_relax=true input_data_types="" output_data_types=f32  : f32[1,2]
    w = Const value=[-128,127]                                                                        : i8[2,1]
    y = MatMul@type_relaxed_opset1(x, w) type_relax=true input_data_types=[f32,f32] output_data_types=f32 transpose_a=false transpose_b=false : f32[1,1]
    i = Const value=[0,2]  : f32[2]
    lo = Const value=0     : f32[]
    hi = Const value=2.55  : f32[]
    top = Const value=255  : f32[]
    q = FakeQuantize@type_relaxed_opset1(i, lo, hi, lo, top) type_relax=true input_data_types="" output_data_types=u8 levels=256 : u8[2]
    r1 = Result(s)
    r2 = Result(y)
    r3 = Result(q)
  )");
  Executor executor(model);
  const auto outputs = executor.run({tensor_of(ElementType::u8, {1, 2}, {240, 255})});
  CHECK(values(outputs[0]) == std::vector<float>{-10, 5});
  CHECK(values(outputs[1]) == std::vector<float>{240 * -128 + 255 * 127});
  REQUIRE(outputs[2].type() == ElementType::u8);
  CHECK(outputs[2].data<std::uint8_t>()[1] == 200);
}

TEST_CASE("packed constants are unpacked by Convert") {
  const auto model = parse_text(R"(
    a = Const value=[-8,7,-1]                 : i4[3]
    b = Convert(a) destination_type=f32       : f32[3]
    c = Const value=0x3840                    : f8e4m3[2]
    d = Convert(c) destination_type=f32       : f32[2]
    e = Const value=0x7080                    : f4e2m1[3]
    f = Convert(e) destination_type=f32       : f32[3]
    r = Result(b)
    q = Result(d)
    p = Result(f)
  )");
  const auto outputs = Executor(model).run({});
  CHECK(values(outputs[0]) == std::vector<float>{-8, 7, -1});
  CHECK(values(outputs[1]) == std::vector<float>{1, 2});
  CHECK(values(outputs[2]) == std::vector<float>{0, 6, -0.0F});  // half bytes 0, 7, 0
}

TEST_CASE("tensor names are split at commas that are not escaped") {
  CHECK(tensor_names("") == std::vector<std::string>{});
  CHECK(tensor_names("a,b\\,c,d") == std::vector<std::string>{"a", "b,c", "d"});
}

TEST_CASE("distances between tensors") {
  const auto d = distance(f32({2, 2}, {3, 0, 0, 4}), f32({2, 2}, {3, 1, 0, 4}));
  CHECK(d.max_abs == 1);
  CHECK(d.max_rel == 0.25);
  CHECK(d.sqnr_db == Approx(13.9794));  // 10 log10(25 / 1)
  CHECK(d.cosine == Approx(25 / (5 * std::sqrt(26.0))));
  CHECK(d.arg_max == 1);
  CHECK(distance(f32({1, 2}, {3, 0}), f32({1, 2}, {0, 3})).arg_max == 0);
  CHECK(!distance(f32({2}, {1, 1}), f32({1, 2}, {1, 1})).same_shape);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(distance(f32({1}, {nan}), f32({1}, {nan})).max_abs == 0);
  CHECK(std::isinf(distance(f32({1}, {1}), f32({1}, {nan})).max_rel));
}

TEST_CASE("random inputs stay within what the model can take") {
  const auto model = parse_text(R"(
    ids = Parameter                      : i64[2,..4]
    table = Const value=[0,10,20]        : f32[3,1]
    axis = Const value=0                 : i64[]
    rows = Gather@opset8(table, ids, axis) batch_dims=0 : f32[2,..4,1]
    image = Parameter                    : u8[1,?,?,3]
    r = Result(rows)
    q = Result(image)
  )");
  Executor executor(model);
  const auto inputs = random_inputs(executor, 7);
  CHECK(inputs[0].lengths() == Lengths{2, 4});
  for (int i = 0; i < 8; ++i) CHECK((inputs[0].data<std::int64_t>()[i] >= 0 && inputs[0].data<std::int64_t>()[i] < 3));
  CHECK(inputs[1].lengths() == Lengths{1, 8, 64, 3});
  CHECK(*std::max_element(inputs[1].data<std::uint8_t>(), inputs[1].data<std::uint8_t>() + inputs[1].count()) == 255);
  executor.run(inputs);
}

TEST_CASE("random inputs span the range of the FakeQuantize that reads them, also behind a preprocessing") {
  const auto model = parse_text(R"(
    image = Parameter                        : f16[1,8,8,3]
    wide = Convert(image) destination_type=f32 : f32[1,8,8,3]
    mean = Const value=[100,110,120]         : f32[1,1,1,3]
    centred = Subtract(wide, mean)           : f32[1,8,8,3]
    factor = Const value=.02                 : f32[]
    scaled = Multiply(factor, centred)       : f32[1,8,8,3]
    order = Const value=[0,3,1,2]            : i64[4]
    turned = Transpose(scaled, order)        : f32[1,3,8,8]
    low = Const value=-2                     : f32[]
    high = Const value=2.5                   : f32[]
    q = FakeQuantize(turned, low, high, low, high) levels=256 : f32[1,3,8,8]
    r = Result(q)
  )");
  Executor executor(model);
  const Tensor values = convert(random_inputs(executor, 1)[0], ElementType::f32);
  const auto [least, most] = std::minmax_element(values.data<float>(), values.data<float>() + values.count());
  // -2 / 0.02 + 100 to 2.5 / 0.02 + 120, of which 192 values come within a tenth of both ends.
  CHECK((*least >= 0 && *least < 24.5F));
  CHECK((*most <= 245 && *most > 220.5F));
}

namespace {

/// Lengths of the random inputs of a model, with which it runs.
std::vector<Lengths> random_lengths(std::string_view text) {
  const auto model = parse_text(text);
  Executor executor(model);
  const auto inputs = random_inputs(executor, 1);
  executor.run(inputs);
  std::vector<Lengths> lengths;
  for (const auto& input : inputs) lengths.push_back(input.lengths());
  return lengths;
}

}  // namespace

TEST_CASE("random inputs have the lengths that the model demands further down") {
  using All = std::vector<Lengths>;
  // Weights for three channels, behind a Transpose.
  CHECK(random_lengths(R"(
    x = Parameter                    : f32[?,6,6,?]
    order = Const value=[0,3,1,2]    : i64[4]
    t = Transpose(x, order)          : f32[?,?,6,6]
    w = Const value=[1,2,3]          : f32[1,3,1,1]
    y = Convolution(t, w) strides=[1,1] dilations=[1,1] pads_begin=[0,0] pads_end=[0,0] auto_pad=explicit : f32[?,1,6,6]
    r = Result(y)
  )") == All{{2, 6, 6, 3}});
  // A range for five channels, two of which come from elsewhere.
  CHECK(random_lengths(R"(
    x = Parameter                    : f32[?,2,?,4]
    y = Parameter                    : f32[?,?,?,4]
    c = Concat(x, y) axis=1          : f32[?,?,?,4]
    l = Const value=[-1,-1,-1,-1,-1] : f32[1,5,1,1]
    h = Const value=[1,1,1,1,1]      : f32[1,5,1,1]
    q = FakeQuantize(c, l, h, l, h) levels=256 : f32[?,?,?,4]
    r = Result(q)
  )") == All{{2, 2, 64, 4}, {2, 3, 64, 4}});
  // Two inputs that have to agree before weights tell their length.
  CHECK(random_lengths(R"(
    x = Parameter                    : f32[?,?]
    y = Parameter                    : f32[?,?]
    a = Add(x, y)                    : f32[?,?]
    w = Const value=[1,2,3,4,5]      : f32[5,1]
    m = MatMul(a, w) transpose_a=false transpose_b=false : f32[?,1]
    r = Result(m)
  )") == All{{2, 5}, {2, 5}});
  // Batch and image: 3 * 64 * 4 values of each.
  CHECK(random_lengths(R"(
    x = Parameter                    : f32[?,3,?,?]
    s = Const value=[0,-1]           : i64[2]
    f = Reshape(x, s) special_zero=true : f32[?,?]
    v = Const value=2                : f32[]
    n = Const value=[768,2]          : i64[2]
    w = Broadcast@opset3(v, n) mode=numpy : f32[768,2]
    m = MatMul(f, w) transpose_a=false transpose_b=false : f32[?,2]
    r = Result(m)
  )") == All{{2, 3, 4, 64}});
  // A batch of one, from a shape that is computed.
  CHECK(random_lengths(R"(
    x = Parameter                    : f32[?,3]
    s = Const value=[1,3]            : i64[2]
    f = Reshape(x, s) special_zero=false : f32[1,3]
    r = Result(f)
  )") == All{{1, 3}});
}

TEST_CASE("where no lengths fit, the inputs are named, and what to do") {
  const auto model = parse_text(R"(
    x = Parameter                    : f32[?,..100]  names="in"
    v = Const value=[1,2,3]          : f32[3,1]
    w = Const value=[1,2]            : f32[2,1]
    m = MatMul(x, v) transpose_a=false transpose_b=false : f32[?,1]
    n = MatMul(x, w) transpose_a=false transpose_b=false : f32[?,1]
    r = Result(m)
    q = Result(n)
  )");
  Executor executor(model);
  CHECK(message_of([&] { random_inputs(executor, 1); }) ==
        "text: \"m\" (MatMul, id 3): [2,8] and [3,1] cannot be multiplied; no lengths were found that fit for \"in\" "
        "[?,..100]: give all inputs with --input NAME=FILE.npy");
}

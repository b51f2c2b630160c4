#include "testing/check_operation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "exec/executor.hpp"
#include "ir/error.hpp"
#include "tensor/convert.hpp"
#include "text/text.hpp"

namespace lpt {
namespace {

std::string spec_of(const Tensor& tensor) {
  return fmt::format("{}[{}]", name(tensor.type()), to_string(tensor.lengths()));
}

Model model_of(std::string_view type, std::string_view attributes, const std::vector<Tensor>& inputs,
               const std::vector<std::string>& outputs) {
  std::string text;
  std::string arguments;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    text += fmt::format("in{} = Parameter : {}\n", i, spec_of(inputs[i]));
    arguments += fmt::format("{}in{}", i == 0 ? "" : ", ", i);
  }
  std::string types;
  std::string results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    types += (i == 0 ? "" : ", ") + outputs[i];
    results += fmt::format("r{} = Result(out.{})\n", i, i);
  }
  return parse_text(fmt::format("{}out = {}({}) {} : {}\n{}", text, type, arguments, attributes, types, results));
}

}  // namespace

Tensor tensor_of(ElementType type, Lengths lengths, const std::vector<double>& elements) {
  Tensor tensor(ElementType::f64, std::move(lengths));
  REQUIRE(tensor.count() == static_cast<std::int64_t>(elements.size()));
  std::copy(elements.begin(), elements.end(), tensor.data<double>());
  return convert(tensor, type);
}

Tensor f32(Lengths lengths, const std::vector<float>& elements) {
  return tensor_of(ElementType::f32, std::move(lengths), {elements.begin(), elements.end()});
}

Tensor i64(Lengths lengths, const std::vector<std::int64_t>& elements) {
  return tensor_of(ElementType::i64, std::move(lengths), {elements.begin(), elements.end()});
}

void check_operation(std::string_view type, std::string_view attributes, const std::vector<Tensor>& inputs,
                     const std::vector<Tensor>& outputs, double tolerance) {
  INFO(type << " " << attributes);
  std::vector<std::string> specs;
  for (const auto& output : outputs) specs.push_back(spec_of(output));
  const auto model = model_of(type, attributes, inputs, specs);
  Executor executor(model);
  const auto got = executor.run(inputs);
  REQUIRE(got.size() == outputs.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(spec_of(got[i]) == spec_of(outputs[i]));
    const Tensor mine = convert(got[i], ElementType::f64);
    const Tensor wanted = convert(outputs[i], ElementType::f64);
    REQUIRE(mine.count() == wanted.count());
    for (std::int64_t k = 0; k < mine.count(); ++k) {
      const double a = mine.data<double>()[k];
      const double b = wanted.data<double>()[k];
      INFO("output " << i << ", element " << k << ": is " << a << ", should be " << b);
      CHECK((a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= tolerance));
    }
  }
}

void check_operation_refused(std::string_view type, std::string_view attributes, const std::vector<Tensor>& inputs,
                             std::string_view message, std::string_view output) {
  INFO(type << " " << attributes);
  try {
    const auto model = model_of(type, attributes, inputs, {std::string(output)});
    Executor executor(model);
    executor.run(inputs);
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::bad_model);
    const std::string text = error.what();
    CHECK(text.substr(std::min(text.size(), text.rfind("): ") + 3)) == message);
    return;
  }
  FAIL("was not refused");
}

}  // namespace lpt

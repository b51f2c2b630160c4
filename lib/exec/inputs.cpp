#include "exec/inputs.hpp"

#include <algorithm>
#include <random>

#include "ir/error.hpp"
#include "ir/number.hpp"
#include "tensor/convert.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

/// 0 <= x < 1, from the bits of the generator alone: the distributions of the C++ library differ between machines.
double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

/// A normal distribution, near enough: the sum of twelve uniform ones.
double normal(std::mt19937_64& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += uniform(random);
  return sum;
}

bool passes_values_on(const Node& node) {
  return node.is("Convert") || node.is("Reshape") || node.is("Unsqueeze") || node.is("Squeeze") || node.is("Transpose");
}

/// The length of the shortest table whose rows a value chooses; 0 if it chooses none.
std::int64_t table_length(Value value, int depth = 0) {
  constexpr int kDeepest = 8;
  std::int64_t shortest = 0;
  const auto see = [&](std::int64_t length) {
    if (length > 0 && (shortest == 0 || length < shortest)) shortest = length;
  };
  for (const Input& use : value.readers()) {
    const Node& reader = *use.node;
    if (use.index == 0 && passes_values_on(reader) && depth < kDeepest) see(table_length(reader.output(0), depth + 1));
    if (use.index != 1 || !reader.is("Gather") || reader.input_count() < 3) continue;
    const auto axis = constant_integers(reader.input(2));
    const auto& table = reader.input(0).shape();
    if (!axis || axis->size() != 1 || !table.has_rank()) continue;
    const auto rank = static_cast<std::int64_t>(table.rank());
    const auto at = (*axis)[0] < 0 ? (*axis)[0] + rank : (*axis)[0];
    if (at >= 0 && at < rank && table[static_cast<std::size_t>(at)].is_static())
      see(table[static_cast<std::size_t>(at)].min);
  }
  return shortest;
}

Lengths chosen_lengths(const ModelPort& port) {
  const Shape& shape = port.value.shape();
  if (!shape.has_rank()) throw bad_model("input \"{}\" has a shape of any rank; give it with --input", port.name);
  Lengths lengths;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const auto d = shape[axis];
    const std::int64_t wanted = axis == 0 ? 2 : axis >= 2 && shape.rank() >= 4 ? 64 : 8;
    lengths.push_back(std::clamp(wanted, d.min, d.max));
  }
  return lengths;
}

}  // namespace

std::vector<Tensor> random_inputs(const std::vector<ModelPort>& ports, std::uint64_t seed) {
  std::vector<Tensor> tensors;
  std::mt19937_64 random(seed);
  for (const auto& port : ports) {
    const auto type = port.value.type();
    if (!is_number(type) && type != ElementType::boolean)
      throw bad_model("input \"{}\" is {}; there are no random values of that type", port.name, name(type));
    Tensor tensor(type, chosen_lengths(port));
    const auto fill = [&](auto draw) {
      if (type == ElementType::boolean) {
        std::generate_n(tensor.data<std::uint8_t>(), tensor.count(), [&] { return static_cast<std::uint8_t>(draw()); });
        return;
      }
      visit_number(type, [&](auto element) {
        using T = typename decltype(element)::type;
        std::generate_n(tensor.data<T>(), tensor.count(),
                        [&] { return static_cast<T>(static_cast<Compute<T>>(draw())); });
      });
    };
    if (is_real(type)) {
      fill([&] { return normal(random); });
    } else {
      const auto table = table_length(port.value);
      const bool small = bits(type) == 8 && type != ElementType::boolean && table == 0;
      const double low = small && is_signed_integer(type) ? -128 : 0;
      const double count = small ? 256 : table != 0 ? static_cast<double>(table) : 2;
      fill([&] { return low + std::floor(uniform(random) * count); });
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

std::vector<Tensor> arrange_inputs(const std::vector<ModelPort>& ports, const std::vector<NamedTensor>& arrays) {
  std::vector<Tensor> tensors(ports.size());
  for (const auto& [name, tensor] : arrays) {
    auto found = std::find_if(ports.begin(), ports.end(), [&, &wanted = name](const ModelPort& port) {
      return port.name == wanted || std::find(port.names.begin(), port.names.end(), wanted) != port.names.end();
    });
    if (found == ports.end()) {
      const auto digits = name.substr(0, 4) == "arr_" ? name.substr(4) : name;
      const auto number = parse_unsigned(digits);
      if (number && *number < ports.size()) found = ports.begin() + static_cast<std::ptrdiff_t>(*number);
    }
    if (found == ports.end()) {
      std::string known;
      for (const auto& port : ports) known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", port.name);
      throw bad_model("the model has no input \"{}\"; it has {}", name, known.empty() ? "none" : known);
    }
    auto& place = tensors[static_cast<std::size_t>(found - ports.begin())];
    if (place) throw bad_model("input \"{}\" is given twice", found->name);
    // numpy has no bf16 of its own, so that f32 has to do.
    place = found->value.type() == ElementType::bf16 && tensor.type() == ElementType::f32
                ? convert(tensor, ElementType::bf16)
                : tensor;
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (!tensors[i]) throw bad_model("input {} \"{}\" is not given", i, ports[i].name);
  }
  return tensors;
}

}  // namespace lpt

#include "tensor/convert.hpp"

#include <cmath>

#include "tensor/parallel.hpp"
#include "tensor/rounding.hpp"
#include "tensor/small_types.hpp"
#include "tensor/visit_type.hpp"

namespace lpt {
namespace {

/// To an integer of 64 bits as x86 does it: what does not fit, and NaN, is the smallest one.
std::int64_t to_int64(double value) {
  constexpr double kLimit = 9223372036854775808.0;
  if (value >= -kLimit && value < kLimit) return static_cast<std::int64_t>(value);
  return std::numeric_limits<std::int64_t>::min();
}

template <class To, class From>
To convert_element(From from) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if constexpr (std::is_same_v<To, std::uint64_t>) {
      if (from >= 9223372036854775808.0 && from < 18446744073709551616.0) return static_cast<std::uint64_t>(from);
    }
    return static_cast<To>(to_int64(from));
  } else {
    return static_cast<To>(from);
  }
}

template <class From, class Read>
void convert_all(Tensor& out, const Read& read) {
  const auto fill = [&](auto convert_one) {
    parallel_ranges(out.count(), 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) convert_one(i);
    });
  };
  if (out.type() == ElementType::boolean) {
    auto* to = out.data<std::uint8_t>();
    return fill([&](std::int64_t i) { to[i] = static_cast<std::uint8_t>(read(i) != 0); });
  }
  visit_number(out.type(), [&]<class To>(std::type_identity<To>) {
    auto* to = out.data<To>();
    fill([&](std::int64_t i) { to[i] = convert_element<To>(static_cast<From>(read(i))); });
  });
}

/// f32 to f16 or bf16, or the other way.
void convert_halves(const Tensor& in, Tensor& out) {
  const auto part = [](auto* elements, std::int64_t first, std::int64_t last) {
    return std::span(elements + first, static_cast<std::size_t>(last - first));
  };
  parallel_ranges(in.count(), 1, [&](std::int64_t first, std::int64_t last) {
    if (is_half(in.type())) {
      const auto* halves = in.data<std::uint16_t>();
      read_as_f32(in.type(), std::as_bytes(part(halves, first, last)), part(out.data<float>(), first, last));
    } else {
      auto* halves = out.data<std::uint16_t>();
      write_as(out.type(), part(in.data<float>(), first, last), std::as_writable_bytes(part(halves, first, last)));
    }
  });
}

}  // namespace

bool can_convert(ElementType from, ElementType to) {
  const auto is_plain = [](ElementType type) { return is_number(type) || type == ElementType::boolean; };
  return from == to || ((is_plain(from) || is_small_type(from)) && is_plain(to));
}

Tensor convert(const Tensor& tensor, ElementType type) {
  if (tensor.type() == type) return tensor;
  if (!can_convert(tensor.type(), type))
    throw internal_error("{} does not convert to {}", name(tensor.type()), name(type));
  const bool has_half = is_half(tensor.type()) || is_half(type);
  if (has_half && tensor.type() != ElementType::f32 && type != ElementType::f32)
    return convert(convert(tensor, ElementType::f32), type);
  Tensor out(type, tensor.lengths());
  if (has_half) {
    convert_halves(tensor, out);
  } else if (is_small_type(tensor.type())) {
    const std::span bytes(tensor.bytes(), tensor.byte_count());
    convert_all<float>(
        out, [&](std::int64_t i) { return decode_small(tensor.type(), bytes, static_cast<std::uint64_t>(i)); });
  } else if (tensor.type() == ElementType::boolean) {
    const auto* from = tensor.data<std::uint8_t>();
    convert_all<std::uint8_t>(out, [&](std::int64_t i) { return static_cast<std::uint8_t>(from[i] != 0); });
  } else {
    visit_number(tensor.type(), [&]<class From>(std::type_identity<From>) {
      const auto* from = tensor.data<From>();
      convert_all<From>(out, [&](std::int64_t i) { return from[i]; });
    });
  }
  return out;
}

}  // namespace lpt

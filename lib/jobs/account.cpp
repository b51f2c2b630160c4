#include "jobs/account.hpp"

#include <atomic>

#include "jobs/up_to_date.hpp"
#include "quant/dequantization.hpp"
#include "tensor/parallel.hpp"

namespace lpt {
namespace {

/// The stored value that stands for 0; empty where it is not one and the same whole number for all elements.
std::optional<std::int64_t> stored_zero(const Node& constant) {
  const auto type = constant.output(0).type();
  if (is_real(type)) return 0;
  const Node* reader = constant.output(0).single_reader("Convert");
  reader = reader == nullptr ? nullptr : reader->output(0).single_reader("Subtract");
  if (reader == nullptr) return 0;
  const auto dq = Dequantization::producing(reader->output(0), {});
  if (!dq || !dq->zero_point || !is_uniform(*dq->zero_point)) return std::nullopt;
  const float zero_point = dq->zero_point->values.front();
  return zero_point == std::floor(zero_point) ? std::optional(static_cast<std::int64_t>(zero_point)) : std::nullopt;
}

template <class T>
std::uint64_t count_equal(std::span<const std::byte> bytes, T wanted) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    count += value == wanted;
  }
  return count;
}

/// In bytes that hold whole elements. Minus zero is a zero.
std::uint64_t count_zeros(std::span<const std::byte> bytes, ElementType type, std::int64_t zero) {
  if (type == ElementType::f64) return count_equal<double>(bytes, 0);
  if (type == ElementType::f32) return count_equal<float>(bytes, 0);
  if (bits(type) == 16) return count_equal<std::uint16_t>(bytes, 0) + count_equal<std::uint16_t>(bytes, 0x8000);
  if (bits(type) == 8) return count_equal(bytes, static_cast<std::uint8_t>(zero));
  const auto wanted = static_cast<unsigned>(zero) & 15U;
  std::uint64_t count = 0;
  for (const auto byte : bytes) {
    const auto both = std::to_integer<unsigned>(byte);
    count += ((both & 15U) == wanted) + (both >> 4 == wanted);
  }
  return count;
}

bool is_looked_at(ElementType type) {
  if (type == ElementType::f64 || type == ElementType::f32 || is_half(type)) return true;
  return type == ElementType::i8 || type == ElementType::u8 || type == ElementType::i4 || type == ElementType::u4;
}

std::uint64_t zeros_of(const Blob& blob, ElementType type, std::int64_t zero) {
  const auto piece = blob.source()->piece_size();
  const auto pieces = static_cast<std::int64_t>((blob.size() + piece - 1) / piece);
  std::atomic<std::uint64_t> zeros{0};
  parallel_ranges(pieces, static_cast<std::int64_t>(piece / 8), [&](std::int64_t first, std::int64_t last) {
    for (auto i = static_cast<std::uint64_t>(first); i < static_cast<std::uint64_t>(last); ++i) {
      blob.visit(i * piece, std::min(piece, blob.size() - i * piece),
                 [&](std::span<const std::byte> bytes) { zeros += count_zeros(bytes, type, zero); });
    }
  });
  return zeros;
}

}  // namespace

FileFacts facts_of(const std::filesystem::path& path) {
  const auto digest = digest_of_file(path);
  std::error_code error;
  return {path.string(), std::filesystem::file_size(path, error), to_string(digest)};
}

std::vector<ConstantFacts> constants_of(const Model& model) {
  std::vector<ConstantFacts> result;
  for_each_node(*model.graph, [&](const Node& node) {
    const Blob* blob = node.constant();
    if (blob == nullptr) return;
    const auto type = node.output(0).type();
    auto& facts = result.emplace_back(ConstantFacts{LayerLabel(node), type, blob->size()});
    const auto zero = is_looked_at(type) ? stored_zero(node) : std::nullopt;
    const auto count = node.output(0).shape().element_count();
    if (!zero || !count || blob->size() == 0) return;
    facts.elements = *count;
    facts.zeros = zeros_of(*blob, type, *zero);
    if (bits(type) == 4 && *count % 2 == 1) facts.zeros -= *zero == 0;  // the padding
  });
  return result;
}

}  // namespace lpt

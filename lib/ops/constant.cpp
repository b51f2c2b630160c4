#include "ir/number.hpp"
#include "ir/utf8.hpp"
#include "ops/operation.hpp"

namespace lpt {
namespace {

Shape constant_shape(const Node& node) {
  const auto whole = required_attribute(node, "shape");
  std::vector<Dimension> dimensions;
  for_each_item(without_last_comma(whole), [&](std::string_view item) {
    const auto length = parse_unsigned(item);
    if (!length) throw LayerError("shape is \"{}\", should be a list of lengths", whole);
    dimensions.push_back(Dimension::exactly(static_cast<std::int64_t>(*length)));
  });
  Shape shape(std::move(dimensions));
  if (!shape.element_count()) throw LayerError("shape [{}] has more than 2^63-1 elements", whole);
  return shape;
}

/// Checks the packed form: count, count+1 offsets, text; all int32, little endian.
void check_strings(const Blob& blob, std::uint64_t expected) {
  const auto word = [&](std::uint64_t index) {
    std::int32_t value = 0;
    blob.read(index * 4, std::as_writable_bytes(std::span(&value, 1)));
    return value;
  };
  if (blob.size() < 8) throw LayerError("packed strings need at least 8 bytes, has {}", blob.size());
  const auto count = word(0);
  if (count < 0) throw LayerError("packed strings say that they are {}", count);
  if (static_cast<std::uint64_t>(count) != expected) {
    throw LayerError("its shape needs {} strings, its bytes hold {}", expected, count);
  }
  const auto header = 4 * (static_cast<std::uint64_t>(count) + 2);
  if (header > blob.size()) throw LayerError("{} strings need {} bytes, has {}", count, header, blob.size());
  std::int64_t previous = 0;
  for (std::int64_t i = 0; i <= count; ++i) {
    const std::int64_t offset = word(static_cast<std::uint64_t>(i) + 1);
    if (offset < previous) throw LayerError("string {} begins at {} and ends at {}", i - 1, previous, offset);
    if (static_cast<std::uint64_t>(offset) > blob.size() - header) {
      throw LayerError("string {} ends at byte {}, its text has {}", i - 1, offset, blob.size() - header);
    }
    previous = offset;
  }
}

/// OpenVINO hands strings on as they are, but its Python API fails on those that are no UTF-8.
void warn_of_bytes(const Blob& blob, const LayerWarn& warn) {
  std::int32_t count = 0;
  blob.read(0, std::as_writable_bytes(std::span(&count, 1)));
  const auto header = 4 * (static_cast<std::uint64_t>(count) + 2);
  std::vector<std::byte> text(blob.size() - header);
  blob.read(header, text);
  const std::string_view all(reinterpret_cast<const char*>(text.data()), text.size());
  if (first_invalid_utf8(all) < all.size()) warn("its strings are not all UTF-8; the bytes are kept as they are");
}

}  // namespace

void constant_check(const Node& node, const LayerWarn& warn) {
  if (!node.has_data()) throw LayerError("has no data element; element_type, shape, offset and size are wanted");
  if (node.attribute("value") != nullptr)
    throw LayerError("an inline value is not supported; offset and size should point into the weights");
  expect_inputs(node, 0, 0);
  const auto* type = node.attribute("element_type");
  if (type == nullptr || *type != "string" || node.constant() == nullptr) return;
  check_strings(*node.constant(), *constant_shape(node).element_count());
  warn_of_bytes(*node.constant(), warn);
}

/// Knows the type and shape only by looking at all that makes them possible, so it checks the bytes as well.
std::vector<OutputSpec> constant_infer(const Arguments& arguments) {
  const Node& node = arguments.node();
  const auto type = element_type_attribute(node, "element_type");
  if (type == ElementType::dynamic) throw LayerError("a constant needs an element type, has dynamic");
  auto shape = constant_shape(node);
  const Blob* blob = node.constant();
  const auto elements = *shape.element_count();
  if (blob != nullptr && type != ElementType::string) {
    const auto bytes = byte_count(type, elements);
    if (!bytes) throw LayerError("{} elements of {} have more than 2^63-1 bits", elements, name(type));
    if (*bytes > blob->size()) {
      throw LayerError("{} elements of {} need {} bytes, size is {}", elements, name(type), *bytes, blob->size());
    }
  }
  return {{type, std::move(shape)}};
}

}  // namespace lpt

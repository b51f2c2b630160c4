#include "quant/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "ir/error.hpp"

namespace lpt {
namespace {

using enum ElementType;

Target x86_cpu() {
  return {"cpu",
          {{"Convolution", {0}, {u8}, {}},
           {"Convolution", {1}, {i8}, {}},
           {"GroupConvolution", {0}, {u8}, {}},
           {"GroupConvolution", {0}, {u8, i8}, 5},
           {"GroupConvolution", {1}, {i8}, {}},
           {"ConvolutionBackpropData", {0}, {u8, i8}, {}},
           {"ConvolutionBackpropData", {1}, {i8}, {}},
           {"MatMul", {0}, {u8, i8}, {}},
           {"MatMul", {1}, {i8}, {}},
           {"LSTMSequence", {0, 1}, {u8}, {}},
           {"GRUSequence", {0, 1}, {u8}, {}}},
          {{"Convolution", {0}}, {"ConvolutionBackpropData", {0}}}};
}

/// Any signed or unsigned activations, signed weights.
Target signed_weights(std::string name, std::vector<Target::PerTensor> per_tensor) {
  Target target{std::move(name), {}, std::move(per_tensor)};
  for (const auto* operation : {"Convolution", "GroupConvolution", "ConvolutionBackpropData", "MatMul"}) {
    target.restrictions.push_back({operation, {0}, {u8, i8}, {}});
    target.restrictions.push_back({operation, {1}, {i8}, {}});
  }
  return target;
}

/// A JSON value that knows its line.
struct Json {
  enum Kind { object, array, string, number, truth, other } kind = other;
  std::size_t line = 0;
  std::string text;
  std::uint64_t integer = 0;
  std::vector<std::pair<std::string, Json>> members;  ///< of an object, or of an array without names

  static std::string_view kind_name(Kind kind) {
    static constexpr std::string_view kNames[] = {"an object",      "a list",        "a text",
                                                  "a whole number", "true or false", "another value"};
    return kNames[kind];
  }
};

/// Characters of a text, counting the lines as they are taken.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *line_ += *at_++ == '\n';
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* line_;
};

/// Builds Json from the events of nlohmann's parser.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(const std::string& path, const std::size_t& line) : path_(path), line_(line) {}
  Json root;

  bool null() override { return put(Json::other), true; }
  bool boolean(bool value) override {
    put(Json::truth).integer = value ? 1 : 0;
    return true;
  }
  bool number_integer(number_integer_t) override { return put(Json::other), true; }
  bool number_float(number_float_t, const string_t&) override { return put(Json::other), true; }
  bool binary(binary_t&) override { return put(Json::other), true; }
  bool number_unsigned(number_unsigned_t value) override {
    put(Json::number).integer = value;
    return true;
  }
  bool string(string_t& value) override {
    put(Json::string).text = value;
    return true;
  }
  bool key(string_t& value) override {
    key_ = value;
    return true;
  }
  bool start_object(std::size_t) override { return open(Json::object); }
  bool start_array(std::size_t) override { return open(Json::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string& token, const nlohmann::detail::exception&) override {
    throw bad_model("{}:{}: not JSON: \"{}\" is not expected here", path_, line_, token);
  }

 private:
  Json& put(Json::Kind kind) {
    Json* place = &root;
    if (!open_.empty()) place = &open_.back()->members.emplace_back(std::exchange(key_, {}), Json{}).second;
    place->kind = kind;
    place->line = line_;
    return *place;
  }
  bool open(Json::Kind kind) {
    open_.push_back(&put(kind));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string& path_;
  const std::size_t& line_;
  std::vector<Json*> open_;
  std::string key_;
};

/// Reads a target from JSON, with errors that name file and line.
class TargetReader {
 public:
  explicit TargetReader(std::string path) : path_(std::move(path)) {}

  Target read(const Json& root) const {
    expect(root, Json::object, "a target");
    check_members(root, "a target", {"name", "precisions", "per_tensor", "convolves_to_multiply"});
    Target target;
    target.name = text(member(root, "name", "a target"), "name");
    if (const auto* list = optional(root, "precisions")) {
      for (const auto& item : items(*list, "precisions")) target.restrictions.push_back(restriction(item.second));
    }
    if (const auto* list = optional(root, "per_tensor")) {
      for (const auto& item : items(*list, "per_tensor")) target.per_tensor.push_back(per_tensor(item.second));
    }
    if (const auto* wanted = optional(root, "convolves_to_multiply")) {
      expect(*wanted, Json::truth, "convolves_to_multiply");
      target.convolves_to_multiply = wanted->integer != 0;
    }
    return target;
  }

 private:
  template <class... Args>
  [[noreturn]] void fail(const Json& at, fmt::format_string<Args...> format, Args&&... args) const {
    throw bad_model("{}:{}: {}", path_, at.line, fmt::format(format, std::forward<Args>(args)...));
  }

  void expect(const Json& json, Json::Kind kind, std::string_view what) const {
    if (json.kind != kind)
      fail(json, "{} is {}, should be {}", what, Json::kind_name(json.kind), Json::kind_name(kind));
  }

  void check_members(const Json& json, std::string_view what, std::initializer_list<std::string_view> known) const {
    for (const auto& [name, value] : json.members) {
      if (std::find(known.begin(), known.end(), name) == known.end())
        fail(value, "{} has no member \"{}\", should be one of {}", what, name, fmt::join(known, ", "));
    }
  }

  static const Json* optional(const Json& json, std::string_view name) {
    for (const auto& [key, value] : json.members) {
      if (key == name) return &value;
    }
    return nullptr;
  }

  const Json& member(const Json& json, std::string_view name, std::string_view what) const {
    const auto* found = optional(json, name);
    if (found == nullptr) fail(json, "{} needs a member \"{}\"", what, name);
    return *found;
  }

  const std::string& text(const Json& json, std::string_view what) const {
    expect(json, Json::string, what);
    return json.text;
  }

  const std::vector<std::pair<std::string, Json>>& items(const Json& json, std::string_view what) const {
    expect(json, Json::array, what);
    return json.members;
  }

  std::vector<std::size_t> ports(const Json& entry, std::string_view what) const {
    std::vector<std::size_t> result;
    for (const auto& item : items(member(entry, "ports", what), "ports")) {
      expect(item.second, Json::number, "a port");
      result.push_back(item.second.integer);
    }
    return result;
  }

  Target::Restriction restriction(const Json& entry) const {
    constexpr std::string_view kWhat = "an entry of precisions";
    expect(entry, Json::object, kWhat);
    check_members(entry, kWhat, {"operation", "ports", "types", "rank"});
    Target::Restriction result;
    result.operation = text(member(entry, "operation", kWhat), "operation");
    result.ports = ports(entry, kWhat);
    for (const auto& item : items(member(entry, "types", kWhat), "types")) {
      const auto type = element_type(text(item.second, "a type"));
      if (!type || !is_integer(*type))
        fail(item.second, "\"{}\" is no integer type such as u8 or i8", item.second.text);
      result.types.push_back(*type);
    }
    if (const auto* rank = optional(entry, "rank")) {
      expect(*rank, Json::number, "rank");
      result.rank = rank->integer;
    }
    return result;
  }

  Target::PerTensor per_tensor(const Json& entry) const {
    constexpr std::string_view kWhat = "an entry of per_tensor";
    expect(entry, Json::object, kWhat);
    check_members(entry, kWhat, {"operation", "ports"});
    return {text(member(entry, "operation", kWhat), "operation"), ports(entry, kWhat)};
  }

  std::string path_;
};

Target read_target(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file && !file.eof()) throw io_error("{}: cannot read", path);
  std::size_t line = 1;
  Builder builder(path, line);
  const char* begin = text.data();
  nlohmann::json::sax_parse(CountingIterator(begin, &line), CountingIterator(begin + text.size(), &line), &builder);
  return TargetReader(path).read(builder.root);
}

bool contains(const std::vector<std::size_t>& ports, std::size_t port) {
  return std::find(ports.begin(), ports.end(), port) != ports.end();
}

}  // namespace

std::vector<const Target::Restriction*> Target::restrictions_of(const Node& node) const {
  std::vector<const Restriction*> found;
  const auto rank_fits = [&](const Restriction& restriction) {
    return !restriction.rank || (node.input_count() > 0 && node.input(0).shape().has_rank() &&
                                 node.input(0).shape().rank() == *restriction.rank);
  };
  for (const auto& restriction : restrictions) {
    if (restriction.operation != node.type() || !rank_fits(restriction)) continue;
    const auto general = std::find_if(found.begin(), found.end(), [&](const Restriction* other) {
      return restriction.rank && !other->rank && other->ports == restriction.ports;
    });
    if (general != found.end()) {
      *general = &restriction;
    } else {
      found.push_back(&restriction);
    }
  }
  return found;
}

const std::vector<ElementType>* Target::types(const Node& node, std::size_t port) const {
  for (const auto* restriction : restrictions_of(node)) {
    if (contains(restriction->ports, port)) return &restriction->types;
  }
  return nullptr;
}

const std::vector<ElementType>* Target::types_of(std::string_view operation, std::size_t port) const {
  for (const auto& restriction : restrictions) {
    if (restriction.operation == operation && contains(restriction.ports, port)) return &restriction.types;
  }
  return nullptr;
}

bool Target::needs_per_tensor(const Node& node, std::size_t port) const {
  return std::any_of(per_tensor.begin(), per_tensor.end(), [&](const PerTensor& demand) {
    return demand.operation == node.type() && contains(demand.ports, port);
  });
}

Target find_target(const std::string& name_or_path) {
  if (name_or_path == "cpu") return x86_cpu();
  if (name_or_path == "gpu") {
    auto target = signed_weights("gpu", {{"Convolution", {0}}, {"ConvolutionBackpropData", {0}}});
    target.convolves_to_multiply = true;
    return target;
  }
  if (name_or_path == "generic") return signed_weights("generic", {});
  std::error_code error;
  if (!std::filesystem::exists(name_or_path, error))
    throw usage_error("--target is '{}', should be cpu, gpu, generic or a JSON file", name_or_path);
  return read_target(name_or_path);
}

}  // namespace lpt

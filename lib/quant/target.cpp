#include "quant/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "ir/error.hpp"
#include "ir/nearest_name.hpp"
#include "ops/facts.hpp"
#include "ops/operation.hpp"

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

using Json = nlohmann::json;

constexpr int kDeepest = 16;           ///< levels; a million brackets would take the stack
constexpr std::size_t kLargest = 255;  ///< of ports and ranks: no operation that computes has as many

/// A value in the file of a target. `where` begins its messages: "npu.json: precisions[1].ports".
class Place {
 public:
  Place(std::string where, const Json& json) : where_(std::move(where)), json_(json) {}

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw bad_model("{} {}", where_, fmt::format(format, std::forward<Args>(args)...));
  }

  void expect_members(std::initializer_list<std::string_view> known) const {
    for (const auto& [name, value] : expect(json_.is_object(), "an object").items()) {
      if (std::find(known.begin(), known.end(), name) == known.end())
        fail("has a member \"{}\", should have {}", name, fmt::join(known, ", "));
    }
  }
  bool has(const char* name) const { return json_.contains(name); }
  Place member(const char* name) const {
    if (!has(name)) fail("has no member \"{}\"", name);
    return {where_ + (where_.back() == ':' ? " " : ".") + name, json_[name]};
  }
  /// The items of a member; none if it is left out.
  std::vector<Place> items(const char* name) const {
    std::vector<Place> places;
    if (!has(name)) return places;
    const auto list = member(name);
    for (const auto& item : list.expect(list.json_.is_array(), "a list"))
      places.emplace_back(fmt::format("{}[{}]", list.where_, places.size()), item);
    return places;
  }
  /// What `read` makes of the items of a member that has to have some.
  template <class Read>
  auto each(const char* name, Read read) const {
    const auto list = member(name);
    std::vector<decltype(read(list))> values;
    for (const auto& item : items(name)) values.push_back(read(item));
    if (values.empty()) list.fail("is empty");
    return values;
  }

  std::string text() const { return expect(json_.is_string(), "a text").get<std::string>(); }
  bool truth() const { return expect(json_.is_boolean(), "true or false").get<bool>(); }
  std::size_t number() const {
    const bool holds = json_.is_number_unsigned() && json_.get<std::size_t>() <= kLargest;
    return expect(holds, fmt::format("a whole number from 0 to {}", kLargest)).get<std::size_t>();
  }

 private:
  const Json& expect(bool holds, std::string_view what) const {
    if (holds) return json_;
    fail("is {}, should be {}", json_.is_object() ? "an object" : json_.is_array() ? "a list" : json_.dump(), what);
  }

  std::string where_;
  const Json& json_;
};

std::string operation(const Place& entry) {
  const auto place = entry.member("operation");
  auto type = place.text();
  if (find_operation(type, "opset1") != nullptr) return type;
  const auto meant = nearest_name(type, operation_types());
  place.fail("is \"{}\", which is no operation{}", type,
             meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant));
}

std::vector<std::size_t> ports_of(const Place& entry) {
  const auto* facts = find_facts(operation(entry));
  const bool is_counted = facts != nullptr && facts->type != "Concat";
  return entry.each("ports", [&](const Place& place) {
    const auto port = place.number();
    if (is_counted && port >= facts->least_inputs)
      place.fail("is {}, should be less than {}, the number of inputs of {}", port, facts->least_inputs, facts->type);
    return port;
  });
}

ElementType integer_type(const Place& place) {
  const auto type = element_type(place.text());
  if (!type || !is_integer(*type)) place.fail("is \"{}\", should be an integer type such as u8 or i8", place.text());
  return *type;
}

Target target(const Place& root) {
  root.expect_members({"name", "precisions", "per_tensor", "convolves_to_multiply"});
  Target result{root.member("name").text(), {}, {}};
  for (const auto& entry : root.items("precisions")) {
    entry.expect_members({"operation", "ports", "types", "rank"});
    result.restrictions.push_back({operation(entry), ports_of(entry), entry.each("types", integer_type), {}});
    if (entry.has("rank")) result.restrictions.back().rank = entry.member("rank").number();
  }
  for (const auto& entry : root.items("per_tensor")) {
    entry.expect_members({"operation", "ports"});
    result.per_tensor.push_back({operation(entry), ports_of(entry)});
  }
  if (result.restrictions.empty()) root.fail("has no precisions, so that no operation takes integers");
  if (root.has("convolves_to_multiply")) result.convolves_to_multiply = root.member("convolves_to_multiply").truth();
  return result;
}

Json parse(const std::string& path, const std::string& text) {
  std::vector<std::set<std::string>> names;  // of the objects that are open, outermost first
  const auto watch = [&](int depth, Json::parse_event_t event, const Json& value) {
    if (depth > kDeepest) throw bad_model("{}: values are nested deeper than {} levels", path, kDeepest);
    names.resize(static_cast<std::size_t>(depth));
    if (event == Json::parse_event_t::key && !names.back().insert(value.get<std::string>()).second)
      throw bad_model("{}: the member {} is given twice in one object", path, value.dump());
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::parse_error& problem) {
    if (problem.byte > text.size()) throw bad_model("{}: the JSON ends too early", path);
    const auto before = std::string_view(text).substr(0, problem.byte - 1);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    throw bad_model("{}:{}: not JSON at column {}", path, line, before.size() - before.rfind('\n'));
  } catch (const Json::out_of_range&) {
    throw bad_model("{}: a number is too large", path);
  }
}

Target read_target(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw io_error("{}: is a directory, should be a file", path);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw io_error("{}: {}", path, errno == ENOENT ? "the file does not exist" : "cannot read");
  return target(Place(path + ":", parse(path, {std::istreambuf_iterator<char>(file), {}})));
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
  std::error_code ignored;
  if (name_or_path.find_first_of("./") == std::string::npos && !std::filesystem::exists(name_or_path, ignored))
    throw usage_error("--target is '{}', should be cpu, gpu, generic or a JSON file", name_or_path);
  return read_target(name_or_path);
}

}  // namespace lpt

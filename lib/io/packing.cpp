#include "io/packing.hpp"

#include <utility>

#include "ir/number.hpp"

namespace lpt {
namespace {

using Release = std::pair<int, int>;  ///< 2026.4

/// The first release that packs a type in another way, and what is to be said of files from before and from then on.
/// source  OpenVINO pull requests 31181 and 37430; what 2026.4 reads, measured
struct Repacking {
  ElementType type;
  Release since;
  const char *before, *after;  ///< null: read as they were meant
};
constexpr auto* kLaterReadsOther = "of which versions behind 2026.4 read other values";
constexpr auto* kReadsOther = "of which other values are read here, as by 2026.4";
constexpr Repacking kRepackings[] = {
    {ElementType::u2, {2025, 3}, "of which other values are read here, as by 2025.3 and later versions", nullptr},
    {ElementType::u3, {2026, 5}, kLaterReadsOther, kReadsOther},
    {ElementType::u6, {2026, 5}, kLaterReadsOther, kReadsOther}};

std::optional<Release> release_of(std::string_view version) {
  const auto dot = version.find('.');
  if (dot == version.npos) return std::nullopt;
  const auto year = parse_number<int>(version.substr(0, dot));
  version.remove_prefix(dot + 1);
  const auto release = parse_number<int>(version.substr(0, version.find_first_not_of("0123456789")));
  return year && release ? std::optional(Release(*year, *release)) : std::nullopt;
}

}  // namespace

void warn_of_packing(const Model& model, const Warn& warn) {
  const auto* info = find(model.graph->sections, "rt_info");
  const auto* entry = info != nullptr ? find(info->children, "Runtime_version") : nullptr;
  const auto* version = entry != nullptr ? find(entry->attributes, "value") : nullptr;
  const auto release = version != nullptr ? release_of(*version) : std::nullopt;
  if (!release) return;
  struct Found {
    const Node* first = nullptr;
    std::size_t count = 0;
  } found[std::size(kRepackings)];
  for_each_node(*model.graph, [&](const Node& node) {
    if (node.constant() == nullptr) return;
    for (std::size_t i = 0; i < std::size(kRepackings); ++i) {
      if (node.output(0).type() == kRepackings[i].type && ++found[i].count == 1) found[i].first = &node;
    }
  });
  for (std::size_t i = 0; i < std::size(kRepackings); ++i) {
    const auto& [type, since, before, after] = kRepackings[i];
    const char* what = *release < since ? before : after;
    if (found[i].count == 0 || what == nullptr) continue;
    warn(fmt::format("{}: its {} elements were packed by OpenVINO {}, {}{}", where(model.origin, *found[i].first),
                     name(type), version->substr(0, version->find('-')), what,
                     found[i].count == 1 ? "" : fmt::format("; likewise {} more", found[i].count - 1)));
  }
}

}  // namespace lpt

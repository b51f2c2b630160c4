#include "report/diff_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "diff/facets.hpp"
#include "report/json.hpp"
#include "report/printable.hpp"
#include "text/text.hpp"

namespace lpt {
namespace {

constexpr std::size_t kMostShown = 3;  // of the changes that are alike
constexpr std::uint64_t kMostValues = 8;

struct Row {
  std::string title, before, after, change;
};

std::vector<Row> table(const Diffed& diffed) {
  const auto &a = diffed.before, &b = diffed.after;
  std::vector<Row> rows{{"layers", grouped(a.statistics.layers), grouped(b.statistics.layers),
                         delta(a.statistics.layers, b.statistics.layers)}};
  const auto share =
      a.weights_bytes == 0 || a.weights_bytes == b.weights_bytes
          ? delta(a.weights_bytes, b.weights_bytes)
          : fmt::format("{:+.0f} %",
                        100 * (static_cast<double>(b.weights_bytes) / static_cast<double>(a.weights_bytes) - 1));
  rows.push_back({"weights file, bytes", grouped(a.weights_bytes), grouped(b.weights_bytes), share});
  rows.push_back({"in int8", fmt::format("{} of {}", a.share.low, a.share.all),
                  fmt::format("{} of {}", b.share.low, b.share.all), delta(a.share.low, b.share.low)});
  return rows;
}

/// "Const -35, Multiply +10": the types of which there are more or fewer, those that changed most first.
std::string types_text(const Diffed& diffed) {
  std::map<std::string, std::int64_t> changes;
  for (const auto& [type, count] : diffed.after.statistics.operations)
    changes[type] += static_cast<std::int64_t>(count);
  for (const auto& [type, count] : diffed.before.statistics.operations)
    changes[type] -= static_cast<std::int64_t>(count);
  std::vector<std::pair<std::int64_t, std::string>> sorted;
  for (const auto& [type, change] : changes) {
    if (change != 0) sorted.emplace_back(change, type);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& x, const auto& y) { return std::abs(x.first) > std::abs(y.first); });
  std::string text;
  constexpr std::size_t kMost = 8;
  for (std::size_t i = 0; i < std::min(kMost, sorted.size()); ++i)
    text += fmt::format("{}{} {:+}", i == 0 ? "" : ", ", sorted[i].second, sorted[i].first);
  if (sorted.size() > kMost) text += fmt::format(" and {} more types", sorted.size() - kMost);
  return text;
}

std::string name_of(const Meaning& meaning, const Node& node) { return meaning.path + std::string(node.name()); }

/// `"conv1" (Convolution)`, both names where they differ.
std::string subject(const Meaning& meaning) {
  const Node* node = meaning.after != nullptr ? meaning.after : meaning.before;
  if (node == nullptr) return "";
  auto text = fmt::format("\"{}\" ({})", name_of(meaning, *node), node->type());
  if (meaning.before != nullptr && meaning.after != nullptr && meaning.before->name() != meaning.after->name())
    text = fmt::format("\"{}\", before \"{}\" ({})", name_of(meaning, *meaning.after),
                       name_of(meaning, *meaning.before), node->type());
  return text;
}

char sign(const Meaning& meaning) {
  const bool is_gone = meaning.after == nullptr, is_new = meaning.before == nullptr;
  return is_gone == is_new ? '~' : is_gone ? '-' : '+';
}

std::string others_text(const Meaning& meaning) {
  if (meaning.others == 0 || meaning.kind == Kind::folded) return "";
  const bool in_consequence =
      meaning.kind == Kind::retyped || meaning.kind == Kind::reshaped || meaning.kind == Kind::attributes;
  return fmt::format(" ({} {} layer{})", in_consequence ? "and in consequence" : "with", meaning.others,
                     meaning.others == 1 ? "" : "s");
}

/// Changes of a kind of which the same can be said.
struct Section {
  std::string title;
  std::vector<const Meaning*> meanings;
};

bool takes_part(const Diffed& diffed, std::size_t meaning, const std::vector<const Node*>& named) {
  const auto is_named = [&](const Node* node) {
    return node != nullptr && std::find(named.begin(), named.end(), node) != named.end();
  };
  for (const auto& change : diffed.diff.layers) {
    if (!is_named(change.before) && !is_named(change.after)) continue;
    if (change.facets.empty() && change.meaning == meaning) return true;
    for (const auto& facet : change.facets) {
      if (facet.meaning == meaning) return true;
    }
  }
  const auto& about = diffed.diff.meanings[meaning];
  return is_named(about.before) || is_named(about.after);
}

std::vector<Section> sections(const Diffed& diffed) {
  std::vector<Section> result;
  std::map<std::pair<Kind, std::string>, std::size_t> places;
  for (std::size_t i = 0; i < diffed.diff.meanings.size(); ++i) {
    const auto& meaning = diffed.diff.meanings[i];
    if (!diffed.named.empty() && !takes_part(diffed, i, diffed.named)) continue;
    const auto [place, is_new] = places.try_emplace({meaning.kind, meaning.verdict}, result.size());
    if (is_new) result.emplace_back();
    result[place->second].meanings.push_back(&meaning);
  }
  for (auto& section : result) {
    std::map<std::string_view, std::size_t> types;
    for (const auto* meaning : section.meanings) {
      const Node* node = meaning->after != nullptr ? meaning->after : meaning->before;
      if (node != nullptr) ++types[node->type()];
    }
    const auto& first = *section.meanings.front();
    section.title = title(first.kind);
    std::string counts;
    constexpr std::size_t kMost = 4;
    std::size_t shown = 0;
    for (const auto& [type, count] : types) {
      if (++shown <= kMost) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, type);
    }
    if (types.size() > kMost) counts += fmt::format(" and {} more types", types.size() - kMost);
    if (section.meanings.size() > 1 && !counts.empty()) section.title += fmt::format(" ({})", counts);
    if (!first.verdict.empty()) section.title += ", " + first.verdict;
  }
  return result;
}

/// "outputs: 1, same names and shapes"
std::string outputs_text(const Diffed& diffed) {
  const auto results = [](const Model& model) {
    std::vector<const Node*> nodes;
    for (const Node* node = model.graph->first(); node != nullptr; node = node->next()) {
      if (node->is("Result") && node->input_count() != 0 && node->input(0)) nodes.push_back(node);
    }
    return nodes;
  };
  const auto before = results(diffed.before.model), after = results(diffed.after.model);
  bool names = before.size() == after.size(), shapes = names;
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    names = names && before[i]->input(0).names() == after[i]->input(0).names();
    shapes = shapes && before[i]->input(0).shape() == after[i]->input(0).shape() &&
             before[i]->input(0).type() == after[i]->input(0).type();
  }
  const auto count = before.size() == after.size() ? std::to_string(after.size())
                                                   : fmt::format("{} -> {}", before.size(), after.size());
  return fmt::format("outputs: {}, {} names, {} types and shapes", count, names ? "same" : "other",
                     shapes ? "same" : "other");
}

/// A layer, what it reads and who reads it, in the text form.
std::string neighbourhood(const Node& node) {
  std::unordered_set<const Node*> shown{&node};
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!node.input(i)) continue;
    for (const Node* each : data_chain(node.input(i).node())) shown.insert(each);
  }
  for (std::size_t i = 0; i < node.output_count(); ++i) {
    for (const auto& reader : node.output(i).readers()) shown.insert(reader.node);
  }
  std::istringstream lines(print_text(node.graph(), kMostValues, &shown));
  std::string text;
  for (std::string line; std::getline(lines, line);) text += printable(line) + "\n";
  return text;
}

std::string header(const DiffJob& job) {
  return printable(fmt::format("{} -> {}", job.before.string(), job.after.string()));
}

constexpr std::string_view kSame = "no difference";

}  // namespace

std::string diff_text(const DiffJob& job, const Diffed& diffed, bool coloured) {
  const auto colour = [&](std::string_view code, const std::string& text) {
    return coloured ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
  };
  if (diffed.diff.is_same() && diffed.named.empty()) return fmt::format("{}: {}\n", header(job), kSame);
  auto text = fmt::format("{:<22}{:>14}{:>14}{:>10}\n", "", "before", "after", "change");
  for (const auto& row : table(diffed))
    text += fmt::format("{:<22}{:>14}{:>14}{:>10}\n", row.title, row.before, row.after, row.change);
  const auto types = types_text(diffed);
  if (!types.empty()) text += fmt::format("layers by type: {}\n", printable(types));
  text += "\n";
  for (const auto& section : sections(diffed)) {
    text += colour("1", section.title) + "\n";
    const auto shown = job.all || section.meanings.size() <= kMostShown + 1 ? section.meanings.size() : kMostShown;
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& meaning = *section.meanings[i];
      const auto about = subject(meaning);
      const auto line =
          fmt::format("  {} {}{}{}{}", sign(meaning), about, about.empty() || meaning.text.empty() ? "" : "   ",
                      meaning.text, others_text(meaning));
      text += colour(sign(meaning) == '+' ? "32" : sign(meaning) == '-' ? "31" : "33", printable(line)) + "\n";
    }
    if (shown < section.meanings.size())
      text += fmt::format("  ... and {} more; --all shows them\n", section.meanings.size() - shown);
  }
  for (const Node* node : diffed.named) {
    const bool is_before =
        &node->graph() == diffed.before.model.graph.get() || diffed.diff.alignment.after(*node) != nullptr;
    text += "\n" + colour("1", is_before ? "before" : "after") + "\n" + neighbourhood(*node);
    const Node* pair = is_before ? diffed.diff.alignment.after(*node) : diffed.diff.alignment.before(*node);
    if (pair != nullptr && std::find(diffed.named.begin(), diffed.named.end(), pair) == diffed.named.end())
      text += "\n" + colour("1", is_before ? "after" : "before") + "\n" + neighbourhood(*pair);
  }
  return text + (diffed.named.empty() ? outputs_text(diffed) + "\n" : "");
}

std::string diff_markdown(const DiffJob& job, const Diffed& diffed) {
  auto text = fmt::format("### {}\n\n", markdown(header(job)));
  if (diffed.diff.is_same()) return text + std::string(kSame) + "\n";
  text += "| | before | after | change |\n|---|--:|--:|--:|\n";
  for (const auto& row : table(diffed))
    text += fmt::format("| {} | {} | {} | {} |\n", row.title, row.before, row.after, row.change);
  const auto types = types_text(diffed);
  if (!types.empty()) text += fmt::format("\nLayers by type: {}\n", markdown(types));
  for (const auto& section : sections(diffed)) {
    text += fmt::format("\n**{}**\n\n", markdown(section.title));
    const auto shown = job.all || section.meanings.size() <= kMostShown + 1 ? section.meanings.size() : kMostShown;
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& meaning = *section.meanings[i];
      const auto about = subject(meaning);
      text +=
          fmt::format("- `{}` {}{}{}{}\n", sign(meaning), markdown(about),
                      about.empty() || meaning.text.empty() ? "" : ": ", markdown(meaning.text), others_text(meaning));
    }
    if (shown < section.meanings.size()) text += fmt::format("- and {} more\n", section.meanings.size() - shown);
  }
  return text + fmt::format("\n{}\n", outputs_text(diffed));
}

namespace {

Json layer_json(const Model& model, const Node* node) {
  if (node == nullptr) return nullptr;
  Json json = {{"name", node->name()}, {"type", node->type()}, {"version", node->version()}, {"id", node->id()}};
  const auto line = line_of(model, LayerLabel(*node));
  if (line != 0) json["line"] = line;
  return json;
}

Json value_json(Value value) { return value ? Json::array({value.node().id(), value.index()}) : Json(nullptr); }

/// All of a layer that the other model does not have.
Json whole_layer_json(const Model& model, const Node& node, const Contents& contents) {
  auto json = layer_json(model, &node);
  if (node.constant() != nullptr) json["bytes"] = to_string(contents.of(node));
  json["facts"] = layer_texts(node, {});
  json["inputs"] = Json::array();
  for (std::size_t i = 0; i < node.input_count(); ++i) json["inputs"].push_back(value_json(node.input(i)));
  return json;
}

Json values_json(const ValueDifference& values) {
  return {{"elements", values.count},          {"differing", values.differing},
          {"max_abs", number(values.max_abs)}, {"mean_abs", number(values.mean_abs)},
          {"sqnr_db", number(values.sqnr_db)}, {"worst_channel", values.worst_channel}};
}

Json side_json(const std::filesystem::path& path, const DiffSide& side) {
  return {{"file", path.string()},
          {"layers", side.statistics.layers},
          {"weights_bytes", side.weights_bytes},
          {"in_int8", side.share.low},
          {"with_integer_kernels", side.share.all},
          {"types", Json(side.statistics.operations)}};
}

Json facet_json(const Facet& facet) {
  const auto text = [](const std::optional<std::string>& value) { return value ? Json(*value) : Json(nullptr); };
  return {
      {"what", facet.what}, {"before", text(facet.before)}, {"after", text(facet.after)}, {"meaning", facet.meaning}};
}

Json change_json(const Diffed& diffed, const LayerChange& change, const std::string& path) {
  const auto &before = diffed.before.model, &after = diffed.after.model;
  Json json = {{"path", path}};
  if (change.before == nullptr || change.after == nullptr) {
    if (change.before == nullptr) {
      json["added"] = whole_layer_json(after, *change.after, diffed.diff.contents_after);
    } else {
      json["removed"] = layer_json(before, change.before);
    }
    json["meaning"] = change.meaning;
    return json;
  }
  json["before"] = layer_json(before, change.before);
  json["after"] = layer_json(after, change.after);
  json["facets"] = Json::array();
  for (const auto& facet : change.facets) {
    auto entry = facet_json(facet);
    if (facet.what.rfind("input ", 0) == 0) {
      const auto port = std::stoul(facet.what.substr(6));
      entry["from"] = port < change.before->input_count() ? value_json(change.before->input(port)) : nullptr;
      entry["to"] = port < change.after->input_count() ? value_json(change.after->input(port)) : nullptr;
    }
    json["facets"].push_back(std::move(entry));
  }
  return json;
}

}  // namespace

std::string diff_json(const DiffJob& job, const Diffed& diffed) {
  Json json = {{"format", "lpt-diff"},
               {"version", 1},
               {"same", diffed.diff.is_same()},
               {"before", side_json(job.before, diffed.before)},
               {"after", side_json(job.after, diffed.after)},
               {"meanings", Json::array()}};
  for (std::size_t i = 0; i < diffed.diff.meanings.size(); ++i) {
    const auto& meaning = diffed.diff.meanings[i];
    if (!diffed.named.empty() && !takes_part(diffed, i, diffed.named)) continue;
    Json entry = {{"kind", name(meaning.kind)}, {"path", meaning.path}};
    entry["before"] = layer_json(diffed.before.model, meaning.before);
    entry["after"] = layer_json(diffed.after.model, meaning.after);
    entry["text"] = meaning.text;
    if (!meaning.verdict.empty()) entry["verdict"] = meaning.verdict;
    entry["others"] = meaning.others;
    if (meaning.values) entry["values"] = values_json(*meaning.values);
    json["meanings"].push_back(std::move(entry));
  }
  if (job.all) {
    std::unordered_map<const Graph*, std::string> paths;
    json["pairs"] = Json::array();
    for (const auto& graphs : diffed.diff.alignment.graphs()) {
      paths[graphs.before] = paths[graphs.after] = graphs.path;
      auto ids = Json::array();
      for (const Node* node = graphs.before->first(); node != nullptr; node = node->next()) {
        const Node* pair = diffed.diff.alignment.after(*node);
        if (pair != nullptr) ids.push_back({node->id(), pair->id()});
      }
      json["pairs"].push_back({{"path", graphs.path}, {"ids", std::move(ids)}});
    }
    json["layers"] = Json::array();
    for (const auto& change : diffed.diff.layers) {
      const Node& node = change.before != nullptr ? *change.before : *change.after;
      json["layers"].push_back(change_json(diffed, change, paths[&node.graph()]));
    }
    json["model"] = Json::array();
    for (const auto& facet : diffed.diff.model) json["model"].push_back(facet_json(facet));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lpt

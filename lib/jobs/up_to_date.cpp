#include "jobs/up_to_date.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <array>

#include "driver/mark.hpp"
#include "exec/npy.hpp"
#include "io/file.hpp"
#include "io/reader.hpp"

namespace lpt {
namespace {

constexpr auto kAttribute = "user.lpt_opt.source";

/// Of a file that may be missing, as a model without weights has none.
std::string state_of(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return "none";
  return fmt::format("{}:{}.{:09}", found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

/// What a model says that it is made of; empty if it does not.
std::string recorded(const std::filesystem::path& xml) {
  const auto bytes = read_whole_file(xml);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::string(marked_source(text));
}

}  // namespace

Digest digest_of_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return {};
  return digest_of(Blob(std::make_shared<MappedFile>(path)));
}

Source::Source(const std::filesystem::path& xml, const std::filesystem::path& weights, std::string options)
    : xml_(xml), weights_(weights), options_(std::move(options)) {
  const auto files = fmt::format("{} {}", state_of(xml_), state_of(weights_));
  state_ = to_string(Digester().add(LPT_VERSION).add(options_).add(files).digest());
}

const std::string& Source::digest() const {
  if (digest_.empty())
    digest_ = to_string(
        Digester().add(LPT_VERSION).add(options_).add(digest_of_file(xml_)).add(digest_of_file(weights_)).digest());
  return digest_;
}

bool Source::made(const std::filesystem::path& output) const {
  std::error_code error;
  if (!std::filesystem::exists(output, error) || !std::filesystem::exists(default_weights_path(output), error))
    return false;
  std::array<char, 32> state{};
  const auto size = ::getxattr(output.c_str(), kAttribute, state.data(), state.size());
  if (size == static_cast<ssize_t>(state_.size()) && state_ == std::string_view(state.data(), state_.size()))
    return true;
  if (recorded(output) != digest()) return false;
  remember(output);
  return true;
}

void Source::mark(Model& model) const { mark_source(model, digest()); }

void Source::remember(const std::filesystem::path& output) const {
  // A file system without attributes only costs the next run a look at the contents.
  static_cast<void>(::setxattr(output.c_str(), kAttribute, state_.data(), state_.size(), 0));
}

}  // namespace lpt

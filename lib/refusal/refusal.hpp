#pragma once

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "ir/model.hpp"

template <>
struct fmt::formatter<lpt::Shape> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const lpt::Shape& shape, Context& context) const {
    return fmt::formatter<std::string_view>::format(shape.to_string(), context);
  }
};

namespace lpt {

/// The codes of refusals.def.
enum class Cause {
  none,  ///< the layer is none of the pass's business
#define REFUSAL(code, help) code,
#include "refusal/refusals.def"
#undef REFUSAL
};

/// A code as it is printed, "scale-negative", and its line of help.
struct CauseText {
  std::string code;
  std::string_view help;
};
/// All of them, in the order of refusals.def.
const std::vector<CauseText>& cause_texts();
/// Of one that is not `none`.
const CauseText& text_of(Cause cause);

/// Why something is left as it is: a code, a sentence that is put together when somebody prints it, and the layer that
/// is to blame where it is another one.
class Refusal {
 public:
  Refusal() = default;
  Refusal(Cause cause, std::function<std::string()> sentence) : cause_(cause), sentence_(std::move(sentence)) {}

  Cause cause() const { return cause_; }
  bool is_no_match() const { return cause_ == Cause::none; }
  std::string sentence() const { return is_no_match() ? std::string() : sentence_(); }
  const std::optional<LayerLabel>& culprit() const { return culprit_; }

  Refusal blaming(const Node& culprit) && {
    culprit_ = LayerLabel(culprit);
    return std::move(*this);
  }
  /// The same with words in front: "its weights: " + sentence. The words have to outlive it.
  Refusal about(std::string_view subject) && {
    sentence_ = [subject, inner = std::move(sentence_)] { return fmt::format("{}: {}", subject, inner()); };
    return std::move(*this);
  }

 private:
  Cause cause_ = Cause::none;
  std::function<std::string()> sentence_;
  std::optional<LayerLabel> culprit_;
};

}  // namespace lpt

template <>
struct fmt::formatter<lpt::Refusal> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const lpt::Refusal& refusal, Context& context) const {
    return fmt::formatter<std::string_view>::format(refusal.sentence(), context);
  }
};

namespace lpt {

/// A value, or why there is none.
template <class T>
using Expected = tl::expected<T, Refusal>;

/// How an argument is kept until the sentence is put together: texts as copies, for their graph may be gone by then.
template <class T>
using Kept = std::conditional_t<std::is_convertible_v<T, std::string_view>, std::string, std::decay_t<T>>;

template <class... Args>
Refusal refusal(Cause cause, fmt::format_string<Args...> format, Args&&... args) {
  return {cause, [format = fmt::string_view(format), copies = std::tuple<Kept<Args>...>(Kept<Args>(args)...)] {
            return std::apply([&](const auto&... a) { return fmt::vformat(format, fmt::make_format_args(a...)); },
                              copies);
          }};
}

template <class... Args>
tl::unexpected<Refusal> refused(Cause cause, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected(refusal<Args...>(cause, format, std::forward<Args>(args)...));
}
inline tl::unexpected<Refusal> refused(Refusal reason) { return tl::unexpected(std::move(reason)); }

/// What a pass did with one layer: it rewrote it, or it left it alone.
struct Rewritten {};
using Outcome = Expected<Rewritten>;
inline Outcome rewritten() { return Rewritten{}; }
inline tl::unexpected<Refusal> no_match() { return tl::unexpected(Refusal()); }

}  // namespace lpt

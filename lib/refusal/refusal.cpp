#include "refusal/refusal.hpp"

#include <algorithm>

namespace lpt {

const std::vector<CauseText>& cause_texts() {
  static const auto texts = [] {
    std::vector<CauseText> result{
#define REFUSAL(code, help) {#code, help},
#include "refusal/refusals.def"
#undef REFUSAL
    };
    for (auto& text : result) std::replace(text.code.begin(), text.code.end(), '_', '-');
    return result;
  }();
  return texts;
}

const CauseText& text_of(Cause cause) { return cause_texts()[static_cast<std::size_t>(cause) - 1]; }

}  // namespace lpt

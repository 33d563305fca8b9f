#include "millwright/base/text_pattern.h"

#include <iterator>
#include <regex>

#include "millwright/base/require.h"

namespace millwright {

struct TextPattern::Compiled {
    std::regex expression;
};

TextPattern::TextPattern(std::string_view expression) {
    try {
        compiled_ =
            std::make_shared<Compiled>(Compiled{std::regex(expression.begin(), expression.end())});
    } catch (const std::regex_error&) {
        require(false, "a pattern is a regular expression of ECMAScript");
    }
}

std::optional<PatternMatch> TextPattern::find(const std::string& text, std::size_t from) const {
    require(from <= text.size(), "a search begins inside its text");
    const auto flags =
        from > 0 ? std::regex_constants::match_prev_avail : std::regex_constants::match_default;
    const auto begin = std::next(text.begin(), static_cast<std::ptrdiff_t>(from));
    std::smatch match;
    if (!std::regex_search(begin, text.end(), match, compiled_->expression, flags)) return {};
    PatternMatch found{{}, static_cast<std::size_t>(match[0].second - text.begin())};
    for (const auto& group : match) found.groups.push_back(group.str());
    return found;
}

}  // namespace millwright

#include "millwright/evidence/phrases.h"

#include <algorithm>

#include "millwright/base/text.h"

namespace millwright {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) > 127; }

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    const std::string low = lower(text);
    std::vector<std::string> words;
    bool open = false;
    for (std::size_t i = 0; i < low.size(); ++i) {
        const char c = low[i];
        const bool point =
            c == '.' && i > 0 && i + 1 < low.size() && is_digit(low[i - 1]) && is_digit(low[i + 1]);
        if (is_digit(c) || is_letter(c) || point) {
            if (!open) words.emplace_back();
            words.back() += c;
            open = true;
            continue;
        }
        open = false;
        if (c == ',' || c == ';' || c == '|') words.emplace_back(";");
    }
    return words;
}

std::vector<std::size_t> places_of(const std::vector<std::string>& phrase,
                                   const std::vector<std::string>& text) {
    std::vector<std::size_t> places;
    if (phrase.empty()) return places;
    for (auto at = text.begin();; ++at) {
        at = std::search(at, text.end(), phrase.begin(), phrase.end());
        if (at == text.end()) return places;
        places.push_back(static_cast<std::size_t>(at - text.begin()));
    }
}

bool has_phrase(std::string_view text, std::string_view phrase) {
    return !places_of(words_of(phrase), words_of(text)).empty();
}

}  // namespace millwright

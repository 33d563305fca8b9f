// Phrases in printed text, found as whole words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Runs of letters and digits in lower case, with a dot where it stands between digits ("25.04").
/// Commas, semicolons and bars are a word of their own, ";": no phrase goes over them.
std::vector<std::string> words_of(std::string_view text);

/// Where the phrase begins in the text, word by word; none of an empty phrase.
std::vector<std::size_t> places_of(const std::vector<std::string>& phrase,
                                   const std::vector<std::string>& text);

/// Whether the phrase stands in the text as whole words.
bool has_phrase(std::string_view text, std::string_view phrase);

}  // namespace millwright

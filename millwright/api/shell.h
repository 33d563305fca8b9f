// Words of a shell's command line, taken apart and put together.
#pragma once

#include <string>
#include <vector>

namespace millwright {

/// One word of a shell, whatever it holds.
std::string quoted(const std::string& word);

/// The words, each quoted where it must be.
std::string shell_text(const std::vector<std::string>& words);

/// Words between blanks, quotes taken off; a line end behind a backslash is a blank. A quote that
/// does not end takes the rest. Nothing is expanded.
std::vector<std::string> shell_words(const std::string& text);

/// Whether a quote of the text does not end: a shell would wait for more.
bool has_open_quote(const std::string& text);

}  // namespace millwright

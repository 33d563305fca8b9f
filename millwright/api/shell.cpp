#include "millwright/api/shell.h"

#include <algorithm>
#include <cctype>

#include "millwright/base/text.h"

namespace millwright {

std::string quoted(const std::string& word) {
    const bool plain = std::ranges::all_of(word, [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || contains("_./:=-+@,", std::string(1, c));
    });
    if (plain && !word.empty()) return word;
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

std::string shell_text(const std::vector<std::string>& words) {
    std::vector<std::string> each;
    for (const std::string& word : words) each.push_back(quoted(word));
    return join(each, " ");
}

namespace {

struct ShellText {
    std::vector<std::string> words;
    bool open = false;  // a quote does not end
};

ShellText taken_apart(const std::string& text) {
    ShellText read;
    std::string word;
    bool begun = false;
    char quote = 0;
    const auto end = [&] {
        if (begun) read.words.push_back(word);
        word.clear();
        begun = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
        if (quote == 0 && blank) {
            end();
        } else if (c == '\\' && quote != '\'') {
            const bool last = i + 1 == text.size();
            const bool at_end = last || text[i + 1] == '\n' || text[i + 1] == '\r';
            const bool lone = !begun && !last && text[i + 1] == ' ';
            if (at_end || lone) continue;  // of a line, or of one pasted into another
            word += text[++i];
            begun = true;
        } else if (c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
            begun = true;
        } else {
            word += c;
            begun = true;
        }
    }
    end();
    read.open = quote != 0;
    return read;
}

}  // namespace

std::vector<std::string> shell_words(const std::string& text) { return taken_apart(text).words; }

bool has_open_quote(const std::string& text) { return taken_apart(text).open; }

}  // namespace millwright

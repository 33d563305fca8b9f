#include "millwright/base/yaml.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "millwright/base/text.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

std::string in_quotes(const std::string& text) {
    return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

/// Bare where it begins with a letter and is no word that YAML takes for a truth or for nothing.
std::string key_text(const std::string& key) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto plain = [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-' || c == '_';
    };
    const std::string_view words[]{"true", "false", "yes", "no", "on", "off", "y", "n", "null"};
    const bool is_word = std::ranges::find(words, lower(key)) != std::end(words);
    const bool bare = !key.empty() && letter(key.front()) && std::ranges::all_of(key, plain);
    return bare && !is_word ? key : in_quotes(key);
}

bool is_block(const std::string& text) {
    if (text.empty() || text.back() != '\n') return false;
    const bool ascii =
        std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
    const bool begins = text.front() != ' ' && text.front() != '\n';
    return ascii && begins;
}

class Writer {
public:
    void value(const Json& tree, std::size_t depth) {
        if (tree.is_object() && !tree.empty()) return table(tree, depth);
        if (tree.is_array() && !tree.empty()) return list(tree, depth);
        text += " ";
        if (!tree.is_string()) {
            text += tree.dump() + "\n";
        } else if (const std::string& word = tree.get_ref<const std::string&>(); is_block(word)) {
            block(word, depth);
        } else {
            text += in_quotes(word) + "\n";
        }
    }

    std::string text;

private:
    void indent(std::size_t depth) { text.append(2 * depth, ' '); }

    void table(const Json& tree, std::size_t depth) {
        if (!text.empty() && text.back() == ':') text += "\n";
        bool first = !text.empty() && text.back() == '-';
        for (const auto& [key, one] : tree.items()) {
            if (first) {
                text += " ";
                first = false;
            } else {
                indent(depth);
            }
            text += key_text(key) + ":";
            value(one, depth + 1);
        }
    }

    void list(const Json& tree, std::size_t depth) {
        if (!text.empty() && text.back() == ':') text += "\n";
        bool first = !text.empty() && text.back() == '-';
        for (const Json& one : tree) {
            if (first) {
                text += " ";
                first = false;
            } else {
                indent(depth);
            }
            text += "-";
            value(one, depth + 1);
        }
    }

    void block(const std::string& word, std::size_t depth) {
        text += "|\n";
        for (std::size_t at = 0; at < word.size();) {
            const std::size_t end = word.find('\n', at);
            if (end > at) indent(depth);
            text += word.substr(at, end - at) + "\n";
            at = end + 1;
        }
    }
};

}  // namespace

std::string yaml_text(const Json& tree) {
    Writer writer;
    writer.value(tree, 0);
    return std::move(writer.text);
}

}  // namespace millwright

// Reading JSON of traces: parsing with places, keys and what they lead to, and lines of streams.
#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/intake/request_readers.h"

namespace millwright {
namespace {

using Json = nlohmann::json;

// of results of benchmarks: large, and nothing of what is asked
constexpr std::array<std::string_view, 8> bulky{
    "itls",   "generated_texts", "request_args",       "reasoning_output",
    "output", "response",        "output_token_times", "response_timestamps"};

/// Infinity and NaN outside of texts as empty texts, each as wide as before.
std::string without_python_numbers(const std::string& text) {
    std::string out = text;
    bool quoted = false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i] == '\\' && quoted) {
            ++i;
        } else if (out[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && (out[i] == 'I' || out[i] == 'N' || out[i] == '-')) {
            for (const std::string_view word : {"-Infinity", "Infinity", "NaN"}) {
                if (out.compare(i, word.size(), word) != 0) continue;
                out.replace(i, word.size(), "\"\"" + std::string(word.size() - 2, ' '));
                ++i;  // the opening quote; the closing one comes next
                break;
            }
        }
    }
    return out;
}

bool keep(int, Json::parse_event_t event, Json& parsed) {
    if (event != Json::parse_event_t::key || !parsed.is_string()) return true;
    const auto& key = parsed.get_ref<const std::string&>();
    return std::ranges::find(bulky, key) == bulky.end();
}

void gather_keys(const Json& object, const std::string& before, int depth,
                 std::vector<std::string>& keys) {
    constexpr int deepest = 3;
    for (const auto& [key, value] : object.items()) {
        keys.push_back(before + key);
        if (value.is_object() && depth < deepest) {
            gather_keys(value, before + key + ".", depth + 1, keys);
        }
    }
}

}  // namespace

LineReader::LineReader(std::unique_ptr<std::istream> stream) : stream_(std::move(stream)) {}

bool LineReader::next(std::string& line) {
    line.clear();
    if (too_long_ || !stream_ || !*stream_) return false;
    std::streambuf* bytes = stream_->rdbuf();
    bool any = false;
    for (int c = bytes->sbumpc(); c != std::istream::traits_type::eof(); c = bytes->sbumpc()) {
        any = true;
        if (c == '\n') break;
        if (line.size() == longest_trace_line) {
            ++number_;
            too_long_ = true;
            return false;
        }
        line += static_cast<char>(c);
    }
    if (!any) return false;
    ++number_;
    if (line.ends_with('\r')) line.pop_back();
    if (number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    return true;
}

Result<Json> parse_trace_json(const std::string& text, const std::string& file, int line) {
    try {
        return Json::parse(without_python_numbers(text), keep);
    } catch (const Json::exception& error) {
        const auto* parsing = dynamic_cast<const Json::parse_error*>(&error);
        const std::size_t byte = parsing != nullptr && parsing->byte > 0 ? parsing->byte - 1 : 0;
        Place at = place_at(text, std::min(byte, text.size()), file);
        if (line > 0) at.line = line;
        const bool ended = byte >= text.size();
        return failure({at, ended ? "the JSON ends too early" : "this is no JSON",
                        ended ? "the line or file was cut short" : "see what stands there"});
    }
}

std::vector<std::string> dotted_keys(const Json& object) {
    std::vector<std::string> keys;
    if (object.is_object()) gather_keys(object, "", 1, keys);
    return keys;
}

const Json* value_at(const Json& object, std::string_view keys) {
    const Json* at = &object;
    while (!keys.empty()) {
        const std::size_t dot = keys.find('.');
        if (at->is_array() && !at->empty()) at = &at->front();
        if (!at->is_object()) return nullptr;
        const auto found = at->find(std::string(keys.substr(0, dot)));
        if (found == at->end()) return nullptr;
        at = &*found;
        keys = dot == std::string_view::npos ? "" : keys.substr(dot + 1);
    }
    return at;
}

}  // namespace millwright

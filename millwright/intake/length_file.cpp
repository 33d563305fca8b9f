#include "millwright/intake/length_file.h"

#include <charconv>
#include <map>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/parts/request.h"

namespace millwright {
namespace {

constexpr std::size_t most_lines_told = 20;

/// Why a line is no length; empty if it is, and `tokens` is set.
std::string why_no_length(std::string_view line, std::int64_t& tokens) {
    const auto number = number_of(line);
    if (!number) return "is no number";
    const auto read = std::from_chars(line.data(), line.data() + line.size(), tokens);
    const bool whole = read.ec == std::errc{} && read.ptr == line.data() + line.size();
    if (*number < 1 || *number > static_cast<double>(most_request_tokens)) return "is out of range";
    return whole ? "" : "is no whole number";
}

}  // namespace

Result<LengthShares> parse_length_list(std::string_view text, const std::string& file) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::map<std::int64_t, double> seen;
    Faults faults;
    for (int line = 1; !text.empty() && faults.size() < most_lines_told; ++line) {
        const std::size_t end = text.find('\n');
        std::string_view cell = trimmed(text.substr(0, end));
        if (cell.ends_with('\r')) cell = trimmed(cell.substr(0, cell.size() - 1));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (cell.empty()) continue;
        std::int64_t tokens = 0;
        const std::string why = why_no_length(cell, tokens);
        if (why.empty()) {
            seen[tokens] += 1;
        } else {
            faults.push_back(
                {{file, line, 1},
                 fmt::format("'{}' {}", excerpt(cell), why),
                 fmt::format("a length is a whole number from 1 to {}", most_request_tokens)});
        }
    }
    if (faults.empty() && seen.empty()) {
        faults.push_back({{file, 0, 0}, "the file holds no lengths", "write one a line"});
    }
    if (!faults.empty()) return failure(std::move(faults));
    LengthShares shares;
    for (const auto& [tokens, count] : seen) {
        shares.tokens.push_back(tokens);
        shares.weights.push_back(count);
    }
    return shares;
}

Result<LengthShares> read_length_file(const std::string& path) {
    const FileText file = read_file(path, length_file_limit);
    if (!file.ok) return failure({{path, 0, 0}, "the file " + file.why, "give a file of lengths"});
    return parse_length_list(file.text, path);
}

}  // namespace millwright

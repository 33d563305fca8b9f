// Near names are found among slugs by edit distance, one row of its table at a time; a name cut
// short counts as one edit. Files are read piece by piece to one byte past the limit, as pipes
// have no size to ask for. Numbers are read by from_chars, which knows no locale.
#include "millwright/base/text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>

#include <fmt/format.h>

#include "millwright/base/names.h"

namespace millwright {
namespace {

/// Levenshtein distance with adjacent transpositions counted as two edits.
/// One row of the table at a time: O(|a| |b|) time, O(|b|) memory.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above + 1, row[j - 1] + 1, change});
            diagonal = above;
        }
    }
    return row.back();
}

}  // namespace

std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& known,
                                 std::size_t most) {
    const std::string wanted = slug(name);
    const std::size_t limit = std::max<std::size_t>(2, wanted.size() / 3);
    std::vector<std::pair<std::size_t, std::string>> found;
    for (const std::string& candidate : known) {
        const std::string other = slug(candidate);
        // "h100" for "h100-sxm" is a name cut short, not four letters wrong
        const bool inside = wanted.size() >= 3 && contains(other, wanted);
        const std::size_t distance = inside ? 1 : edit_distance(wanted, other);
        if (distance <= limit) found.emplace_back(distance, candidate);
    }
    std::stable_sort(found.begin(), found.end());
    std::vector<std::string> names;
    for (const auto& [distance, candidate] : found) {
        if (names.size() < most) names.push_back(candidate);
    }
    return names;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
    std::vector<std::string> quoted;
    for (const std::string& near : nearest(name, known)) quoted.push_back("'" + near + "'");
    return quoted.empty() ? "" : "did you mean " + join(quoted, " or ") + "?";
}

std::string hint_from(std::string_view name, const std::vector<std::string>& known,
                      std::string_view what) {
    constexpr std::size_t most = 24;
    const std::string near = did_you_mean(name, known);
    if (!near.empty()) return near;
    if (known.empty()) return fmt::format("there are no {}", what);
    const std::vector<std::string> first(
        known.begin(), known.begin() + static_cast<std::ptrdiff_t>(std::min(most, known.size())));
    return fmt::format("{}: {}{}", what, join(first, ", "), known.size() > most ? ", ..." : "");
}

std::string join_hints(const std::vector<std::string>& parts) {
    std::string hint;
    for (const std::string& part : parts) {
        if (part.empty()) continue;
        if (!hint.empty()) hint += hint.back() == '?' ? " " : "; ";
        hint += part;
    }
    return hint;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
    return fmt::format("{}", fmt::join(words, separator));
}

std::string slug(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '.') {
            out += static_cast<char>(std::tolower(byte));
        } else if (!out.empty() && out.back() != '-') {
            out += '-';
        }
    }
    while (!out.empty() && out.back() == '-') out.pop_back();
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::string excerpt(std::string_view text) {
    constexpr std::size_t most = 60;
    std::string out;
    for (const char c : text.substr(0, most)) {
        const auto byte = static_cast<unsigned char>(c);
        out += byte < ' ' || byte == 0x7F ? ' ' : c;
    }
    if (text.size() <= most) return out;
    // a character that was cut in two goes as a whole
    while (!out.empty() && first_invalid_utf8(out) != std::string_view::npos) out.pop_back();
    return out + "...";
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

FileText read_file(const std::string& path, std::size_t limit) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return {false, "", "is a folder, not a file"};
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        const bool there = std::filesystem::exists(path, error);
        return {false, "", there ? "cannot be read" : "does not exist"};
    }
    constexpr std::size_t piece = 1U << 16U;  // pipes have no size to ask for
    std::string text;
    while (in && text.size() <= limit) {
        const std::size_t before = text.size();
        // twice as much each time; one byte past the limit is enough to know of the rest
        const std::size_t want = std::min(std::max(piece, before), limit + 1 - before);
        text.resize(before + want);
        in.read(text.data() + before, static_cast<std::streamsize>(want));
        text.resize(before + static_cast<std::size_t>(in.gcount()));
    }
    // a disk that fails half-way leaves a text that is short, not one that is whole
    if (in.bad()) return {false, "", "cannot be read to its end"};
    if (text.size() > limit) {
        return {false, "", fmt::format("is larger than {} MB", limit / 1'000'000)};
    }
    return {true, std::move(text), ""};
}

std::size_t first_invalid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const Utf8 c = utf8_at(text, i);
        if (!c.valid) return i;
        i += c.length;
    }
    return std::string_view::npos;
}

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

}  // namespace millwright

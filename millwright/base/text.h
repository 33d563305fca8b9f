// Small helpers for names: the nearest known name to a misspelt one, and joining.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Names within a small edit distance of `name`, nearest first; at most `most` of them.
std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& known,
                                 std::size_t most = 3);

/// "did you mean 'a' or 'b'?", or empty if nothing is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

/// A hint that is never empty: the nearest of the known names, or all of them if none is near and
/// they are few, or the first of them; `what` they are, in the plural.
std::string hint_from(std::string_view name, const std::vector<std::string>& known,
                      std::string_view what);

/// The parts that are not empty, as one hint.
std::string join_hints(const std::vector<std::string>& parts);

std::string join(const std::vector<std::string>& words, std::string_view separator);

/// Lower case, and every run of other than letters and digits one dash: "H100 SXM5" -> "h100-sxm5".
std::string slug(std::string_view text);

std::string lower(std::string_view text);

/// For a message: shortened where it is long, with control characters as spaces.
std::string excerpt(std::string_view text);

/// Without spaces at its ends.
std::string_view trimmed(std::string_view text);

/// A whole text as a finite number.
std::optional<double> number_of(std::string_view text);

bool contains(std::string_view text, std::string_view part);

/// A file as read: `ok`, or `why` it could not be.
struct FileText {
    bool ok = false;
    std::string text;
    std::string why;
};

/// Reads a file of at most `limit` bytes.
FileText read_file(const std::string& path, std::size_t limit);

/// Checks UTF-8 and returns the offset of the first bad byte, or npos.
std::size_t first_invalid_utf8(std::string_view text);

}  // namespace millwright

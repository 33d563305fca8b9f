// Small helpers for names: the nearest known name to a misspelt one, and joining.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Names within a small edit distance of `name`, nearest first; at most `most` of them.
/// Both are compared as slugs; small is a third of the name's length, two at least. A known name
/// that contains all of a name of three letters or more is near too.
std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& known,
                                 std::size_t most = 3);

/// "did you mean 'a' or 'b'?", or empty if nothing is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

/// A hint that is never empty: the nearest of the known names, or all of them if none is near and
/// they are few, or the first of them; `what` they are, in the plural.
std::string hint_from(std::string_view name, const std::vector<std::string>& known,
                      std::string_view what);

/// The parts that are not empty, as one hint.
/// Parted by semicolons, behind a question by a space.
std::string join_hints(const std::vector<std::string>& parts);

/// The words with the separator between them.
std::string join(const std::vector<std::string>& words, std::string_view separator);

/// Dots stay, so that versions do. Two names with one slug are taken for the same name.
/// Lower case, and every run of other than letters and digits one dash: "H100 SXM5" -> "h100-sxm5".
std::string slug(std::string_view text);

/// ASCII letters in lower case; other bytes stay.
std::string lower(std::string_view text);

/// For a message: shortened where it is long, with control characters as spaces.
std::string excerpt(std::string_view text);

/// Without spaces at its ends.
std::string_view trimmed(std::string_view text);

/// A whole text as a finite number.
/// Without spaces, a plus sign or separators; nothing for "inf" and "nan".
std::optional<double> number_of(std::string_view text);

/// Whether the part stands anywhere in the text.
bool contains(std::string_view text, std::string_view part);

/// A file as read: `ok`, or `why` it could not be.
struct FileText {
    bool ok = false;
    std::string text;
    std::string why;
};

/// Reads a file of at most `limit` bytes.
/// Pipes too, which are read until they end. `why` completes "the file ...".
FileText read_file(const std::string& path, std::size_t limit);

/// Checks UTF-8 and returns the offset of the first bad byte, or npos.
std::size_t first_invalid_utf8(std::string_view text);

}  // namespace millwright

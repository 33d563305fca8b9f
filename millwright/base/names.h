// Names that came from outside: what of them may be printed, and what may name a folder.
#pragma once

#include <string>
#include <string_view>

namespace millwright {

/// One character of UTF-8: its code, and how many bytes it took. A byte that no valid character
/// starts with is `valid = false` with length 1; overlong forms, surrogates and codes past U+10FFFF
/// are not valid.
struct Utf8 {
    char32_t code = 0;
    std::size_t length = 1;
    bool valid = false;
};
/// The character at a byte of the text, which must have one there.
Utf8 utf8_at(std::string_view text, std::size_t offset);

/// Whether a terminal or a page obeys or hides the character instead of showing it: controls (C0,
/// DEL, C1; line breaks and tabs too), separators of lines, directions of writing, and characters
/// without width that are no part of a script.
bool is_control(char32_t code);

/// Offset of the first such character or invalid byte, or npos.
std::size_t first_control(std::string_view text);

/// The text as it may be printed: controls as \u001b, the way JSON writes them, so that JSON says
/// the same after as before; invalid bytes as U+FFFD. Line feeds and tabs stay.
std::string printable(std::string_view text);

/// Columns the character takes on a terminal: 0 for marks that combine, 2 for wide ones.
std::size_t columns_of(char32_t code);

/// A name for a folder: the name itself where it is made of lower-case letters, digits, dashes and
/// dots, starts and ends with a letter or digit and has at most 60 characters; else its nearest
/// such form, a dash and eight digits of its hash. Names that differ give folders that differ, also
/// on file systems that take upper and lower case as one.
std::string folder_name(std::string_view name);

}  // namespace millwright

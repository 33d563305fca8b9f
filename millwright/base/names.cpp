// UTF-8 is what RFC 3629 says it is. A name that is no plain folder name is changed and gets
// eight digits of its SHA-256; so do the names of devices, and plain ones that look as if they
// had such digits, or two names could share a folder. Widths are of whole blocks of Unicode,
// enough to line up columns.
#include "millwright/base/names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "millwright/base/sha256.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

using Span = std::pair<char32_t, char32_t>;

template <std::size_t N>
bool within(const std::array<Span, N>& spans, char32_t code) {
    return std::any_of(spans.begin(), spans.end(),
                       [&](const Span& span) { return code >= span.first && code <= span.second; });
}

/// As JSON writes a character outside ASCII.
std::string escaped(char32_t code) {
    const auto bits = static_cast<std::uint32_t>(code);
    if (bits <= 0xFFFF) return fmt::format("\\u{:04x}", bits);
    const std::uint32_t rest = bits - 0x10000;
    return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10U), 0xDC00 + (rest & 0x3FFU));
}

/// Windows keeps these names for devices, whatever ending follows: con, con.txt, com1.
bool reserved(std::string_view name) {
    constexpr std::array<std::string_view, 6> devices{"con", "prn", "aux", "nul", "com", "lpt"};
    const std::string_view stem = name.substr(0, name.find('.'));
    for (const std::string_view device : devices) {
        if (!stem.starts_with(device)) continue;
        const std::string_view rest = stem.substr(3);
        const bool numbered = device == "com" || device == "lpt";
        if (numbered ? rest.size() == 1 && rest[0] >= '0' && rest[0] <= '9' : rest.empty()) {
            return true;
        }
    }
    return false;
}

/// A plain name that does gets a hash of its own, or it could be the folder of another name.
/// Whether a name ends as the ones that carry a hash do.
bool looks_hashed(std::string_view name) {
    if (name.size() < 9 || name[name.size() - 9] != '-') return false;
    return name.substr(name.size() - 8).find_first_not_of("0123456789abcdef") ==
           std::string_view::npos;
}

constexpr std::size_t longest_folder = 60;

/// Dots and dashes at the ends would hide the folder or name its parent.
std::string stem_of(std::string name) {
    name.erase(0, std::min(name.find_first_not_of(".-"), name.size()));
    const std::size_t last = name.find_last_not_of(".-");
    name.erase(last == std::string::npos ? 0 : last + 1);
    return name;
}

}  // namespace

Utf8 utf8_at(std::string_view text, std::size_t offset) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[offset + k]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    // below 0xC2 a lead would be a later byte, or begin the overlong form of an ASCII character
    const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 0 || lead > 0xF4 || offset + length > text.size()) return {};
    char32_t code = lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
        if ((byte(k) & 0xC0U) != 0x80) return {};
        code = code << 6U | (byte(k) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < least[length] || surrogate || code > 0x10FFFF) return {};
    return {code, length, true};
}

bool is_control(char32_t code) {
    // C0; DEL and C1; soft hyphen; Arabic letter mark; Mongolian vowel separator; zero-width space,
    // but not the joiners U+200C and U+200D, which scripts need; marks of direction; separators of
    // lines and embeddings; word joiner to isolates; byte order mark; annotations; tags
    static constexpr std::array<Span, 12> spans{{{0, 0x1F},
                                                 {0x7F, 0x9F},
                                                 {0xAD, 0xAD},
                                                 {0x61C, 0x61C},
                                                 {0x180E, 0x180E},
                                                 {0x200B, 0x200B},
                                                 {0x200E, 0x200F},
                                                 {0x2028, 0x202E},
                                                 {0x2060, 0x206F},
                                                 {0xFEFF, 0xFEFF},
                                                 {0xFFF9, 0xFFFB},
                                                 {0xE0000, 0xE007F}}};
    return within(spans, code);
}

std::size_t first_control(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const Utf8 c = utf8_at(text, at);
        if (!c.valid || is_control(c.code)) return at;
        at += c.length;
    }
    return std::string_view::npos;
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Utf8 c = utf8_at(text, at);
        if (!c.valid) {
            out += "\xEF\xBF\xBD";
        } else if (is_control(c.code) && c.code != '\n' && c.code != '\t') {
            out += escaped(c.code);
        } else {
            out += text.substr(at, c.length);
        }
        at += c.length;
    }
    return out;
}

std::size_t columns_of(char32_t code) {
    // Whole blocks in place of the tables of Unicode's annex 11: columns of a report line up, which
    // is all that this is for. Zero columns: combining marks, joiners, variation selectors. Two:
    // Hangul, CJK, full width, pictographs.
    static constexpr std::array<Span, 6> none{{{0x300, 0x36F},
                                               {0x200C, 0x200D},
                                               {0x20D0, 0x20F0},
                                               {0xFE00, 0xFE0F},
                                               {0xFE20, 0xFE2F},
                                               {0xE0100, 0xE01EF}}};
    static constexpr std::array<Span, 10> wide{{{0x1100, 0x115F},
                                                {0x2E80, 0x303E},
                                                {0x3041, 0xA4CF},
                                                {0xAC00, 0xD7A3},
                                                {0xF900, 0xFAFF},
                                                {0xFE30, 0xFE6F},
                                                {0xFF00, 0xFF60},
                                                {0xFFE0, 0xFFE6},
                                                {0x1F300, 0x1FAFF},
                                                {0x20000, 0x3FFFD}}};
    if (code < 0x300) return 1;
    return within(none, code) ? 0 : within(wide, code) ? 2 : 1;
}

std::string folder_name(std::string_view name) {
    const std::string plain = slug(name);
    if (plain == name && stem_of(plain) == plain && !plain.empty() && !reserved(plain) &&
        !looks_hashed(plain) && plain.size() <= longest_folder) {
        return plain;
    }
    // nine bytes are left for a dash and eight digits of the hash
    std::string stem = stem_of(plain.substr(0, longest_folder - 9));
    // the hash does not hide a device: con.txt-0123abcd is one as con.txt is
    if (reserved(stem) && contains(stem, ".")) stem[stem.find('.')] = '-';
    return (stem.empty() ? "study" : stem) + "-" + hex(sha256(name)).substr(0, 8);
}

}  // namespace millwright

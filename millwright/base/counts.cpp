// The number stays text throughout: its separators are dropped and its point is moved, so no digit
// that was typed is rounded on the way, and no exponent appears that was not typed.
#include "millwright/base/counts.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether commas, if there are any, part groups of three digits from the last one up to a first of
/// one to three: "1,2345678" is a slip of the hand, whichever number was meant.
bool in_groups_of_three(std::string_view whole) {
    const std::size_t sign = whole.starts_with('-') ? 1 : 0;
    if (whole.find(',') == std::string_view::npos) return true;
    for (std::size_t i = sign; i < whole.size(); ++i) {
        const bool before_group = (whole.size() - i) % 4 == 0;
        if (before_group ? whole[i] != ',' : !is_digit(whole[i])) return false;
    }
    return true;
}

/// Without separators; nothing if one stands where none may.
std::optional<std::string> without_separators(std::string_view text) {
    const std::size_t point = std::min(text.find_first_of(".eE"), text.size());
    if (!in_groups_of_three(text.substr(0, point))) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_' && text[i] != ',') {
            out += text[i];
            continue;
        }
        const bool between =
            i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
        if (!between || (text[i] == ',' && i > point)) return std::nullopt;
    }
    return out;
}

/// `digits` has no exponent. Zeros fill up what is missing; those behind the new point are dropped.
/// The decimal point moved to the right.
std::string shifted(std::string digits, std::size_t places) {
    const std::size_t point = digits.find('.');
    std::string fraction;
    if (point != std::string::npos) {
        fraction = digits.substr(point + 1);
        digits.erase(point);
    }
    fraction.resize(std::max(fraction.size(), places), '0');
    digits += fraction.substr(0, places);
    fraction.erase(0, places);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return fraction.empty() ? digits : digits + "." + fraction;
}

/// Zeros in front would make a number octal to some readers.
std::string without_zeros(std::string digits) {
    const std::size_t sign = digits.starts_with('-') || digits.starts_with('+') ? 1 : 0;
    while (digits.size() > sign + 1 && digits[sign] == '0' && is_digit(digits[sign + 1])) {
        digits.erase(sign, 1);
    }
    return digits;
}

std::size_t places_of(char suffix) {
    switch (suffix) {
        case 'k':
        case 'K': return 3;
        case 'M': return 6;
        case 'G':
        case 'B': return 9;
        case 'T': return 12;
        default: return 0;
    }
}

std::string refused(std::string_view text, NumberKind kind, std::string& why) {
    const char* wanted = kind == NumberKind::real      ? "a number, such as 0.5, 16k or 1.5M"
                         : kind == NumberKind::natural ? "a whole number that is not negative"
                                                       : "a whole number";
    const char* examples = kind == NumberKind::real ? "" : ", such as 16000, 16_000, 16k or 1.5M";
    why = fmt::format("'{}' is not {}{}", text, wanted, examples);
    return "";
}

}  // namespace

std::string plain_number(std::string_view text, NumberKind kind, std::string& why) {
    std::string_view digits = text;
    const std::size_t places = digits.empty() ? 0 : places_of(digits.back());
    if (places > 0) digits.remove_suffix(1);
    auto plain = without_separators(digits);
    const bool starts = plain && !plain->empty() && plain->find_first_of("0123456789") < 3;
    if (!starts || !number_of(*plain)) return refused(text, kind, why);
    if (places > 0) {
        if (plain->find_first_of("eE") != std::string::npos) return refused(text, kind, why);
        plain = shifted(*plain, places);
    }
    plain = without_zeros(*plain);
    if (kind == NumberKind::real) return *plain;
    if (kind == NumberKind::natural && plain->front() == '-') return refused(text, kind, why);
    const auto number = number_of(*plain);
    if (!number || plain->find_first_of(".eE") != std::string::npos) {
        return refused(text, kind, why);
    }
    // below 2^63: what is taken fits the 64-bit integer that it is read into
    constexpr double most = 9e18;
    if (std::abs(*number) <= most) return *plain;
    why = fmt::format("'{}' is more than can be counted", text);
    return "";
}

}  // namespace millwright

// Values as statements write them: "50 GUSD", "6500..8000 USD", ">4 TUSD", "30 %", 2025-07-16,
// true, "approved".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "millwright/base/date.h"
#include "millwright/base/quantity.h"
#include "millwright/claims/extent.h"

namespace millwright {

/// What a value is. `any` stands for a value that nobody gave.
enum class ClaimKind { any, number, date, word, truth };

/// Kind, and of numbers the dimension; values of unlike types are never added or compared.
struct ClaimType {
    ClaimKind kind = ClaimKind::any;
    Dimension dimension{};
    friend constexpr bool operator==(const ClaimType&, const ClaimType&) = default;
};

inline constexpr ClaimType plain_number{ClaimKind::number, {}};
inline constexpr ClaimType length_of_time{ClaimKind::number, {.seconds = 1}};
inline constexpr ClaimType day_of_calendar{ClaimKind::date, {}};
inline constexpr ClaimType truth_value{ClaimKind::truth, {}};

/// For messages: "USD/s", "1" of a plain number, "a date".
std::string type_text(const ClaimType& type);

/// Numbers in SI units, dates in seconds since 1970, false and true as 0 and 1; of a word the
/// extent is left to whoever numbers words.
struct LiteralValue {
    ClaimType type;
    ClaimExtent extent;
    std::string word;
};

/// A date as values count it.
double seconds_of(const Date& date);
/// The day of such a value; the nearest day that can be written where it is out of the calendar.
Date day_of(double seconds);

/// Empty, and `why` it is no value. An interval has `..` between its ends, of which the first may
/// leave its unit to the second; a bound begins with <, <=, > or >=.
std::optional<LiteralValue> parse_literal(std::string_view text, std::string& why);

/// For people: "50 GUSD", "6500 USD to 8000 USD", "more than 4 TUSD", "2025-07-16", "anything".
std::string extent_text(const ClaimType& type, const ClaimExtent& extent);

}  // namespace millwright

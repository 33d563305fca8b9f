// Numbers as people write them on a command line: 16k, 1.5M, 115_000, 115,000.
#pragma once

#include <string>
#include <string_view>

namespace millwright {

/// Which numbers are meant.
/// `whole` may be negative, `natural` not; `real` may have a fraction or an exponent too.
enum class NumberKind { whole, natural, real };

/// The number in plain digits; empty with the reason in `why` if it is none, is not finite, or is
/// not whole where it must be. Underscores may stand between digits, commas before groups of three;
/// k, M, G (or B) and T multiply by powers of a thousand.
std::string plain_number(std::string_view text, NumberKind kind, std::string& why);

}  // namespace millwright

// How long a thing takes, where it does not always take as long.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/base/random.h"
#include "millwright/base/result.h"

namespace millwright {

enum class TimeLawKind : std::uint8_t { constant, exponential, lognormal };

template <>
struct EnumNames<TimeLawKind> {
    static constexpr std::array<std::string_view, 3> names{"constant", "exponential", "lognormal"};
};

/// A time by its mean; of a log-normal one also its coefficient of variation, deviation over mean.
struct TimeLaw {
    TimeLawKind kind = TimeLawKind::constant;
    Seconds mean;
    double variation = 0;

    bool is_zero() const { return mean == Seconds{}; }
    bool is_constant() const { return is_zero() || kind == TimeLawKind::constant; }
    Seconds drawn(Draw& draw) const;
};

/// Always as long.
TimeLaw constantly(Seconds time);

/// The chance that no failure of a process of mean gap `mtbf` falls into the time: the Laplace
/// transform of the law at 1 / mtbf. Exact for constants and exponentials; of log-normals the mean
/// over 512 equally likely parts, right to 1e-5. One where nothing fails (`mtbf` infinite).
double chance_without_failure(const TimeLaw& law, Seconds mtbf);

/// Reads "10 min", "exponential(10 min)" or "lognormal(39 min, 2.5)", the second number a
/// coefficient of variation from 0 to 20. Faults stand at `at`: no unit, less than zero, no law.
Result<TimeLaw> read_time_law(std::string_view text, const Place& at);

/// As it is read.
std::string to_text(const TimeLaw& law);

}  // namespace millwright

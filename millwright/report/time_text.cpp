#include "millwright/report/time_text.h"

#include <fmt/format.h>

namespace millwright {

std::string readable(Seconds time) {
    if (time < 100 * unit::s) return fmt::format("{:.3g} s", time.si());
    if (time < 100 * unit::minute) return fmt::format("{:.3g} min", time.in(unit::minute));
    if (time < 48 * unit::hour) return fmt::format("{:.3g} h", time.in(unit::hour));
    return fmt::format("{:.4g} days", time.in(unit::day));
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

}  // namespace millwright

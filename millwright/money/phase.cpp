#include "millwright/money/phase.h"

#include <algorithm>
#include <cmath>

namespace millwright {
namespace {

/// What is left of the price of like equipment from the beginning of one month to that of another.
/// The next generation comes at the beginning of its month.
double price_left(const Venture& v, int from, int to) {
    const double declined = std::pow(1 - v.equipment_decline, (to - from) / 12.0);
    const int next = v.next_generation_month;
    const bool dropped = next > 0 && from < next && next <= to;
    return dropped ? declined * (1 - v.next_generation_drop) : declined;
}

}  // namespace

int life_months(double years) { return std::max(1, static_cast<int>(std::lround(12 * years))); }

std::span<const VenturePhase> phases_of(const Venture& venture) {
    static constexpr VenturePhase whole;
    if (venture.phases.empty()) return {&whole, 1};
    return venture.phases;
}

PhaseTimes phase_times(const Venture& venture, const VenturePhase& phase) {
    const int ready = phase.month + venture.construction_months;
    const int life = life_months(venture.equipment_years);
    return {.ready = ready,
            .powered = ready + venture.power_delay_months,
            .sold = std::min(ready + life, venture.months) - 1,
            .life = life};
}

Dollars equipment_paid(const Venture& venture, const VenturePhase& phase) {
    return venture.equipment * (phase.share * price_left(venture, 0, phase.month));
}

EquipmentValue equipment_value(const Venture& venture, const VenturePhase& phase, int month) {
    const PhaseTimes times = phase_times(venture, phase);
    const Dollars paid = equipment_paid(venture, phase);
    const int age = std::clamp(month - times.ready, 0, times.life);
    const double written_off = (1 - venture.salvage) * age / times.life;
    const Dollars book = paid * (1 - written_off);
    const Dollars market = book * price_left(venture, phase.month, month);
    return {.book = book, .resale = max(paid * venture.salvage, market)};
}

}  // namespace millwright

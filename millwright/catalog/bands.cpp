#include "millwright/catalog/bands.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace millwright {
namespace {

constexpr double rounding = 0.02;  // data sheets print rates to two or three digits

/// Independent spreads add in squares, in logarithms.
/// `low` is at most one and `high` at least one in every band, so the squares lose no sign.
Interval widened(const Interval& a, const Band& b) {
    const auto both = [](double x, double y) { return std::hypot(std::log(x), std::log(y)); };
    return {std::exp(-both(a.low, b.low.value)), std::exp(both(a.high, b.high.value))};
}

}  // namespace

Nearness nearness_of(const Catalog& catalog, const Chip& chip) {
    const KernelFamily& family = part_named(catalog.kernels, chip.generation);
    if (!family.like.empty()) return Nearness::foreign;
    const Chip& measured = part_named(catalog.chips, family.measured_on);
    // not by id: a chip of one's own with the same figures runs the same kernels
    const auto alike = [](double x, double y) { return std::abs(x - y) <= rounding * y; };
    const bool same = alike(chip.bf16.value.si(), measured.bf16.value.si()) &&
                      alike(chip.processors.value, measured.processors.value);
    return same ? Nearness::measured : Nearness::sister;
}

Interval interval_of(const Catalog& catalog, const std::string& kind, const std::string& detail,
                     const Chip& chip) {
    const Band* band = find_part(catalog.bands, kind + "-" + detail);
    if (band == nullptr) band = &part_named(catalog.bands, kind + "-other");
    const Interval own{band->low.value, band->high.value};
    // memory depends on the recipe, not on the chip
    if (kind == "memory") return own;
    switch (nearness_of(catalog, chip)) {
        case Nearness::measured: return own;
        case Nearness::sister: return widened(own, part_named(catalog.bands, "chip-sister"));
        case Nearness::foreign: return widened(own, part_named(catalog.bands, "chip-foreign"));
    }
    return own;
}

Interval inverse(const Interval& interval) { return {1 / interval.high, 1 / interval.low}; }

}  // namespace millwright

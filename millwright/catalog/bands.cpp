#include "millwright/catalog/bands.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace millwright {
namespace {

constexpr double rounding = 0.02;  // data sheets print rates to two or three digits

/// Independent spreads add in squares, in logarithms.
/// `low` is at most one and `high` at least one in every band, so the squares lose no sign.
Interval widened(const Interval& a, const Band& b) {
    const auto both = [](double x, double y) { return std::hypot(std::log(x), std::log(y)); };
    return {std::exp(-both(a.low, b.low.value)), std::exp(both(a.high, b.high.value))};
}

/// The band of the detail, or the next wider group that has one.
const Band& band_of(const Catalog& catalog, const std::string& kind, const std::string& detail) {
    if (const Band* own = find_part(catalog.bands, kind + "-" + detail)) return *own;
    std::string structure = "-dense";
    for (const char* other : {"-experts", "-hybrid"}) {
        if (detail.ends_with(other)) structure = other;
    }
    const bool steps = kind == "time" || kind == "memory";
    const Band* alike = steps ? find_part(catalog.bands, kind + structure) : nullptr;
    return alike != nullptr ? *alike : part_named(catalog.bands, kind + "-other");
}

/// As many times as `there` is doubled on the way to `asked`.
Interval beyond(const Catalog& catalog, const char* name, double asked,
                const Cited<std::int64_t>& there, const Interval& own) {
    const auto most = static_cast<double>(there.value);
    if (most <= 0 || asked <= most) return own;
    Band each = part_named(catalog.bands, name);
    const double doublings = std::log2(asked / most);
    each.low.value = std::pow(each.low.value, doublings);
    each.high.value = std::pow(each.high.value, doublings);
    return widened(own, each);
}

/// What widens a band: that of its detail, of its kind, or of all kinds.
const Band& widening(const Catalog& catalog, const std::string& name, const std::string& kind,
                     const std::string& detail) {
    for (const std::string& end : {"-" + kind + "-" + detail, "-" + kind}) {
        if (const Band* own = find_part(catalog.bands, name + end)) return *own;
    }
    return part_named(catalog.bands, name);
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

std::string band_detail(const std::string& framework, const Model& model) {
    const bool hybrid = std::ranges::any_of(model.own_layers, [](const Layer& layer) {
        const MixerKind kind = layer.mixer.kind;
        return kind != MixerKind::attention && kind != MixerKind::latent &&
               kind != MixerKind::linear && kind != MixerKind::none;
    });
    return framework + (hybrid ? "-hybrid" : is_moe(model) ? "-experts" : "");
}

Interval interval_of(const Catalog& catalog, const std::string& kind, const std::string& detail,
                     Nearness nearness, const Extent& reach) {
    const Band& band = band_of(catalog, kind, detail);
    Interval own{band.low.value, band.high.value};
    own = beyond(catalog, "sequence-beyond", reach.tokens, band.tokens, own);
    own = beyond(catalog, "scale-beyond", reach.chips, band.chips, own);
    // memory depends on the recipe, not on the chip
    if (kind == "memory") return own;
    switch (nearness) {
        case Nearness::measured: return own;
        case Nearness::sister: return widened(own, widening(catalog, "chip-sister", kind, detail));
        case Nearness::foreign:
            return widened(own, widening(catalog, "chip-foreign", kind, detail));
    }
    return own;
}

Interval interval_of(const Catalog& catalog, const std::string& kind, const std::string& detail,
                     const Chip& chip, const Extent& reach) {
    return interval_of(catalog, kind, detail, nearness_of(catalog, chip), reach);
}

Interval foreign_band(const Catalog& catalog) {
    const Band& band = part_named(catalog.bands, "chip-foreign");
    return {band.low.value, band.high.value};
}

std::string unmeasured_text(const Catalog& catalog, const Chip& chip) {
    if (nearness_of(catalog, chip) != Nearness::foreign) return "";
    const KernelFamily& family = part_named(catalog.kernels, chip.generation);
    return fmt::format("kernels of {} were never measured: taken as like those of {}", chip.id,
                       part_named(catalog.kernels, family.like).name);
}

Interval inverse(const Interval& interval) { return {1 / interval.high, 1 / interval.low}; }

}  // namespace millwright

#include "millwright/intake/rule_query.h"

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
Result<Rulebook> resolve_rulebook(const Catalog& catalog) {
    auto book = rulebook_of(catalog.rules, catalog.groups);
    if (!book) return book;
    Faults faults;
    for (const RuleRow& row : book->rows) {
        const std::string& charge = row.ask.charge;
        const PriceItem* item = charge.empty() ? nullptr : find_part(catalog.prices, charge);
        if (charge.empty() || (item != nullptr && item->ratio.known())) continue;
        faults.push_back({row.ask.at, fmt::format("no price with a ratio is called '{}'", charge),
                          name_hint(catalog.prices, charge, "prices")});
    }
    if (!faults.empty()) return failure(std::move(faults));
    return book;
}

namespace {

/// Which figures of a chip have a source that is an estimate.
std::bitset<metric_count> estimated_figures(const Catalog& catalog, const Chip& chip,
                                            const std::string& format) {
    const auto guessed = [&](const auto& cited) {
        return cited.known() && catalog.sources[cited.source].grade == Grade::estimate;
    };
    const auto at = [](Metric metric) { return static_cast<std::size_t>(metric); };
    std::bitset<metric_count> figures;
    for (const Format f : counted_formats) {
        if (name_of(f) == format && guessed(rate(chip, f))) figures.set(at(Metric::tpp));
    }
    figures.set(at(Metric::total_tpp), figures.test(at(Metric::tpp)));
    figures.set(at(Metric::density),
                figures.test(at(Metric::tpp)) || guessed(chip.applicable_area));
    figures.set(at(Metric::dram), guessed(chip.memory_bandwidth));
    figures.set(at(Metric::io), guessed(chip.scale_up_per_direction));
    figures.set(at(Metric::dram_io),
                figures.test(at(Metric::dram)) || figures.test(at(Metric::io)));
    return figures;
}

}  // namespace

ChipFacts chip_facts(const Catalog& catalog, const Chip& chip, const Readings& readings,
                     double per_board) {
    const Link* host = find_part(catalog.links, chip.host_link);
    ChipFacts facts = facts_of(chip, host == nullptr ? Bandwidth{} : host->per_direction.value,
                               readings, per_board);
    facts.estimated = estimated_figures(catalog, chip, facts.tpp_format);
    return facts;
}

std::string designer_of(const Catalog& catalog, std::string_view vendor) {
    for (const Chip& chip : catalog.chips) {
        if (!vendor.empty() && lower(chip.vendor) == lower(vendor)) return chip.designed_in;
    }
    return "";
}

}  // namespace millwright

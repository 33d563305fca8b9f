#include "millwright/intake/rule_query.h"

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/intake/question_table.h"

namespace millwright {
Result<Rulebook> resolve_rulebook(const Catalog& catalog) {
    auto book = rulebook_of(catalog.rules, catalog.groups, catalog.authorities);
    if (!book) return book;
    Faults faults;
    for (const Authority& authority : book->authorities) {
        if (!is_taken_column(authority.id)) continue;
        faults.push_back(
            {{"authorities/" + authority.id + ".toml", 0, 0},
             fmt::format("'{}' is a column of its own in tables of questions", authority.id),
             "name the authority's file otherwise"});
    }
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
FactSet estimated_figures(const Catalog& catalog, const Chip& chip, const std::string& format) {
    const auto guessed = [&](const auto& cited) {
        return cited.known() && catalog.sources[cited.source].grade == Grade::estimate;
    };
    FactSet figures = 0;
    const auto note = [&](Fact fact, bool is_guessed) {
        if (is_guessed) figures |= facts_of({fact});
    };
    for (const Format f : counted_formats) {
        note(Fact::tpp, name_of(f) == format && guessed(rate(chip, f)));
    }
    note(Fact::area, guessed(chip.applicable_area));
    note(Fact::dram, guessed(chip.memory_bandwidth));
    note(Fact::io, guessed(chip.scale_up_per_direction));
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

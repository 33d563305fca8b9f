// The room of rules knows neither prices nor tables; what ties a rulebook to these is checked here.
#include "millwright/intake/rule_query.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/intake/question_table.h"

namespace millwright {
namespace {

/// Keys of the JSON objects that hold a code under the id of each authority: verdicts, questions
/// and readings with one, months of a frontier. `tests/cli/test_authorities.py` walks them.
constexpr std::array<std::string_view, 44> keys_of_answers{
    // a verdict
    "answers", "by_text", "chain", "charges", "citations", "class", "conditions", "confidence",
    "licences_issued", "needs", "open", "reason", "rule", "supply", "tests", "unsettled",
    "would_decide",
    // the question that it answers, and its readings
    "assumed", "changes", "chip", "date", "destination", "headquarters", "line", "question",
    "reading", "readings", "to", "tpp", "turned",
    // a month of a frontier, and what is best in it
    "chips", "days", "domestic", "free", "licensed", "month", "plan", "server", "unrestricted",
    "usd_per_million_tokens", "trained_tokens_per_s", "measured", "prefill_tokens_per_s",
    "decode_tokens_per_s"};

/// Whether answers have a key of this name that is not the code of an authority.
bool is_taken_key(std::string_view id) {
    return std::ranges::find(keys_of_answers, id) != keys_of_answers.end() ||
           id.ends_with("_reason");
}

}  // namespace

Result<Rulebook> resolve_rulebook(const Catalog& catalog) {
    auto book = rulebook_of(catalog.rules, catalog.groups, catalog.authorities);
    if (!book) return book;
    Faults faults;
    for (const Authority& authority : book->authorities) {
        const bool column = is_taken_column(authority.id);
        if (!column && !is_taken_key(authority.id)) continue;
        faults.push_back({{"authorities/" + authority.id + ".toml", 0, 0},
                          fmt::format("'{}' is a {} already", authority.id,
                                      column ? "column of tables of questions" : "key of answers"),
                          "name the authority's file otherwise"});
    }
    for (const RuleRow& row : book->rows) {
        const std::string& charge = row.ask.charge;
        const PriceItem* item = charge.empty() ? nullptr : find_part(catalog.prices, charge);
        // a price without a ratio cannot be a share of the chip's price
        if (charge.empty() || (item != nullptr && item->ratio.known())) continue;
        faults.push_back({row.ask.at, fmt::format("no price with a ratio is called '{}'", charge),
                          name_hint(catalog.prices, charge, "prices")});
    }
    if (!faults.empty()) return failure(std::move(faults));
    return book;
}

namespace {

/// Which figures of a chip have a source that is an estimate.
/// TPP rests on the rate of `format`, the one that gave the highest product.
FactSet estimated_figures(const Catalog& catalog, const Chip& chip, const std::string& format) {
    const auto guessed = [&](const auto& cited) {
        return cited.known() && catalog.sources[cited.source.index()].grade == Grade::estimate;
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

const Chip* chip_of_maker(const Catalog& catalog, std::string_view vendor) {
    const auto found = std::ranges::find_if(
        catalog.chips, [&](const Chip& chip) { return lower(chip.vendor) == lower(vendor); });
    return vendor.empty() || found == catalog.chips.end() ? nullptr : &*found;
}

}  // namespace millwright

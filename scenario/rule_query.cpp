#include "scenario/rule_query.h"

#include <fmt/format.h>

#include "base/text.h"

namespace millwright {
namespace {

struct Asking {
    const CsvTable& table;
    std::size_t row;
    Faults faults{};

    std::string text(std::string_view column) const {
        return std::string(cell(table, row, column));
    }

    void fault(std::string message, std::string hint) {
        faults.push_back({{table.file, table.lines[row], 1}, std::move(message), std::move(hint)});
    }

    /// A number of zero or more, or what the cell left open.
    Figure figure(std::string_view column, const Figure& otherwise) {
        const std::string printed = text(column);
        if (printed.empty()) return otherwise;
        const auto value = number_of(printed);
        if (value && *value >= 0) return exactly(*value);
        fault(fmt::format("'{}' in {} is no number of zero or more", printed, column),
              "leave it empty where the figure is not known");
        return otherwise;
    }

    Truth flag(std::string_view column, Truth otherwise) {
        const std::string word = lower(text(column));
        if (word.empty()) return otherwise;
        if (word == "y" || word == "yes" || word == "true") return Truth::yes;
        if (word == "n" || word == "no" || word == "false") return Truth::no;
        if (word == "?" || word == "unknown") return Truth::unknown;
        fault(fmt::format("'{}' in {} is neither Y nor N", word, column), "write Y, N or ?");
        return otherwise;
    }

    std::string country(std::string_view column, const Rulebook& book) {
        const std::string code = text(column);
        const auto at = country_index(code);
        if (at && book.world.test(*at)) return code;
        fault(fmt::format("'{}' in {} is not a country code", code, column),
              "write two capital letters of ISO 3166, such as CN, DE or GB");
        return code;
    }
};

EndUse end_use_of(const std::string& word) {
    if (contains(word, "supercomputer")) return EndUse::supercomputer;
    return contains(word, "military") ? EndUse::military : EndUse::commercial;
}

/// A table that prints both area and density often rounds the area; where TPP over the density
/// rounds to the same digits, the density is the exact one of the two.
Figure printed_area(const Asking& asking, const ChipFacts& facts, Figure density) {
    if (!density.known() || density.low <= 0 || !facts.tpp.known()) return facts.area;
    // a hair less, so that a printed density of a line meets it whatever the division rounds to
    const double from_density = facts.tpp.low / density.low * (1 - 1e-15);
    if (!facts.area.known()) return exactly(from_density);
    const std::string printed = asking.text("applicable_die_mm2");
    const std::size_t dot = printed.find('.');
    const std::size_t decimals = dot == std::string::npos ? 0 : printed.size() - dot - 1;
    const bool same = decimals > 0 && fmt::format("{:.{}f}", from_density, decimals) == printed;
    return same ? exactly(from_density) : facts.area;
}

void read_figures(Asking& a, EmptyArea empty_area, ChipFacts& facts) {
    facts.tpp = a.figure("tpp", facts.tpp);
    facts.area = a.figure("applicable_die_mm2", facts.area);
    const Figure density = a.figure("pd", {});
    facts.area = printed_area(a, facts, density);
    facts.dram = a.figure("dram_bw_gbps", facts.dram);
    facts.io = a.figure("io_bw_gbps", facts.io);
    facts.data_centre = a.flag("dc_marketed", facts.data_centre);
    const bool of_catalog = !facts.status.empty();
    facts.us_market = a.flag("us_market_2026_01_15", of_catalog ? facts.us_market : Truth::yes);
    if (empty_area == EmptyArea::planar && !facts.area.known()) facts.planar = true;
    if (facts.area.known() && facts.area.low == 0) facts.planar = true;
}

void read_chip(Asking& a, const Catalog& catalog, EmptyArea empty_area, ChipFacts& facts) {
    const std::string name = a.text("chip");
    const Chip* chip = a.text("tpp").empty() ? find_part(catalog.chips, name) : nullptr;
    if (chip != nullptr) facts = chip_facts(catalog, *chip);
    facts.chip = name;
    if (const std::string vendor = a.text("vendor"); !vendor.empty()) facts.vendor = vendor;
    if (facts.designed_in.empty()) facts.designed_in = designer_of(catalog, facts.vendor);
    read_figures(a, chip == nullptr ? empty_area : EmptyArea::unknown, facts);
}

void read_party(Asking& a, const Rulebook& book, RuleQuery& query) {
    Party& party = query.party;
    party.to = a.country("destination", book);
    party.headquarters = a.text("hq_of_ultimate_parent").empty()
                             ? party.to
                             : a.country("hq_of_ultimate_parent", book);
    party.from = a.flag("exported_from_us", Truth::yes) == Truth::yes ? "US" : "";
    party.end_use = end_use_of(lower(a.text("end_use")));
    const std::string special = lower(a.text("special_flag"));
    if (contains(special, "entity")) party.entity_listed = true;
    if (contains(special, "super")) party.end_use = EndUse::supercomputer;
    if (contains(special, "gp10")) query.chip.designed_in = "CN";
    party.named_in_letter = a.flag("named_in_2022_or_2023_letter", Truth::no) == Truth::yes;
    party.quantity = a.figure("quantity", exactly(1)).low;
    party.hall_m3 = a.figure("hall_m3", exactly(0)).low;
}

}  // namespace

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

std::vector<std::string> question_columns() { return {"chip", "date", "destination"}; }

Result<RuleQuery> question_of(const CsvTable& table, std::size_t row, const Catalog& catalog,
                              const Rulebook& book, EmptyArea empty_area) {
    Asking a{table, row};
    RuleQuery query;
    read_chip(a, catalog, empty_area, query.chip);
    read_party(a, book, query);
    if (const auto date = parse_date(a.text("date"))) {
        query.date = *date;
    } else {
        a.fault(fmt::format("'{}' is no date", a.text("date")), "write it as 2026-02-01");
    }
    if (!a.faults.empty()) return failure(std::move(a.faults));
    return query;
}

}  // namespace millwright

// From arguments to a question for the export rules.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "apps/rules.h"
#include "base/text.h"

namespace millwright::app {
namespace {

struct Asking {
    const QuestionArguments& a;
    const Catalog& catalog;
    const Rulebook& book;
    Question out{};
    Faults faults{};

    void fault(std::string option, std::string message, std::string hint) {
        faults.push_back({{std::move(option), 0, 0}, std::move(message), std::move(hint)});
    }

    std::string country(const std::string& code, const char* option) {
        const auto at = country_index(code);
        if (!at || !book.world.test(*at)) {
            fault(option, fmt::format("'{}' is not a country code", code),
                  "write two capital letters of ISO 3166, such as CN, DE or GB");
        }
        return code;
    }

    Date day(const std::string& text, const char* option, const Date& otherwise) {
        if (text.empty()) return otherwise;
        if (const auto date = parse_date(text)) return *date;
        fault(option, fmt::format("'{}' is no date", text), "write it as 2026-02-01");
        return otherwise;
    }

    void assume(std::string what) { out.assumed.push_back(std::move(what)); }
};

Truth truth_from(const std::string& word) {
    if (word == "yes") return Truth::yes;
    return word == "no" ? Truth::no : Truth::unknown;
}

void set(Figure& figure, const std::optional<double>& typed) {
    if (typed) figure = exactly(*typed);
}

void read_readings(Asking& q) {
    std::vector<std::string> known;
    for (const ReadingSwitch& s : reading_switches()) known.emplace_back(s.name);
    Readings& readings = q.out.query.readings;
    for (const std::string& name : q.a.readings) {
        const auto& all = reading_switches();
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const ReadingSwitch& s) { return s.name == name; });
        if (found == all.end()) {
            q.fault("--reading", fmt::format("no reading is called '{}'", name),
                    "there are " + join(known, ", "));
        } else {
            readings.*(found->member) = !(Readings{}.*(found->member));
        }
    }
}

void read_deal(Asking& q) {
    Party& party = q.out.query.party;
    const QuestionArguments& a = q.a;
    party.to = q.country(a.to, "--to");
    party.from = q.country(a.from, "--from");
    party.headquarters = a.to;
    if (!a.headquarters.empty()) {
        party.headquarters = q.country(a.headquarters, "--headquarters");
    } else {
        q.assume(fmt::format("the buyer's headquarters are in {}", a.to));
    }
    party.end_use = enum_named<EndUse>(a.end_use).value_or(EndUse::commercial);
    party.entity_listed = a.entity_listed;
    party.affiliate = a.affiliate;
    party.named_in_letter = a.named_in_letter;
    party.state_funded = truth_from(a.state_funded);
    party.quantity = a.quantity;
    party.hall_m3 = a.hall_m3;
}

void check_names(Asking& q) {
    if (!q.a.chip.empty() && find_part(q.catalog.chips, q.a.chip) == nullptr && !q.a.tpp) {
        q.fault("--chip", fmt::format("no chip '{}' in the catalog", q.a.chip),
                did_you_mean(q.a.chip, ids(q.catalog.chips)) +
                    " `millwright list chips` shows all; or give --tpp and the other figures");
    }
    for (const std::string& id : q.a.without) {
        if (find_rule(q.book, id) != nullptr) continue;
        q.fault("--without", fmt::format("no rule '{}'", id),
                did_you_mean(id, ids(q.catalog.rules)) + " `millwright list rules` shows all");
    }
}

}  // namespace

Date today() {
    return std::chrono::year_month_day(
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
}

Date day_from(const std::string& text, const std::string& option) {
    if (const auto date = parse_date(text)) return *date;
    throw UserFault{
        {{{option, 0, 0}, fmt::format("'{}' is no date", text), "write it as 2026-02-01"}}};
}

ChipFacts facts_with(const QuestionArguments& a, const Catalog& catalog, const Readings& readings) {
    const Chip* chip = find_part(catalog.chips, a.chip);
    ChipFacts facts;
    if (chip != nullptr) facts = chip_facts(catalog, *chip, readings, a.packages_per_board);
    if (facts.chip.empty()) facts.chip = a.chip;
    if (!a.vendor.empty()) {
        facts.vendor = a.vendor;
        facts.designed_in = designer_of(catalog, a.vendor);
    }
    if (!a.designed_in.empty()) facts.designed_in = a.designed_in;
    set(facts.tpp, a.tpp);
    set(facts.area, a.area);
    set(facts.dram, a.dram);
    set(facts.io, a.io);
    set(facts.fp64, a.fp64);
    set(facts.fp32, a.fp32);
    set(facts.package, a.package);
    if (!a.data_centre.empty()) facts.data_centre = truth_from(a.data_centre);
    if (!a.us_market.empty()) facts.us_market = truth_from(a.us_market);
    facts.planar = facts.planar || a.planar;
    facts.hbm_stack = a.hbm_stack;
    return facts;
}

Question question_from(const QuestionArguments& a, const Catalog& catalog, const Rulebook& book) {
    Asking q{a, catalog, book};
    check_names(q);
    read_readings(q);
    read_deal(q);
    RuleQuery& query = q.out.query;
    query.date = q.day(a.date, "--date", today());
    query.known = q.day(a.known, "--known", all_known);
    query.basis = a.by_text ? Basis::text : Basis::enforced;
    query.without = a.without;
    if (a.date.empty()) q.assume("the day is " + to_text(query.date));
    if (!q.faults.empty()) throw UserFault{std::move(q.faults)};
    query.chip = facts_with(a, catalog, query.readings);
    return std::move(q.out);
}

}  // namespace millwright::app

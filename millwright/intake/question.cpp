// From what is written to a question for the export rules.
//
// The chip's facts are made apart from the deal, by `facts_under`, since they are asked for again
// under other readings: what the catalog knows changes with the reading, what is written stays.
// `question_from` checks every text of the chip first, so that `facts_under` need not tell faults.
#include "millwright/intake/question.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/intake/rule_query.h"

namespace millwright {
namespace {

/// A question as it is read, with faults so far. A faulty text never ends the reading.
struct QuestionReader {
    const WrittenQuestion& written;
    const Catalog& catalog;
    const Rulebook& book;
    Question out{};
    Faults faults{};

    /// At the place of the field, which is a flag of the command line, or a cell.
    void fault(std::string_view field, std::string message, std::string hint) {
        const auto place = written.places.find(field);
        faults.push_back({place == written.places.end() ? written.at : place->second,
                          std::move(message), std::move(hint)});
    }

    /// " in FIELD" in a table, whose place does not name the field.
    std::string in(std::string_view field) const {
        const auto place = written.places.find(field);
        const bool flag = place != written.places.end() && place->second.line == 0;
        return flag ? "" : fmt::format(" in {}", field);
    }

    /// The text is none of the words that a field of its kind may hold.
    void refuse(std::string_view field, std::string_view why) {
        fault(field, fmt::format("'{}'{} {}", written.text(field), in(field), why),
              fmt::format("{} is {}", field, allowed_values(question_field(field)->kind)));
    }

    /// Within the field's own bounds; `otherwise` where it is left out or faulty.
    double number(std::string_view field, double otherwise) {
        if (!written.has(field)) return otherwise;
        const QuestionField& f = *question_field(field);
        const auto value = number_of(written.text(field));
        const bool whole = f.kind != QuestionKind::count || (value && *value == std::round(*value));
        if (value && *value >= f.low && *value <= f.high && whole) return *value;
        const std::string range = fmt::format("{:.10g} to {:.10g}", f.low, f.high);
        fault(field,
              fmt::format("'{}'{} is no {} of {}", written.text(field), in(field),
                          f.kind == QuestionKind::count ? "whole number" : "number",
                          f.low == 0 ? "zero or more" : range),
              f.low == 0
                  ? fmt::format("at most {:.10g}; leave it out where it is not known", f.high)
                  : fmt::format("write a number of {}", range));
        return otherwise;
    }

    /// Words of tables and of flags alike, capital or not.
    Truth truth(std::string_view field, Truth otherwise) {
        const std::string word = lower(written.text(field));
        if (word.empty()) return otherwise;
        if (word == "y" || word == "yes" || word == "true" || word == "1") return Truth::yes;
        if (word == "n" || word == "no" || word == "false" || word == "0") return Truth::no;
        const bool open = question_field(field)->kind == QuestionKind::truth;
        if (open && (word == "?" || word == "unknown")) return Truth::unknown;
        refuse(field, "is neither Y nor N");
        return otherwise;
    }

    bool flag(std::string_view field) { return truth(field, Truth::no) == Truth::yes; }

    /// A code as it is written, be it a place or not, for others take it as their default.
    std::string place(std::string_view field, std::string_view otherwise) {
        if (!written.has(field)) return std::string(otherwise);
        const std::string code(written.text(field));
        if (!is_place(book, code)) {
            fault(field, fmt::format("'{}'{} is not a country code", code, in(field)),
                  place_hint(book));
        }
        return code;
    }

    Date day(std::string_view field, const Date& otherwise) {
        if (!written.has(field)) return otherwise;
        if (const auto date = parse_date(written.text(field))) return *date;
        refuse(field, "is no date");
        return otherwise;
    }

    /// Words between commas, semicolons and blanks; empty ones do not count.
    std::vector<std::string> list(std::string_view field) const {
        std::vector<std::string> words(1);
        for (const char c : written.text(field)) {
            if (c != ',' && c != ';' && c != ' ') {
                words.back() += c;
            } else if (!words.back().empty()) {
                words.emplace_back();
            }
        }
        if (words.back().empty()) words.pop_back();
        return words;
    }

    void assume(std::string what) { out.assumed.push_back(std::move(what)); }
};

/// Each name turns its reading from the default; naming it twice changes no more.
void read_readings(QuestionReader& a) {
    std::vector<std::string> known;
    for (const ReadingSwitch& s : reading_switches()) known.emplace_back(s.name);
    Readings& readings = a.out.query.readings;
    for (const std::string& name : a.list("reading")) {
        const auto& all = reading_switches();
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const ReadingSwitch& s) { return s.name == name; });
        if (found == all.end()) {
            a.fault("reading", fmt::format("no reading is called '{}'", name),
                    "there are " + join(known, ", "));
        } else {
            readings.*(found->member) = !(Readings{}.*(found->member));
        }
    }
}

/// Tables of worked cases put what is special about a deal into one column.
void read_special(QuestionReader& a) {
    RuleQuery& query = a.out.query;
    for (const std::string& word : a.list("special_flag")) {
        if (word == "entity") {
            query.party.entity_listed = true;
        } else if (word == "super") {
            query.party.end_use = EndUse::supercomputer;
        } else if (word != "gp10") {
            a.fault("special_flag", fmt::format("no special_flag is called '{}'", word),
                    "there are entity, super, gp10");
        }
    }
}

/// Worked cases say in words of their own what a buyer does.
EndUse read_use(QuestionReader& a) {
    const std::string word = lower(a.written.text("end_use"));
    if (word.empty() || word == "large cluster") return EndUse::commercial;  // of worked cases
    if (const auto use = enum_named<EndUse>(word)) return *use;
    if (a.written.worked_case) {  // in words of their own
        if (contains(word, "supercomputer")) return EndUse::supercomputer;
        return contains(word, "military") ? EndUse::military : EndUse::commercial;
    }
    a.refuse("end_use", "is no end use");
    return EndUse::commercial;
}

/// Who, where and how many. The destination is China where nothing is said, the parent sits at the
/// destination, and the part ships from the United States.
void read_deal(QuestionReader& a) {
    Party& party = a.out.query.party;
    party.to = a.place("destination", "CN");
    party.headquarters = a.place("headquarters", party.to);
    if (!a.written.has("headquarters")) {
        a.assume(fmt::format("the buyer's headquarters are in {}", party.to));
    }
    const bool from_us = a.truth("exported_from_us", Truth::yes) == Truth::yes;
    party.from = a.place("from", from_us ? "US" : "");
    if (a.written.has("from") && a.written.has("exported_from_us")) {
        a.fault("exported_from_us", "from and exported_from_us both say where it is shipped from",
                "leave exported_from_us out");
    }
    party.end_use = read_use(a);
    party.entity_listed = a.flag("entity_listed");
    party.affiliate = a.flag("affiliate");
    party.named_in_letter = a.flag("named_in_letter");
    party.state_funded = a.truth("state_funded", Truth::unknown);
    party.quantity = a.number("quantity", 1);
    party.hall_m3 = a.number("hall_volume", 0);
    read_special(a);
}

/// Texts that facts_under will read again, and the names.
void check_chip(QuestionReader& a) {
    for (const QuestionField& f : question_fields()) {
        if (f.part != QuestionPart::chip) continue;
        if (f.kind == QuestionKind::number) a.number(f.name, 0);
        if (f.kind == QuestionKind::truth || f.kind == QuestionKind::flag) {
            a.truth(f.name, Truth::no);
        }
        if (f.kind == QuestionKind::place) a.place(f.name, "");
    }
    const std::string name(a.written.text("chip"));
    const bool known = find_part(a.catalog.chips, name) != nullptr;
    if (name.empty() || known || a.written.has("tpp") || a.written.worked_case) return;
    a.fault("chip", fmt::format("no chip '{}' in the catalog", name),
            name_hint(a.catalog.chips, name, "chips") + "; or give tpp and the other figures");
}

/// A rule that is left out must exist, or a slip would leave nothing out and say nothing.
void check_rules(QuestionReader& a) {
    for (const std::string& id : a.list("without")) {
        if (find_rule(a.book, id) != nullptr) continue;
        a.fault("without", fmt::format("no rule '{}'", id),
                name_hint(a.catalog.rules, id, "rules"));
    }
}

/// A figure that is written is known, and goes before the catalog's.
void set(const WrittenQuestion& written, std::string_view field, Figure& figure) {
    const auto value = number_of(written.text(field));
    if (value) figure = exactly(*value);
}

/// The first letter tells all words apart that `Asking::truth` lets through.
Truth written_truth(const WrittenQuestion& written, std::string_view field, Truth otherwise) {
    const char first = written.has(field) ? lower(written.text(field))[0] : '\0';
    if (first == '\0') return otherwise;
    if (first == 'y' || first == 't' || first == '1') return Truth::yes;
    return first == 'n' || first == 'f' || first == '0' ? Truth::no : Truth::unknown;
}

/// A table that prints both area and density often rounds the area; where TPP over the density
/// rounds to the same digits, the density is the exact one of the two.
Figure printed_area(const WrittenQuestion& written, const ChipFacts& facts) {
    Figure density;
    set(written, "density", density);
    if (!density.known() || density.low <= 0 || !facts.tpp.known()) return facts.area;
    // a hair less, so that a printed density of a line meets it whatever the division rounds to
    const double from_density = facts.tpp.low / density.low * (1 - 1e-15);
    if (!written.has("area")) return exactly(from_density);
    const std::string printed(written.text("area"));
    const std::size_t dot = printed.find('.');
    const std::size_t decimals = dot == std::string::npos ? 0 : printed.size() - dot - 1;
    const bool same = decimals > 0 && fmt::format("{:.{}f}", from_density, decimals) == printed;
    return same ? exactly(from_density) : facts.area;
}

/// Whose chip it is, and which figures the catalog gives.
ChipFacts named_facts(const WrittenQuestion& w, const Catalog& catalog, const Readings& readings) {
    const std::string name(w.text("chip"));
    // a worked case with figures stands by itself: none of the catalog's come in
    const bool own = w.worked_case && w.has("tpp");
    const Chip* chip = own ? nullptr : find_part(catalog.chips, name);
    ChipFacts facts;
    if (chip != nullptr) {
        const double per_board = number_of(w.text("packages_per_board")).value_or(8);
        facts = chip_facts(catalog, *chip, readings, per_board);
    }
    if (facts.chip.empty() || w.worked_case) facts.chip = name;
    // a maker that the catalog has says who designs, too
    if (w.has("vendor")) {
        // rules name makers as the catalog spells them
        const Chip* theirs = chip_of_maker(catalog, w.text("vendor"));
        facts.vendor = theirs != nullptr ? theirs->vendor : std::string(w.text("vendor"));
        if (theirs != nullptr || chip == nullptr) {
            facts.designed_in = theirs != nullptr ? theirs->designed_in : "";
        }
    }
    if (w.has("designed_in")) facts.designed_in = w.text("designed_in");
    if (contains(lower(w.text("special_flag")), "gp10")) facts.designed_in = "CN";
    return facts;
}

}  // namespace

std::string_view WrittenQuestion::text(std::string_view field) const {
    const auto found = values.find(field);
    return found == values.end() ? std::string_view() : std::string_view(found->second);
}

// An area of zero says that no die counts, as does none in a worked case: such a chip has no
// density. `planar` is only ever set, for the catalog may know it already.
ChipFacts facts_under(const WrittenQuestion& w, const Catalog& catalog, const Readings& readings) {
    ChipFacts facts = named_facts(w, catalog, readings);
    const bool of_catalog = !facts.status.empty();
    set(w, "tpp", facts.tpp);
    set(w, "area", facts.area);
    facts.area = printed_area(w, facts);
    set(w, "dram", facts.dram);
    set(w, "io", facts.io);
    set(w, "fp64", facts.fp64);
    set(w, "fp32", facts.fp32);
    set(w, "package", facts.package);
    facts.data_centre = written_truth(w, "data_centre", facts.data_centre);
    const bool sold = w.empty_is_sold && !of_catalog;
    facts.us_market = written_truth(w, "us_market", sold ? Truth::yes : facts.us_market);
    if (written_truth(w, "planar", Truth::no) == Truth::yes) facts.planar = true;
    if (w.worked_case && !of_catalog && !facts.area.known()) facts.planar = true;
    if (facts.area.known() && facts.area.low == 0) facts.planar = true;
    facts.hbm_stack = written_truth(w, "hbm_stack", Truth::no) == Truth::yes;
    return facts;
}

Result<Question> question_from(const WrittenQuestion& written, const Catalog& catalog,
                               const Rulebook& book, const Date& today) {
    QuestionReader a{written, catalog, book};
    RuleQuery& query = a.out.query;
    // all of it, and only then the faults: each check goes on where another failed
    check_chip(a);
    check_rules(a);
    read_readings(a);
    read_deal(a);
    query.date = a.day("date", today);
    query.known = a.day("known", all_known);
    query.basis = a.flag("by_text") ? Basis::text : Basis::enforced;
    query.without = a.list("without");
    a.out.packages_per_board = a.number("packages_per_board", a.out.packages_per_board);
    if (!written.has("date")) a.assume("the day is " + to_text(query.date));
    if (!a.faults.empty()) return failure(std::move(a.faults));
    query.chip = facts_under(written, catalog, query.readings);
    return std::move(a.out);
}

}  // namespace millwright

// From rows that hold to one class and one verdict.
#include "rules/decide.h"

#include <algorithm>
#include <array>

namespace millwright {
namespace {

constexpr std::size_t verdicts = EnumNames<UsVerdict>::names.size();

/// Verdicts that are still open, and the row that brings each.
struct Open {
    std::uint32_t mask = 0;
    std::array<int, verdicts> row{};

    void add(UsVerdict verdict, int from) {
        const auto bit = static_cast<std::size_t>(verdict);
        if ((mask >> bit & 1U) == 0) row[bit] = from;
        mask |= 1U << bit;
    }
    bool has(std::size_t bit) const { return (mask >> bit & 1U) != 0; }
};

struct Deciding {
    const RulesOfDay& day;
    const Subject& subject;
    const std::vector<bool>& party;
    Decision out{};

    const RuleRow& row(std::size_t i) const { return day.book->rows[i]; }
};

/// Classes that may be the chip's, most restrictive first, as bits.
std::uint32_t open_classes(Deciding& d) {
    const auto& lines = d.day.book->lines;
    std::uint32_t open = 0;
    for (const std::size_t i : d.day.lines) {
        const Truth fits = d.subject.lines[i];
        if (fits == Truth::no) continue;
        open |= 1U << static_cast<unsigned>(lines[i].line.cls);
        d.out.line = static_cast<int>(i);
        if (fits == Truth::yes) return open;
    }
    const ExportClass base = d.day.lines.empty() ? ExportClass::none : ExportClass::under;
    return open | 1U << static_cast<unsigned>(base);
}

/// Whether a row counts for an item of this class.
Truth counts(const Deciding& d, std::size_t i, ExportClass cls) {
    const RuleRow& r = d.row(i);
    const bool right_class = r.classes == 0 || (r.classes >> static_cast<unsigned>(cls) & 1U);
    return d.party[i] && right_class ? d.subject.rows[i] : Truth::no;
}

/// Rows that compete: the most restrictive sure one, and those that might beat it.
Open first_answers(const Deciding& d, ExportClass cls) {
    UsVerdict sure = UsVerdict::nlr;
    int by = no_row;
    for (const std::size_t i : d.day.first) {
        const Requirement& ask = d.row(i).ask;
        if (!ask.verdict.given || counts(d, i, cls) != Truth::yes) continue;
        if (ask.verdict.value > sure) continue;  // of two alike, the later rule decides
        sure = ask.verdict.value;
        by = static_cast<int>(i);
    }
    Open open;
    open.add(sure, by);
    for (const std::size_t i : d.day.first) {
        const Requirement& ask = d.row(i).ask;
        if (!ask.verdict.given || counts(d, i, cls) != Truth::unknown) continue;
        if (ask.verdict.value < sure) open.add(ask.verdict.value, static_cast<int>(i));
    }
    return open;
}

/// Whether a row changes what another row answered.
bool changes(const Deciding& d, const RuleRow& r, int answered_by) {
    if (r.after_rules.empty()) return true;
    if (answered_by == no_row) return false;
    const std::size_t rule = d.row(static_cast<std::size_t>(answered_by)).rule;
    return std::find(r.after_rules.begin(), r.after_rules.end(), rule) != r.after_rules.end();
}

Open later_answers(Deciding& d, ExportClass cls, Open open) {
    d.out.answers |= open.mask;
    for (const std::size_t i : d.day.later) {
        const RuleRow& r = d.row(i);
        const Truth fits = counts(d, i, cls);
        if (!r.ask.verdict.given || fits == Truth::no || (open.mask & r.after) == 0) continue;
        Open next;
        for (std::size_t bit = 0; bit < verdicts; ++bit) {
            if (!open.has(bit)) continue;
            const bool turned = (r.after >> bit & 1U) != 0 && changes(d, r, open.row[bit]);
            if (turned) next.add(r.ask.verdict.value, static_cast<int>(i));
            if (turned && open.row[bit] != no_row) d.out.replaced.push_back(open.row[bit]);
            if (!turned || fits == Truth::unknown) {
                next.add(static_cast<UsVerdict>(bit), open.row[bit]);
            }
        }
        open = next;
        d.out.answers |= open.mask;
    }
    return open;
}

void decide_us(Deciding& d) {
    const std::uint32_t classes = d.out.classes = open_classes(d);
    Open all;
    for (unsigned c = 0; c < static_cast<unsigned>(ExportClass::undecided); ++c) {
        if ((classes >> c & 1U) == 0) continue;
        const auto cls = static_cast<ExportClass>(c);
        const bool single = classes == 1U << c;
        d.out.cls = single ? cls : ExportClass::undecided;
        const Open open = later_answers(d, cls, first_answers(d, cls));
        for (std::size_t bit = 0; bit < verdicts; ++bit) {
            if (open.has(bit)) all.add(static_cast<UsVerdict>(bit), open.row[bit]);
        }
    }
    d.out.us = UsVerdict::undecided;
    for (std::size_t bit = 0; bit < verdicts; ++bit) {
        if (all.mask != 1U << bit) continue;
        d.out.us = static_cast<UsVerdict>(bit);
        d.out.us_row = all.row[bit];
    }
}

/// Measures, supply and charges: sure rows alone, the most restrictive of each.
void decide_rest(Deciding& d, const std::vector<std::size_t>& rows) {
    for (const std::size_t i : rows) {
        const RuleRow& r = d.row(i);
        if (r.ask.verdict.given || counts(d, i, d.out.cls) != Truth::yes) continue;
        if (r.after != 0 && (r.after >> static_cast<unsigned>(d.out.us) & 1U) == 0) continue;
        const int at = static_cast<int>(i);
        if (r.ask.measure.given && r.ask.measure.value > d.out.cn) {
            d.out.cn = r.ask.measure.value;
            d.out.cn_row = at;
        }
        if (r.ask.supply.given && r.ask.supply.value > d.out.supply) {
            d.out.supply = r.ask.supply.value;
            d.out.supply_row = at;
        }
        if (!r.ask.charge.empty()) d.out.charges.push_back(at);
    }
}

}  // namespace

Decision decide(const RulesOfDay& day, const Subject& subject, const std::vector<bool>& party) {
    Deciding deciding{day, subject, party};
    decide_us(deciding);
    decide_rest(deciding, day.first);
    decide_rest(deciding, day.later);
    return std::move(deciding.out);
}

int restriction(UsVerdict verdict) {
    switch (verdict) {
        case UsVerdict::nlr: return 0;
        case UsVerdict::lic_letter:
        case UsVerdict::lic_cbc:
        case UsVerdict::lic_poa:
        case UsVerdict::hbm:
        case UsVerdict::nac:
        case UsVerdict::nac_nonotice:
        case UsVerdict::aca: return 1;
        case UsVerdict::lic_entity:
        case UsVerdict::lic_enduse:
        case UsVerdict::gp10:
        case UsVerdict::lic_pod: return 2;
        case UsVerdict::undecided: return 3;
    }
    return 3;
}

}  // namespace millwright

// From rows that hold to one class and one verdict.
#include "millwright/rules/decide.h"

#include <algorithm>
#include <array>

namespace millwright {
namespace {

constexpr std::size_t verdicts = EnumNames<UsVerdict>::names.size();
using Mask = std::uint32_t;

template <class E>
constexpr Mask bit_of(E value) {
    return Mask{1} << static_cast<unsigned>(value);
}

/// The least or most strict verdict of a set that is not empty.
template <class Better>
UsVerdict best_of(Mask mask, Better better) {
    UsVerdict best = UsVerdict::undecided;
    bool found = false;
    for (std::size_t bit = 0; bit < verdicts; ++bit) {
        const auto verdict = static_cast<UsVerdict>(bit);
        if ((mask >> bit & 1U) == 0) continue;
        if (!found || better(strictness(verdict), strictness(best))) best = verdict;
        found = true;
    }
    return best;
}

/// Verdicts that are still open, the row that brings each, and the row that asked before that.
struct Open {
    Mask mask = 0;
    std::array<int, verdicts> row{}, asked{};

    void add(UsVerdict verdict, int by, int asked_by) {
        const auto bit = static_cast<std::size_t>(verdict);
        mask |= bit_of(verdict);
        row[bit] = by;
        asked[bit] = asked_by;
    }
    bool has(std::size_t bit) const { return (mask >> bit & 1U) != 0; }
};

struct Deciding {
    const RulesOfDay& day;
    const Subject& subject;
    const std::vector<bool>& party;
    Mask sure_classes = 0;
    Decision out{};

    const RuleRow& row(std::size_t i) const { return day.book->rows[i]; }
};

/// The class by which an item is called: of the lines that it meets the most restrictive.
void decide_class(Deciding& d) {
    const auto& lines = d.day.book->lines;
    const ExportClass base = d.day.lines.empty() ? ExportClass::none : ExportClass::under;
    Mask open = 0;
    bool sure = false;
    for (const std::size_t i : d.day.lines) {
        const Truth fits = d.subject.lines[i];
        const Mask bit = bit_of(lines[i].line.cls);
        if (fits == Truth::no) continue;
        d.out.classes |= bit;
        if (fits == Truth::yes) d.sure_classes |= bit;
        if (sure) continue;
        open |= bit;
        d.out.line = static_cast<int>(i);
        sure = fits == Truth::yes;
    }
    if (!sure) open |= bit_of(base);
    d.out.classes |= bit_of(base);  // what asks of parts under all lines asks of those above too
    d.sure_classes |= bit_of(base);
    d.out.cls = ExportClass::undecided;
    for (unsigned c = 0; c < static_cast<unsigned>(ExportClass::undecided); ++c) {
        if (open == Mask{1} << c) d.out.cls = static_cast<ExportClass>(c);
    }
}

/// Whether a row counts for an item that meets the lines of a class; `any` asks of all items.
constexpr unsigned any_class = 31;
Truth counts(const Deciding& d, std::size_t i, unsigned cls) {
    const RuleRow& r = d.row(i);
    if (!d.party[i]) return Truth::no;
    if (cls == any_class) return r.classes == 0 ? d.subject.rows[i] : Truth::no;
    const Mask bit = Mask{1} << cls;
    if ((r.classes & bit) == 0 || (d.out.classes & bit) == 0) return Truth::no;
    return both(d.subject.rows[i], (d.sure_classes & bit) != 0 ? Truth::yes : Truth::unknown);
}

bool loosens(const RuleRow& r, std::size_t bit) {
    return (r.after >> bit & 1U) != 0 &&
           strictness(static_cast<UsVerdict>(bit)) > strictness(r.ask.verdict.value);
}

/// What a row asks of a class, with what later rows make of it. One for a class loosens only what
/// was asked for that class, so that to meet a further line never opens an exception.
Open loosened(Deciding& d, std::size_t asked_by, unsigned cls, Truth asks) {
    const int by = static_cast<int>(asked_by);
    const std::size_t rule = d.row(asked_by).rule;
    Open open;
    open.add(d.row(asked_by).ask.verdict.value, by, by);
    for (const std::size_t i : d.day.later) {
        const RuleRow& r = d.row(i);
        if (!r.ask.verdict.given || !d.party[i] || (r.after & open.mask) == 0) continue;
        const bool named =
            r.after_rules.empty() ||
            std::find(r.after_rules.begin(), r.after_rules.end(), rule) != r.after_rules.end();
        const Truth fits = r.classes == 0 ? d.subject.rows[i] : counts(d, i, cls);
        if (!named || fits == Truth::no) continue;
        Open next;
        for (std::size_t bit = 0; bit < verdicts; ++bit) {
            if (!open.has(bit)) continue;
            const bool turned = loosens(r, bit);
            if (turned) next.add(r.ask.verdict.value, static_cast<int>(i), by);
            if (!turned || fits == Truth::unknown) {
                next.add(static_cast<UsVerdict>(bit), open.row[bit], by);
            }
        }
        d.out.answers |= open.mask;
        open = next;
    }
    if (asks == Truth::unknown && !open.has(static_cast<std::size_t>(UsVerdict::nlr))) {
        open.add(UsVerdict::nlr, no_row, no_row);
    }
    return open;
}

/// All that is open and as strict as what is sure: the strictest of every row's loosest answer.
struct Competition {
    const Deciding& d;
    Open all{};
    int sure = 0;

    /// Of two alike the later rule is named, and its first row.
    bool is_named(std::size_t bit, const Open& open) const {
        if (!all.has(bit) || all.row[bit] == no_row) return true;
        const bool certain = open.mask == Mask{1} << bit;
        return certain && open.row[bit] != no_row &&
               rule_of(open.row[bit]) != rule_of(all.row[bit]);
    }
    std::size_t rule_of(int row) const { return d.row(static_cast<std::size_t>(row)).rule; }

    void enter(const Open& open) {
        for (std::size_t bit = 0; bit < verdicts; ++bit) {
            if (!open.has(bit) || !is_named(bit, open)) continue;
            all.add(static_cast<UsVerdict>(bit), open.row[bit], open.asked[bit]);
        }
        sure = std::max(sure, strictness(best_of(open.mask, std::less<>{})));
    }
    Open rest() const {
        Open open;
        for (std::size_t bit = 0; bit < verdicts; ++bit) {
            const auto verdict = static_cast<UsVerdict>(bit);
            if (all.has(bit) && strictness(verdict) >= sure) {
                open.add(verdict, all.row[bit], all.asked[bit]);
            }
        }
        return open;
    }
};

template <class Take>
void each_ask(Deciding& d, std::size_t i, Take take) {
    if (d.row(i).classes == 0) return take(loosened(d, i, any_class, counts(d, i, any_class)));
    for (unsigned cls = 0; cls < static_cast<unsigned>(ExportClass::undecided); ++cls) {
        const Truth asks = counts(d, i, cls);
        if (asks != Truth::no) take(loosened(d, i, cls, asks));
    }
}

/// Answers after one that stands over all looser ones, but for those that it yields to.
Open overruled(Deciding& d, const Open& open, const Open& own, const RuleRow& r) {
    Open next;
    for (std::size_t bit = 0; bit < verdicts; ++bit) {
        if (!open.has(bit)) continue;
        const auto verdict = static_cast<UsVerdict>(bit);
        const bool yields = (r.yields_to >> bit & 1U) != 0;
        for (std::size_t mine = 0; mine < verdicts; ++mine) {
            if (!own.has(mine)) continue;
            const auto asked = static_cast<UsVerdict>(mine);
            const bool stands = yields || strictness(verdict) >= strictness(asked);
            if (yields && asked == r.ask.verdict.value) d.out.beside.push_back(own.row[mine]);
            if (stands) next.add(verdict, open.row[bit], open.asked[bit]);
            if (!stands) next.add(asked, own.row[mine], own.asked[mine]);
        }
    }
    return next;
}

/// Rows with `after` that tighten: they raise every answer from the loosest that they name.
Open raised(Deciding& d, const Open& open, std::size_t i) {
    const RuleRow& r = d.row(i);
    const int own = strictness(r.ask.verdict.value);
    const int from = strictness(best_of(r.after, std::less<>{}));
    if (from >= own) return open;
    Truth fits = r.classes == 0 ? d.subject.rows[i] : Truth::no;
    for (unsigned cls = 0; cls < static_cast<unsigned>(ExportClass::undecided); ++cls) {
        fits = std::max(fits, counts(d, i, cls));
    }
    if (!d.party[i] || fits == Truth::no) return open;
    Open next;
    for (std::size_t bit = 0; bit < verdicts; ++bit) {
        if (!open.has(bit)) continue;
        const auto verdict = static_cast<UsVerdict>(bit);
        const bool turned = strictness(verdict) >= from && strictness(verdict) < own;
        if (turned) next.add(r.ask.verdict.value, static_cast<int>(i), static_cast<int>(i));
        if (!turned || fits == Truth::unknown) next.add(verdict, open.row[bit], open.asked[bit]);
    }
    return next;
}

void decide_us(Deciding& d) {
    Competition competing{.d = d};
    Open none;
    none.add(UsVerdict::nlr, no_row, no_row);
    competing.enter(none);
    const auto competes = [&](std::size_t i) {
        return d.party[i] && d.row(i).ask.verdict.given && d.subject.rows[i] != Truth::no;
    };
    for (const std::size_t i : d.day.first) {
        if (!competes(i) || d.row(i).yields_to != 0) continue;
        each_ask(d, i, [&](const Open& open) { competing.enter(open); });
    }
    Open open = competing.rest();
    for (const std::size_t i : d.day.first) {
        if (!competes(i) || d.row(i).yields_to == 0) continue;
        each_ask(d, i, [&](const Open& own) { open = overruled(d, open, own, d.row(i)); });
    }
    d.out.answers |= open.mask;
    for (const std::size_t i : d.day.later) {
        if (d.row(i).ask.verdict.given) open = raised(d, open, i);
    }
    d.out.answers |= open.mask;
    d.out.us = UsVerdict::undecided;
    for (std::size_t bit = 0; bit < verdicts; ++bit) {
        if (open.mask != Mask{1} << bit) continue;
        d.out.us = static_cast<UsVerdict>(bit);
        d.out.us_row = open.row[bit];
        if (open.asked[bit] != open.row[bit]) d.out.replaced.push_back(open.asked[bit]);
    }
    if (d.out.us == UsVerdict::undecided) d.out.beside.clear();
}

/// Measures, supply and charges: sure rows alone, the most restrictive of each.
void decide_rest(Deciding& d, const std::vector<std::size_t>& rows) {
    for (const std::size_t i : rows) {
        const RuleRow& r = d.row(i);
        const bool right_class = r.classes == 0 || (r.classes & bit_of(d.out.cls)) != 0;
        if (r.ask.verdict.given || !d.party[i] || !right_class) continue;
        if (d.subject.rows[i] != Truth::yes) continue;
        if (r.after != 0 && (r.after & bit_of(d.out.us)) == 0) continue;
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
    Deciding deciding{.day = day, .subject = subject, .party = party};
    decide_class(deciding);
    decide_us(deciding);
    decide_rest(deciding, day.first);
    decide_rest(deciding, day.later);
    return std::move(deciding.out);
}

int strictness(UsVerdict verdict) {
    static constexpr std::array order{
        UsVerdict::nlr,        UsVerdict::aca,      UsVerdict::nac_nonotice, UsVerdict::nac,
        UsVerdict::hbm,        UsVerdict::lic_poa,  UsVerdict::lic_cbc,      UsVerdict::lic_letter,
        UsVerdict::lic_pod,    UsVerdict::gp10,     UsVerdict::lic_enduse,   UsVerdict::lic_embargo,
        UsVerdict::lic_entity, UsVerdict::undecided};
    static_assert(order.size() == verdicts);
    static constexpr auto place = [] {
        std::array<int, verdicts> places{};
        for (std::size_t i = 0; i < verdicts; ++i) {
            places[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
        }
        return places;
    }();
    return place[static_cast<std::size_t>(verdict)];
}

int strictness_in_steps(UsVerdict verdict) {
    if (verdict == UsVerdict::undecided) return strictness(verdict);
    return std::min(strictness(verdict), strictness(UsVerdict::lic_pod));
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
        case UsVerdict::lic_embargo:
        case UsVerdict::lic_enduse:
        case UsVerdict::gp10:
        case UsVerdict::lic_pod: return 2;
        case UsVerdict::undecided: return 3;
    }
    return 3;
}

}  // namespace millwright

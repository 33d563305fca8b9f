// From rows that hold to one class and one verdict of each authority.
//
// Verdicts of an authority are numbered from the loosest, so the strictest of several is a maximum.
// What is not known yet is a mask of verdicts, a bit each, and beside each bit the row that brings
// it. A row that holds for sure has one bit; one that may hold has that of "nothing asked" too. The
// maximum over rows that each take any bit of their mask is then any bit of the union that is not
// below the largest of all the lowest bits: `Competition` keeps just these two. One bit at the end
// is the verdict, several leave it undecided.
//
// The steps for an authority that asks about exports:
//   decide_class  which classes the item may meet, and which it does for sure
//   loosened      what a row asks for a class, turned by each row with `after` that loosens
//   Competition   the strictest of these
//   overruled     rows that yield to certain answers, and stand over all looser ones
//   raised        rows with `after` that tighten
// No step but `loosened` lowers an answer, and that one looks at a single row and class; a row that
// yields does so to a denial, which is the same step. So a further row adds to the maximum or
// changes nothing, which is why a stricter rule never loosens.
//
// An authority that asks about use has the maximum over sure rows alone. Cost: rows that ask times
// rows that loosen, for the few that the party falls under.
#include "millwright/rules/decide.h"

#include <algorithm>
#include <array>
#include <bit>

namespace millwright {
namespace {

/// A mask with one verdict or class; the other reads back the lowest one of a mask that has any.
constexpr Bits bit_of(unsigned place) { return Bits{1} << place; }
constexpr unsigned loosest(Bits mask) { return static_cast<unsigned>(std::countr_zero(mask)); }

/// Places of a mask, the loosest first.
template <class Visit>
void each_bit(Bits mask, Visit visit) {
    for (; mask != 0; mask &= mask - 1) visit(loosest(mask));
}

/// Verdicts that are still open, the row that brings each, and the row that asked before that.
struct Open {
    Bits mask = 0;
    std::array<int, most_verdicts> row, asked;  // where the mask says so

    void add(unsigned verdict, int by, int asked_by) {
        mask |= bit_of(verdict);
        row[verdict] = by;
        asked[verdict] = asked_by;
    }
    bool has(unsigned verdict) const { return (mask & bit_of(verdict)) != 0; }
};

/// Classes that the item may meet and those it meets for sure, by authority.
struct ClassesMet {
    Bits may = 0, sure = 0;
};

struct ItemCase {
    const RulesOfDay& day;
    const Subject& subject;
    const std::vector<bool>& party;
    std::array<ClassesMet, most_authorities> met{};

    const RuleRow& row(std::size_t i) const { return day.book->rows[i]; }
};

/// One authority's answer on the way.
struct AuthorityCase {
    ItemCase& d;
    const RowsOfDay& rows;
    Decided& out;
};

/// Classes of an item that meets none stand after the real ones: under all lines, then before any.
unsigned under_all(const Authority& authority) {
    return static_cast<unsigned>(authority.classes.size());
}

/// The class by which an item is called: of the lines that it meets the most restrictive.
void decide_class(AuthorityCase& a, std::size_t authority) {
    const auto& lines = a.d.day.book->lines;
    const unsigned under = under_all(a.d.day.book->authorities[authority]);
    const Bits base = bit_of(a.rows.lines.empty() ? under + 1 : under);
    ClassesMet& met = a.d.met[authority];
    Bits open = 0;
    bool sure = false;
    for (const std::size_t i : a.rows.lines) {
        const Truth fits = a.d.subject.lines[i];
        const Bits bit = bit_of(lines[i].cls);
        if (fits == Truth::no) continue;
        met.may |= bit;
        if (fits == Truth::yes) met.sure |= bit;
        // the name is found; further lines add to what may be asked
        if (sure) continue;
        open |= bit;
        a.out.line = static_cast<int>(i);
        sure = fits == Truth::yes;
    }
    if (!sure) open |= base;
    met.may |= base;  // what asks of parts under all lines asks of those above too
    met.sure |= base;
    a.out.classes = met.may;
    a.out.cls = std::has_single_bit(open) ? loosest(open) : undecided;
}

/// Whether a row counts for an item that meets the lines of a class; `any` asks of all items.
/// The number of no class: `most_classes` and the two that are no lines stay below it.
constexpr unsigned any_class = 31;
Truth counts(const ItemCase& d, std::size_t i, unsigned cls) {
    const RuleRow& r = d.row(i);
    if (!d.party[i]) return Truth::no;
    if (cls == any_class) return r.classes == 0 ? d.subject.rows[i] : Truth::no;
    const ClassesMet& met = d.met[r.class_of];
    const Bits bit = bit_of(cls);
    if ((r.classes & bit) == 0 || (met.may & bit) == 0) return Truth::no;
    return both(d.subject.rows[i], (met.sure & bit) != 0 ? Truth::yes : Truth::unknown);
}

bool loosens(const RuleRow& r, unsigned verdict) {
    return (r.after & bit_of(verdict)) != 0 && verdict > r.verdict;
}

/// What a row asks of a class, with what later rows make of it. One for a class loosens only what
/// was asked for that class, so that to meet a further line never opens an exception.
Open loosened(AuthorityCase& a, std::size_t asked_by, unsigned cls, Truth asks) {
    const ItemCase& d = a.d;
    const int by = static_cast<int>(asked_by);
    const std::size_t rule = d.row(asked_by).rule;
    Open open;
    open.add(d.row(asked_by).verdict, by, by);
    for (const std::size_t i : a.rows.later) {
        const RuleRow& r = d.row(i);
        if (!d.party[i] || (r.after & open.mask) == 0) continue;
        const bool named =
            r.after_rules.empty() ||
            std::find(r.after_rules.begin(), r.after_rules.end(), rule) != r.after_rules.end();
        const Truth fits = r.classes == 0 ? d.subject.rows[i] : counts(d, i, cls);
        if (!named || fits == Truth::no) continue;
        Open next;
        each_bit(open.mask, [&](unsigned verdict) {
            const bool turned = loosens(r, verdict);
            // a row that may hold leaves both answers open
            if (turned) next.add(r.verdict, static_cast<int>(i), by);
            if (!turned || fits == Truth::unknown) next.add(verdict, open.row[verdict], by);
        });
        a.out.answers |= open.mask;
        open = next;
    }
    // and one that may ask nothing leaves that open
    if (asks == Truth::unknown && !open.has(0)) open.add(0, no_row, no_row);
    return open;
}

/// All that is open and as strict as what is sure: the strictest of every row's loosest answer.
struct Competition {
    const ItemCase& d;
    Open all{};
    unsigned sure = 0;

    /// Of two alike the later rule is named, and its first row.
    bool is_named(unsigned verdict, const Open& open) const {
        if (!all.has(verdict) || all.row[verdict] == no_row) return true;
        const bool certain = open.mask == bit_of(verdict);
        return certain && open.row[verdict] != no_row &&
               rule_of(open.row[verdict]) != rule_of(all.row[verdict]);
    }
    std::size_t rule_of(int row) const { return d.row(static_cast<std::size_t>(row)).rule; }

    void enter(const Open& open) {
        each_bit(open.mask, [&](unsigned verdict) {
            if (is_named(verdict, open)) all.add(verdict, open.row[verdict], open.asked[verdict]);
        });
        sure = std::max(sure, loosest(open.mask));
    }
    Open rest() const {
        Open open = all;
        open.mask &= ~(bit_of(sure) - 1);
        return open;
    }
};

/// Calls with the answers of a row, for each class that it asks of and the item may meet.
template <class Take>
void each_ask(AuthorityCase& a, std::size_t i, Take take) {
    const RuleRow& r = a.d.row(i);
    if (r.classes == 0) return take(loosened(a, i, any_class, counts(a.d, i, any_class)));
    each_bit(r.classes, [&](unsigned cls) {
        const Truth asks = counts(a.d, i, cls);
        if (asks != Truth::no) take(loosened(a, i, cls, asks));
    });
}

/// Answers after one that stands over all looser ones, but for those that it yields to.
Open overruled(AuthorityCase& a, const Open& open, const Open& own, const RuleRow& r) {
    Open next;
    each_bit(open.mask, [&](unsigned verdict) {
        const bool yields = (r.yields_to & bit_of(verdict)) != 0;
        each_bit(own.mask, [&](unsigned asked) {
            const bool stands = yields || verdict >= asked;
            if (yields && asked == r.verdict) a.out.beside.push_back(own.row[asked]);
            if (stands) next.add(verdict, open.row[verdict], open.asked[verdict]);
            if (!stands) next.add(asked, own.row[asked], own.asked[asked]);
        });
    });
    return next;
}

/// Rows with `after` that tighten: they raise every answer from the loosest that they name.
Open raised(AuthorityCase& a, const Open& open, std::size_t i) {
    const ItemCase& d = a.d;
    const RuleRow& r = d.row(i);
    const unsigned from = loosest(r.after);
    if (from >= r.verdict) return open;
    Truth fits = r.classes == 0 ? d.subject.rows[i] : Truth::no;
    each_bit(r.classes, [&](unsigned cls) { fits = std::max(fits, counts(d, i, cls)); });
    if (!d.party[i] || fits == Truth::no) return open;
    Open next;
    each_bit(open.mask, [&](unsigned verdict) {
        const bool turned = verdict >= from && verdict < r.verdict;
        if (turned) next.add(r.verdict, static_cast<int>(i), static_cast<int>(i));
        if (!turned || fits == Truth::unknown) {
            next.add(verdict, open.row[verdict], open.asked[verdict]);
        }
    });
    return next;
}

/// What the rows without `after` ask, the strictest of it.
/// Rows that yield come last: whether they stand depends on the answer of all others.
Open asked(AuthorityCase& a) {
    Competition competing{.d = a.d};
    Open nothing;
    nothing.add(0, no_row, no_row);
    competing.enter(nothing);
    const auto competes = [&](std::size_t i) {
        return a.d.party[i] && a.d.subject.rows[i] != Truth::no;
    };
    for (const std::size_t i : a.rows.first) {
        if (!competes(i) || a.d.row(i).yields_to != 0) continue;
        each_ask(a, i, [&](const Open& open) { competing.enter(open); });
    }
    Open open = competing.rest();
    for (const std::size_t i : a.rows.first) {
        if (!competes(i) || a.d.row(i).yields_to == 0) continue;
        each_ask(a, i, [&](const Open& own) { open = overruled(a, open, own, a.d.row(i)); });
    }
    return open;
}

void decide_export(AuthorityCase& a) {
    Open open = asked(a);
    a.out.answers |= open.mask;
    for (const std::size_t i : a.rows.later) open = raised(a, open, i);
    a.out.answers |= open.mask;
    a.out.verdict = undecided;
    if (!std::has_single_bit(open.mask)) {
        // which of them stand beside the verdict hangs on the verdict
        a.out.beside.clear();
        return;
    }
    a.out.verdict = loosest(open.mask);
    a.out.row = open.row[a.out.verdict];
    if (open.asked[a.out.verdict] != a.out.row) {
        a.out.replaced.push_back(open.asked[a.out.verdict]);
    }
}

/// Whether one of the rules that a row follows on gave the answer, or asked what was turned to it.
/// A row that names none follows on any.
bool follows_on(const ItemCase& d, const RuleRow& r, const Decided& answer) {
    const auto is_named = [&](int row) {
        if (row == no_row) return false;
        const std::size_t rule = d.row(static_cast<std::size_t>(row)).rule;
        return std::ranges::find(r.after_rules, rule) != r.after_rules.end();
    };
    return r.after_rules.empty() || is_named(answer.row) ||
           std::ranges::any_of(answer.replaced, is_named);
}

/// Whether a row about use, supply or a charge holds for sure, upon what exports are asked.
bool holds_for_sure(const ItemCase& d, const Decision& out, std::size_t i) {
    const RuleRow& r = d.row(i);
    if (!d.party[i] || d.subject.rows[i] != Truth::yes) return false;
    const unsigned cls = out.of[r.class_of].cls;
    if (r.classes != 0 && (cls == undecided || (r.classes & bit_of(cls)) == 0)) return false;
    const Decided& answer = out.of[r.after_of];
    if (r.after == 0) return true;
    if (answer.verdict == undecided || (r.after & bit_of(answer.verdict)) == 0) return false;
    return follows_on(d, r, answer);
}

/// Measures, supply and charges: sure rows alone, the most restrictive of each.
void decide_rest(const ItemCase& d, Decision& out, const std::vector<std::size_t>& rows) {
    for (const std::size_t i : rows) {
        if (!holds_for_sure(d, out, i)) continue;
        const RuleRow& r = d.row(i);
        const int at = static_cast<int>(i);
        if (r.authority != nobody) {
            Decided& own = out.of[static_cast<std::size_t>(r.authority)];
            if (r.verdict > own.verdict) {
                own.verdict = r.verdict;
                own.row = at;
            }
        }
        if (r.ask.supply.given && r.ask.supply.value > out.supply) {
            out.supply = r.ask.supply.value;
            out.supply_row = at;
        }
        if (!r.ask.charge.empty()) out.charges.push_back(at);
    }
}

bool about_exports(const RulesOfDay& day, std::size_t authority) {
    return day.book->authorities[authority].asks == AsksAbout::sending;
}

/// Classes of all, since a row may be about a class of another authority, and the verdict of each
/// that asks about exports.
void decide_exports(ItemCase& d, std::span<Decided> out) {
    for (std::size_t i = 0; i < d.day.of.size(); ++i) {
        Decided spare;  // of those whose answer is not wanted
        AuthorityCase a{d, d.day.of[i], i < out.size() ? out[i] : spare};
        decide_class(a, i);
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        AuthorityCase a{d, d.day.of[i], out[i]};
        if (about_exports(d.day, i)) decide_export(a);
    }
}

}  // namespace

// Rows with `after` come after all rows without: they follow on what those said, be it of another
// authority. Charges and supply follow on exports and uses alike.
Decision decide(const RulesOfDay& day, const Subject& subject, const std::vector<bool>& party) {
    ItemCase d{.day = day, .subject = subject, .party = party};
    Decision out;
    out.of.resize(day.of.size());
    decide_exports(d, out.of);
    for (std::size_t i = 0; i < day.of.size(); ++i) {
        if (!about_exports(day, i)) decide_rest(d, out, day.of[i].first);
    }
    decide_rest(d, out, day.others.first);
    for (std::size_t i = 0; i < day.of.size(); ++i) {
        if (!about_exports(day, i)) decide_rest(d, out, day.of[i].later);
    }
    decide_rest(d, out, day.others.later);
    return out;
}

// Classes of all authorities, since a row may ask by another's; the verdict of the first alone.
Decided decide_lead(const RulesOfDay& day, const Subject& subject, const std::vector<bool>& party) {
    ItemCase d{.day = day, .subject = subject, .party = party};
    Decided lead;
    decide_exports(d, {&lead, 1});
    return lead;
}

std::string verdict_code(const Authority& a, unsigned verdict) {
    return verdict == undecided ? a.open : a.verdicts[verdict].code;
}

std::string class_code(const Authority& a, unsigned cls) {
    if (a.classes.empty()) return "";
    if (cls == undecided) return a.class_open;
    if (cls < a.classes.size()) return a.classes[cls].code;
    return cls == a.classes.size() ? a.under_all_lines : a.before_any_line;
}

unsigned strictness_in_steps(const Authority& authority, unsigned verdict) {
    const auto denied =
        std::ranges::find(authority.verdicts, VerdictTier::denied, &VerdictRow::tier);
    const auto first = static_cast<unsigned>(denied - authority.verdicts.begin());
    return verdict == undecided ? verdict : std::min(verdict, first);
}

}  // namespace millwright

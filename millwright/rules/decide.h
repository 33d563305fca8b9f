// The decision alone, without words: what each authority says of one item for one party on one
// day. All are decided alike; which verdicts there are and how strict each is, is data.
//
// Every row that holds asks for itself, once for each of its classes whose lines the item meets,
// be they the most restrictive or not. Rows with `after` loosen such an answer, each by itself;
// then the strictest in practice wins. So a further row, line or letter, or a lower limit, only
// adds answers or replaces one by a stricter, and never loosens: a law (tests/law).
//
// Conditions are yes, no or unknown (Kleene). An unknown one leaves every answer open that it
// could bring; the verdict is decided where all open answers are the same, and `undecided` else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millwright/rules/facts.h"
#include "millwright/rules/rulebook.h"

namespace millwright {

/// Who, where, how many: all that is not the chip or the day.
struct Party {
    std::string from = "US";
    std::string to;
    std::string headquarters;  // of the buyer's ultimate parent
    EndUse end_use = EndUse::commercial;
    bool entity_listed = false;
    bool affiliate = false;        // owned to half or more by listed parties
    bool named_in_letter = false;  // the chip is named in a letter, whatever it is called here
    Truth state_funded = Truth::unknown;
    double quantity = 1;
    double hall_m3 = 0;  // 0: not stated, and density of the hall is not tested
};

/// What each line and row of a rulebook says of an item, days and parties aside.
struct Subject {
    std::vector<Truth> lines, rows;
};

/// Whether one condition holds; `volume` is that of its rule.
Truth holds(const Condition& condition, const ChipFacts& facts, const Party& party, Volume volume);

/// Whether `unless` takes the item out of the row.
Truth spared(const Requirement& ask, const ChipFacts& facts, const Party& party, Volume volume);

/// Whether the row is about such a part at all: its maker, its name, where it was designed.
bool concerns(const Rulebook& book, const RuleRow& row, const ChipFacts& facts, const Party& party,
              const Readings& readings);

/// Each line and each row in turn, once for an item: the days and the party's places are not looked
/// at, but what conditions need of the deal is (quantity, hall, state funds, a letter).
Subject subject_of(const Rulebook& book, const ChipFacts& facts, const Party& party,
                   const Readings& readings = {});

/// Which rows a party falls under.
std::vector<bool> rows_of(const Rulebook& book, const Party& party);

inline constexpr int no_row = -1;

/// In place of a class or verdict: a figure is missing that would decide.
inline constexpr unsigned undecided = 255;

/// One authority's answer.
struct Decided {
    unsigned cls = 0;           // place among its classes, then under all lines, before any
    unsigned verdict = 0;       // place among its verdicts, the loosest first: its strictness
    Bits classes = 0;           // whose lines the chip may meet
    Bits answers = 0;           // that were open on the way
    int line = no_row;          // that gave the class, in Rulebook::lines
    int row = no_row;           // that decided, in Rulebook::rows
    std::vector<int> replaced;  // rows whose answer was loosened to the verdict
    std::vector<int> beside;    // rows that yielded to the verdict: they ask for as much
};

/// What all authorities say, and what follows for supply and price.
struct Decision {
    std::vector<Decided> of;          // by Rulebook::authorities
    Supply supply = Supply::on_sale;  // by rules alone; launch dates are judge()'s
    int supply_row = no_row;
    std::vector<int> charges;  // rows that add to the price

    /// Of the first authority, which asks about exports.
    const Decided& lead() const { return of.front(); }
};

/// `subject` and `party` are of the day's own book, by its lines and rows. Use, supply and charges
/// count only where all that they hang on is sure.
Decision decide(const RulesOfDay& day, const Subject& subject, const std::vector<bool>& party);

/// The leading authority's answer alone.
Decided decide_lead(const RulesOfDay& day, const Subject& subject, const std::vector<bool>& party);

/// Class and verdict by the leading authority of a chip, a day and a destination, the buyer's
/// headquarters at home.
struct ShortVerdict {
    std::uint8_t cls = 0, verdict = 0;
};

/// Every chip on every day for every destination: [chip][day][destination] in one row. Days
/// between two turns of the rules are alike, and so are countries that no rule tells apart, so
/// each such pair is decided once.
std::vector<ShortVerdict> judge_all(const Rulebook& book, std::span<const ChipFacts> chips,
                                    std::span<const Date> days,
                                    std::span<const std::string> destinations);

/// What the authority calls a verdict or class of Decided; a class is empty where it has none.
/// Both take `undecided` too.
std::string verdict_code(const Authority& authority, unsigned verdict);
std::string class_code(const Authority& authority, unsigned cls);

/// How strict a verdict of the authority is in practice, from 0 where nothing is asked, with all
/// denials as one step. What is undecided is above all.
unsigned strictness_in_steps(const Authority& authority, unsigned verdict);

}  // namespace millwright

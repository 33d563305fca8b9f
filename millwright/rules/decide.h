// The decision alone, without words: class and verdicts of one item for one party on one day.
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

/// What a condition compares, as an interval.
Figure value_of(Metric metric, const ChipFacts& facts, const Party& party, Volume volume);

/// Whether `unless` takes the item out of the row.
Truth spared(const Requirement& ask, const ChipFacts& facts, const Party& party, Volume volume);

/// Whether the row is about such a part at all: its maker, its name, where it was designed.
bool concerns(const Requirement& ask, const ChipFacts& facts, const Party& party,
              const Readings& readings);

Subject subject_of(const Rulebook& book, const ChipFacts& facts, const Party& party,
                   const Readings& readings = {});

/// Which rows a party falls under.
std::vector<bool> rows_of(const Rulebook& book, const Party& party);

inline constexpr int no_row = -1;

struct Decision {
    ExportClass cls = ExportClass::none;
    UsVerdict us = UsVerdict::nlr;
    CnVerdict cn = CnVerdict::none;
    Supply supply = Supply::on_sale;  // by rules alone; launch dates are judge()'s
    std::uint32_t classes = 0;        // whose lines the chip may meet, as bits
    std::uint32_t answers = 0;        // that were open on the way, as bits
    int line = no_row;                // that gave the class, in Rulebook::lines
    int us_row = no_row, cn_row = no_row, supply_row = no_row;  // that decided, in Rulebook::rows
    std::vector<int> replaced;  // rows whose answer was loosened to the verdict
    std::vector<int> beside;    // rows that yielded to the verdict: they ask for as much
    std::vector<int> charges;   // rows that add to the price
};

Decision decide(const RulesOfDay& day, const Subject& subject, const std::vector<bool>& party);

/// Class and verdict of a chip, a day and a destination, the buyer's headquarters at home.
struct ShortVerdict {
    ExportClass cls = ExportClass::none;
    UsVerdict us = UsVerdict::nlr;
};

/// Every chip on every day for every destination: [chip][day][destination] in one row. Days
/// between two turns of the rules are alike, and so are countries that no rule tells apart, so
/// each such pair is decided once.
std::vector<ShortVerdict> judge_all(const Rulebook& book, std::span<const ChipFacts> chips,
                                    std::span<const Date> days,
                                    std::span<const std::string> destinations);

/// How strict a verdict is in practice, from 0 for none needed. An exception with a notice is less
/// than a licence, one that may be had less than a denial, so a letter stands below a denial here
/// and above it in the order of the codes. UNDECIDED is above all.
int strictness(UsVerdict verdict);

/// The same with all denials as one step.
int strictness_in_steps(UsVerdict verdict);

/// How a study ranks verdicts: 0 no licence needed, 1 exception or licence possible, 2 denial,
/// listed party, barred use or GP10, 3 undecided.
int restriction(UsVerdict verdict);

}  // namespace millwright

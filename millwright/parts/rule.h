// Export rules as dated data: what a rule asks of a chip and of the parties, what it answers, and
// when it was in force. A rule is a file of data/rules; the engine (rules/) has no rule by name.
// Classes and verdicts are codes of some authority (authority.h).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "millwright/base/date.h"
#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// Whether a chip can be had at all, most restrictive last.
enum class Supply : std::uint8_t { on_sale, unknown, scarce, announced, not_yet, never };

template <>
struct EnumNames<Supply> {
    static constexpr std::array<std::string_view, 6> names{"ON_SALE",   "UNKNOWN", "SCARCE",
                                                           "ANNOUNCED", "NOT_YET", "NEVER_SOLD"};
};

/// What the buyer says that it is for.
enum class EndUse : std::uint8_t { commercial, supercomputer, military };

template <>
struct EnumNames<EndUse> {
    static constexpr std::array<std::string_view, 3> names{"commercial", "supercomputer",
                                                           "military"};
};

/// How sure a reading of the text is. Open points lower a verdict's by a step.
enum class Confidence : std::uint8_t { high, medium, low };

template <>
struct EnumNames<Confidence> {
    static constexpr std::array<std::string_view, 3> names{"high", "medium", "low"};
};

/// What a condition compares. Bandwidths are GB/s in all directions together, areas mm2.
enum class Metric : std::uint8_t {
    tpp,             // total processing performance: dense TOPS times bits
    density,         // TPP over applicable die area
    dram,            // memory bandwidth
    io,              // aggregate bidirectional transfer rate other than to memory
    dram_io,         // both together
    hbm_density,     // memory bandwidth over package area, GB/s/mm2
    fp64_in_volume,  // PFLOPS within the rule's volume
    fp32_in_volume,
    total_tpp  // TPP times quantity
};
inline constexpr std::size_t metric_count = 9;

template <>
struct EnumNames<Metric> {
    static constexpr std::array<std::string_view, metric_count> names{
        "tpp",         "density",        "dram",           "io",       "dram+io",
        "hbm-density", "fp64-in-volume", "fp32-in-volume", "total-tpp"};
};

/// At a limit, the inclusive ones hold.
enum class Comparison : std::uint8_t { at_least, above, below, at_most };

template <>
struct EnumNames<Comparison> {
    static constexpr std::array<std::string_view, 4> names{">=", ">", "<", "<="};
};

/// "density >= 5.92". Limits count to four decimals.
/// They are in the unit of the metric: TPP, TPP/mm2, GB/s, GB/s/mm2 or PFLOPS.
struct Condition {
    Metric metric = Metric::tpp;
    Comparison comparison = Comparison::at_least;
    double limit = 0;

    bool operator==(const Condition&) const = default;
};

/// "tpp >= 1600 and density >= 3.2": conditions that must all hold.
struct Conjunction {
    std::vector<Condition> all;

    bool operator==(const Conjunction&) const = default;
};

/// One paragraph that puts a chip into a class when all of its conditions hold.
struct RuleLine {
    Place at;
    std::string paragraph;
    // a code of some authority: it says whose class it is
    Written<std::string> cls;
    std::vector<Condition> when;
    // not given: both kinds of parts meet the line
    Written<bool> data_centre;
    // memory stacks alone; other lines never meet them
    bool hbm_stack = false;
};

template <std::same_as<RuleLine> L>
struct Fields<L> {
    static constexpr auto table = std::tuple{
        Field{"paragraph", &L::paragraph, "paragraph of the rule", Need::required},
        Field{"class", &L::cls, "class that it gives", Need::required},
        Field{"when", &L::when, "conditions, all of which must hold, such as \"tpp >= 4800\"",
              Need::required},
        Field{"data_centre", &L::data_centre,
              "only parts that are, or are not, marketed for data centres"},
        Field{"hbm_stack", &L::hbm_stack, "only memory stacks sold by themselves"},
    };
};

/// One answer of a rule: for which items and parties, and what follows. What is left out does not
/// matter to it. Rows compete, and the strictest in practice wins; a row with `after` changes the
/// answers of other rows, loosening each by itself (millwright/rules/decide.h).
struct Requirement {
    Place at;
    std::string reason;
    // what the item must be: of a class, with figures, not among those left out
    Written<std::vector<std::string>> classes;
    std::vector<Condition> when;
    std::vector<Conjunction> unless;
    Written<bool> data_centre;
    Written<bool> us_market;
    // whose part it must be; names of chips match word by word, "h20" not "H200"
    std::vector<std::string> vendors;
    std::vector<std::string> chips;
    std::vector<std::string> designed_in;
    std::vector<std::string> not_designed_in;
    // whom it must go to: `to` brings a destination in, `headquarters` any that is abroad to the
    // authority, `except` takes either out
    Written<std::vector<std::string>> to, except, headquarters, from;
    std::vector<EndUse> end_use;
    bool entity_listed = false;
    bool affiliate = false;
    bool state_funded = false;
    // whether it decides: under one reading alone, or not at all, an open point that is told
    bool may_be_meant = false;
    bool open_point = false;
    Written<std::vector<std::string>> yields_to;
    // answers that it changes; a row without it asks for itself
    Written<std::vector<std::string>> after;
    Written<std::vector<std::string>> after_rules;
    // what follows: a verdict, a supply or a charge, and what goes with it
    Written<std::string> verdict;
    Written<Supply> supply;
    std::string charge;
    std::string conditions;
    Written<Confidence> confidence;
};

template <std::same_as<Requirement> R>
struct Fields<R> {
    static constexpr auto table = std::tuple{
        Field{"reason", &R::reason, "why, in words that a verdict quotes", Need::required},
        Field{"classes", &R::classes, "classes of chip"},
        Field{"when", &R::when, "conditions, all of which must hold"},
        Field{"unless", &R::unless, "items left out, such as \"tpp >= 1600 and density >= 3.2\""},
        Field{"data_centre", &R::data_centre, "marketed for data centres, or not"},
        Field{"us_market", &R::us_market, "on the United States market on 2026-01-15, or not"},
        Field{"vendors", &R::vendors, "makers that a letter is addressed to"},
        Field{"chips", &R::chips, "names of parts, as they begin"},
        Field{"designed_in", &R::designed_in, "country codes of the designer"},
        Field{"not_designed_in", &R::not_designed_in, "country codes of designers left out"},
        Field{"to", &R::to, "destinations: country codes, or groups such as d5"},
        Field{"except", &R::except, "destinations and headquarters left out"},
        Field{"headquarters", &R::headquarters,
              "countries of the ultimate parent that bring any destination abroad in"},
        Field{"from", &R::from, "countries it is shipped from"},
        Field{"end_use", &R::end_use, "commercial, supercomputer, military"},
        Field{"entity_listed", &R::entity_listed, "only parties on the Entity List"},
        Field{"affiliate", &R::affiliate, "only parties owned to half by a listed one"},
        Field{"state_funded", &R::state_funded, "only buyers with state funds"},
        Field{"may_be_meant", &R::may_be_meant,
              "holds only under the reading that letters reach parts for consumers"},
        Field{"open_point", &R::open_point,
              "does not decide; told as an open point where it would be stricter"},
        Field{"yields_to", &R::yields_to, "verdicts of other rows that stand before its own"},
        Field{"after", &R::after, "verdicts so far that it changes or adds to"},
        Field{"after_rules", &R::after_rules, "rules whose answer it changes; any if left out"},
        Field{"verdict", &R::verdict, "code of the answer, which says whose it is"},
        Field{"supply", &R::supply, "whether it can be had"},
        Field{"charge", &R::charge, "price of the catalog that is added to the chip's"},
        Field{"conditions", &R::conditions, "what goes with it"},
        Field{"confidence", &R::confidence, "in place of the rule's"},
    };
};

/// `in_force` and `ended` turn the text on and off, `suspended`, `not_enforced` and `resumed` its
/// enforcement; `review` says whether licences are issued; a note changes nothing.
enum class EventKind : std::uint8_t {
    in_force,
    not_enforced,
    suspended,
    resumed,
    ended,
    review,
    note
};

template <>
struct EnumNames<EventKind> {
    static constexpr std::array<std::string_view, 7> names{
        "in force", "not enforced", "suspended", "resumed", "ended", "review", "note"};
};

/// A turn in a rule's life.
struct RuleEvent {
    Place at;
    Date on{};
    Written<Date> known;  // when it became public; the day itself if left out
    EventKind what = EventKind::in_force;
    std::string note;
    bool licences = false;
};

template <std::same_as<RuleEvent> E>
struct Fields<E> {
    static constexpr auto table = std::tuple{
        Field{"on", &E::on, "first day that it counts", Need::required},
        Field{"known", &E::known, "day it became public; `on` if left out"},
        Field{"what", &E::what, "in force, not enforced, suspended, resumed, ended, review or note",
              Need::required},
        Field{"note", &E::note, "what happened, in words"},
        Field{"licences", &E::licences, "review: licences are being issued"},
    };
};

/// A rule counts on a day if its events say so, by what was public on the day of the knowledge.
struct Rule {
    std::string id;  // file name, such as R25-L
    std::string name;
    std::string authority;
    Cited<std::string> citation;
    Date announced{};
    Confidence confidence = Confidence::medium;
    std::string summary;
    std::string note;
    bool hypothetical = false;
    // needed by conditions on peak in a volume; zero where there are none
    Volume volume;
    std::vector<RuleLine> lines;
    std::vector<Requirement> requirements;
    std::vector<RuleEvent> events;
};

template <std::same_as<Rule> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "title", Need::required},
        Field{"authority", &P::authority, "who made it", Need::required},
        Field{"citation", &P::citation, "where it is written", Need::required},
        Field{"announced", &P::announced, "day it was published or announced", Need::required},
        Field{"confidence", &P::confidence, "high, medium or low", Need::required},
        Field{"summary", &P::summary, "what it asks, in plain words", Need::required},
        Field{"note", &P::note, "what is uncertain about it"},
        Field{"hypothetical", &P::hypothetical, "a proposal or a what-if"},
        Field{"volume", &P::volume, "volume that peak performance is summed in", Need::optional,
              positive},
    };
};

/// Countries that rules name together, such as D:5.
struct CountryGroup {
    std::string id;
    std::string name;
    Cited<std::vector<std::string>> countries;
    Date verified_on{};
};

template <std::same_as<CountryGroup> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name in the regulation", Need::required},
        Field{"countries", &P::countries, "ISO 3166 codes", Need::required},
        Field{"verified_on", &P::verified_on,
              "last compared with the regulation; left out if never"},
    };
};

}  // namespace millwright

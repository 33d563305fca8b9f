// The lawful frontier: for each month and buyer, the best factory that the rules allow, against
// the best that money could buy, and what each rule and each launch changed.
//
// Every server of the catalog is one candidate, as large as budget and power admit, at the
// catalog's prices in all months (what chips cost in earlier years is not known). Its performance
// does not depend on the month; its verdict does.
#pragma once

#include <optional>

#include "millwright/lawful/question.h"
#include "millwright/study/study.h"

namespace millwright {

/// One server at the size that fits, on one site.
/// Where no plan runs, all but server, chip and number of chips is empty.
struct FrontierFactory {
    std::string server, chip;
    double chips = 0;
    TokenRate trained;  // of the job, at the useful share of time
    // what ranks it: of a chip never measured, by the slow end of the step's band
    TokenRate ranked;
    bool measured = true;  // kernels of its chip, or of a sister, were
    double days = 0;
    Dollars per_million_tokens;
    TokenRate prefill, decode;  // of one replica, by roofline; zero where none fits
    std::string plan;
};

/// Which factories a line of the frontier may choose from.
/// All on sale; those that every authority lets be had; those for which none asks a licence; those
/// that an authority calls made at home.
enum class FrontierLine { unrestricted, licensed, free, domestic };

template <>
struct EnumNames<FrontierLine> {
    static constexpr std::array<std::string_view, 4> names{"unrestricted", "licensed", "free",
                                                           "domestic"};
};

/// The best of a month and line: index into FrontierReport::factories, and its verdict then.
struct FrontierBest {
    std::size_t factory = 0;
    Verdict verdict;
};

/// A line on which no server that is on sale fits and trains has no best.
struct FrontierMonth {
    Date month{};
    std::array<std::optional<FrontierBest>, 4> best;  // by FrontierLine
};

/// A month in which the best lawful factory becomes another one.
struct FrontierChange {
    Date month{};
    std::string before, after;  // servers; empty if there is none
    double ratio = 0;           // trained tokens after over before; zero if either is none
    std::string why;
};

/// One buyer's frontier. Factories stand in the order in which they were first searched; a server
/// may be there twice, for what is paid on top of its price changes its size.
struct FrontierReport {
    std::string party, country, headquarters;
    std::vector<FrontierFactory> factories;
    std::vector<FrontierMonth> months;
    std::vector<FrontierChange> changes;  // of the licensed line
};

/// The whole answer: one job, a report for each buyer, and what it was found under.
struct FrontierStudy {
    std::string name;
    std::string job;
    std::string bounds;                // budget and power, in words
    std::vector<std::string> assumed;  // what holds for all months
    std::string country_groups;
    std::vector<std::string> authorities;  // heads of their columns
    std::vector<std::string> holds;        // adjectives of those that may hold a part at a border
    std::vector<FrontierReport> parties;
};

/// The frontier of each buyer in turn; `options.flow_factories` is not used, for steps are timed by
/// formula alone. Progress is told by buyer.
FrontierStudy run(const Frontier& frontier, const Catalog& catalog, const RunOptions& options = {});

/// The most chips of a server, in whole servers, that budget and power admit; zero if not one.
/// `charge_ratio` is paid on top of the chips' price. Counts to two million servers, and takes it
/// that fewer servers fit wherever more do.
double chips_within(const Catalog& catalog, const Server& server, const Frontier& frontier,
                    const SiteCosts& costs, double charge_ratio);

}  // namespace millwright

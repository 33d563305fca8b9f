// The question of a lawful frontier as written: who may build the best factory for a job, month by
// month, within a budget or a power limit.
#pragma once

#include "millwright/base/result.h"
#include "millwright/intake/text.h"

namespace millwright {

/// One buyer and where it builds, in countries of ISO 3166 or regions that rules judge apart.
struct PartyText {
    Place at;
    Written<std::string> name, country, region, headquarters;
};

template <std::same_as<PartyText> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"name", &P::name, "name of this buyer", Need::required},
        Field{"country", &P::country, "country of the site", Need::required},
        Field{"region", &P::region, "site of the catalog; the country's own if left out"},
        Field{"headquarters", &P::headquarters,
              "country of the ultimate parent; the site's "
              "country if left out"},
    };
};

/// The whole file. `from` and `until` may be any days of their months; both months belong to it. At
/// least one of `budget` and `power_limit` is given, and one job that trains.
struct FrontierText {
    std::string file;
    Written<std::string> name;
    Written<Date> from, until;
    Written<Dollars> budget;
    Written<Watts> power_limit;
    Written<std::string> fabric;
    Written<double> useful_share;
    std::vector<PartyText> parties;
    std::vector<JobText> jobs;
    Faults faults;  // of reading; what they are about counts as not given
};

template <std::same_as<FrontierText> F>
struct Fields<F> {
    static constexpr auto table = std::tuple{
        Field{"name", &F::name, "name of the study", Need::required},
        Field{"from", &F::from, "first month, by its first day", Need::required},
        Field{"until", &F::until, "last month", Need::required},
        Field{"budget", &F::budget, "capital of the factory, at most", Need::optional, positive},
        Field{"power_limit", &F::power_limit, "power of the factory, at most", Need::optional,
              Range{1e3, 1e12}},
        Field{"fabric", &F::fabric,
              "fabric of the catalog, a topology, or a file; rail-fat-tree if left out"},
        Field{"useful_share", &F::useful_share,
              "share of time spent on steps that count, in place of what failures leave",
              Need::optional, Range{0.01, 1}},
    };
};

/// Fails where the file cannot be read or is no TOML; else see `FrontierText::faults`.
Result<FrontierText> read_frontier(const std::string& path);
/// The same from text in memory.
Result<FrontierText> parse_frontier(std::string_view text, const std::string& file);

}  // namespace millwright

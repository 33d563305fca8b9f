// The scenario as written: names and values with their places in the file, before anything is
// looked up. `resolve` (millwright/factory/resolve.h) is the one way from here to numbers.
#pragma once

#include <string>
#include <vector>

#include "millwright/base/date.h"
#include "millwright/base/fields.h"
#include "millwright/base/quantity.h"
#include "millwright/base/units.h"
#include "millwright/catalog/catalog.h"
#include "millwright/intake/books_text.h"
#include "millwright/intake/job_text.h"
#include "millwright/parts/failure.h"
#include "millwright/parts/rule.h"

namespace millwright {

/// Where. `compounds` are the site's buildings, chips of each; without any it is one.
struct SiteText {
    Place at;
    Written<std::string> name;
    Written<std::string> country;
    Written<std::string> region;
    Written<std::string> buyer;
    Written<Watts> power_limit;
    Written<Volume> hall_volume;
    Written<std::vector<std::int64_t>> compounds;
    Written<EnergyPrice> energy_price;
    Written<double> pue;
};

template <std::same_as<SiteText> S>
struct Fields<S> {
    static constexpr auto table = std::tuple{
        Field{"name", &S::name, "name of this site, of several"},
        Field{"country", &S::country, "ISO 3166 code of the country", Need::required},
        Field{"region", &S::region, "site of the catalog; the country's own if left out"},
        Field{"buyer", &S::buyer, "name of who buys for it, of several"},
        Field{"power_limit", &S::power_limit, "power the site can draw", Need::optional,
              Range{1e3, 1e12}},
        Field{"hall_volume", &S::hall_volume, "volume of the halls, for end-use density tests",
              Need::optional, Range{1, 1e10}},
        Field{"compounds", &S::compounds, "chips of each compound; a job stays within one",
              Need::optional, Range{1, 1e8}},
        // ranges are in SI units, here dollars a joule: at most 2 dollars a kWh
        Field{"energy_price", &S::energy_price, "price of electricity, over the catalog's",
              Need::optional, Range{0, 2 / 3.6e6}},
        Field{"pue", &S::pue, "power usage effectiveness, over the catalog's", Need::optional,
              Range{1, 5}},
    };
};

/// Who; what is left out is answered by default, but for `state_funded`, which stays unknown.
struct BuyerText {
    Place at;
    Written<std::string> name;
    Written<std::string> headquarters;
    Written<EndUse> end_use;
    Written<bool> entity_listed;
    Written<bool> affiliate;
    Written<bool> state_funded;
};

template <std::same_as<BuyerText> B>
struct Fields<B> {
    static constexpr auto table = std::tuple{
        Field{"name", &B::name, "name of this buyer, of several"},
        Field{"headquarters", &B::headquarters, "country of the ultimate parent's headquarters",
              Need::required},
        Field{"end_use", &B::end_use, "commercial, supercomputer or military"},
        Field{"entity_listed", &B::entity_listed, "on the Entity List"},
        Field{"affiliate", &B::affiliate, "owned to half or more by listed parties"},
        Field{"state_funded", &B::state_funded, "built with state funds; unknown if left out"},
    };
};

/// One alternative, by names of the catalog; its fabric may be the path of a file too.
struct FactoryText {
    Place at;
    Written<std::string> name;
    Written<std::string> server;
    Written<std::int64_t> chips;
    Written<std::string> fabric;
    Written<std::string> site;
};

template <std::same_as<FactoryText> F>
struct Fields<F> {
    static constexpr auto table = std::tuple{
        Field{"name", &F::name, "name of this alternative", Need::required},
        Field{"server", &F::server, "server or rack of the catalog", Need::required},
        Field{"chips", &F::chips, "accelerators in all", Need::required, Range{1, 1e7}},
        Field{"fabric", &F::fabric, "fabric of the catalog, a topology, or a file", Need::required},
        Field{"site", &F::site, "name of the site it stands on, of several"},
    };
};

/// Shares of communication that hide in training, in place of the framework's.
/// Shares from 0 to 1; one that is left out is the framework's.
struct AssumeText {
    Written<double> tensor_overlap, data_overlap, pipeline_overlap, expert_overlap, context_overlap;
};

template <std::same_as<AssumeText> A>
struct Fields<A> {
    static constexpr auto table = std::tuple{
        Field{"tensor_overlap", &A::tensor_overlap, "share of tensor communication that hides",
              Need::optional, fraction},
        Field{"data_overlap", &A::data_overlap, "share of data communication that may hide",
              Need::optional, fraction},
        Field{"pipeline_overlap", &A::pipeline_overlap, "share of pipeline messages that hide",
              Need::optional, fraction},
        Field{"expert_overlap", &A::expert_overlap, "share of expert all-to-all that hides",
              Need::optional, fraction},
        Field{"context_overlap", &A::context_overlap, "share of ring attention that may hide",
              Need::optional, fraction},
    };
};

/// [reliability]: how often training is stopped, and what it does then; what is left out is that of
/// the fleet of each chip.
struct ReliabilityText {
    Written<std::string> fleet;
    Written<double> rate_per_1000_nodes_day;
    Written<RecoveryPolicy> policy;
    Written<std::int64_t> replicas;
    Written<Seconds> restart, stall, repair, checkpoint_cost, checkpoint_period;
    Written<Bandwidth> storage_bandwidth;
};

template <std::same_as<ReliabilityText> R>
struct Fields<R> {
    static constexpr auto table = std::tuple{
        Field{"fleet", &R::fleet, "fleet of the catalog; that of each chip if left out"},
        Field{"rate_per_1000_nodes_day", &R::rate_per_1000_nodes_day,
              "failures of 1,000 nodes of eight chips in a day; the fleet's if left out",
              Need::optional, Range{0, 1e6}},
        Field{"policy", &R::policy, "restart, standby or replica-drop; restart if left out"},
        Field{"replicas", &R::replicas, "that may drop out alone, of replica-drop", Need::optional,
              counted(2, 1e6)},
        Field{"restart", &R::restart, "time from a failure until a job works again", Need::optional,
              Range{0, 30 * 86400.0}},
        Field{"stall", &R::stall, "the same where a standby takes over or a replica drops out",
              Need::optional, Range{0, 30 * 86400.0}},
        Field{"repair", &R::repair, "from its failure until a replica is back; 0 if left out",
              Need::optional, Range{0, 366 * 86400.0}},
        Field{"checkpoint_cost", &R::checkpoint_cost,
              "time that steps wait for a checkpoint; its copy to the host if left out",
              Need::optional, Range{0, 86400.0}},
        Field{"checkpoint_period", &R::checkpoint_period,
              "time of work between checkpoints; the best if left out", Need::optional,
              Range{1, 30 * 86400.0}},
        Field{"storage_bandwidth", &R::storage_bandwidth,
              "at which all chips of a job together write and load checkpoints", Need::optional,
              positive},
    };
};

/// [[override]]: what a figure of the catalog is here, and who says so.
struct OverrideText {
    Place at;
    Written<std::string> figure;
    Written<ParsedQuantity> is;
    Written<std::string> source, publisher, dated;
    Written<Grade> grade;
};

template <std::same_as<OverrideText> O>
struct Fields<O> {
    static constexpr auto table = std::tuple{
        Field{"figure", &O::figure, "of the catalog, such as chips/h100-sxm.power.tdp",
              Need::required},
        Field{"is", &O::is, "what it is, in its unit", Need::required},
        Field{"source", &O::source, "title of the document, or how it is known", Need::required},
        Field{"publisher", &O::publisher, "who says so; the scenario if left out"},
        Field{"dated", &O::dated, "when, as YYYY, YYYY-MM or YYYY-MM-DD"},
        Field{"grade", &O::grade,
              "measured, vendor, filing, press or estimate; estimate if left out"},
    };
};

/// What the best plan and the ranking minimise; what it means for a job, its kind says.
enum class Objective { time, cost };

template <>
struct EnumNames<Objective> {
    static constexpr std::array<std::string_view, 2> names{"time", "cost"};
};

/// The whole file. A value with a fault counts as not given, so that `resolve` goes on with what is
/// there and tells what it finds beside; it begins with `faults`.
struct ScenarioText {
    std::string file;
    Written<std::string> name;
    Written<Date> date;
    Written<Objective> objective;
    Written<Seconds> deadline;
    Written<double> useful_share;
    Written<bool> rank_unlawful;
    std::vector<SiteText> sites;
    std::vector<BuyerText> buyers;
    AssumeText assume;
    ReliabilityText reliability;
    std::vector<FactoryText> factories;
    std::vector<JobText> jobs;
    std::vector<OverrideText> overrides;
    BooksText books;
    std::vector<PhaseText> phases;
    std::vector<SaleText> sales;
    std::vector<UncertainText> uncertain;
    std::vector<CorrelationText> correlations;
    Faults faults;  // of reading; what they are about counts as not given
};

template <std::same_as<ScenarioText> S>
struct Fields<S> {
    static constexpr auto table = std::tuple{
        Field{"name", &S::name, "name of the scenario", Need::required},
        Field{"date", &S::date, "date the rules are read on", Need::required},
        Field{"objective", &S::objective, "time or cost; time if left out"},
        // an hour to a hundred years, in seconds
        Field{"deadline", &S::deadline,
              "for each training job, at the useful share; cost needs one", Need::optional,
              Range{3600, 100 * 366 * 86400.0}},
        Field{"useful_share", &S::useful_share,
              "share of time spent on steps that count, in place of what failures leave",
              Need::optional, Range{0.01, 1}},
        Field{"rank_unlawful", &S::rank_unlawful, "rank by objective alone, lawful or not"},
    };
};

}  // namespace millwright

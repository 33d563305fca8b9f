// Training jobs: the best plan of a factory, with its step, its memory and its price.
#pragma once

#include "millwright/search/search.h"
#include "millwright/study/flow_check.h"
#include "millwright/study/job_site.h"
#include "millwright/study/plan_figures.h"
#include "millwright/study/useful_time.h"

namespace millwright {

struct JobReport;

/// The best plan and what comes of it. Without a plan in time that fits, `search` says how far it
/// came, and `fewest_chips` what would do; no other figure is set.
struct TrainReport {
    static constexpr JobKind kind = JobKind::train;

    std::int64_t fewest_chips = 0;  // of such servers that would hold it; zero: none, or feasible
    std::string framework;
    Precision precision = Precision::bf16;
    LowRank low_rank;      // adapters that are trained, if any
    double trainable = 0;  // weights that are trained: of these, or all of the model's
    Plan plan;
    std::uint64_t plan_number = 0;
    PlanFigures best;
    UsefulTime useful;  // of the plan's chips
    double steps = 0;   // whole ones, that train all tokens
    double tokens_of_step = 0;
    double days = 0;
    double days_low = 0, days_high = 0;  // four steps in five, at the ends of the band of failures
    double hours = 24;                   // of each day, in which it trains
    Dollars per_million_tokens;          // trained, by the share of chips that the plan uses
    Dollars per_million_tokens_low, per_million_tokens_high;  // as of the days
    Dollars lost_a_day;  // of what the plan's chips cost, for no step that counts
    double tokens_lost_a_day = 0;
    Dollars per_million_tokens_of_site;  // the same with idle chips paid too
    double chips_of_site = 0;
    std::string bound_by;
    SearchResult search;
    FlowCheck by_flows;  // of the best few
};

/// The framework that runs the job on this factory.
/// The reference is into the job or the factory.
const Framework& framework_of(const Factory& factory, const TrainJob& job);

/// The engine's view of one factory and job under the scenario's assumptions.
TrainContext train_context(const Scenario& scenario, const Factory& factory, const TrainJob& job);

/// Searches the plans, within the deadline if the scenario has one.
/// Where none is found, why: no rate, no division, too late, or memory, and then the fewest chips
/// that would do, unless `site.best_only`.
JobReport report_job(const JobSite& site, const TrainJob& job);

/// What a million trained tokens of the report's plan cost on this site, which may have other
/// figures than the report's: the price, and the ends of its band.
std::vector<double> priced_again(const JobSite& site, const TrainJob& job,
                                 const TrainReport& report);

/// Days, or dollars per million trained tokens; where flows were run, with what sharing of links
/// adds.
double score_of(const TrainReport& report, Objective objective);
std::string_view score_name(const TrainReport& report, Objective objective);

}  // namespace millwright

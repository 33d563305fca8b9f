// The main job: a scenario and a catalog in, a comparison of AI factories out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "millwright/factory/factory.h"
#include "millwright/rules/verdict.h"
#include "millwright/search/search.h"
#include "millwright/serve/roofline.h"
#include "millwright/study/flow_check.h"

namespace millwright {

/// What a tenth more of one resource does to the best plan.
struct Sensitivity {
    std::string resource;
    double change = 0;  // of the step time, -0.05 is 5 % faster
};

/// What a factory could sell, by roofline; an upper bound.
struct Sales {
    Served replica;
    Precision precision = Precision::bf16;
    Dollars per_million_output;
};

struct JobReport {
    std::string job;
    bool feasible = false;
    std::string infeasible;         // what was needed, what there was
    std::int64_t fewest_chips = 0;  // of such servers that would hold it; zero: none, or feasible
    std::string framework;
    Precision precision = Precision::bf16;
    Plan plan;
    std::uint64_t plan_number = 0;
    Ledger<Seconds> step;
    Seconds low, high;            // four in five measured steps would lie between
    double mfu = 0;               // of the dense BF16 peak, whatever the precision
    double mfu_of_precision = 0;  // of the dense peak of the job's own precision
    double achieved_tflops = 0;   // useful FLOPs a second and chip
    double tokens_per_chip = 0;   // a second
    Ledger<Bytes> memory;
    Bytes usable;
    double days = 0;
    Dollars per_million_tokens;          // trained, by the share of chips that the plan uses
    Dollars per_million_tokens_of_site;  // the same with idle chips paid too
    double chips_of_site = 0;
    std::string bound_by;
    std::vector<Sensitivity> sensitivities;
    SearchResult search;
    FlowCheck by_flows;  // of the best few
    Sales sales;
};

struct FactoryReport {
    std::string name, server, chip, fabric, wiring;
    double chips = 0, job_chips = 0;
    std::string cannot;
    std::vector<std::string> notes;  // such as a power limit that is exceeded
    bool over_power = false;         // more than the site has
    Verdict verdict;
    Ledger<Watts> power;
    Ledger<Dollars> capital;
    Ledger<Dollars> yearly;
    std::vector<JobReport> jobs;
    double estimate_share = 0;
};

struct Study {
    std::string name;
    Date date;
    std::string site, buyer;
    Objective objective = Objective::time;
    Seconds deadline;   // zero: none
    Watts power_limit;  // of the site; zero: none stated
    double useful_share = 1;
    std::vector<std::string> defaults;
    std::string country_groups;            // how well the rules' country groups are known
    std::vector<FactoryReport> factories;  // as in the scenario
    std::vector<std::size_t> ranking;      // indices of factories, best first
    std::vector<Source> sources;           // that the answer used
    double estimate_share = 0;             // weight of inputs graded estimate in dollars per token
};

struct RunOptions {
    int threads = 0;
    std::size_t flow_factories = 3;  // best-ranked ones whose best plans run by flows too
    double most_flows = 3e5;         // of such a step; more are said and not run
    std::function<void(std::string_view what, double share)> progress;
};

Study run(const Scenario& scenario, const Catalog& catalog, const RunOptions& options = {});

/// The best plan of one job on one factory, with what it needs, costs aside.
JobReport report_job(const Scenario& scenario, const Catalog& catalog, const Factory& factory,
                     const Job& job, const SearchOptions& options);

/// The engine's view of one factory and job under the scenario's assumptions.
TrainContext train_context(const Scenario& scenario, const Factory& factory, const Job& job);

/// True if some factory can physically run some job.
bool any_feasible(const Study& study);

}  // namespace millwright

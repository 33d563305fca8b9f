// The main job: a scenario and a catalog in, a comparison of AI factories out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "millwright/rules/verdict.h"
#include "millwright/study/job_report.h"

namespace millwright {

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
    double score = 0;  // see Study::score_means; zero where it does no job
    double estimate_share = 0;
};

struct Study {
    std::string name;
    Date date;
    std::string site, buyer;
    Objective objective = Objective::time;
    Seconds deadline;   // of training jobs; zero: none
    Watts power_limit;  // of the site; zero: none stated
    double useful_share = 1;
    std::vector<std::string> defaults;
    std::string country_groups;            // how well the rules' country groups are known
    std::vector<FactoryReport> factories;  // as in the scenario
    std::vector<std::size_t> ranking;      // indices of factories, best first
    std::string score_means;               // what ranks factories that may be had alike
    std::vector<Source> sources;           // that the answer used
    double estimate_share = 0;             // weight of inputs graded estimate in dollars per token
};

struct RunOptions {
    int threads = 0;
    std::size_t flow_factories = 3;  // best-ranked ones whose best training plans run by flows too
    double most_flows = 3e5;         // of such a step; more are said and not run
    std::function<void(std::string_view what, double share)> progress;
};

/// Every job on every factory, and the factories ranked: by how restricted they are, by how many
/// jobs they cannot do, by the geometric mean of each job's score over the best one's here, so that
/// jobs of unlike kinds and sizes weigh alike.
Study run(const Scenario& scenario, const Catalog& catalog, const RunOptions& options = {});

/// True if some factory can physically run some job.
bool any_feasible(const Study& study);

}  // namespace millwright

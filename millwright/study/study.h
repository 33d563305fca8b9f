// The main job: a scenario and a catalog in, a comparison of AI factories out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "millwright/rules/verdict.h"
#include "millwright/study/job_report.h"

namespace millwright {

/// A figure of the catalog that an answer rests on.
struct UsedFigure {
    std::string part;            // "chips/h100-sxm"
    std::string figure;          // its key in the part's file, "memory.bandwidth"
    SourceId cited = no_source;  // the source in its catalog,
    Source source;               // and what it says of itself
    // relative change, for one of the figure, of what a token or request costs: the mean over jobs,
    // and over the price and both ends of its band
    double weight = 0;
};

/// A source, and the weights of its figures together.
struct UsedSource {
    Source source;
    double weight = 0;
};

/// One alternative: what it is, what rules say of it, what it costs, and how well it does each job.
/// A factory that cannot be built has `cannot` and infeasible jobs.
struct FactoryReport {
    std::string name, site, server, chip, fabric, wiring;
    double chips = 0, job_chips = 0;
    std::string cannot;
    std::vector<std::string> notes;  // such as a power limit that is exceeded
    bool over_power = false;         // more than the site has
    bool measured = true;            // kernels of its chip, or of a sister, were
    Verdict verdict;
    Ledger<Watts> power;
    Ledger<Dollars> capital;
    Ledger<Dollars> yearly;
    std::vector<JobReport> jobs;
    double score = 0;                  // see Study::score_means; zero where it does no job
    std::vector<UsedFigure> rests_on;  // heaviest first
    double estimate_share = 0;         // of its figures' weight, those graded estimate
};

/// Where factories stand, and who buys them there.
struct StudySite {
    std::string name, buyer;
    Watts power_limit;  // zero: none stated
};

/// A figure that the scenario states, and how much hangs on it.
struct StatedWeight {
    StatedFigure figure;
    double weight = 0;  // see UsedFigure: of the factory that it weighs most with
};

/// The whole answer. Factories stand as in the scenario; `ranking` orders them.
struct Study {
    std::string name;
    Date date;
    std::vector<StudySite> sites;
    std::vector<StatedWeight> stated;  // in place of the catalog
    Objective objective = Objective::time;
    Seconds deadline;                    // of training jobs; zero: none
    std::optional<double> useful_share;  // given; else each training job has its own
    std::vector<std::string> defaults;
    std::string country_groups;            // how well the rules' country groups are known
    std::vector<FactoryReport> factories;  // as in the scenario
    std::vector<std::size_t> ranking;      // indices of factories, best first
    std::string score_means;               // what ranks factories that may be had alike
    std::vector<UsedSource> sources;       // that the answers rest on, heaviest first
    double estimate_share = 0;             // the mean over the factories
};

/// How much may be spent on an answer, and how chips never measured rank; nothing here changes what
/// a plan takes by formula.
struct RunOptions {
    // zero: as many as there are cores
    int threads = 0;
    std::size_t flow_factories = 3;  // best-ranked ones whose best training plans run by flows too
    double most_flows = 3e5;         // of such a step; more are said and not run
    bool optimistic = false;         // rank chips never measured as predicted
    bool weigh = true;               // the figures that answers rest on; else none are told
    std::function<void(std::string_view what, double share)> progress;
};

/// Every job on every factory, and the factories ranked: by how restricted they are, by how many
/// jobs they cannot do, by the geometric mean of each job's score over the best one's here, so that
/// jobs of unlike kinds and sizes weigh alike.
Study run(const Scenario& scenario, const Catalog& catalog, const RunOptions& options = {});

/// True if some factory can physically run some job.
/// Rules aside.
bool any_feasible(const Study& study);

}  // namespace millwright

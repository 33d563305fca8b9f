// The main job. Each factory is judged, priced and asked for every job; then all are ranked.
//
// Scores are ratios to the best factory's, so their geometric mean weighs jobs alike, whatever
// their units. Ranking comes twice: flows are run for the best few only, and what sharing adds to
// their steps changes their scores, and with them who is best.
#include "millwright/study/study.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/study/judge_factory.h"
#include "millwright/study/provenance.h"

namespace millwright {
namespace {

FactoryReport report_factory(const Scenario& scenario, const Catalog& catalog,
                             const Factory& factory, const RunOptions& options) {
    FactoryReport report;
    report.name = factory.name;
    report.server = factory.server.id;
    report.chip = factory.chip.id;
    report.fabric = factory.fabric.part.id;
    report.wiring = factory.wiring;
    report.chips = factory.chips;
    report.job_chips = factory.job_chips;
    report.cannot = factory.cannot;
    report.verdict = judge_factory(scenario, factory);
    BillOfMaterials bill = factory.bill;
    bill.import_charge = import_charge(catalog, factory, report.verdict);
    const SiteAsked& stands = site_of(scenario, factory);
    report.site = stands.name;
    report.power = facility_power(bill, stands.costs);
    report.capital = capital(bill, stands.costs);
    report.yearly = yearly_cost(bill, stands.costs);
    report.notes = factory.notes;
    const std::string unmeasured = unmeasured_text(catalog, factory.chip);
    report.measured = unmeasured.empty();
    if (!report.measured) report.notes.push_back(unmeasured);
    report.over_power = stands.power_limit > Watts{} && report.power.value > stands.power_limit;
    if (report.over_power) {
        report.notes.push_back(fmt::format("needs {}, the site has {}", to_text(report.power.value),
                                           to_text(stands.power_limit)));
    }
    // after the bill: jobs are priced by the share of a year that they take
    const JobSite site{.scenario = scenario,
                       .catalog = catalog,
                       .factory = factory,
                       .yearly = report.yearly.value,
                       .threads = options.threads,
                       .optimistic = options.optimistic};
    for (const Job& job : scenario.jobs) report.jobs.push_back(report_job(site, job));
    if (options.weigh) {
        report.rests_on = used_figures(catalog, scenario, factory, report, options.threads);
    }
    report.estimate_share = estimate_share(report.rests_on);
    return report;
}

/// The best score of each job over all factories; zero where none does it.
std::vector<double> best_scores(const Study& study) {
    std::vector<double> best(study.factories.front().jobs.size(), 0);
    for (const FactoryReport& factory : study.factories) {
        for (std::size_t k = 0; k < best.size(); ++k) {
            if (!factory.jobs[k].feasible) continue;
            const double score = score_of(factory.jobs[k], study.objective);
            best[k] = best[k] > 0 ? std::min(best[k], score) : score;
        }
    }
    return best;
}

/// See `Study::score_means`.
void score_all(Study& study) {
    const std::vector<double> best = best_scores(study);
    for (FactoryReport& factory : study.factories) {
        std::vector<double> logs;
        for (std::size_t k = 0; k < best.size(); ++k) {
            if (!factory.jobs[k].feasible) continue;
            logs.push_back(std::log(score_of(factory.jobs[k], study.objective) / best[k]));
        }
        // a mean that does not hang on the order of jobs, to the last bit
        factory.score = logs.empty() ? 0 : std::exp(mean_of(std::move(logs)));
    }
}

std::string score_means(const Study& study) {
    std::vector<std::string> names;
    for (const JobReport& job : study.factories.front().jobs) {
        std::string name(score_name(job, study.objective));
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    const std::string over = study.factories.front().jobs.size() > 1
                                 ? "the geometric mean over the jobs that it does of "
                                 : "";
    const bool doubted = std::ranges::any_of(study.factories, [](const FactoryReport& f) {
        return std::ranges::any_of(f.jobs, [](const JobReport& j) { return j.slow_end > 1; });
    });
    return over + join(names, " or ") + ", over the best factory's" +
           (doubted ? ", by the slow end of the band where a chip was never measured" : "");
}

/// Ranking key: how restricted, how many jobs fail, then the score.
/// Compared member by member; the place in the scenario settles what is left.
struct Rank {
    int restriction = 0;
    std::size_t failed = 0;
    double score = 0;
    std::size_t index = 0;

    auto operator<=>(const Rank&) const = default;
};

Rank rank_of(const Scenario& scenario, const FactoryReport& report, std::size_t index) {
    Rank rank{.score = report.score, .index = index};
    rank.restriction = scenario.rank_unlawful ? 0 : restriction(report.verdict);
    rank.failed =
        static_cast<std::size_t>(std::ranges::count(report.jobs, false, &JobReport::feasible));
    if (report.over_power) ++rank.failed;  // a site limit counts like a job that fails
    return rank;
}

void rank_all(const Scenario& scenario, Study& study) {
    score_all(study);
    std::vector<Rank> ranks;
    for (std::size_t i = 0; i < study.factories.size(); ++i) {
        ranks.push_back(rank_of(scenario, study.factories[i], i));
    }
    std::sort(ranks.begin(), ranks.end());
    study.ranking.clear();
    for (const Rank& rank : ranks) study.ranking.push_back(rank.index);
}

/// What the scenario states, by what its answers rest on.
std::vector<StatedWeight> weigh_stated(const Scenario& scenario, const Study& study) {
    std::vector<StatedWeight> stated;
    for (const StatedFigure& figure : scenario.stated) {
        StatedWeight& one = stated.emplace_back(StatedWeight{figure});
        for (const FactoryReport& factory : study.factories) {
            for (const UsedFigure& used : factory.rests_on) {
                if (used.part != figure.part || used.figure != figure.figure) continue;
                one.weight = std::max(one.weight, used.weight);
            }
        }
    }
    return stated;
}

/// Best training plans of the best-ranked factories, by flows.
void check_by_flows(const Scenario& scenario, const RunOptions& options, Study& study) {
    std::size_t checked = 0;
    for (const std::size_t i : study.ranking) {
        if (checked++ == options.flow_factories) break;
        FactoryReport& report = study.factories[i];
        const Factory& factory = scenario.factories[i];
        for (std::size_t k = 0; k < report.jobs.size(); ++k) {
            auto* trained = std::get_if<TrainReport>(&report.jobs[k].of);
            if (trained == nullptr || !report.jobs[k].feasible) continue;
            if (options.progress) options.progress(report.name + ", by flows", 1);
            const auto& job = std::get<TrainJob>(scenario.jobs[k].work);
            trained->by_flows = flow_check(train_context(scenario, factory, job), trained->plan,
                                           factory.shape, {.most_flows = options.most_flows});
        }
    }
}

}  // namespace

Study run(const Scenario& scenario, const Catalog& catalog, const RunOptions& options) {
    Study study{.name = scenario.name, .date = scenario.date};
    for (const SiteAsked& site : scenario.sites) {
        study.sites.push_back(
            {site.name, fmt::format("{}, {}", site.buyer.headquarters, name_of(site.buyer.end_use)),
             site.power_limit});
    }
    study.objective = scenario.objective;
    study.deadline = scenario.deadline;
    study.useful_share = scenario.reliability.useful_share;
    study.defaults = scenario.defaults;
    study.country_groups = groups_note(scenario.rulebook);
    double done = 0;
    std::vector<double> estimated;
    for (const Factory& factory : scenario.factories) {
        if (options.progress) {
            options.progress(factory.name, done / static_cast<double>(scenario.factories.size()));
        }
        study.factories.push_back(report_factory(scenario, catalog, factory, options));
        estimated.push_back(study.factories.back().estimate_share);
        ++done;
    }
    study.estimate_share = mean_of(std::move(estimated));
    study.score_means = score_means(study);
    rank_all(scenario, study);
    check_by_flows(scenario, options, study);
    rank_all(scenario, study);  // with what sharing adds
    study.stated = weigh_stated(scenario, study);
    study.sources = used_sources(catalog, scenario, study.factories);
    return study;
}

bool any_feasible(const Study& study) {
    return std::ranges::any_of(study.factories, [](const FactoryReport& factory) {
        return std::ranges::any_of(factory.jobs, &JobReport::feasible);
    });
}

}  // namespace millwright

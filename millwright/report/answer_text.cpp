// Standings with the rules are told apart because they cannot be weighed against each other: what
// leads one of them is named even if the ranking has it far behind. An advantage is a geometric
// mean over jobs that both do, of scores as predicted: that ranking counts chips that were never
// measured as slower is taken out again.
#include "millwright/report/answer_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/job_text.h"
#include "millwright/study/provenance.h"

namespace millwright {
namespace {

/// How a factory stands with the rules, by `restriction`: 0 nothing asked to 3 undecided.
constexpr std::array<std::string_view, 4> standings{
    "Lawful without a licence", "By licence or exception", "Denied", "Undecided"};

/// "H200 HGX at Frankfurt (US LIC_CBC, CN DISCOURAGED)".
std::string named(const Study& study, const FactoryReport& f) {
    std::vector<std::string> codes;
    for (const Outcome* o : ranking_outcomes(f.verdict)) codes.push_back(o->label + " " + o->code);
    const std::string at = study.sites.size() > 1 ? " at " + f.site : "";
    return f.name + at + (codes.empty() ? "" : " (" + join(codes, ", ") + ")");
}

std::string does(const JobReport& job) {
    if (!job.feasible) return fmt::format("{} cannot be done", job.job);
    return job_printers()[static_cast<std::size_t>(kind_of(job))].phrase(job);
}

std::string limit_text(const Study& study, const FactoryReport& f) {
    if (!f.over_power) return "";
    const auto site = std::ranges::find(study.sites, f.site, &StudySite::name);
    const Watts limit = site == study.sites.end() ? Watts{} : site->power_limit;
    return fmt::format(", {} over the site", to_text(f.power.value - limit));
}

std::string size_text(const Study& study, const FactoryReport& f) {
    return fmt::format("{}, {}{}", to_text(f.capital.value), to_text(f.power.value),
                       limit_text(study, f));
}

/// How much less a job takes than on the leading factory, by the mean over jobs that both do; as
/// predicted, whatever was measured. Zero where they do none in common.
double advantage(const Study& study, const FactoryReport& over, const FactoryReport& f) {
    std::vector<double> logs;
    for (std::size_t k = 0; k < f.jobs.size(); ++k) {
        const JobReport& mine = f.jobs[k];
        const JobReport& theirs = over.jobs[k];
        if (!mine.feasible || !theirs.feasible) continue;
        logs.push_back(std::log(score_of(theirs, study.objective) / theirs.slow_end) -
                       std::log(score_of(mine, study.objective) / mine.slow_end));
    }
    return logs.empty() ? 0 : std::exp(mean_of(std::move(logs)));
}

/// A factory beside the first, with what it is to it.
std::string alternative(const Study& study, const FactoryReport& first, const FactoryReport& f,
                        std::string_view as) {
    std::vector<std::string> parts{named(study, f)};
    if (const double times = advantage(study, first, f); times > 0) {
        parts.push_back(study.objective == Objective::cost
                            ? fmt::format("at {:.2g} of the cost", 1 / times)
                            : fmt::format("{:.2g} times as fast", times));
    } else {
        parts.emplace_back("which does none of its jobs");
    }
    parts.push_back(size_text(study, f));
    if (!f.measured) parts.emplace_back("never measured");
    return fmt::format("{}: {}.", as, join(parts, ", "));
}

bool does_any(const FactoryReport& f) { return std::ranges::any_of(f.jobs, &JobReport::feasible); }

/// The second of the leading factory's standing, if there is one.
std::string next_alike(const Study& study, const FactoryReport& best) {
    for (const std::size_t i : study.ranking) {
        const FactoryReport& f = study.factories[i];
        const bool alike = restriction(f.verdict) == restriction(best.verdict);
        if (&f != &best && alike && does_any(f)) {
            return " " + alternative(study, best, f, "Next");
        }
    }
    return "";
}

/// How sure the first training job's days are. What serves has no band yet.
std::string sureness(const FactoryReport& f) {
    for (const JobReport& job : f.jobs) {
        const auto* trained = std::get_if<TrainReport>(&job.of);
        if (!job.feasible || trained == nullptr) continue;
        const std::string most = std::isfinite(trained->days_high)
                                     ? fmt::format("{:.1f}", trained->days_high)
                                     : "endlessly many";
        return fmt::format(" {} takes {:.1f} to {} days in four of five cases.", job.job,
                           trained->days_low, most);
    }
    return "";
}

/// An open point of its verdict, or else what a tenth more of a resource would do at most.
std::string hinge(const FactoryReport& f) {
    if (!f.verdict.would_decide.empty()) {
        return fmt::format(" What would change it: {}.", f.verdict.would_decide.front());
    }
    for (const JobReport& job : f.jobs) {
        const auto most = std::ranges::min_element(job.sensitivities, {}, &Sensitivity::change);
        if (!job.feasible || most == job.sensitivities.end() || most->change >= 0) continue;
        return fmt::format(" With a tenth more {} it takes {:.1f} % less.", most->resource,
                           -100 * most->change);
    }
    return "";
}

std::string leading(const Study& study, const FactoryReport& f) {
    std::vector<std::string> parts;
    for (const JobReport& job : f.jobs) parts.push_back(does(job));
    parts.push_back(size_text(study, f));
    if (!f.measured) parts.emplace_back("kernels of its chip were never measured");
    return fmt::format("{}: {}: {}.", standings[static_cast<std::size_t>(restriction(f.verdict))],
                       named(study, f), join(parts, "; "));
}

}  // namespace

std::vector<const Outcome*> ranking_outcomes(const Verdict& verdict) {
    std::vector<const Outcome*> outcomes;
    for (const Outcome& o : verdict.outcomes) {
        if (o.ranks) outcomes.push_back(&o);
    }
    return outcomes;
}

std::string answer_text(const Study& study) {
    const FactoryReport& best = study.factories[study.ranking.front()];
    if (!any_feasible(study)) {
        const JobReport& job = best.jobs.front();
        return fmt::format("No factory can do any job: on {}, {}: {}.", best.name, job.job,
                           job.infeasible);
    }
    std::string text = leading(study, best) + sureness(best) + hinge(best);
    std::set<int> told{restriction(best.verdict)};
    text += next_alike(study, best);
    for (const std::size_t i : study.ranking) {
        const FactoryReport& f = study.factories[i];
        if (!does_any(f) || !told.insert(restriction(f.verdict)).second) continue;
        text += " " + alternative(study, best, f,
                                  standings[static_cast<std::size_t>(restriction(f.verdict))]);
    }
    return text;
}

}  // namespace millwright

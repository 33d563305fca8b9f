#include "millwright/report/answer_text.h"

#include <array>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/report/job_text.h"

namespace millwright {
namespace {

/// What its verdicts ask, in words and by their codes.
std::string standing(const Verdict& verdict) {
    // by `restriction`: 0 nothing asked to 3 undecided
    constexpr std::array<std::string_view, 4> words{
        "no licence needed", "a licence or exception is possible", "licences are denied",
        "an open question decides"};
    std::vector<std::string> codes;
    for (const Outcome* o : ranking_outcomes(verdict)) codes.push_back(o->label + " " + o->code);
    const auto most = static_cast<std::size_t>(restriction(verdict));
    return fmt::format("{} ({})", words[most], join(codes, ", "));
}

std::string does(const JobReport& job) {
    if (!job.feasible) return fmt::format("{} cannot be done", job.job);
    return job_printers()[static_cast<std::size_t>(kind_of(job))].phrase(job);
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
    const std::size_t others = study.factories.size();
    std::vector<std::string> parts{standing(best.verdict)};
    for (const JobReport& job : best.jobs) parts.push_back(does(job));
    if (!best.measured) parts.push_back("kernels of its chip were never measured");
    return fmt::format("{} {}: {}.", best.name,
                       others > 1 ? fmt::format("ranks first of {}", others) : "is the one factory",
                       join(parts, "; "));
}

}  // namespace millwright

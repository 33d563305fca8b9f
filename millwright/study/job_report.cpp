// A job is handed to the functions of its kind; what a kind lacks does not compile.
#include "millwright/study/job_report.h"

namespace millwright {

namespace {

/// Serving has no band of its own: the spread of chips never measured stands for it.
double slow_end(const JobSite& site, const JobReport& report) {
    if (nearness_of(site.catalog, site.factory.chip) != Nearness::foreign) return 1;
    const auto* trained = std::get_if<TrainReport>(&report.of);
    if (trained == nullptr) return foreign_band(site.catalog).high;
    return report.feasible ? trained->best.high / trained->best.step.value : 1;
}

}  // namespace

JobReport report_job(const JobSite& site, const Job& job) {
    JobReport report =
        std::visit([&](const auto& work) { return report_job(site, work); }, job.work);
    report.job = job.name;
    if (!site.optimistic) report.slow_end = slow_end(site, report);
    return report;
}

std::vector<double> priced_again(const JobSite& site, const Job& job, const JobReport& report) {
    return std::visit(
        [&](const auto& of) {
            using Report = std::decay_t<decltype(of)>;
            using Work = std::conditional_t<Report::kind == JobKind::train, TrainJob, ServeJob>;
            return priced_again(site, std::get<Work>(job.work), of);
        },
        report.of);
}

double score_of(const JobReport& job, Objective objective) {
    return job.slow_end *
           std::visit([&](const auto& report) { return score_of(report, objective); }, job.of);
}

std::string_view score_name(const JobReport& job, Objective objective) {
    return std::visit([&](const auto& report) { return score_name(report, objective); }, job.of);
}

}  // namespace millwright

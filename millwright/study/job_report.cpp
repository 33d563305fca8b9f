#include "millwright/study/job_report.h"

namespace millwright {

JobReport report_job(const JobSite& site, const Job& job) {
    JobReport report =
        std::visit([&](const auto& work) { return report_job(site, work); }, job.work);
    report.job = job.name;
    return report;
}

double score_of(const JobReport& job, Objective objective) {
    return std::visit([&](const auto& report) { return score_of(report, objective); }, job.of);
}

std::string_view score_name(const JobReport& job, Objective objective) {
    return std::visit([&](const auto& report) { return score_name(report, objective); }, job.of);
}

}  // namespace millwright

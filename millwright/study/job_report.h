// What a study says of one job on one factory, a report a kind (millwright/intake/job_kinds.h).
#pragma once

#include "millwright/study/serve_job.h"
#include "millwright/study/train_job.h"

namespace millwright {

/// One job on one factory. An infeasible one has the report of its kind too, as far as it came.
struct JobReport {
    std::string job;
    bool feasible = false;
    std::string infeasible;                  // what was needed, what there was
    std::vector<Sensitivity> sensitivities;  // of the best way
    // by which its score counts longer than predicted: the slow end of the band of a chip that was
    // never measured, so that a lucky guess does not win; else 1
    double slow_end = 1;
    std::variant<TrainReport, ServeReport> of;
};

/// The kind of the report that it holds, which is that of the job.
inline JobKind kind_of(const JobReport& job) {
    return std::visit([](const auto& report) { return report.kind; }, job.of);
}

/// The job by the engine of its kind.
/// What cannot be done is an answer, never an error.
JobReport report_job(const JobSite& site, const Job& job);

/// What a token or a request of a feasible job costs, done as the report says, on a site that may
/// have other figures: the price, and the ends of its band where the kind has one.
std::vector<double> priced_again(const JobSite& site, const Job& job, const JobReport& report);

/// What ranks a feasible job, the smaller the better; comparable between factories alone.
/// By `objective`: time, or dollars.
double score_of(const JobReport& job, Objective objective);

/// What that is, in words.
std::string_view score_name(const JobReport& job, Objective objective);

}  // namespace millwright

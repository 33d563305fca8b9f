// What a study says of one job on one factory, a report a kind (millwright/intake/job_kinds.h).
#pragma once

#include "millwright/study/serve_job.h"
#include "millwright/study/train_job.h"

namespace millwright {

struct JobReport {
    std::string job;
    bool feasible = false;
    std::string infeasible;                  // what was needed, what there was
    std::vector<Sensitivity> sensitivities;  // of the best way
    std::variant<TrainReport, ServeReport> of;
};

inline JobKind kind_of(const JobReport& job) {
    return std::visit([](const auto& report) { return report.kind; }, job.of);
}

/// The job by the engine of its kind.
JobReport report_job(const JobSite& site, const Job& job);

/// What ranks a feasible job, the smaller the better; comparable between factories alone.
double score_of(const JobReport& job, Objective objective);

/// What that is, in words.
std::string_view score_name(const JobReport& job, Objective objective);

}  // namespace millwright

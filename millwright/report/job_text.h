// How each kind of job is printed: a row a kind, as in millwright/intake/job_kinds.h.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "millwright/study/study.h"

namespace millwright {

struct JobPrinter {
    JobKind kind;
    std::vector<std::string> columns;                         // of the comparison of factories
    std::string alignment;                                    // of them, as `format_table` has it
    std::string legend;                                       // what stands in them
    std::vector<std::string> (*cells)(const JobReport& job);  // of a feasible job
    std::string (*phrase)(const JobReport& job);              // a feasible one in a sentence
    std::string (*tables)(const Study& study);                // further ones; may be empty
    std::string (*paragraph)(const FactoryReport& factory, const JobReport& job);
};

/// In the order of `JobKind`.
std::span<const JobPrinter> job_printers();

/// A job of a factory in ranked order.
struct RankedJob {
    int rank = 0;  // of the factory, from one; zero for its further jobs
    const FactoryReport& factory;
    const JobReport& job;
};

/// The jobs of one kind, best factory first.
std::vector<RankedJob> ranked_jobs(const Study& study, JobKind kind);

/// "FLOP rate -2.7 %, memory capacity no change".
std::string sensitivity_text(const JobReport& job);

}  // namespace millwright

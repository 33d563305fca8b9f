// How each kind of job is printed: a row a kind, as in millwright/intake/job_kinds.h.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "millwright/study/study.h"

namespace millwright {

/// The printer of one kind of job. What takes a job may take it that its report is of the kind; all
/// but `tables` are asked of feasible jobs alone. `cells` gives as many as there are columns;
/// `paragraph` gives labelled lines.
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
/// A static table, so that a kind is an index.
std::span<const JobPrinter> job_printers();

/// A job of a factory in ranked order.
struct RankedJob {
    int rank = 0;  // of the factory, from one; zero for its further jobs
    const FactoryReport& factory;
    const JobReport& job;
};

/// The jobs of one kind, best factory first, infeasible ones too. A factory's first job of the kind
/// has its rank; the later ones have zero, and printers leave the factory's cells empty there. The
/// references are into `study`.
std::vector<RankedJob> ranked_jobs(const Study& study, JobKind kind);

/// "FLOP rate -2.7 %, memory capacity no change": of the job's time with a tenth more of each.
std::string sensitivity_text(const JobReport& job);

}  // namespace millwright

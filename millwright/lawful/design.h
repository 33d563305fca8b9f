// The chip that does most for a job while a rule lets it through.
//
// A process gives dies, compute units, memory stacks and links; every combination on that grid is
// a design. A design is judged by the same verdict function as any chip. Of the lawful ones only
// those that no other beats in every resource are timed: more units, matrix rate, stacks or links
// never slow a job down (a law that the tests hold), so the best of them is the best of the grid.
#pragma once

#include <vector>

#include "millwright/catalog/defaults.h"
#include "millwright/intake/rule_query.h"
#include "millwright/study/study.h"

namespace millwright {

/// What designs are timed at; each job has a best design of its own.
enum class DesignJob { decode, prefill, training };

template <>
struct EnumNames<DesignJob> {
    static constexpr std::array<std::string_view, 3> names{"decode", "prefill", "training"};
};

/// Which answers a design may have: none needed, or those that let a buyer have it.
enum class DesignTarget { no_licence, lawful, any };

template <>
struct EnumNames<DesignTarget> {
    static constexpr std::array<std::string_view, 3> names{"no-licence", "lawful", "any"};
};

/// What chips are made of, what they are to do, and what the rules must say of them. `serve` is
/// asked of replicas for prefill and decode; the job sets its aim, the server its largest size.
struct DesignQuestion {
    Process process;
    Model model;
    RuleQuery rules;  // date, party and the like; its chip is replaced by each design
    DesignTarget target = DesignTarget::no_licence;
    // what is trained: chips and sequences of a step, tokens of a sequence
    std::int64_t training_chips = 1024;
    std::int64_t global_batch = default_global_batch;
    double sequence = default_sequence;
    ServeRequest serve;
    int threads = 0;
};

/// One point of the grid.
struct DesignShape {
    std::int64_t dies = 0, units = 0, stacks = 0, links = 0;  // of the package
    double die_area_mm2 = 0;                                  // of each die
    double matrix_share = 1;  // of a unit's rate, that its matrix units keep

    auto operator<=>(const DesignShape&) const = default;
};

/// The best design for a job. Where none of the lawful ones can do it, `found` is false and nothing
/// else is set.
struct Design {
    DesignShape shape;
    Chip chip;
    ChipFacts facts;
    double tokens = 0;  // a second and chip
    Verdict verdict;
    bool found = false;
};

/// How much of the grid was looked at, and what came of it: `judged` shapes were held against the
/// rules, `timed` ones did the jobs.
struct DesignResult {
    std::uint64_t in_grid = 0;
    std::uint64_t judged = 0;
    std::uint64_t timed = 0;
    std::array<Design, 3> best;  // by DesignJob
};

/// The best designs of the grid for each job.
/// The same for any number of threads; of designs as fast, the first by shape. Timing dominates: a
/// search of training plans and two of replicas for each shape that is timed.
DesignResult design(const DesignQuestion& question, const Rulebook& book, const Catalog& catalog);

/// The chip of a shape: the process's own with other units, stacks and links.
/// What a process does not say stays the chip's own: kernels, host link, power, price.
/// Its name is "a design", and it has no launch, so that rules do not take it for a part on sale.
Chip chip_of(const Process& process, const Catalog& catalog, const DesignShape& shape);

/// Tokens a second and chip; zero where the job cannot run.
double tokens_of(const DesignQuestion& question, const Catalog& catalog, const Chip& chip,
                 DesignJob job);

/// Every shape of the grid, the largest first.
/// By dies and units downwards; of as many units the smallest dies first.
std::vector<DesignShape> grid_of(const Process& process);

}  // namespace millwright

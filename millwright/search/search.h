// The best plan of a job on a network of chips, the Pareto front, and why the others lost.
//
// A plan is first tested for shape, then for memory, then what its stages do by themselves is held
// against the best known step; only then is it timed in full. That bound is never over the step, so
// the best of the space is found, as if every plan were timed. Best steps come from a first pass
// that is the same for any number of threads, so counts and results are too.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "millwright/search/space.h"
#include "millwright/train/step.h"

namespace millwright {

/// A plan of the space with its figures, as `evaluate` has them.
struct Candidate {
    Plan plan;
    std::uint64_t number = 0;  // in the space of the search: `plan_at` gives the plan again
    Seconds step;              // zero of the `smallest` of `search`, which is not timed
    Bytes memory;              // of the fullest chip
    double score = 0;          // seconds (or chip-seconds) per sequence: what the search minimises
    bool fits = true;          // false of what `search_pinned` lists only
    bool late = false;         // misses the deadline; likewise
};

/// A reason that plans lost for, how many, and one of them.
struct LossReason {
    std::string reason;
    std::uint64_t count = 0;
    std::string example;
};

/// What is the best, and how much of the space is timed to find it.
struct SearchOptions {
    bool by_cost = false;     // minimise chip-seconds per sequence in place of seconds
    bool exhaustive = false;  // time every plan that fits
    bool best_only = false;   // no front: plans that cannot be the best are passed over
    bool regardless = false;  // of memory: every plan is taken to fit
    Seconds slowest;          // for a sequence, by a deadline; zero: no deadline
    int threads = 0;          // 0: as many as there are cores
    std::function<void(double)> progress;  // called with the share done, one call at a time
};

/// Counts are of plans. After `search` those of the reasons add up to the space but the best.
struct SearchResult {
    std::uint64_t in_space = 0;   // plans that can run, memory aside
    std::uint64_t evaluated = 0;  // time and memory computed
    std::uint64_t pruned = 0;     // in_space - evaluated
    bool feasible = false;        // a plan fits, and meets the deadline
    Candidate best;               // of those that do
    // over score, memory and chips used, of plans at most half slower than the best of their size;
    // best first, thinned to 64. Of few pinned plans all, those that fit first, and of those the
    // ones in time. Of many, where none fits or is in time, the front of the late, or else of all.
    std::vector<Candidate> pareto;
    Candidate with_more_memory;   // the best if chips had a tenth more memory
    Candidate smallest;           // needs the least memory, where nothing fits
    std::uint64_t too_large = 0;  // plans that do not fit, of those not passed over before
    std::uint64_t late = 0;       // plans that fit and miss the deadline
    std::vector<LossReason> reasons;
};

/// The best plan of the space that `limits` give, pins included. It is the same, to the last
/// bit, for any number of threads, and `exhaustive` finds the same best. Not feasible, with
/// reasons, where no plan fits or is in time; pins that leave no plan give an empty space, no
/// fault.
SearchResult search(const TrainContext& context, const SpaceLimits& limits,
                    const SearchOptions& options = {});

/// The search with coordinates pinned. Few plans are all evaluated and listed, whether or not they
/// fit; of many, the front: where none is in time that of all that fit, where none fits that of
/// all. Plans counted as evaluated are those of the search that gave the front; losses are told
/// against what was asked. Call `pin_faults` first.
SearchResult search_pinned(const TrainContext& context, const SpaceLimits& limits,
                           const SearchOptions& options = {});

/// Why pins cannot be: a value that divides nothing, or no plan that has them all.
Faults pin_faults(const TrainContext& context, const SpaceLimits& limits);

/// Chips of the smallest system that holds the model's leanest plan, counted up to `most`; zero if
/// none does. More chips never hold less: their plans include those of fewer.
std::int64_t fewest_chips(const TrainContext& context, const SpaceLimits& limits);

/// "tensor 8, pipeline 16, data 128, ...", coordinates at 1 left out.
std::string describe(const Plan& plan);

/// "tp8 pp16 v6 cp4 dp128 mb1": ways of tensor, pipeline and data and the micro-batch always, the
/// others where they are more than one; what concerns memory, and the schedule, not at all.
std::string abbreviate(const Plan& plan);

}  // namespace millwright

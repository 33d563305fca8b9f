// The best plan of a job on a network of chips, the Pareto front, and why the others lost.
//
// A plan is first tested for shape, then for memory, then its compute alone is held against the
// best known step; only then is it timed in full. Bounds come from a first pass that is the same
// for any number of threads, so counts and results are too.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "search/space.h"
#include "train/step.h"

namespace millwright {

struct Candidate {
    Plan plan;
    std::uint64_t number = 0;
    Seconds step;
    Bytes memory;
    double score = 0;  // seconds (or chip-seconds) per sequence: what the search minimises
};

/// A reason that plans lost for, how many, and one of them.
struct LossReason {
    std::string reason;
    std::uint64_t count = 0;
    std::string example;
};

struct SearchOptions {
    bool by_cost = false;     // minimise chip-seconds per sequence in place of seconds
    bool exhaustive = false;  // every divisor, and time every plan that fits
    bool best_only = false;   // no front: plans that cannot be the best are passed over
    int threads = 0;          // 0: as many as there are cores
    std::function<void(double)> progress;  // called with the share done, one call at a time
};

struct SearchResult {
    std::uint64_t in_space = 0;   // plans that can run, memory aside
    std::uint64_t evaluated = 0;  // time and memory computed
    std::uint64_t pruned = 0;     // in_space - evaluated
    bool feasible = false;
    Candidate best;
    std::vector<Candidate> pareto;  // over score, memory and chips used, best first, thinned to 64
    Candidate with_more_memory;     // the best if chips had a tenth more memory
    Candidate smallest;             // needs the least memory, where nothing fits
    std::vector<LossReason> reasons;
};

SearchResult search(const TrainContext& context, const SpaceLimits& limits,
                    const SearchOptions& options = {});

/// "tensor 8, pipeline 16, data 128, ...", coordinates at 1 left out.
std::string describe(const Plan& plan);

/// "tp8 pp16 v6 cp4 dp128 mb1".
std::string abbreviate(const Plan& plan);

}  // namespace millwright

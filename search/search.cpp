#include "search/search.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "base/units.h"

namespace millwright {
namespace {

constexpr double more_memory = 1.1;
constexpr double keep_within = 1.5;  // plans up to this much slower than the best are timed too
constexpr std::size_t front_limit = 64;

/// The coordinates that shard costs depend on, and the batch.
struct Branch {
    Plan plan;                // global_batch, tensor, context, expert, micro_batch
    std::uint64_t first = 0;  // number of the branch's first plan
};

struct Losses {
    std::uint64_t memory = 0;
    std::uint64_t slow = 0;
    std::string memory_example, slow_example;
};

struct Tally {
    std::uint64_t in_space = 0, evaluated = 0;
    Losses losses;
    bool found = false, found_more = false, found_any = false;
    Candidate best, with_more_memory, smallest;
    std::vector<Candidate> front;
};

struct Hunt {
    const TrainContext& context;
    const PlanSpace& space;
    const SearchOptions& options;
    std::vector<Stages> stages;  // by index in space.pipeline
    double incumbent = std::numeric_limits<double>::max();
};

double score_of(const Hunt& hunt, const Plan& plan, Seconds step) {
    const double chips = hunt.options.by_cost ? static_cast<double>(chips_used(plan)) : 1;
    return step.si() * chips / static_cast<double>(plan.global_batch);
}

bool better(const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score < b.score;
    const std::int64_t chips_a = chips_used(a.plan);
    const std::int64_t chips_b = chips_used(b.plan);
    return chips_a != chips_b ? chips_a < chips_b : a.number < b.number;
}

/// Smaller memory first; among equals the lower number.
bool smaller(const Candidate& a, const Candidate& b) {
    return a.memory != b.memory ? a.memory < b.memory : a.number < b.number;
}

bool dominates(const Candidate& a, const Candidate& b) {
    return a.score <= b.score && a.memory <= b.memory && chips_used(a.plan) <= chips_used(b.plan);
}

void add_to_front(std::vector<Candidate>& front, const Candidate& candidate) {
    for (const Candidate& other : front) {
        if (dominates(other, candidate)) return;
    }
    std::erase_if(front, [&](const Candidate& other) { return dominates(candidate, other); });
    front.push_back(candidate);
}

/// Work of the slowest stage with nothing else counted: no plan of this sharding is faster.
Seconds compute_bound(const Plan& plan, const ShardCosts& costs, const Stages& stages) {
    Seconds slowest;
    for (const Stage& stage : stages) {
        Seconds sum;
        for (std::size_t kind = 0; kind < layer_kinds; ++kind) {
            const LayerCost& cost = costs.layers[kind];
            sum += static_cast<double>(stage.layers[kind]) *
                   (cost.forward_compute + cost.backward_compute);
        }
        slowest = max(slowest, sum);
    }
    return static_cast<double>(micro_batches(plan)) * slowest;
}

void keep(Tally& tally, const Candidate& candidate, bool fits, bool fits_more) {
    if (fits) {
        if (!tally.found || better(candidate, tally.best)) tally.best = candidate;
        tally.found = true;
        add_to_front(tally.front, candidate);
    }
    if (fits_more) {
        const bool first = !tally.found_more;
        if (first || better(candidate, tally.with_more_memory)) tally.with_more_memory = candidate;
        tally.found_more = true;
    }
}

void note_smallest(Tally& tally, const Candidate& candidate) {
    if (!tally.found_any || smaller(candidate, tally.smallest)) tally.smallest = candidate;
    tally.found_any = true;
}

void visit(const Hunt& hunt, const ShardCosts& costs, const Stages& stages, std::uint64_t number,
           const Plan& plan, Tally& tally) {
    if (!can_run(hunt.space, plan)) return;
    ++tally.in_space;
    const Bytes usable = hunt.context.chip.memory_capacity * hunt.context.assume.usable_memory;
    const StepMemory memory = step_memory(hunt.context, plan, costs, stages);
    Candidate candidate{.plan = plan, .number = number, .memory = memory.total};
    note_smallest(tally, candidate);
    const bool fits = memory.total <= usable;
    const bool fits_more = memory.total <= more_memory * usable;
    if (!fits_more || (!fits && hunt.options.exhaustive)) {
        ++tally.losses.memory;
        return;
    }
    const double bound = score_of(hunt, plan, compute_bound(plan, costs, stages));
    if (!hunt.options.exhaustive && bound > hunt.incumbent * keep_within) {
        ++(fits ? tally.losses.slow : tally.losses.memory);
        if (fits && tally.losses.slow_example.empty()) tally.losses.slow_example = describe(plan);
        return;
    }
    ++tally.evaluated;
    if (!fits) ++tally.losses.memory;
    candidate.step = evaluate(hunt.context, plan, costs, stages).times.total;
    candidate.score = score_of(hunt, plan, candidate.step);
    keep(tally, candidate, fits, fits_more);
}

/// Visits a branch's plans. In a scouting pass only the largest data ways of each shape.
void explore(const Hunt& hunt, const Branch& branch, bool scouting, Tally& tally) {
    const PlanSpace& s = hunt.space;
    const ShardCosts costs = shard_costs(hunt.context, branch.plan);
    std::uint64_t number = branch.first;
    Plan plan = branch.plan;
    for (std::size_t p = 0; p < s.pipeline.size(); ++p) {
        plan.pipeline = s.pipeline[p];
        const std::int64_t room = s.chips / (plan.tensor * plan.context * plan.pipeline);
        int runs = 0;  // data ways that ran, from the largest down
        for (std::size_t d = s.data.size(); d-- > 0;) {
            plan.data = s.data[d];
            const bool fits =
                plan.data <= room && plan.global_batch % (plan.data * plan.micro_batch) == 0;
            if (!fits || (scouting && runs > 0)) continue;
            ++runs;
            std::uint64_t at = number + d * s.schedules.size() * s.memory.size();
            for (const ScheduleChoice& schedule : s.schedules) {
                plan.schedule = schedule.schedule;
                plan.virtual_stages = schedule.virtual_stages;
                for (const MemoryChoice& memory : s.memory) {
                    plan.recompute = memory.recompute;
                    plan.sharding = memory.sharding;
                    visit(hunt, costs, hunt.stages[p], at++, plan, tally);
                }
            }
        }
        number += s.data.size() * s.schedules.size() * s.memory.size();
    }
}

std::vector<Branch> branches(const PlanSpace& s) {
    const std::uint64_t width =
        s.pipeline.size() * s.data.size() * s.schedules.size() * s.memory.size();
    const std::uint64_t count = s.numbers() / width;
    std::vector<Branch> list;
    for (std::uint64_t i = 0; i < count; ++i) {
        const Plan plan = plan_at(s, i * width);
        if (plan.tensor * plan.context > s.chips) continue;
        if (plan.global_batch % plan.micro_batch != 0) continue;
        list.push_back({plan, i * width});
    }
    return list;
}

std::vector<Tally> explore_all(const Hunt& hunt, const std::vector<Branch>& list, bool scouting) {
    std::vector<Tally> tallies(list.size());
    std::mutex mutex;
    std::size_t done = 0;
    tbb::parallel_for(std::size_t{0}, list.size(), [&](std::size_t i) {
        explore(hunt, list[i], scouting, tallies[i]);
        const std::scoped_lock lock(mutex);
        const std::size_t now = ++done;
        if (!scouting && hunt.options.progress) {
            hunt.options.progress(static_cast<double>(now) / static_cast<double>(list.size()));
        }
    });
    return tallies;
}

void merge(Tally& sum, const Tally& part) {
    sum.in_space += part.in_space;
    sum.evaluated += part.evaluated;
    sum.losses.memory += part.losses.memory;
    sum.losses.slow += part.losses.slow;
    if (sum.losses.slow_example.empty()) sum.losses.slow_example = part.losses.slow_example;
    if (part.found_any) note_smallest(sum, part.smallest);
    if (part.found && (!sum.found || better(part.best, sum.best))) sum.best = part.best;
    sum.found = sum.found || part.found;
    const bool more =
        part.found_more && (!sum.found_more || better(part.with_more_memory, sum.with_more_memory));
    if (more) sum.with_more_memory = part.with_more_memory;
    sum.found_more = sum.found_more || part.found_more;
    for (const Candidate& candidate : part.front) add_to_front(sum.front, candidate);
}

std::vector<LossReason> reasons_of(const Hunt& hunt, const Tally& tally) {
    std::vector<LossReason> reasons;
    const Bytes usable = hunt.context.chip.memory_capacity * hunt.context.assume.usable_memory;
    if (tally.losses.memory > 0) {
        reasons.push_back({"do not fit the memory", tally.losses.memory,
                           tally.found
                               ? "over " + to_text(usable) + " a chip"
                               : describe(tally.smallest.plan) + " needs " +
                                     to_text(tally.smallest.memory) + " of " + to_text(usable)});
    }
    if (tally.losses.slow > 0) {
        reasons.push_back({"compute alone is slower than the best step", tally.losses.slow,
                           tally.losses.slow_example});
    }
    const std::uint64_t lost = tally.evaluated - (tally.found ? 1 : 0);
    if (lost > 0 && tally.found) {
        const Candidate& other = tally.front.size() > 1 ? tally.front[1] : tally.best;
        reasons.push_back({"timed in full and slower", lost, describe(other.plan)});
    }
    return reasons;
}

SearchResult result_of(const Hunt& hunt, Tally tally) {
    std::sort(tally.front.begin(), tally.front.end(), better);
    if (tally.front.size() > front_limit) tally.front.resize(front_limit);
    SearchResult result;
    result.in_space = tally.in_space;
    result.evaluated = tally.evaluated;
    result.pruned = tally.in_space - tally.evaluated;
    result.feasible = tally.found;
    result.reasons = reasons_of(hunt, tally);
    result.best = tally.best;
    result.pareto = std::move(tally.front);
    result.with_more_memory = tally.found_more ? tally.with_more_memory : tally.best;
    result.smallest = tally.smallest;
    return result;
}

}  // namespace

SearchResult search(const TrainContext& context, const SpaceLimits& given,
                    const SearchOptions& options) {
    SpaceLimits limits = given;
    limits.exhaustive = options.exhaustive;
    const PlanSpace space = plan_space(context, limits);
    Hunt hunt{context, space, options, {}};
    for (const std::int64_t ways : space.pipeline) {
        hunt.stages.push_back(stages_of(context.model, ways));
    }
    const std::vector<Branch> list = branches(space);
    const std::size_t threads =
        options.threads > 0
            ? static_cast<std::size_t>(options.threads)
            : tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    if (!options.exhaustive) {
        Tally scout;
        for (const Tally& part : explore_all(hunt, list, true)) merge(scout, part);
        if (scout.found) hunt.incumbent = scout.best.score;
    }
    Tally sum;
    for (const Tally& part : explore_all(hunt, list, false)) merge(sum, part);
    return result_of(hunt, std::move(sum));
}

std::string describe(const Plan& plan) {
    std::string text;
    const auto add = [&](std::string_view name, std::int64_t ways) {
        if (ways > 1) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, ways);
    };
    add("tensor", plan.tensor);
    add("context", plan.context);
    add("expert", plan.expert);
    add("pipeline", plan.pipeline);
    add("virtual stages", plan.virtual_stages);
    add("data", plan.data);
    text += fmt::format("{}micro-batch {}, {}, recompute {}, {}", text.empty() ? "" : ", ",
                        plan.micro_batch, name_of(plan.schedule), name_of(plan.recompute),
                        name_of(plan.sharding));
    return text;
}

std::string abbreviate(const Plan& plan) {
    std::string text = fmt::format("tp{} pp{}", plan.tensor, plan.pipeline);
    if (plan.virtual_stages > 1) text += fmt::format(" v{}", plan.virtual_stages);
    if (plan.context > 1) text += fmt::format(" cp{}", plan.context);
    if (plan.expert > 1) text += fmt::format(" ep{}", plan.expert);
    return text + fmt::format(" dp{} mb{}", plan.data, plan.micro_batch);
}

}  // namespace millwright

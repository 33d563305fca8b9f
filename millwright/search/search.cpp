// Two passes over the branches of the space, each on all threads. The first scouts: of each size of
// plan it times few, to know a good score early. The second looks at every plan and passes over
// what those scores show to be of no interest. Threads never tell each other what they find, else
// what is passed over, and the counts, would hang on which came first. Tallies are merged in order.
#include "millwright/search/search.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <mutex>

#include "millwright/base/parallel.h"
#include "millwright/base/units.h"
#include "millwright/search/front.h"
#include "millwright/search/shared.h"

namespace millwright {
namespace {

constexpr double more_memory = 1.1;  // of the sensitivity to memory: a tenth more
constexpr double keep_within = 1.5;  // plans up to this much slower than the best of their octave

/// Plans by the one reason that each lost for, and the first of each.
struct Losses {
    std::uint64_t memory = 0, slow = 0, late = 0;
    std::string memory_example, slow_example, late_example;
};

/// Chip counts that differ by less than a factor of two share one: small plans are held against
/// small plans, so that the front reaches from a few chips to all.
std::size_t octave(std::int64_t chips) {
    return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(chips)));
}

constexpr std::size_t octaves = 64;  // bits of a number of chips

/// What a branch has come to, or all of them together.
struct Tally {
    std::uint64_t in_space = 0, evaluated = 0;
    std::uint64_t timed = 0;  // of those that fit and meet the deadline
    Losses losses;
    bool found = false, found_more = false, found_any = false;
    Entry best, with_more_memory, smallest;
    Front front;
    Front alike;                  // of the plans at hand, all of so many chips
    std::vector<double> scouted;  // best score by octave, of a scouting pass
};

/// What all threads read and none writes.
struct Hunt {
    const TrainContext& context;
    const PlanSpace& space;
    const SearchOptions& options;
    Bytes usable, host;                     // memory that a plan may fill
    double latest = 0;                      // seconds a sequence that the deadline leaves
    std::vector<Stages> stages;             // by index in space.pipeline
    std::vector<std::vector<bool>> splits;  // the same, by index in space.schedules
    // best known score by octave of chips used, or less; may be empty
    std::vector<double> incumbents;

    double incumbent(const Plan& plan) const {
        return incumbents.empty() ? std::numeric_limits<double>::max()
                                  : incumbents[octave(chips_used(plan))];
    }
    bool is_late(const Plan& plan, Seconds step) const {
        return step.si() / static_cast<double>(plan.global_batch) > latest;
    }
};

double score_of(const Hunt& hunt, const Plan& plan, Seconds step) {
    const double chips = hunt.options.by_cost ? static_cast<double>(chips_used(plan)) : 1;
    return step.si() * chips / static_cast<double>(plan.global_batch);
}

void keep(const Hunt& hunt, Tally& tally, const Entry& entry, bool fits) {
    if (fits) {
        if (!tally.found || better(entry, tally.best)) tally.best = entry;
        tally.found = true;
        if (!hunt.options.best_only) tally.alike.add(entry);
    }
    const bool first = !tally.found_more;
    if (first || better(entry, tally.with_more_memory)) tally.with_more_memory = entry;
    tally.found_more = true;
}

void note_smallest(Tally& tally, const Entry& entry) {
    if (!tally.found_any || smaller(entry, tally.smallest)) tally.smallest = entry;
    tally.found_any = true;
}

/// Only the best score of each octave matters: what cannot be it is passed over, memory unseen.
void scout(const Hunt& hunt, Shared& shared, const Plan& plan, Tally& tally) {
    double& best = tally.scouted[octave(chips_used(plan))];
    if (score_of(hunt, plan, shared.bound(plan)) >= best) return;
    const StepMemory held = shared.memory(plan);
    if (held.total > hunt.usable || held.host > hunt.host) return;
    const Seconds step = shared.step(plan, held.total);
    if (!hunt.is_late(plan, step)) best = std::min(best, score_of(hunt, plan, step));
}

void note(std::uint64_t& count, std::string& example, const Plan& plan) {
    if (count++ == 0) example = describe(plan);
}

void time_plan(const Hunt& hunt, Shared& shared, const Plan& plan, Entry entry, Tally& tally) {
    const bool fits = entry.memory <= hunt.usable;
    ++tally.evaluated;
    entry.step = shared.step(plan, entry.memory);
    entry.score = score_of(hunt, plan, entry.step);
    if (!fits) note(tally.losses.memory, tally.losses.memory_example, plan);
    const bool late = hunt.is_late(plan, entry.step);
    if (fits && late) note(tally.losses.late, tally.losses.late_example, plan);
    if (fits && !late) ++tally.timed;
    if (!late) keep(hunt, tally, entry, fits);
}

/// The slowest score that a plan may have and still be of interest.
double limit_of(const Hunt& hunt, const Plan& plan) {
    if (hunt.options.exhaustive) return std::numeric_limits<double>::max();
    return hunt.incumbent(plan) * (hunt.options.best_only ? 1 : keep_within);
}

void visit(const Hunt& hunt, Shared& shared, std::uint64_t number, const Plan& plan, Tally& tally) {
    ++tally.in_space;
    // nothing is passed over in an exhaustive search: no bound is needed
    const Seconds least = hunt.options.exhaustive ? Seconds{} : shared.bound(plan);
    const double bound = score_of(hunt, plan, least);
    Losses& losses = tally.losses;
    // a plan as good as the limit is timed: among equals `better` decides
    if (bound > limit_of(hunt, plan)) return note(losses.slow, losses.slow_example, plan);
    const StepMemory held = shared.memory(plan);
    if (held.host > hunt.host) return note(losses.memory, losses.memory_example, plan);
    const Entry entry{.memory = held.total, .chips = chips_used(plan), .number = number};
    note_smallest(tally, entry);
    const bool fits = entry.memory <= hunt.usable;
    const bool fits_more = entry.memory <= more_memory * hunt.usable;
    const bool late = !hunt.options.exhaustive && hunt.is_late(plan, least);
    // with more memory only what would be the best is of interest
    const bool timed =
        fits_more && !hunt.options.exhaustive && !late && bound <= hunt.incumbent(plan);
    if (!fits && !timed) return note(losses.memory, losses.memory_example, plan);
    if (late) return note(losses.late, losses.late_example, plan);
    time_plan(hunt, shared, plan, entry, tally);
}

/// Most plans are beaten by one of as many chips: only those that are not meet the whole front.
void join_front(Tally& tally) {
    for (const Entry& entry : tally.alike.sorted()) tally.front.add(entry);
    tally.alike = {};
}

/// Where a branch stands: a pipeline and data ways, and the number of their first plan.
struct Spot {
    Plan plan;
    std::size_t pipeline = 0;
    std::uint64_t number = 0;
};

/// How many plans of a spot can run, and the first of them: schedules and memory choices are free
/// of each other, so numbers of both are multiplied.
std::uint64_t plans_at(const Hunt& hunt, const Spot& spot, Plan& one) {
    const PlanSpace& s = hunt.space;
    Plan plan = spot.plan;
    std::uint64_t schedules = 0;
    for (std::size_t k = 0; k < s.schedules.size(); ++k) {
        plan.schedule = s.schedules[k].schedule;
        plan.virtual_stages = s.schedules[k].virtual_stages;
        if (hunt.splits[spot.pipeline][k] && fills_rounds(plan) && schedules++ == 0) one = plan;
    }
    std::uint64_t choices = 0;
    for (const MemoryChoice& choice : s.memory) {
        one.sharding = choice.sharding;
        if (!can_be_sharded(one) || choices++ > 0) continue;
        one.recompute = choice.recompute;
        one.offload = choice.offload;
        plan.sharding = choice.sharding;
    }
    one.sharding = plan.sharding;
    return schedules * choices;
}

/// True if no schedule makes a plan of this spot of interest; the plans are counted as slow.
bool passes_over(const Hunt& hunt, const Spot& spot, bool scouting, Shared& shared, Tally& tally) {
    if (hunt.options.exhaustive) return false;
    const double floor = score_of(hunt, spot.plan, shared.floor(spot.plan, hunt.space.kinds));
    if (scouting) return floor >= tally.scouted[octave(chips_used(spot.plan))];
    if (floor <= limit_of(hunt, spot.plan)) return false;
    Plan one = spot.plan;
    const std::uint64_t count = plans_at(hunt, spot, one);
    if (count == 0) return true;
    tally.in_space += count;
    note(tally.losses.slow, tally.losses.slow_example, one);
    tally.losses.slow += count - 1;
    return true;
}

/// All schedules and memory choices of a spot.
void explore_spot(const Hunt& hunt, const Spot& spot, bool scouting, Shared& shared, Tally& tally) {
    if (passes_over(hunt, spot, scouting, shared, tally)) return;
    const PlanSpace& s = hunt.space;
    const std::vector<bool>& splits = hunt.splits[spot.pipeline];
    Plan plan = spot.plan;
    shared.forget_data();
    for (std::size_t k = 0; k < s.schedules.size(); ++k) {
        if (!splits[k]) continue;
        plan.schedule = s.schedules[k].schedule;
        plan.virtual_stages = s.schedules[k].virtual_stages;
        if (!fills_rounds(plan)) continue;
        for (std::size_t i = 0; i < s.memory.size(); ++i) {
            plan.recompute = s.memory[i].recompute;
            plan.sharding = s.memory[i].sharding;
            plan.offload = s.memory[i].offload;
            if (!can_be_sharded(plan)) continue;
            if (scouting) {
                scout(hunt, shared, plan, tally);
            } else {
                visit(hunt, shared, spot.number + k * s.memory.size() + i, plan, tally);
            }
        }
    }
}

/// Visits a branch's plans. In a scouting pass only the largest data ways of each octave, with
/// the fewest micro-batches for each pipeline: a poor score found costs time, not the best plan.
void explore(const Hunt& hunt, const Branch& branch, bool scouting, Tally& tally) {
    const PlanSpace& s = hunt.space;
    const std::uint64_t choices = s.schedules.size() * s.memory.size();
    tally.scouted.assign(octaves + 1, std::numeric_limits<double>::max());
    const ShardCosts costs = shard_costs(hunt.context, branch.plan);
    Spot spot{.plan = branch.plan};
    for (std::size_t p = 0; p < s.pipeline.size(); ++p) {
        spot.pipeline = p;
        spot.plan.pipeline = s.pipeline[p];
        if (spot.plan.tensor * spot.plan.context * s.pipeline[p] > s.chips) break;
        Shared shared(hunt.context, costs, hunt.stages[p]);
        std::size_t scouted = octaves;  // octave of the last data ways, from the largest down
        for (std::size_t d = s.data.size(); d-- > 0;) {
            spot.plan.data = s.data[d];
            const std::size_t here = octave(chips_used(spot.plan));
            if (!can_be_placed(s, spot.plan) || (scouting && here == scouted)) continue;
            scouted = here;
            spot.number = branch.first + (p * s.data.size() + d) * choices;
            explore_spot(hunt, spot, scouting, shared, tally);
            join_front(tally);
        }
    }
}

std::vector<Tally> explore_all(const Hunt& hunt, const std::vector<Branch>& list, bool scouting) {
    std::vector<Tally> tallies(list.size());
    std::mutex mutex;
    std::size_t done = 0;
    parallel_for(list.size(), hunt.options.threads, [&](std::size_t i) {
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
    sum.timed += part.timed;
    Losses& losses = sum.losses;
    losses.memory += part.losses.memory;
    losses.slow += part.losses.slow;
    losses.late += part.losses.late;
    if (losses.memory_example.empty()) losses.memory_example = part.losses.memory_example;
    if (losses.slow_example.empty()) losses.slow_example = part.losses.slow_example;
    if (losses.late_example.empty()) losses.late_example = part.losses.late_example;
    if (part.found_any) note_smallest(sum, part.smallest);
    if (part.found && (!sum.found || better(part.best, sum.best))) sum.best = part.best;
    sum.found = sum.found || part.found;
    const bool more =
        part.found_more && (!sum.found_more || better(part.with_more_memory, sum.with_more_memory));
    if (more) sum.with_more_memory = part.with_more_memory;
    sum.found_more = sum.found_more || part.found_more;
    for (const Entry& entry : part.front.sorted()) sum.front.add(entry);
}

/// Best score known for every octave of chips or fewer.
std::vector<double> incumbents_of(const std::vector<Tally>& scouts) {
    std::vector<double> best(octaves + 1, std::numeric_limits<double>::max());
    for (const Tally& tally : scouts) {
        for (std::size_t i = 0; i < best.size(); ++i) best[i] = std::min(best[i], tally.scouted[i]);
    }
    // who has more chips need not use them: what fewer do is to be beaten too
    for (std::size_t i = 1; i < best.size(); ++i) best[i] = std::min(best[i], best[i - 1]);
    return best;
}

std::vector<LossReason> reasons_of(const Hunt& hunt, const Tally& tally,
                                   const std::vector<Entry>& front) {
    std::vector<LossReason> reasons;
    const Losses& losses = tally.losses;
    if (losses.memory > 0) {
        const bool none = !tally.found && losses.late == 0 && tally.found_any;
        const Entry& least = tally.smallest;
        reasons.push_back({"need more than the " + to_text(hunt.usable) + " a chip that fit",
                           losses.memory,
                           none ? describe(plan_at(hunt.space, least.number)) + ", which needs " +
                                      to_text(least.memory) + ", the least"
                                : losses.memory_example});
    }
    if (losses.late > 0) {
        reasons.push_back({"miss the deadline", losses.late, losses.late_example});
    }
    if (losses.slow > 0) {
        reasons.push_back({hunt.options.by_cost
                               ? "cost more in their stages alone than the best plan in all"
                               : "take longer in their stages alone than the best step in all",
                           losses.slow, losses.slow_example});
    }
    const std::uint64_t lost = tally.timed - (tally.found ? 1 : 0);
    if (lost > 0 && tally.found) {
        const Entry& other = front.size() > 1 ? front[1] : tally.best;
        reasons.push_back(
            {hunt.options.by_cost ? "timed in full and dearer" : "timed in full and slower", lost,
             describe(plan_at(hunt.space, other.number))});
    }
    return reasons;
}

Candidate candidate_of(const PlanSpace& space, const Entry& entry) {
    return {.plan = plan_at(space, entry.number),
            .number = entry.number,
            .step = entry.step,
            .memory = entry.memory,
            .score = entry.score};
}

SearchResult result_of(const Hunt& hunt, Tally tally) {
    const std::vector<Entry> front = tally.front.sorted();
    SearchResult result;
    result.in_space = tally.in_space;
    result.evaluated = tally.evaluated;
    result.pruned = tally.in_space - tally.evaluated;
    result.feasible = tally.found;
    result.too_large = tally.losses.memory;
    result.late = tally.losses.late;
    result.reasons = reasons_of(hunt, tally, front);
    for (const Entry& entry : thinned(front)) {
        result.pareto.push_back(candidate_of(hunt.space, entry));
    }
    if (tally.found) result.best = candidate_of(hunt.space, tally.best);
    if (tally.found_more) {
        result.with_more_memory = candidate_of(hunt.space, tally.with_more_memory);
    }
    if (tally.found_any) result.smallest = candidate_of(hunt.space, tally.smallest);
    return result;
}

Hunt hunt_of(const TrainContext& context, const PlanSpace& space, const SearchOptions& options) {
    const Bytes unbounded = std::numeric_limits<double>::max() * unit::B;
    Hunt hunt{context, space, options};
    hunt.usable = context.chip.memory_capacity * context.assume.usable_memory;
    hunt.host = context.host.memory;
    if (options.regardless) hunt.usable = hunt.host = unbounded;
    const bool bounded = options.slowest > Seconds{};
    hunt.latest = bounded ? options.slowest.si() : std::numeric_limits<double>::max();
    for (const std::int64_t ways : space.pipeline) {
        hunt.stages.push_back(stages_of(context.model, ways, context.balance));
        Plan plan{.pipeline = ways};
        std::vector<bool> splits;
        for (const ScheduleChoice& choice : space.schedules) {
            plan.schedule = choice.schedule;
            plan.virtual_stages = choice.virtual_stages;
            splits.push_back(can_be_scheduled(space, plan));
        }
        hunt.splits.push_back(std::move(splits));
    }
    return hunt;
}

}  // namespace

SearchResult search(const TrainContext& context, const SpaceLimits& limits,
                    const SearchOptions& options) {
    const PlanSpace space = plan_space(context, limits);
    const Hunt hunt = hunt_of(context, space, options);
    const std::vector<Branch> list = branches(space);
    Hunt second = hunt;
    if (!options.exhaustive) second.incumbents = incumbents_of(explore_all(hunt, list, true));
    if (options.best_only && !options.exhaustive) {
        // without a front a plan of few chips is of no interest by itself
        second.incumbents.assign(octaves + 1, second.incumbents.back());
    }
    Tally sum;
    for (const Tally& part : explore_all(second, list, false)) merge(sum, part);
    return result_of(second, std::move(sum));
}

}  // namespace millwright

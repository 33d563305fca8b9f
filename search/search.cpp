#include "search/search.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <mutex>

#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "base/units.h"
#include "search/shared.h"

namespace millwright {
namespace {

constexpr double more_memory = 1.1;
constexpr double keep_within = 1.1;  // plans up to this much slower than the best of their octave
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

/// Chip counts that differ by less than a factor of two share one: small plans are held against
/// small plans, so that the front reaches from a few chips to all.
std::size_t octave(std::int64_t chips) {
    return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(chips)));
}

constexpr std::size_t octaves = 64;

/// A timed plan by its number: small, since fronts of many are searched all the time.
struct Entry {
    double score = 0;
    Bytes memory;
    Seconds step;
    std::int64_t chips = 0;
    std::uint64_t number = 0;
};

struct Tally {
    std::uint64_t in_space = 0, evaluated = 0;
    Losses losses;
    bool found = false, found_more = false, found_any = false;
    Entry best, with_more_memory, smallest;
    std::vector<Entry> front;
    std::vector<Entry> alike;     // front of the plans at hand, all of so many chips
    std::vector<double> scouted;  // best score by octave, of a scouting pass
};

struct Hunt {
    const TrainContext& context;
    const PlanSpace& space;
    const SearchOptions& options;
    std::vector<Stages> stages;  // by index in space.pipeline
    std::vector<double>
        incumbents;  // best known score by octave of chips used, or less; may be empty

    double incumbent(const Plan& plan) const {
        return incumbents.empty() ? std::numeric_limits<double>::max()
                                  : incumbents[octave(chips_used(plan))];
    }
};

double score_of(const Hunt& hunt, const Plan& plan, Seconds step) {
    const double chips = hunt.options.by_cost ? static_cast<double>(chips_used(plan)) : 1;
    return step.si() * chips / static_cast<double>(plan.global_batch);
}

bool better(const Entry& a, const Entry& b) {
    if (a.score != b.score) return a.score < b.score;
    return a.chips != b.chips ? a.chips < b.chips : a.number < b.number;
}

/// Smaller memory first; among equals the lower number.
bool smaller(const Entry& a, const Entry& b) {
    return a.memory != b.memory ? a.memory < b.memory : a.number < b.number;
}

bool dominates(const Entry& a, const Entry& b) {
    return a.score <= b.score && a.memory <= b.memory && a.chips <= b.chips;
}

/// Keeps what nothing else dominates. What dominates one newcomer often dominates the next: it
/// moves towards the head of the list, so that most newcomers meet it first.
void add_to_front(std::vector<Entry>& front, const Entry& entry) {
    for (std::size_t i = 0; i < front.size(); ++i) {
        if (!dominates(front[i], entry)) continue;
        std::swap(front[i], front[i / 2]);
        return;
    }
    std::erase_if(front, [&](const Entry& other) { return dominates(entry, other); });
    front.push_back(entry);
}

void keep(const Hunt& hunt, Tally& tally, const Entry& entry, bool fits, bool fits_more) {
    if (fits) {
        if (!tally.found || better(entry, tally.best)) tally.best = entry;
        tally.found = true;
        if (!hunt.options.best_only) add_to_front(tally.alike, entry);
    }
    if (fits_more) {
        const bool first = !tally.found_more;
        if (first || better(entry, tally.with_more_memory)) tally.with_more_memory = entry;
        tally.found_more = true;
    }
}

void note_smallest(Tally& tally, const Entry& entry) {
    if (!tally.found_any || smaller(entry, tally.smallest)) tally.smallest = entry;
    tally.found_any = true;
}

/// Only the best score of each octave matters: a plan whose compute alone is slower is passed over.
void scout(const Hunt& hunt, Shared& shared, const Plan& plan, Tally& tally) {
    double& best = tally.scouted[octave(chips_used(plan))];
    if (score_of(hunt, plan, shared.compute_bound(plan)) >= best) return;
    const Bytes usable = hunt.context.chip.memory_capacity * hunt.context.assume.usable_memory;
    const StepMemory held = shared.memory(plan);
    const Bytes memory = held.total;
    if (memory > usable || held.host > hunt.context.host.memory) return;
    best = std::min(best, score_of(hunt, plan, shared.step(plan, memory)));
}

void visit(const Hunt& hunt, Shared& shared, std::uint64_t number, const Plan& plan, Tally& tally) {
    ++tally.in_space;
    const double bound = score_of(hunt, plan, shared.compute_bound(plan));
    if (hunt.options.best_only && bound > hunt.incumbent(plan)) {
        ++tally.losses.slow;
        if (tally.losses.slow_example.empty()) tally.losses.slow_example = describe(plan);
        return;
    }
    const Bytes usable = hunt.context.chip.memory_capacity * hunt.context.assume.usable_memory;
    const StepMemory held = shared.memory(plan);
    if (held.host > hunt.context.host.memory) {
        ++tally.losses.memory;
        return;
    }
    Entry entry{.memory = held.total, .chips = chips_used(plan), .number = number};
    note_smallest(tally, entry);
    const bool fits = entry.memory <= usable;
    const bool fits_more = entry.memory <= more_memory * usable;
    if (!fits_more || (!fits && hunt.options.exhaustive)) {
        ++tally.losses.memory;
        return;
    }
    if (!hunt.options.exhaustive && bound > hunt.incumbent(plan) * keep_within) {
        ++(fits ? tally.losses.slow : tally.losses.memory);
        if (fits && tally.losses.slow_example.empty()) tally.losses.slow_example = describe(plan);
        return;
    }
    ++tally.evaluated;
    if (!fits) ++tally.losses.memory;
    entry.step = shared.step(plan, entry.memory);
    entry.score = score_of(hunt, plan, entry.step);
    keep(hunt, tally, entry, fits, fits_more);
}

/// Most plans are beaten by one of as many chips: only those that are not meet the whole front.
void join_front(Tally& tally) {
    for (const Entry& entry : tally.alike) add_to_front(tally.front, entry);
    tally.alike.clear();
}

/// Visits a branch's plans. In a scouting pass only the largest data ways of each octave.
void explore(const Hunt& hunt, const Branch& branch, bool scouting, Tally& tally) {
    const PlanSpace& s = hunt.space;
    tally.scouted.assign(octaves + 1, std::numeric_limits<double>::max());
    const ShardCosts costs = shard_costs(hunt.context, branch.plan);
    std::uint64_t number = branch.first;
    Plan plan = branch.plan;
    for (std::size_t p = 0; p < s.pipeline.size(); ++p) {
        plan.pipeline = s.pipeline[p];
        const std::int64_t room = s.chips / (plan.tensor * plan.context * plan.pipeline);
        Shared shared(hunt.context, costs, hunt.stages[p]);
        std::size_t scouted = octaves;  // octave of the last data ways, from the largest down
        for (std::size_t d = s.data.size(); d-- > 0;) {
            plan.data = s.data[d];
            const bool fits =
                plan.data <= room && plan.global_batch % (plan.data * plan.micro_batch) == 0;
            const std::size_t here = octave(chips_used(plan));
            if (!fits || (scouting && here == scouted)) continue;
            scouted = here;
            shared.forget_data();
            std::uint64_t at = number + d * s.schedules.size() * s.memory.size();
            for (const ScheduleChoice& schedule : s.schedules) {
                plan.schedule = schedule.schedule;
                plan.virtual_stages = schedule.virtual_stages;
                const bool runs = can_be_scheduled(s, plan);
                for (std::size_t i = 0; runs && i < s.memory.size(); ++i) {
                    plan.recompute = s.memory[i].recompute;
                    plan.sharding = s.memory[i].sharding;
                    plan.offload = s.memory[i].offload;
                    if (!can_be_sharded(plan)) continue;
                    if (scouting) {
                        scout(hunt, shared, plan, tally);
                    } else {
                        visit(hunt, shared, at + i, plan, tally);
                    }
                }
                at += s.memory.size();
            }
            join_front(tally);
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
    for (const Entry& entry : part.front) add_to_front(sum.front, entry);
}

/// Best score known for every octave of chips or fewer.
std::vector<double> incumbents_of(const std::vector<Tally>& scouts) {
    std::vector<double> best(octaves + 1, std::numeric_limits<double>::max());
    for (const Tally& tally : scouts) {
        for (std::size_t i = 0; i < best.size(); ++i) best[i] = std::min(best[i], tally.scouted[i]);
    }
    for (std::size_t i = 1; i < best.size(); ++i) best[i] = std::min(best[i], best[i - 1]);
    return best;
}

/// At most `front_limit` of the front, the best among them, spread over all of it.
std::vector<Entry> thinned(std::vector<Entry> front) {
    std::sort(front.begin(), front.end(), better);
    if (front.size() <= front_limit) return front;
    std::vector<Entry> kept;
    for (std::size_t i = 0; i < front_limit; ++i) {
        kept.push_back(front[i * (front.size() - 1) / (front_limit - 1)]);
    }
    return kept;
}

std::vector<LossReason> reasons_of(const Hunt& hunt, const Tally& tally) {
    std::vector<LossReason> reasons;
    const Bytes usable = hunt.context.chip.memory_capacity * hunt.context.assume.usable_memory;
    if (tally.losses.memory > 0) {
        reasons.push_back({"do not fit the memory", tally.losses.memory,
                           tally.found
                               ? "over " + to_text(usable) + " a chip"
                               : describe(plan_at(hunt.space, tally.smallest.number)) + " needs " +
                                     to_text(tally.smallest.memory) + " of " + to_text(usable)});
    }
    if (tally.losses.slow > 0) {
        reasons.push_back({"compute alone is slower than the best step", tally.losses.slow,
                           tally.losses.slow_example});
    }
    const std::uint64_t lost = tally.evaluated - (tally.found ? 1 : 0);
    if (lost > 0 && tally.found) {
        const Entry& other = tally.front.size() > 1 ? tally.front[1] : tally.best;
        reasons.push_back(
            {"timed in full and slower", lost, describe(plan_at(hunt.space, other.number))});
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
    std::sort(tally.front.begin(), tally.front.end(), better);
    SearchResult result;
    result.in_space = tally.in_space;
    result.evaluated = tally.evaluated;
    result.pruned = tally.in_space - tally.evaluated;
    result.feasible = tally.found;
    result.reasons = reasons_of(hunt, tally);
    for (const Entry& entry : thinned(std::move(tally.front))) {
        result.pareto.push_back(candidate_of(hunt.space, entry));
    }
    if (tally.found) result.best = candidate_of(hunt.space, tally.best);
    if (tally.found_more) {
        result.with_more_memory = candidate_of(hunt.space, tally.with_more_memory);
    }
    if (tally.found_any) result.smallest = candidate_of(hunt.space, tally.smallest);
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
        hunt.stages.push_back(stages_of(context.model, ways, context.balance));
    }
    const std::vector<Branch> list = branches(space);
    const std::size_t threads =
        options.threads > 0
            ? static_cast<std::size_t>(options.threads)
            : tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    if (!options.exhaustive) hunt.incumbents = incumbents_of(explore_all(hunt, list, true));
    if (options.best_only && !options.exhaustive)
        hunt.incumbents.assign(octaves + 1, hunt.incumbents.back());
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
    if (plan.offload == Offload::none) return text;
    return text + fmt::format(", {} in host memory", plan.offload == Offload::both
                                                         ? "optimizer and activations"
                                                         : name_of(plan.offload));
}

std::string abbreviate(const Plan& plan) {
    std::string text = fmt::format("tp{} pp{}", plan.tensor, plan.pipeline);
    if (plan.virtual_stages > 1) text += fmt::format(" v{}", plan.virtual_stages);
    if (plan.context > 1) text += fmt::format(" cp{}", plan.context);
    if (plan.expert > 1) text += fmt::format(" ep{}", plan.expert);
    return text + fmt::format(" dp{} mb{}", plan.data, plan.micro_batch);
}

}  // namespace millwright

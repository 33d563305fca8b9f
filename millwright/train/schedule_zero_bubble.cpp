// ZB-H1 (Qi 2024): 1F1B whose weight gradients are slots of their own; the s-th stage keeps s of
// them back, to fill the drain with.
//
// Waits as in 1F1B (millwright/train/schedule_1f1b.cpp), with weight gradients between the last
// backwards, and some left at the end. A stage's first s backwards have none between them: a later
// stage sets their pace, and the time is also that of the way by turns at a later stage k for those
// s micro-batches, and at stage s from there. For like stages: sum over other stages of t_s - 2
// w_s.
#include <algorithm>

#include "millwright/base/whole.h"
#include "millwright/train/schedule.h"

namespace millwright {
namespace {

std::vector<Slot> zero_bubble_order(const Plan& plan, std::int64_t rank) {
    const std::vector<Slot> order = row_of(Schedule::one_f_one_b).order(plan, rank);
    const std::int64_t total = micro_batches(plan);
    std::vector<Slot> split;
    std::int64_t backwards = 0;
    for (const Slot& slot : order) {
        split.push_back(slot);
        if (slot.kind != TaskKind::backward) continue;
        split.back().defers = true;
        if (++backwards > rank) {
            split.push_back({TaskKind::weight_gradient, backwards - rank - 1, 0});
        }
    }
    for (std::int64_t m = std::max<std::int64_t>(0, total - rank); m < total; ++m) {
        split.push_back({TaskKind::weight_gradient, m, 0});
    }
    return split;
}

/// One micro-batch on a stage, in three.
struct Work {
    Seconds forward, backward, deferred;
    Seconds turn;  // from the first forward to the first backward
    Seconds tail;  // from the last backward to the end of all stages before
};

std::vector<Work> works_of(const StagePasses& stages, double m) {
    std::vector<Work> works;
    works.reserve(stages.each.size());
    Seconds way;
    double count = 0;
    for (const StagePass& s : stages.each) {
        Work w{s.forward, max(s.backward - s.weight_gradient, Seconds{}), s.weight_gradient};
        // what weight gradients are left, or the way up through the earlier stages
        w.tail = max(way, std::min(m, ++count) * w.deferred);
        way = w.tail + w.backward;
        works.push_back(w);
    }
    return works;
}

/// Of the ways that stay on one stage between its first and last turn.
Seconds longest_on_one(std::vector<Work>& works, double m) {
    Seconds longest, first_way, last_way, forwards;
    for (const Work& w : works) forwards += w.forward;
    for (std::size_t j = works.size(); j-- > 0;) {
        Work& w = works[j];
        forwards = forwards - w.forward;
        const double stage = real(j);
        const double ahead = std::min(real(works.size()) - 1 - stage, m - 1);
        const double between = std::max(0.0, m - 1 - std::max(stage, m - ahead - 1));
        const Seconds own_first = ahead * w.forward;
        const Seconds own_last = ahead * w.backward + between * w.deferred;
        const Seconds first_wait = max(first_way - own_first, Seconds{});
        const Seconds last_wait = max(last_way - own_last, Seconds{});
        first_way = w.forward + w.backward + max(own_first, first_way);
        last_way = w.forward + w.backward + max(own_last, last_way);
        w.turn = first_way;
        const bool apart = m - 1 > ahead;
        const Seconds waits = apart ? first_wait + last_wait : max(first_wait, last_wait);
        const Seconds own =
            m * (w.forward + w.backward) + std::max(0.0, m - 1 - stage) * w.deferred;
        longest = max(longest, own + forwards + waits + w.tail);
    }
    return longest;
}

/// What a stage has to do from its `from`-th backward on.
Seconds from_backward(const Work& w, double stage, double stages, double m, double from) {
    const double forwards = std::min(m, std::min(stages - 1 - stage, m) + from + 1);
    return (m - from) * w.backward + (m - forwards) * w.forward +
           std::max(0.0, m - 1 - stage) * w.deferred + w.tail;
}

/// Of the ways that are at a later stage for the first micro-batches. Of the later stages the last
/// and the slowest count; others lie between.
Seconds longest_on_two(const std::vector<Work>& works, double m) {
    const double stages = real(works.size());
    std::vector<Seconds> down(works.size() + 1), up(works.size() + 1);  // of all before
    for (std::size_t j = 0; j < works.size(); ++j) {
        down[j + 1] = down[j] + works[j].forward;
        up[j + 1] = up[j] + works[j].backward;
    }
    const auto pace = [&](std::size_t k) { return works[k].forward + works[k].backward; };
    Seconds longest;
    std::size_t slowest = works.size() - 1;
    for (std::size_t j = works.size() - 1; j-- > 0;) {
        const double from = std::min(real(j), m - 1);
        Seconds before;
        for (const std::size_t k : {works.size() - 1, slowest}) {
            const double left =
                std::max(0.0, m - stages + real(k));  // forwards after its first turn
            const Seconds turns =
                from * works[k].backward + std::min(from, left) * works[k].forward;
            before = max(before, down[k] + works[k].turn + turns + up[k] - up[j + 1]);
        }
        longest = max(longest, before + from_backward(works[j], real(j), stages, m, from));
        if (pace(j) > pace(slowest)) slowest = j;
    }
    return longest;
}

Seconds zero_bubble_span(const Plan& plan, const StagePasses& stages) {
    const double m = real(micro_batches(plan));
    std::vector<Work> works = works_of(stages, m);
    const Seconds on_one = longest_on_one(works, m);
    return max(on_one, longest_on_two(works, m));
}

/// Late weight gradients keep what they need.
double zero_bubble_held(const Plan& plan, std::int64_t) {
    return std::min(real(micro_batches(plan)), real(plan.pipeline));
}

}  // namespace

template <>
constinit const ScheduleRow RowOf<Schedule::zero_bubble>::row{.order = zero_bubble_order,
                                                              .span = zero_bubble_span,
                                                              .in_flight = zero_bubble_held,
                                                              .least_stages = 2};

}  // namespace millwright

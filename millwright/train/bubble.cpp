#include "millwright/train/bubble.h"
#include "millwright/base/whole.h"

#include <algorithm>

namespace millwright {
namespace {

/// What of a plan decides the waits, counted once.
struct Counts {
    bool interleaved = false, defers = false;
    double stages = 1;                       // of the pipeline
    double micro_batches = 1, chunks = 1;    // chunks: virtual stages
    double least_round = 1, most_round = 1;  // micro-batches of a round of interleaved stages
};

Counts counts_of(const Plan& plan) {
    const std::int64_t m = micro_batches(plan);
    const std::int64_t rounds = std::max<std::int64_t>(1, m / plan.pipeline);
    return {plan.schedule == Schedule::interleaved,
            plan.schedule == Schedule::zero_bubble,
            real(plan.pipeline),
            real(m),
            real(plan.virtual_stages),
            real(m / rounds),
            real((m + rounds - 1) / rounds)};
}

/// All chunks of a stage: forward, backward, and the weight gradient that ZB-H1 puts off.
struct Work {
    Seconds forward, backward, deferred;
};

Work work_of(const Counts& n, const StagePass& stage) {
    if (!n.defers) return {stage.forward, stage.backward, {}};
    return {stage.forward, max(stage.backward - stage.weight_gradient, Seconds{}),
            stage.weight_gradient};
}

/// What decides the waits of one stage.
struct Ahead {
    double passes = 0;       // before its first backward that are its own to do, beside the way
    bool apart = true;       // its last forward comes after its first backward: waits add up
    double between = 0;      // weight gradients among its last backwards
    double before_last = 0;  // weight gradients before its last backward
};

Ahead ahead_of(const Counts& n, double stage) {
    const double m = n.micro_batches;
    const double behind = n.stages - 1 - stage;
    if (n.interleaved) {
        const double warm = (n.chunks - 1) * n.most_round;
        return {std::min(2 * behind, m * n.chunks - warm - 1), m * n.chunks > 2 * behind + warm, 0,
                0};
    }
    Ahead ahead{.passes = std::min(behind, m - 1)};
    ahead.apart = m - 1 > ahead.passes;
    if (!n.defers) return ahead;
    ahead.between = std::max(0.0, m - 1 - std::max(stage, m - ahead.passes - 1));
    ahead.before_last = std::max(0.0, m - 1 - stage);
    return ahead;
}

/// From the last backward of each stage to the end of all before it, where weight gradients are
/// left; without those it is the backwards of the earlier stages.
std::vector<Seconds> tails_of(const Counts& n, const std::vector<StagePass>& stages) {
    std::vector<Seconds> tails;
    Seconds way;
    double count = 0;
    for (const StagePass& stage : stages) {
        const Work c = work_of(n, stage);
        const Seconds left = std::min(n.micro_batches, ++count) * c.deferred;
        tails.push_back(max(way, left));
        way = tails.back() + c.backward;
    }
    return tails;
}

}  // namespace

Seconds pipeline_span(const Plan& plan, const std::vector<StagePass>& stages) {
    const Counts n = counts_of(plan);
    std::vector<Seconds> tails;
    if (n.defers) tails = tails_of(n, stages);
    Seconds all_forward, all_backward;
    for (const StagePass& stage : stages) {
        const Work c = work_of(n, stage);
        all_forward += c.forward;
        all_backward += c.backward;
    }
    const double share = 1 / n.chunks;  // of a stage's work in each of its chunks
    Seconds longest, first_way, last_way;
    Seconds forwards = all_forward, backwards = all_backward;  // of earlier stages
    for (std::size_t j = stages.size(); j-- > 0;) {
        const Work c = work_of(n, stages[j]);
        forwards = forwards - c.forward;
        backwards = backwards - c.backward;
        const Ahead ahead = ahead_of(n, static_cast<double>(j));
        const Seconds own_first = ahead.passes * c.forward;
        const Seconds own_last = ahead.passes * c.backward + ahead.between * c.deferred;
        const Seconds first_wait = max(first_way - own_first, Seconds{});
        const Seconds last_wait = max(last_way - own_last, Seconds{});
        first_way = c.forward + c.backward + max(own_first, first_way);
        last_way = c.forward + c.backward + max(own_last, last_way);
        const Seconds waits = ahead.apart ? first_wait + last_wait : max(first_wait, last_wait);
        const Seconds laps =
            (n.chunks - 1) * (max(all_forward - n.most_round * c.forward, Seconds{}) +
                              max(all_backward - n.least_round * c.backward, Seconds{}));
        const Seconds work =
            n.micro_batches * (c.forward + c.backward) + ahead.before_last * c.deferred;
        const Seconds tail = n.defers ? tails[j] : backwards;
        longest = max(longest, work + share * (forwards + waits + laps + tail));
    }
    return longest;
}

}  // namespace millwright

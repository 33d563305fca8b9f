#include "train/bubble.h"

#include <algorithm>

namespace millwright {
namespace {

double real(std::int64_t count) { return static_cast<double>(count); }

/// Forward and backward of a virtual stage, and the weight gradient that ZB-H1 puts off.
struct Chunk {
    Seconds forward, backward, deferred;
};

/// What of a plan decides the waits of a stage.
struct Ahead {
    double passes = 0;       // before its first backward that are its own to do, beside the way
    bool apart = true;       // its last forward comes after its first backward: waits add up
    double between = 0;      // weight gradients among its last backwards
    double before_last = 0;  // weight gradients before its last backward
};

Ahead ahead_of(const Plan& plan, std::int64_t stage, double largest_round) {
    const double m = real(micro_batches(plan));
    const double v = real(plan.virtual_stages);
    const double behind = real(plan.pipeline - 1 - stage);
    if (plan.schedule == Schedule::interleaved) {
        const double warm = (v - 1) * largest_round;
        return {std::min(2 * behind, m * v - warm - 1), m * v > 2 * behind + warm, 0, 0};
    }
    Ahead ahead{.passes = std::min(behind, m - 1)};
    ahead.apart = m - 1 > ahead.passes;
    if (plan.schedule != Schedule::zero_bubble) return ahead;
    const double kept = real(stage);
    ahead.between = std::max(0.0, m - 1 - std::max(kept, m - ahead.passes - 1));
    ahead.before_last = std::max(0.0, m - 1 - kept);
    return ahead;
}

std::vector<Chunk> chunks_of(const Plan& plan, const std::vector<StagePass>& stages) {
    const double v = real(plan.virtual_stages);
    const bool defers = plan.schedule == Schedule::zero_bubble;
    std::vector<Chunk> chunks;
    for (const StagePass& s : stages) {
        const Seconds deferred = defers ? s.weight_gradient : Seconds{};
        chunks.push_back({s.forward / v, max(s.backward - deferred, Seconds{}) / v, deferred});
    }
    return chunks;
}

/// From the last backward of each stage to the end of all before it.
std::vector<Seconds> tails_of(const Plan& plan, const std::vector<Chunk>& chunks) {
    const double m = real(micro_batches(plan));
    std::vector<Seconds> tails;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const Seconds left =
            std::min(m, real(static_cast<std::int64_t>(i)) + 1) * chunks[i].deferred;
        tails.push_back(i == 0 ? left : max(tails[i - 1] + chunks[i - 1].backward, left));
    }
    return tails;
}

}  // namespace

Seconds pipeline_span(const Plan& plan, const std::vector<StagePass>& stages) {
    const std::vector<Chunk> chunks = chunks_of(plan, stages);
    const std::vector<Seconds> tails = tails_of(plan, chunks);
    const double m = real(micro_batches(plan));
    const double v = real(plan.virtual_stages);
    const std::int64_t rounds = std::max<std::int64_t>(1, micro_batches(plan) / plan.pipeline);
    const double least = real(micro_batches(plan) / rounds);
    const double most = real((micro_batches(plan) + rounds - 1) / rounds);
    Seconds all_forward, all_backward;
    for (const Chunk& c : chunks) {
        all_forward += c.forward;
        all_backward += c.backward;
    }
    Seconds longest, first_way, last_way;
    Seconds before = all_forward;  // forwards of earlier stages
    for (std::size_t j = chunks.size(); j-- > 0;) {
        const Chunk& c = chunks[j];
        before = before - c.forward;
        const Ahead ahead = ahead_of(plan, static_cast<std::int64_t>(j), most);
        const Seconds own_first = ahead.passes * c.forward;
        const Seconds own_last = ahead.passes * c.backward + ahead.between * c.deferred;
        const Seconds first_wait = max(first_way - own_first, Seconds{});
        const Seconds last_wait = max(last_way - own_last, Seconds{});
        first_way = c.forward + c.backward + max(own_first, first_way);
        last_way = c.forward + c.backward + max(own_last, last_way);
        const Seconds waits = ahead.apart ? first_wait + last_wait : max(first_wait, last_wait);
        const Seconds laps = (v - 1) * (max(all_forward - most * c.forward, Seconds{}) +
                                        max(all_backward - least * c.backward, Seconds{}));
        const Seconds work = m * v * (c.forward + c.backward) + ahead.before_last * c.deferred;
        longest = max(longest, before + work + waits + laps + tails[j]);
    }
    return longest;
}

}  // namespace millwright

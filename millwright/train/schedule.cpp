#include "millwright/train/schedule.h"

#include <algorithm>

namespace millwright {
namespace {

/// Micro-batches in rounds that go through chunk after chunk (Narayanan 2021): at least one for
/// each stage, or all if there are fewer.
struct Rounds {
    std::int64_t count = 1, least = 0, larger = 0;  // the first `larger` have one more

    explicit Rounds(const Plan& plan) {
        const std::int64_t all = micro_batches(plan);
        count = std::max<std::int64_t>(1, all / plan.pipeline);
        least = all / count;
        larger = all % count;
    }
    std::int64_t most() const { return least + (larger > 0 ? 1 : 0); }
};

/// n-th forward (or backward) of a stage in interleaved order.
Slot interleaved_slot(const Plan& plan, const Rounds& rounds, std::int64_t n, bool forward) {
    const std::int64_t v = plan.virtual_stages;
    const std::int64_t in_larger = rounds.larger * (rounds.least + 1) * v;  // slots
    const bool large = n < in_larger;
    const std::int64_t size = rounds.least + (large ? 1 : 0);
    const std::int64_t from = large ? n : n - in_larger;
    const std::int64_t before = (large ? 0 : rounds.larger * (rounds.least + 1)) +
                                from / (size * v) * size;  // micro-batches of earlier rounds
    const std::int64_t chunk = from % (size * v) / size;
    return {forward ? TaskKind::forward : TaskKind::backward, before + from % size,
            forward ? chunk : v - 1 - chunk};
}

}  // namespace

std::vector<Slot> schedule_order(const Plan& plan, std::int64_t stage) {
    const std::int64_t total = micro_batches(plan) * plan.virtual_stages;
    const std::int64_t behind = plan.pipeline - stage - 1;
    const Rounds rounds(plan);
    const std::int64_t warm =
        std::min(total, plan.schedule == Schedule::interleaved
                            ? 2 * behind + (plan.virtual_stages - 1) * rounds.most()
                            : behind);
    std::vector<Slot> order;
    const auto add = [&](std::int64_t n, bool forward) {
        order.push_back(interleaved_slot(plan, rounds, n, forward));
    };
    for (std::int64_t n = 0; n < warm; ++n) add(n, true);
    for (std::int64_t n = warm; n < total; ++n) {
        add(n, true);
        add(n - warm, false);
    }
    for (std::int64_t n = total - warm; n < total; ++n) add(n, false);
    if (plan.schedule != Schedule::zero_bubble) return order;
    std::vector<Slot> split;  // stage s keeps s weight gradients back to fill the drain
    std::int64_t backwards = 0;
    for (const Slot& slot : order) {
        split.push_back(slot);
        if (slot.kind != TaskKind::backward) continue;
        if (++backwards > stage)
            split.push_back({TaskKind::weight_gradient, backwards - stage - 1, 0});
    }
    for (std::int64_t m = std::max<std::int64_t>(0, total - stage); m < total; ++m) {
        split.push_back({TaskKind::weight_gradient, m, 0});
    }
    return split;
}

}  // namespace millwright

#include "train/schedule.h"

#include <algorithm>

namespace millwright {
namespace {

/// n-th forward (or backward) of a stage in interleaved order: rounds of p micro-batches go
/// through chunk after chunk (Narayanan 2021).
Slot interleaved_slot(const Plan& plan, std::int64_t n, bool forward) {
    const std::int64_t p = plan.pipeline;
    const std::int64_t v = plan.virtual_stages;
    const std::int64_t round = n / (p * v);
    const std::int64_t within = n % (p * v);
    const std::int64_t chunk = within / p;
    return {forward ? TaskKind::forward : TaskKind::backward, round * p + within % p,
            forward ? chunk : v - 1 - chunk};
}

}  // namespace

std::vector<Slot> schedule_order(const Plan& plan, std::int64_t stage) {
    const std::int64_t total = micro_batches(plan) * plan.virtual_stages;
    const std::int64_t behind = plan.pipeline - stage - 1;
    const std::int64_t warm =
        std::min(total, plan.schedule == Schedule::interleaved
                            ? 2 * behind + (plan.virtual_stages - 1) * plan.pipeline
                            : behind);
    std::vector<Slot> order;
    const auto add = [&](std::int64_t n, bool forward) {
        order.push_back(interleaved_slot(plan, n, forward));
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

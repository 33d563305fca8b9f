#include "millwright/serve/expert_exchange.h"

#include <algorithm>

#include "millwright/collective/collectives.h"
#include "millwright/compute/operation_parts.h"
#include "millwright/compute/routing.h"

namespace millwright {
namespace {

/// To experts or back: a token crosses to each domain that it meets once, its own aside, and there
/// a rank gets it once, however many of its experts are picked (DeepEP).
Seconds forwarded_time(const Replica& r, const Group& group, double tokens, double bytes) {
    const double picks = routed_experts(r.model);
    const double open = domains_open(r.model, group.domains);
    const double domains = std::min(open, places_met(group.domains, picks));
    const double ranks = places_met(open * group.inner, picks);
    const double token = tokens / r.ways.tensor * real(r.model.hidden.value) * bytes;
    const double near = ranks * (1 - 1 / group.inner), far = domains * (1 - 1 / group.domains);
    return dispatch_time(r.network, group, near * token * unit::B, far * token * unit::B);
}

}  // namespace

double ranks_that_send(const Replica& r) {
    return r.busy_ranks > 0 ? r.busy_ranks : r.ways.attention_data;
}

Seconds exchange_time(const Replica& r, double tokens) {
    if (r.ways.attention_data <= 1) return {};
    const double all = tokens * ranks_that_send(r);
    const Bytes size = all * real(r.model.hidden.value) * bf16_bytes * unit::B;
    const Group group = group_on(r.network, r.ways.stage_chips(), 1);
    const Seconds gathered =
        collective_time(r.network, Collective::all_gather, group, size).time +
        collective_time(r.network, Collective::reduce_scatter, group, size).time;
    // sent to their experts alone: in FP8, back in BF16
    const double sent =
        tokens / r.ways.tensor * routed_experts(r.model) * real(r.model.hidden.value);
    const Bytes there = sent * fp8_bytes * unit::B;
    const Bytes back = sent * bf16_bytes * unit::B;
    const Seconds routed = collective_time(r.network, Collective::all_to_all, group, there).time +
                           collective_time(r.network, Collective::all_to_all, group, back).time;
    Seconds least = min(gathered, routed);
    if (group.domains > 1) {
        least = min(least, forwarded_time(r, group, tokens, fp8_bytes) +
                               forwarded_time(r, group, tokens, bf16_bytes));
    }
    return least;
}

}  // namespace millwright

// The closed form knows which seconds are exposed, a trace which bytes are waited for. The share
// of an exchange's bytes that takes those seconds on a quiet fabric is found by a few scalings;
// what no bytes explain is told as `beyond`. Groups are numbered over all stages, so that their
// names are unique in a trace.
#include "millwright/trace/trace_exchanges.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/trace/trace_collectives.h"
#include "millwright/train/step.h"

namespace millwright {
namespace {

/// With nothing else on the fabric: each member's message to the next, as a replay has it.
Seconds messages_seconds(const QuietFabric& fabric, const Team& team, Bytes size) {
    Phase phase{.shift = 1, .each = size};
    const bool inside = members_in_domain(fabric.graph, team) >= team.size;
    (inside ? phase.pace.inner_calls : phase.pace.outer_calls) = 1;
    return closed_time(fabric.graph, team, {phase}, fabric.channels);
}

/// Likewise, an exchange.
Seconds quiet_seconds(const QuietFabric& fabric, const TraceExchange& what, Bytes size) {
    if (size <= Bytes{} || fabric.graph.endpoints == 0) return {};
    const Team& team = what.group->team;
    if (what.ring) return messages_seconds(fabric, team, size);
    return collective_seconds(fabric.graph, team, what.collective, size, fabric.channels);
}

/// What a rank gives an exchange of all with all so that as much crosses domains as its dispatch
/// sends there; what is copied inside a domain is not told apart. Of S bytes to a group of g ranks,
/// i in each domain, S (g - i) / g leave the domain; in one domain S (g - 1) / g leave the rank.
Bytes dispatched(const TrainContext& context, const Plan& plan, double count) {
    const Shard shard = shard_of(context, plan);
    const Group group = group_on(context.network, shard.expert, shard.expert_tensor);
    const DispatchBytes bytes = dispatch_bytes(context, shard);
    if (bytes.far > Bytes{} && group.size > group.inner) {
        return count * group.size / (group.size - group.inner) * bytes.far;
    }
    return count * group.size / std::max(1.0, group.size - 1) * bytes.near;
}

}  // namespace

/// Groups fill blocks of size x stride ranks, those of one block interleaved by the stride
/// (endpoint_of() the other way round).
std::uint32_t TraceGroups::group_of(std::uint32_t in_stage) const {
    const std::uint32_t block = team.size * team.stride;
    return in_stage / block * team.stride + in_stage % team.stride;
}

std::string TraceGroups::name(std::uint32_t width, std::uint32_t stage,
                              std::uint32_t in_stage) const {
    return fmt::format("{}-{}", prefix, stage * (width / team.size) + group_of(in_stage));
}

void TraceGroups::list(const Plan& plan, ChakraTrace& trace) const {
    if (!any()) return;
    const std::uint32_t width = stage_width(plan);
    const std::uint32_t count = width / team.size;
    for (std::uint32_t stage = 0; stage < narrow<std::uint32_t>(plan.pipeline); ++stage) {
        for (std::uint32_t group = 0; group < count; ++group) {
            auto& ranks = trace.groups[fmt::format("{}-{}", prefix, stage * count + group)];
            for (std::uint32_t i = 0; i < team.size; ++i) {
                ranks.push_back(stage * width + endpoint_of(team, group, i));
            }
        }
    }
}

AllTraceGroups trace_groups(const Plan& plan) {
    const StageGroups g = groups_of(plan);
    return {{"tp", g.tensor}, {"cp", g.context}, {"ep", g.expert},   {"etp", g.expert_tensor},
            {"dp", g.dense},  {"edp", g.routed}, {"rep", g.replicas}};
}

/// Time is nearly straight in bytes, above latencies that do not shrink. So the share of bytes that
/// takes `exposed` is found by scaling a few times: a share that takes too long, scaled by exposed
/// over taken, is nearer and never below. Where no share comes near (latencies alone take longer)
/// nothing is waited for, and the time is told as `beyond`.
TraceExchange trace_exchange(const QuietFabric& fabric, TraceExchange what, Bytes size,
                             Seconds exposed) {
    if (fabric.graph.endpoints == 0) {
        what.hidden = size;
        what.beyond = exposed;
        return what;
    }
    const Seconds full = quiet_seconds(fabric, what, size);
    what.quiet = full;
    if (full <= exposed) {
        what.waited = size;
        what.beyond = exposed - full;
        return what;
    }
    constexpr int turns = 4;  // latencies do not shrink with bytes
    double share = exposed / full;
    Seconds taken;
    for (int i = 0; i < turns; ++i) {
        taken = quiet_seconds(fabric, what, share * size);
        if (taken <= exposed) break;
        share *= exposed / taken;
    }
    if (taken > 1.01 * exposed) {
        share = 0;
        taken = {};
    }
    what.waited = share * size;
    what.hidden = (1 - share) * size;
    what.beyond = max(exposed - taken, Seconds{});
    return what;
}

std::vector<TraceExchange> pass_exchanges(const TracedPlan& traced, const Pass& pass) {
    const auto& [context, plan, fabric, groups] = traced;
    std::vector<TraceExchange> all;
    const Shard shard = shard_of(context, plan);
    const auto add = [&](const TraceExchange& what, Bytes size, Seconds exposed) {
        if (what.group->any()) all.push_back(trace_exchange(fabric, what, size, exposed));
    };
    const Calls& calls = pass.calls;
    const Bytes layer = shard.tokens() * real(context.model.hidden.value) * 2.0 * unit::B;
    // no calls: both parts are zero
    const double both = std::max(1e-9, calls.gathers + calls.scatters);
    // a gather and a scatter take as long
    add({"tensor gather", &groups.tensor, false, ChakraCollective::all_gather},
        calls.gathers / real(plan.tensor) * layer, calls.gathers / both * pass.tensor.exposed);
    add({"tensor scatter", &groups.tensor, false, ChakraCollective::reduce_scatter},
        calls.scatters * layer, calls.scatters / both * pass.tensor.exposed);
    add({"ring attention", &groups.context, true}, calls.handed_on, pass.context.exposed);
    const bool spread = groups.expert.any();
    add({"experts", &groups.expert, false, ChakraCollective::all_to_all},
        spread ? dispatched(context, plan, calls.dispatches) : Bytes{}, pass.expert.exposed);
    add({"expert gather", &groups.expert_tensor, false, ChakraCollective::all_gather},
        calls.dispatches / real(plan.expert_tensor) * expert_gather_bytes(context, shard),
        spread ? Seconds{} : pass.expert.exposed);
    return all;
}

/// Exposed time is shared out among groups by what each takes on a quiet fabric, evenly where there
/// is no fabric. Sharded states are reduced to their owners, and among groups that share states
/// apart (HSDP) only the owned part is added up. Size of a gather is one rank's part, of a
/// reduction the whole.
std::vector<TraceExchange> data_exchanges(const TracedPlan& traced, const Weights& held,
                                          bool gather, Seconds exposed) {
    const auto& [context, plan, fabric, groups] = traced;
    if (!trained_weights(context, held).any() || (gather && plan.sharding == Sharding::none)) {
        return {};
    }
    const auto reduction = plan.sharding == Sharding::none ? ChakraCollective::all_reduce
                                                           : ChakraCollective::reduce_scatter;
    std::vector<std::pair<TraceExchange, Bytes>> parts;
    Seconds full;
    const auto add = [&](const TraceGroups& group, ChakraCollective what, Bytes size) {
        if (!group.any() || size <= Bytes{}) return;
        parts.push_back({{gather ? "weights" : "gradients", &group, false, what}, size});
        full += quiet_seconds(fabric, parts.back().first, size);
    };
    const RankWeights moved =
        gather ? gathered_bytes(context, plan, held) : reduced_bytes(context, held);
    for (const auto& [group, bytes] :
         {std::pair(&groups.dense, moved.shared), std::pair(&groups.routed, moved.routed)}) {
        const double part = gather ? 1.0 / group->team.size : 1.0;
        add(*group, gather ? ChakraCollective::all_gather : reduction, part * bytes * unit::B);
    }
    const bool reduces_across = !gather && plan.sharding != Sharding::none;
    const double own = (moved.shared + moved.routed) / dense_replicas(plan).sharing;
    if (reduces_across) add(groups.replicas, ChakraCollective::all_reduce, own * unit::B);
    std::vector<TraceExchange> all;
    if (parts.empty() && exposed > Seconds{}) {  // among ranks of other stages
        all.push_back({.name = "copies", .group = &groups.dense, .beyond = exposed});
    }
    for (const auto& [what, size] : parts) {
        const double share = full > Seconds{} ? quiet_seconds(fabric, what, size) / full
                                              : 1.0 / static_cast<double>(parts.size());
        all.push_back(trace_exchange(fabric, what, size, share * exposed));
    }
    return all;
}

Seconds message_seconds(const Plan& plan, const QuietFabric& fabric, Bytes size) {
    if (plan.pipeline <= 1 || fabric.graph.endpoints == 0) return {};
    const std::uint32_t width = stage_width(plan);
    return messages_seconds(fabric, {narrow<std::uint32_t>(plan.pipeline), width, width}, size);
}

}  // namespace millwright

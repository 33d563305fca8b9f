// Exchanges of a step's groups as an exported trace has them.
#pragma once

#include "millwright/collective/phases.h"
#include "millwright/trace/chakra.h"
#include "millwright/train/groups.h"
#include "millwright/train/passes.h"

namespace millwright {

/// Groups of one kind within every stage, by rank; `prefix` is what their names begin with.
/// `in_stage` is a rank of a stage, `width` the ranks of one.
struct TraceGroups {
    std::string prefix;
    Team team;

    // A group of one rank has nothing to exchange, and is not listed.
    bool any() const { return team.size > 1; }
    // Number of the rank's group within its stage; name "dp-7", counted over all stages; and all
    // groups of the kind, put into the trace.
    std::uint32_t group_of(std::uint32_t in_stage) const;
    std::string name(std::uint32_t width, std::uint32_t stage, std::uint32_t in_stage) const;
    void list(const Plan& plan, ChakraTrace& trace) const;
};

/// The kinds of groups of a plan: those of StageGroups.
struct AllTraceGroups {
    TraceGroups tensor, context, expert, expert_tensor, dense, routed, replicas;
};

/// Exchanges point to their groups in here, so it must outlive them.
AllTraceGroups trace_groups(const Plan& plan);

/// One exchange of a pass: the bytes that the pass waits for, those that go beside its work, and
/// what the closed form waits for beyond the rate of the fabric's links.
struct TraceExchange {
    std::string name;
    const TraceGroups* group = nullptr;
    bool ring = false;  // each member sends to the next; else a collective
    ChakraCollective collective = ChakraCollective::all_reduce;
    Bytes waited, hidden;
    Seconds beyond;
    Seconds quiet;  // of all the bytes, with nothing else on the fabric
};

/// A fabric with nothing else on it, and how well collectives use its links. A graph without
/// endpoints: no fabric.
struct QuietFabric {
    const FabricGraph& graph;
    Channels channels;
};

/// `size` bytes, of which as many are waited for as take `exposed` on a quiet fabric; `what` names
/// exchange and group. If all take less the rest of `exposed` is `beyond`; on a graph without
/// endpoints all of it is.
TraceExchange trace_exchange(const QuietFabric& fabric, TraceExchange what, Bytes size,
                             Seconds exposed);

/// A plan whose step is traced.
struct TracedPlan {
    const TrainContext& context;
    const Plan& plan;
    const QuietFabric& fabric;
    const AllTraceGroups& groups;
};

/// Exchanges of a pass, by groups, each with the bytes of all its calls: those of kinds whose group
/// has one rank are left out.
std::vector<TraceExchange> pass_exchanges(const TracedPlan& traced, const Pass& pass);

/// Weights gathered, or gradients reduced, once over all that a rank holds (`held`), of which
/// `exposed` seconds are waited for. Nothing where no weights are trained, or where there is
/// nothing to gather.
std::vector<TraceExchange> data_exchanges(const TracedPlan& traced, const Weights& held,
                                          bool gather, Seconds exposed);

/// Time of a message of so many bytes from all ranks of each stage to those of the next, at once;
/// zero without a pipeline or a fabric.
Seconds message_seconds(const Plan& plan, const QuietFabric& fabric, Bytes size);

}  // namespace millwright

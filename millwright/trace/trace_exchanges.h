// Exchanges of a step's groups as an exported trace has them.
#pragma once

#include "millwright/collective/phases.h"
#include "millwright/trace/chakra.h"
#include "millwright/train/groups.h"
#include "millwright/train/passes.h"

namespace millwright {

/// Groups of one kind within every stage, by rank.
struct TraceGroups {
    std::string prefix;
    Team team;

    bool any() const { return team.size > 1; }
    std::uint32_t group_of(std::uint32_t in_stage) const;
    std::string name(std::uint32_t width, std::uint32_t stage, std::uint32_t in_stage) const;
    void list(const Plan& plan, ChakraTrace& trace) const;
};

struct AllTraceGroups {
    TraceGroups tensor, context, expert, expert_tensor, dense, routed, replicas;
};

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

/// `size` bytes, of which as many are waited for as take `exposed` on a quiet fabric.
TraceExchange trace_exchange(const QuietFabric& fabric, TraceExchange what, Bytes size,
                             Seconds exposed);

/// Exchanges of a pass, by groups.
std::vector<TraceExchange> pass_exchanges(const TrainContext& context, const Plan& plan,
                                          const QuietFabric& fabric, const AllTraceGroups& groups,
                                          const Pass& pass);

/// Weights gathered, or gradients reduced, once, of which `share` by time is waited for.
std::vector<TraceExchange> data_exchanges(const TrainContext& context, const Plan& plan,
                                          const QuietFabric& fabric, const AllTraceGroups& groups,
                                          const Weights& held, bool gather, Seconds exposed);

/// All ranks of each stage to those of the next, at once.
Seconds message_seconds(const Plan& plan, const QuietFabric& fabric, Bytes size);

}  // namespace millwright

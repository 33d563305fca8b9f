// A rank's file is a chain of what it waits for (`last_`), with exchanges that hide beside it. A
// turn of its order:
//
//     inputs -> exposed exchanges, one after another -> "beyond the links" -> work -> outputs
//                                                       hidden exchanges beside work
//
// Outputs and the next turn wait for both. All ranks of a stage do the same, so what a turn costs
// is made once for a stage, and once for turns that are alike; ranks differ in whom they exchange
// with.
#include "millwright/trace/step_trace.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/units.h"
#include "millwright/trace/trace_exchanges.h"
#include "millwright/train/step_ends.h"

namespace millwright {
namespace {

constexpr std::uint32_t ring_tag = 1U << 20U;  // beyond those of pipelines

/// A turn of a rank, as all its ranks of a stage do it.
struct TurnTrace {
    Pass pass;
    std::vector<TraceExchange> exchanges;
};

/// Turns of one rank are alike where their kinds and chunks are.
using TurnKind = std::vector<std::tuple<TaskKind, std::int64_t, bool>>;

TurnKind kind_of_turn(std::span<const Slot> turn) {
    TurnKind kind;
    for (const Slot& slot : turn) kind.emplace_back(slot.kind, slot.chunk, slot.defers);
    return kind;
}

/// What the ranks of a stage do.
struct StageTrace {
    std::vector<Slot> order;
    std::map<TurnKind, TurnTrace> turns;
    std::vector<TraceExchange> gather, reduce;  // all weights once
};

/// What all stages have alike.
struct StepShape {
    const Plan& plan;
    AllTraceGroups groups;
    Bytes message;
    MessageWaits waits;
    Seconds optimizer, end;
};

using Ids = std::vector<std::uint64_t>;

/// Writes the file of one rank: number `in_stage` of stage `stage`. Ids count from 1.
class RankWriter {
public:
    RankWriter(const StepShape& step, std::uint32_t stage, std::uint32_t in_stage)
        : step_(step),
          plan_(step.plan),
          width_(stage_width(step.plan)),
          stage_(stage),
          in_stage_(in_stage) {}

    std::vector<ChakraNode> nodes_of(const StageTrace& stage);

private:
    std::uint64_t put(ChakraNode node, const Ids& after);
    void work(std::string name, Seconds time);
    void message(const Slot& slot, bool sends);
    void exchange(const TraceExchange& e, Bytes size, bool waited, const Ids& after, Ids& ends);
    void wait_for(const std::vector<TraceExchange>& exchanges, double times, Seconds beside);
    void put_hidden(const std::vector<TraceExchange>& exchanges, double times, const Ids& after,
                    Ids& ends);
    void turn(std::span<const Slot> turn, const TurnTrace& does);
    std::uint32_t rank() const { return stage_ * width_ + in_stage_; }

    const StepShape& step_;
    const Plan& plan_;
    std::uint32_t width_, stage_, in_stage_;
    std::vector<ChakraNode> nodes_;
    Ids last_;   // what the next node waits for
    Ids rests_;  // what only the end waits for
};

std::uint64_t RankWriter::put(ChakraNode node, const Ids& after) {
    node.id = nodes_.size() + 1;
    node.after = after;
    nodes_.push_back(std::move(node));
    return nodes_.size();
}

/// Time alone, in line; nothing where there is none.
void RankWriter::work(std::string name, Seconds time) {
    if (time <= Seconds{}) return;
    last_ = {put({.name = std::move(name), .type = ChakraType::compute, .duration = time}, last_)};
}

/// Input from, or output to, the neighbour that the pass has there; a stage on the same rank needs
/// none. Two ranks may exchange passes of several chunks both ways: the tag tells chunk and
/// direction apart, so that messages of one tag meet in order. Where a part of a message hides it
/// is two messages, and the rest is waited for at the end of the step alone.
void RankWriter::message(const Slot& slot, bool sends) {
    const auto other = sends ? target_of(plan_, stage_, slot) : source_of(plan_, stage_, slot);
    if (!other || other->rank == stage_) return;
    const std::uint32_t peer = narrow<std::uint32_t>(other->rank) * width_ + in_stage_;
    const std::int64_t at_receiver = sends ? other->chunk : slot.chunk;
    const auto forward = slot.kind == TaskKind::forward ? 0 : 1;
    ChakraNode node{.name = sends ? "send" : "receive",
                    .type = sends ? ChakraType::send : ChakraType::receive,
                    .source = sends ? rank() : peer,
                    .destination = sends ? peer : rank(),
                    .tag = narrow<std::uint32_t>(2 * at_receiver + forward)};
    const Ids ends = last_;
    const auto part = [&](double share) {
        node.size = share * step_.message;
        return put(node, sends ? ends : Ids{});  // receives are posted from the start
    };
    const std::uint64_t waited = part(step_.waits.share);
    if (!sends) last_.push_back(waited);
    if (step_.waits.share >= 1) return;
    const std::uint64_t rest = part(1 - step_.waits.share);
    if (!sends) rests_.push_back(rest);
}

/// Puts the exchange of so many bytes; its end joins `ends`. Ring attention is a send to the next
/// of the group and a receive from the one before, the last and the first being neighbours; what is
/// waited for is what comes in.
void RankWriter::exchange(const TraceExchange& e, Bytes size, bool waited, const Ids& after,
                          Ids& ends) {
    if (size <= Bytes{}) return;
    const std::string name = waited ? e.name : e.name + ", hidden";
    if (!e.ring) {
        ends.push_back(put({.name = name,
                            .type = ChakraType::collective,
                            .collective = e.collective,
                            .size = size,
                            .group = e.group->name(width_, stage_, in_stage_)},
                           after));
        return;
    }
    const Team& team = e.group->team;
    const std::uint32_t at = in_stage_ / team.stride % team.size;
    const auto neighbour = [&](std::uint32_t step) {
        return rank() - at * team.stride + (at + step) % team.size * team.stride;
    };
    const std::uint32_t next = neighbour(1);
    const std::uint32_t before = neighbour(team.size - 1);
    ChakraNode node{.name = name,
                    .type = ChakraType::send,
                    .size = size,
                    .source = rank(),
                    .destination = next,
                    .tag = ring_tag + (waited ? 0U : 1U)};
    put(node, after);
    node.type = ChakraType::receive;
    node.source = before;
    node.destination = rank();
    ends.push_back(put(node, after));
}

/// So many times the exposed parts one after another, and what they take beyond the links.
void RankWriter::wait_for(const std::vector<TraceExchange>& exchanges, double times,
                          Seconds beside) {
    Seconds beyond = beside;
    for (const TraceExchange& e : exchanges) {
        Ids ends;
        exchange(e, times * e.waited, true, last_, ends);
        if (!ends.empty()) last_ = ends;
        beyond += times * e.beyond;
    }
    work("beyond the links", beyond);
}

/// So many times the hidden parts, all from `after` on; their ends join `ends`.
void RankWriter::put_hidden(const std::vector<TraceExchange>& exchanges, double times,
                            const Ids& after, Ids& ends) {
    for (const TraceExchange& e : exchanges) exchange(e, times * e.hidden, false, after, ends);
}

std::string name_of_turn(std::span<const Slot> turn) {
    if (turn.size() > 1) return "forward and backward";
    return std::string(name_of(turn.front().kind));
}

/// A forward and a backward pass that go on together are one turn, with messages of both.
void RankWriter::turn(std::span<const Slot> turn, const TurnTrace& does) {
    for (const Slot& slot : turn) message(slot, false);
    wait_for(does.exchanges, 1, in_line(step_.waits, turn));
    const Ids before = last_;
    work(name_of_turn(turn), does.pass.work());
    put_hidden(does.exchanges, 1, before, last_);
    for (const Slot& slot : turn) message(slot, true);
}

/// The whole step. Data traffic that hides goes beside the turns that it belongs to. Without a
/// pipeline what is exposed of it stands before the same turns, and under ZeRO-2 and ZeRO-3, which
/// have some in every pass, the next turn waits for what hides, too. With one, weights are waited
/// for before the first turn and gradients after the last, as the closed form counts it, and only
/// the end waits for the rest.
std::vector<ChakraNode> RankWriter::nodes_of(const StageTrace& stage) {
    const std::vector<Slot>& order = stage.order;
    const DataPlan data = data_plan(plan_, order);
    const bool every_pass = data.spread && plan_.sharding >= Sharding::zero_2;
    if (!data.spread) wait_for(stage.gather, data.all.gathers, Seconds{});
    for (std::size_t i = 0, slots = 0; i < order.size(); i += slots) {
        const std::span<const Slot> next = turn_at(order, i);
        slots = next.size();
        const DataTurns turns = data_of_turn(data, i, slots);
        if (data.spread) {
            wait_for(stage.gather, turns.gathers, Seconds{});
            wait_for(stage.reduce, turns.reductions, Seconds{});
        }
        Ids beside;
        put_hidden(stage.gather, turns.gathers, last_, beside);
        put_hidden(stage.reduce, turns.reductions, last_, beside);
        turn(next, stage.turns.at(kind_of_turn(next)));
        Ids& joins = every_pass ? last_ : rests_;
        joins.insert(joins.end(), beside.begin(), beside.end());
    }
    last_.insert(last_.end(), rests_.begin(), rests_.end());
    if (!data.spread) wait_for(stage.reduce, data.all.reductions, Seconds{});
    work("optimizer", step_.optimizer);
    work("waits for host and others", step_.end);
    return std::move(nodes_);
}

/// What the closed form makes of the plan, for all stages.
struct TraceCosts {
    StepParts step;
    std::vector<Passes> passes;  // of every stage of the model
};

TraceCosts trace_costs(const TrainContext& context, const Plan& plan) {
    TraceCosts all{step_parts(context, plan), {}};
    all.passes = all_passes(context, plan, all.step.costs);
    return all;
}

/// What a stage does: its order, each kind of turn once, and its data traffic of one time through
/// all weights.
StageTrace stage_trace(const TracedPlan& traced, const TraceCosts& all, std::int64_t rank,
                       const Weights& held) {
    const auto& [context, plan, fabric, groups] = traced;
    StageTrace does{.order = schedule_order(plan, rank)};
    for (std::size_t i = 0, slots = 0; i < does.order.size(); i += slots) {
        const std::span<const Slot> turn = turn_at(does.order, i);
        slots = turn.size();
        const auto [at, fresh] = does.turns.try_emplace(kind_of_turn(turn));
        if (!fresh) continue;
        at->second.pass = turn_pass(context.assume, plan, all.passes, rank, turn);
        at->second.exchanges = pass_exchanges(traced, at->second.pass);
    }
    const DataTime& data = all.step.data;
    const double exposed = all.step.ends.exposed_data;
    does.gather = data_exchanges(traced, held, true, exposed * data.gather);
    does.reduce = data_exchanges(traced, held, false, exposed * data.reduce);
    return does;
}

/// Weights of what each rank of a pipeline holds; where both ends are fed, a rank and the one as
/// far from the other end hold the same two stages.
std::vector<Weights> held_by_ranks(const TrainContext& context, const Plan& plan,
                                   const ShardCosts& costs) {
    std::vector<Weights> held(static_cast<std::size_t>(plan.pipeline));
    const Stages each = each_stage(context.model, plan.pipeline, context.balance);
    for (const Stage& stage : rank_stages(plan, each)) {
        const auto at = static_cast<std::size_t>(stage.index);
        held[at] = stage_weights(context, costs, stage);
        if (copies_of(plan) > 1) held[held.size() - 1 - at] = held[at];
    }
    return held;
}

}  // namespace

ChakraTrace step_trace(const TrainContext& context, const Plan& plan, const FabricGraph& graph,
                       const Channels& channels) {
    const QuietFabric fabric{graph, channels};
    const TraceCosts all = trace_costs(context, plan);
    const Bytes message = all.step.costs.stage_message;
    const Seconds wire = message_seconds(plan, fabric, message);
    const StepShape step{plan,
                         trace_groups(plan),
                         message,
                         message_waits(context, plan, all.step.ends, wire),
                         all.step.times.optimizer,
                         all.step.ends.waits};
    const AllTraceGroups& g = step.groups;
    ChakraTrace trace;
    for (const TraceGroups* groups :
         {&g.tensor, &g.expert, &g.expert_tensor, &g.dense, &g.routed, &g.replicas}) {
        if (is_moe(context.model) || groups != &g.routed) groups->list(plan, trace);
    }
    const std::vector<Weights> held = held_by_ranks(context, plan, all.step.costs);
    for (std::uint32_t stage = 0; stage < narrow<std::uint32_t>(plan.pipeline); ++stage) {
        const StageTrace does = stage_trace({context, plan, fabric, g}, all, stage, held[stage]);
        for (std::uint32_t i = 0; i < stage_width(plan); ++i) {
            trace.ranks.push_back(RankWriter(step, stage, i).nodes_of(does));
        }
    }
    return trace;
}

std::vector<std::string> slower_on_links(const TrainContext& context, const Plan& plan,
                                         const FabricGraph& graph, const Channels& channels) {
    // what is within a twentieth is not worth telling
    constexpr double alike = 1.05;
    std::vector<std::string> slower;
    const TraceCosts all = trace_costs(context, plan);
    const AllTraceGroups groups = trace_groups(plan);
    const Weights held = held_by_ranks(context, plan, all.step.costs).front();
    const QuietFabric fabric{graph, channels};
    const StageTrace does = stage_trace({context, plan, fabric, groups}, all, 0, held);
    const TurnTrace& forward = does.turns.at({{TaskKind::forward, 0, false}});
    const auto compare = [&](const char* name, const std::vector<TraceExchange>& exchanges,
                             const std::vector<const TraceGroups*>& among, Seconds closed) {
        Seconds quiet;
        for (const TraceExchange& e : exchanges) {
            if (std::ranges::count(among, e.group) > 0) quiet += e.quiet;
        }
        if (quiet <= alike * closed) return;
        slower.push_back(
            fmt::format("{} ({}, {} by formula)", name, to_text(quiet), to_text(closed)));
    };
    const Pass& pass = forward.pass;
    const auto& made = forward.exchanges;
    compare("tensor", made, {&groups.tensor}, pass.tensor.wire());
    compare("context", made, {&groups.context}, pass.context.wire());
    compare("expert", made, {&groups.expert, &groups.expert_tensor}, pass.expert.wire());
    const std::vector<const TraceGroups*> data{&groups.dense, &groups.routed, &groups.replicas};
    compare("weights", does.gather, data, all.step.data.gather);
    compare("gradients", does.reduce, data, all.step.data.reduce);
    const std::uint32_t width = stage_width(plan);
    const std::uint32_t domain = std::max(1U, graph.domain);
    if (plan.pipeline > 1 && width % domain != 0 && domain % width != 0) {
        slower.push_back(
            fmt::format("groups of later stages, as stages of {} ranks do not fill "
                        "domains of {}",
                        width, domain));
    }
    return slower;
}

}  // namespace millwright

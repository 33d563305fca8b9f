#include "millwright/trace/step_trace.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/trace/trace_exchanges.h"
#include "millwright/train/schedule.h"

namespace millwright {
namespace {

constexpr std::uint32_t ring_tag = 1U << 20U;  // beyond those of pipelines

/// What the ranks of a stage do.
struct StageTrace {
    Passes passes;
    std::vector<TraceExchange> forward, backward;
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
    void pass(const Slot& slot, const StageTrace& stage);
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

void RankWriter::work(std::string name, Seconds time) {
    if (time <= Seconds{}) return;
    last_ = {put({.name = std::move(name), .type = ChakraType::compute, .duration = time}, last_)};
}

/// Input from, or output to, the neighbour that the pass has there.
void RankWriter::message(const Slot& slot, bool sends) {
    const bool up = (slot.kind == TaskKind::forward) == sends;
    const std::uint32_t last = small(plan_.pipeline) - 1;
    const bool edge = up ? stage_ == last : stage_ == 0;
    const std::int64_t chunk = edge ? slot.chunk + (up ? 1 : -1) : slot.chunk;
    if (last == 0 || slot.kind == TaskKind::weight_gradient) return;
    if (chunk < 0 || chunk >= plan_.virtual_stages) return;
    const std::uint32_t other = edge ? (up ? 0 : last) : (up ? stage_ + 1 : stage_ - 1);
    const std::uint32_t peer = other * width_ + in_stage_;
    const std::int64_t at_receiver = sends ? chunk : slot.chunk;
    const auto forward = slot.kind == TaskKind::forward ? 0 : 1;
    ChakraNode node{.name = sends ? "send" : "receive",
                    .type = sends ? ChakraType::send : ChakraType::receive,
                    .source = sends ? rank() : peer,
                    .destination = sends ? peer : rank(),
                    .tag = small(2 * at_receiver + forward)};
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

/// Puts the exchange of so many bytes; its end joins `ends`.
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

void RankWriter::put_hidden(const std::vector<TraceExchange>& exchanges, double times,
                            const Ids& after, Ids& ends) {
    for (const TraceExchange& e : exchanges) exchange(e, times * e.hidden, false, after, ends);
}

void RankWriter::pass(const Slot& slot, const StageTrace& stage) {
    if (slot.kind == TaskKind::weight_gradient) {
        return work("weight gradient", stage.passes.weight_gradient);
    }
    const bool forward = slot.kind == TaskKind::forward;
    const bool split = plan_.schedule == Schedule::zero_bubble && !forward;
    const auto& exchanges = forward ? stage.forward : stage.backward;
    const Seconds own = forward ? stage.passes.forward.work : stage.passes.backward.work;
    message(slot, false);
    wait_for(exchanges, 1, step_.waits.in_line);
    const Ids before = last_;
    work(forward ? "forward" : "backward", split ? own - stage.passes.weight_gradient : own);
    put_hidden(exchanges, 1, before, last_);
    message(slot, true);
}

std::vector<ChakraNode> RankWriter::nodes_of(const StageTrace& stage) {
    const std::vector<Slot> order = schedule_order(plan_, stage_);
    const DataPlan data = data_plan(plan_, order);
    const bool every_pass = data.spread && plan_.sharding >= Sharding::zero_2;
    if (!data.spread) wait_for(stage.gather, data.all.gathers, Seconds{});
    for (std::size_t i = 0; i < order.size(); ++i) {
        const DataTurns& turns = data.of_slot[i];
        if (data.spread) {
            wait_for(stage.gather, turns.gathers, Seconds{});
            wait_for(stage.reduce, turns.reductions, Seconds{});
        }
        Ids beside;
        put_hidden(stage.gather, turns.gathers, last_, beside);
        put_hidden(stage.reduce, turns.reductions, last_, beside);
        pass(order[i], stage);
        Ids& joins = every_pass ? last_ : rests_;
        joins.insert(joins.end(), beside.begin(), beside.end());
    }
    last_.insert(last_.end(), rests_.begin(), rests_.end());
    if (!data.spread) wait_for(stage.reduce, data.all.reductions, Seconds{});
    work("optimizer", step_.optimizer);
    work("waits for host and others", step_.end);
    return std::move(nodes_);
}

/// The plan's costs, told once for all stages.
struct StepCosts {
    ShardCosts costs, wires;
    DataTime data;
    StepTimes times;
    StepEnds ends;
};

StepCosts step_costs(const TrainContext& context, const Plan& plan) {
    StepCosts all{.costs = shard_costs(context, plan), .wires = all_communication(context, plan)};
    const Stages classes = stages_of(context.model, plan.pipeline, context.balance);
    const PipelineTime pipeline = pipeline_time(context, all.costs, classes, plan.recompute);
    all.data = data_time(context, plan, all.costs, pipeline.heaviest);
    all.times = evaluate(context, plan, all.costs, classes).times;
    all.ends = step_ends(context, plan, all.times, pipeline, all.data);
    return all;
}

StageTrace stage_trace(const TrainContext& context, const Plan& plan, const FabricGraph& graph,
                       const AllTraceGroups& groups, const StepCosts& all, const Stage& stage) {
    StageTrace does{.passes = passes_of(context, plan, all.costs, all.wires, stage)};
    const Weights held = stage_weights(context, all.costs, stage);
    const double exposed = all.ends.exposed_data;
    does.forward = pass_exchanges(context, plan, graph, groups, does.passes.forward);
    does.backward = pass_exchanges(context, plan, graph, groups, does.passes.backward);
    does.gather =
        data_exchanges(context, plan, graph, groups, held, true, exposed * all.data.gather);
    does.reduce =
        data_exchanges(context, plan, graph, groups, held, false, exposed * all.data.reduce);
    return does;
}

}  // namespace

ChakraTrace step_trace(const TrainContext& context, const Plan& plan, const FabricGraph& graph) {
    const StepCosts all = step_costs(context, plan);
    const Seconds wire = message_seconds(plan, graph, all.costs.stage_message);
    const StepShape step{plan,
                         trace_groups(plan),
                         all.costs.stage_message,
                         message_waits(context, plan, all.ends, wire),
                         all.times.optimizer,
                         all.ends.waits};
    const AllTraceGroups& g = step.groups;
    ChakraTrace trace;
    for (const TraceGroups* groups :
         {&g.tensor, &g.expert, &g.expert_tensor, &g.dense, &g.routed, &g.replicas}) {
        if (is_moe(context.model) || groups != &g.routed) groups->list(plan, trace);
    }
    for (const Stage& stage : each_stage(context.model, plan.pipeline, context.balance)) {
        const StageTrace does = stage_trace(context, plan, graph, g, all, stage);
        for (std::uint32_t i = 0; i < stage_width(plan); ++i) {
            trace.ranks.push_back(RankWriter(step, small(stage.index), i).nodes_of(does));
        }
    }
    return trace;
}

std::vector<std::string> slower_on_links(const TrainContext& context, const Plan& plan,
                                         const FabricGraph& graph) {
    constexpr double alike = 1.05;
    std::vector<std::string> slower;
    const StepCosts all = step_costs(context, plan);
    const AllTraceGroups groups = trace_groups(plan);
    const Stage stage = each_stage(context.model, plan.pipeline, context.balance).front();
    const StageTrace does = stage_trace(context, plan, graph, groups, all, stage);
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
    const auto both = [](const Parts& parts) { return parts.exposed + parts.hidden; };
    const Pass& pass = does.passes.forward;
    compare("tensor", does.forward, {&groups.tensor}, both(pass.tensor));
    compare("context", does.forward, {&groups.context}, both(pass.context));
    compare("expert", does.forward, {&groups.expert, &groups.expert_tensor}, both(pass.expert));
    const std::vector<const TraceGroups*> data{&groups.dense, &groups.routed, &groups.replicas};
    compare("weights", does.gather, data, all.data.gather);
    compare("gradients", does.reduce, data, all.data.reduce);
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

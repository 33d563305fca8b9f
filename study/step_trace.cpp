#include "study/step_trace.h"

#include <fmt/format.h>

#include "base/units.h"
#include "network/phases.h"
#include "train/schedule.h"

namespace millwright {
namespace {

double real(std::int64_t count) { return static_cast<double>(count); }
std::uint32_t small(std::int64_t count) { return static_cast<std::uint32_t>(count); }

/// What one pass through a virtual stage does.
struct PassOf {
    Seconds work;
    Bytes gathered, scattered;  // by the tensor group
    Bytes dispatched;           // by the expert group, both ways
};

struct StageOf {
    PassOf forward, backward;
    Seconds weight_gradient;
    Weights weights;
};

void add_layers(const TrainContext& context, const Plan& plan, const LayerCost& cost,
                LayerKind kind, double count, StageOf& stage) {
    const Shard shard = shard_of(context, plan);
    stage.forward.work += count * (cost.forward_compute + cost.host_forward);
    stage.backward.work += count * (cost.backward_compute + cost.host_backward);
    stage.weight_gradient += count * cost.weight_gradient;
    const Bytes size = shard.tokens() * real(context.model.hidden.value) * 2.0 * unit::B;
    const double pairs = plan.tensor > 1 ? count * tensor_pairs(context.model, kind) : 0;
    stage.forward.gathered += pairs * size;
    stage.forward.scattered += pairs * size;
    stage.backward.gathered += 2 * pairs * size;  // the input again for the weight gradient
    stage.backward.scattered += pairs * size;
    if (!kind.experts || plan.expert <= 1) return;
    const DispatchBytes bytes = dispatch_bytes(context, shard);
    stage.forward.dispatched += 2 * count * (bytes.near + bytes.far);
    stage.backward.dispatched += 2 * count * (bytes.near + bytes.far);
}

StageOf stage_of(const TrainContext& context, const Plan& plan, const ShardCosts& costs,
                 const Stage& stage) {
    StageOf out;
    for (std::size_t kind = 0; kind < layer_kinds; ++kind) {
        const double count = real(stage.layers[kind]) / real(plan.virtual_stages);
        if (count > 0) {
            add_layers(context, plan, costs.layers[kind], kind_of(kind), count, out);
        }
    }
    const auto add_end = [&](const LayerCost& cost) {
        out.forward.work += cost.forward_compute / real(plan.virtual_stages);
        out.backward.work += cost.backward_compute / real(plan.virtual_stages);
    };
    if (stage.first) add_end(costs.embedding);
    if (stage.last) add_end(costs.head);
    out.weights = stage_weights(context, costs, stage);
    return out;
}

class RankWriter {
public:
    RankWriter(const Plan& plan, std::uint32_t rank, Bytes message)
        : plan_(plan), rank_(rank), message_(message) {
        width_ = small(plan.tensor * plan.context * plan.data);
        stage_ = rank / width_;
    }

    void work(std::string name, Seconds time) {
        put({.name = std::move(name), .type = ChakraType::compute, .duration = time});
    }

    void collective(std::string name, ChakraCollective what, Bytes size, std::string group) {
        if (size <= Bytes{}) return;
        put({.name = std::move(name),
             .type = ChakraType::collective,
             .collective = what,
             .size = size,
             .group = std::move(group)});
    }

    /// Input from, or output to, the neighbour that the pass has there.
    void message(const Slot& slot, bool sends);

    std::uint32_t stage() const { return stage_; }
    std::uint32_t in_stage() const { return rank_ % width_; }
    std::vector<ChakraNode> nodes;

private:
    void put_aside(ChakraNode node) {
        node.id = nodes.size() + 1;
        if (last_ > 0) node.after = {last_};
        nodes.push_back(std::move(node));
    }

    void put(ChakraNode node) {
        put_aside(std::move(node));
        last_ = nodes.back().id;
    }

    const Plan& plan_;
    std::uint32_t rank_, width_ = 1, stage_ = 0;
    Bytes message_;
    std::uint64_t last_ = 0;
};

void RankWriter::message(const Slot& slot, bool sends) {
    const bool up = (slot.kind == TaskKind::forward) == sends;
    const std::uint32_t last = small(plan_.pipeline) - 1;
    const bool edge = up ? stage_ == last : stage_ == 0;
    const std::int64_t chunk = edge ? slot.chunk + (up ? 1 : -1) : slot.chunk;
    if (last == 0 || slot.kind == TaskKind::weight_gradient) return;
    if (chunk < 0 || chunk >= plan_.virtual_stages) return;
    const std::uint32_t other = edge ? (up ? 0 : last) : (up ? stage_ + 1 : stage_ - 1);
    const std::uint32_t peer = other * width_ + rank_ % width_;
    const std::int64_t at_receiver = sends ? chunk : slot.chunk;
    const auto forward = slot.kind == TaskKind::forward ? 0 : 1;
    ChakraNode node{.name = sends ? "send" : "receive",
                    .type = sends ? ChakraType::send : ChakraType::receive,
                    .size = message_,
                    .source = sends ? rank_ : peer,
                    .destination = sends ? peer : rank_,
                    .tag = small(2 * at_receiver + forward)};
    if (sends) {
        put_aside(std::move(node));  // the next pass does not wait for it
    } else {
        put(std::move(node));
    }
}

/// Groups of one kind within every stage, by rank.
struct Groups {
    std::string prefix;
    Team team;

    std::uint32_t group_of(std::uint32_t in_stage) const {
        const std::uint32_t block = team.size * team.stride;
        return in_stage / block * team.stride + in_stage % team.stride;
    }
    std::string name(const Plan& plan, std::uint32_t stage, std::uint32_t in_stage) const {
        const std::uint32_t width = small(plan.tensor * plan.context * plan.data);
        return fmt::format("{}-{}", prefix, stage * (width / team.size) + group_of(in_stage));
    }
    void list(const Plan& plan, ChakraTrace& trace) const {
        if (team.size < 2) return;
        const std::uint32_t width = small(plan.tensor * plan.context * plan.data);
        for (std::uint32_t stage = 0; stage < small(plan.pipeline); ++stage) {
            for (std::uint32_t group = 0; group < width / team.size; ++group) {
                auto& ranks =
                    trace.groups[fmt::format("{}-{}", prefix, stage * (width / team.size) + group)];
                for (std::uint32_t i = 0; i < team.size; ++i) {
                    ranks.push_back(stage * width + endpoint_of(team, group, i));
                }
            }
        }
    }
};

struct AllGroups {
    Groups tensor, expert, dense, routed;
};

AllGroups groups_of(const Plan& plan) {
    const auto ranks = [](double n) { return static_cast<std::uint32_t>(n); };
    return {{"tp", {small(plan.tensor), 1, 1}},
            {"ep", {small(plan.expert), small(plan.expert_tensor), 1}},
            {"dp", {ranks(dense_replicas(plan).sharing), small(plan.tensor), 1}},
            {"edp",
             {ranks(routed_replicas(plan).sharing), small(plan.expert * plan.expert_tensor), 1}}};
}

void put_pass(const Plan& plan, const AllGroups& groups, const Slot& slot, const StageOf& stage,
              RankWriter& rank) {
    const std::string tensor = groups.tensor.name(plan, rank.stage(), rank.in_stage());
    const std::string expert = groups.expert.name(plan, rank.stage(), rank.in_stage());
    if (slot.kind == TaskKind::weight_gradient) {
        return rank.work("weight gradient", stage.weight_gradient);
    }
    const bool forward = slot.kind == TaskKind::forward;
    const PassOf& pass = forward ? stage.forward : stage.backward;
    const bool split = plan.schedule == Schedule::zero_bubble && !forward;
    rank.message(slot, false);
    rank.work(forward ? "forward" : "backward",
              split ? pass.work - stage.weight_gradient : pass.work);
    rank.collective("tensor gather", ChakraCollective::all_gather,
                    pass.gathered / real(plan.tensor), tensor);
    rank.collective("tensor scatter", ChakraCollective::reduce_scatter, pass.scattered, tensor);
    rank.collective("experts", ChakraCollective::all_to_all, pass.dispatched, expert);
    rank.message(slot, true);
}

/// Gathering of weights, or reduction of gradients, by both groups.
void put_data(const TrainContext& context, const Plan& plan, const AllGroups& groups,
              const Weights& held, bool gather, RankWriter& rank) {
    const double bytes = gather ? context.assume.weight_bytes : context.assume.gradient_bytes;
    const auto reduction = plan.sharding == Sharding::none ? ChakraCollective::all_reduce
                                                           : ChakraCollective::reduce_scatter;
    const auto put = [&](const Groups& group, double weights) {
        if (group.team.size < 2) return;
        const Bytes all = weights * bytes * unit::B;
        rank.collective(
            gather ? "weights" : "gradients", gather ? ChakraCollective::all_gather : reduction,
            gather ? all / group.team.size : all, group.name(plan, rank.stage(), rank.in_stage()));
    };
    if (gather && plan.sharding == Sharding::none) return;
    put(groups.dense, held.shared);
    put(groups.routed, held.routed);
}

}  // namespace

ChakraTrace step_trace(const TrainContext& context, const Plan& plan) {
    const ShardCosts costs = shard_costs(context, plan);
    const AllGroups groups = groups_of(plan);
    const StepTimes times = evaluate(context, plan).times;
    ChakraTrace trace;
    for (const Groups* g : {&groups.tensor, &groups.expert, &groups.dense}) g->list(plan, trace);
    if (is_moe(context.model)) groups.routed.list(plan, trace);
    const std::uint32_t width = small(plan.tensor * plan.context * plan.data);
    for (const Stage& stage : each_stage(context.model, plan.pipeline, context.balance)) {
        const StageOf does = stage_of(context, plan, costs, stage);
        for (std::uint32_t i = 0; i < width; ++i) {
            RankWriter rank(plan, small(stage.index) * width + i, costs.stage_message);
            put_data(context, plan, groups, does.weights, true, rank);
            for (const Slot& slot : schedule_order(plan, stage.index)) {
                put_pass(plan, groups, slot, does, rank);
            }
            put_data(context, plan, groups, does.weights, false, rank);
            rank.work("optimizer", times.optimizer);
            trace.ranks.push_back(std::move(rank.nodes));
        }
    }
    return trace;
}

}  // namespace millwright

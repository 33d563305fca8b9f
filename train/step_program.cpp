#include "train/step_program.h"

#include <algorithm>
#include <map>
#include <optional>

#include "network/algorithms.h"
#include "train/passes.h"
#include "train/schedule.h"

namespace millwright {
namespace {

double real(std::int64_t count) { return static_cast<double>(count); }
std::uint32_t small(std::int64_t count) { return static_cast<std::uint32_t>(count); }

/// Phases that take a second together when they are alone; those that send nothing and wait for
/// nothing take it beside all flows.
std::vector<ExchangePhase> one_second(std::vector<ExchangePhase> phases,
                                      const std::vector<double>& seconds) {
    double sum = 0;
    for (const double s : seconds) sum += s;
    if (sum <= 0) return {{.by_size = Seconds::from_si(1)}};
    for (ExchangePhase& phase : phases) {
        for (Send& send : phase.sends) send.bytes = send.bytes / sum;
        phase.wait = phase.latency = Seconds{};
        phase.depth = 0;
    }
    return phases;
}

class Builder {
public:
    Builder(const TrainContext& context, const Plan& plan, const FabricGraph& graph,
            Placement placement, bool alone)
        : context_(context), plan_(plan), graph_(graph), placement_(placement), alone_(alone) {}

    StepProgram build();

private:
    using Nodes = std::vector<std::uint32_t>;

    std::uint32_t ranks() const { return small(plan_.tensor * plan_.context * plan_.data); }
    std::vector<std::uint32_t> members(std::uint32_t stage, const Team& team) const;
    std::vector<ExchangePhase> pattern(std::uint32_t stage, const Team& team,
                                       const std::vector<Phase>& phases) const;
    std::uint32_t add_exchange(Traffic traffic, std::uint32_t parties,
                               std::vector<ExchangePhase> phases);
    std::uint32_t group_exchange(Traffic traffic, std::uint32_t stage);
    std::vector<ExchangePhase> phases_for(Traffic traffic, std::uint32_t stage) const;
    std::vector<ExchangePhase> expert_phases(std::uint32_t stage) const;
    std::vector<ExchangePhase> data_phases(std::uint32_t stage) const;
    std::uint32_t message(std::uint32_t from, std::uint32_t to, std::int64_t chunk, bool forward);
    std::uint32_t put(std::uint32_t stage, ProgramNode node, const Nodes& after);
    void put_exchange(std::uint32_t stage, Traffic traffic, Seconds time, const Nodes& after,
                      Nodes& ends);
    void put_pass(std::uint32_t stage, const Slot& slot, const Passes& passes, Nodes& last);
    void put_messages(std::uint32_t stage, const Slot& slot, Nodes& starts, const Nodes* ends);
    void put_data(std::uint32_t stage, Seconds wire, Nodes& before, Nodes& beside);
    void put_stage(std::uint32_t stage, const Passes& passes);

    const TrainContext& context_;
    const Plan& plan_;
    const FabricGraph& graph_;
    Placement placement_;
    bool alone_;
    StepProgram out_;
    DataTime data_;
    double exposed_data_ = 0;  // share of data communication that is waited for
    Seconds end_work_;
    std::map<std::pair<Traffic, std::uint32_t>, std::uint32_t> groups_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::int64_t, bool>, std::uint32_t> messages_;
};

/// Endpoints of all groups of a team within a stage, group after group.
std::vector<std::uint32_t> Builder::members(std::uint32_t stage, const Team& team) const {
    std::vector<std::uint32_t> endpoints;
    for (std::uint32_t group = 0; group < team.count; ++group) {
        for (std::uint32_t i = 0; i < team.size; ++i) {
            endpoints.push_back(
                endpoint_of_rank(plan_, placement_, stage, endpoint_of(team, group, i)));
        }
    }
    return endpoints;
}

std::vector<ExchangePhase> Builder::pattern(std::uint32_t stage, const Team& team,
                                            const std::vector<Phase>& phases) const {
    std::vector<double> seconds;
    for (const Phase& phase : phases) seconds.push_back(closed_time(graph_, team, {phase}).si());
    return one_second(exchange_phases(graph_, team, phases, members(stage, team)), seconds);
}

std::uint32_t Builder::add_exchange(Traffic traffic, std::uint32_t parties,
                                    std::vector<ExchangePhase> phases) {
    const auto id = static_cast<std::uint32_t>(out_.program.exchanges.size());
    if (alone_) phases = {{.by_size = Seconds::from_si(1)}};
    out_.program.exchanges.push_back(
        {std::string(name_of(traffic)), std::move(phases), id, parties});
    out_.traffic.push_back(traffic);
    return id;
}

/// What a rank sends to experts: to all in its domain, and to its like in each other domain, where
/// it is copied (or straight to all, where dispatch is not forwarded).
std::vector<ExchangePhase> Builder::expert_phases(std::uint32_t stage) const {
    const Team team{small(plan_.expert), small(plan_.expert_tensor), ranks() / small(plan_.expert)};
    const DispatchBytes bytes = dispatch_bytes(context_, shard_of(context_, plan_));
    const std::uint32_t inner = members_in_domain(graph_, team);
    const std::uint32_t n = team.size;
    const bool forwarded = context_.assume.forwarded_dispatch;
    const auto sends = [n, inner, bytes, forwarded] {
        std::vector<Send> all;
        const double near = inner - 1.0;
        const double far = forwarded ? n / inner - 1.0 : n - inner;
        for (std::uint32_t i = 0; i < n; ++i) {
            for (std::uint32_t d = 1; d < n; ++d) {
                const std::uint32_t to = (i + d) % n;
                const bool local = i / inner == to / inner;
                if (!local && forwarded && i % inner != to % inner) continue;
                all.push_back({i, to, local ? bytes.near / near : bytes.far / far});
            }
        }
        return all;
    };
    return pattern(stage, team, {{.others = sends}});
}

/// Reduction of dense and then of routed weights, by the algorithm that the closed form takes.
std::vector<ExchangePhase> Builder::data_phases(std::uint32_t stage) const {
    const ShardCosts costs = shard_costs(context_, plan_);
    const Stages stages = stages_of(context_.model, plan_.pipeline, context_.balance);
    const Weights held = pipeline_time(context_, costs, stages, plan_.recompute).heaviest;
    std::vector<ExchangePhase> phases;
    std::vector<double> seconds;
    const auto add = [&](double replicas, std::int64_t stride, double weights) {
        const Team team{static_cast<std::uint32_t>(replicas), small(stride),
                        ranks() / static_cast<std::uint32_t>(replicas)};
        if (team.size < 2 || weights <= 0) return;
        const CollectiveRequest request{
            Collective::reduce_scatter, weights * 4.0 * unit::B, team, {}};
        const auto own = phases_of(fastest(graph_, request, closed_time), graph_, request);
        for (const Phase& phase : own) {
            seconds.push_back(closed_time(graph_, team, {phase}).si());
        }
        const auto more = exchange_phases(graph_, team, own, members(stage, team));
        phases.insert(phases.end(), more.begin(), more.end());
    };
    add(dense_replicas(plan_).sharing, plan_.tensor, held.shared);
    add(routed_replicas(plan_).sharing, plan_.expert * plan_.expert_tensor, held.routed);
    return one_second(std::move(phases), seconds);
}

std::vector<ExchangePhase> Builder::phases_for(Traffic traffic, std::uint32_t stage) const {
    const auto pieces = [](std::uint32_t n, std::uint32_t reach) {
        return [n, reach] {  // to the next `reach` of a group
            std::vector<Send> all;
            for (std::uint32_t i = 0; i < n; ++i) {
                for (std::uint32_t d = 1; d <= reach; ++d)
                    all.push_back({i, (i + d) % n, 1 * unit::GB});
            }
            return all;
        };
    };
    const std::uint32_t tensor = small(plan_.tensor);
    const std::uint32_t ring = small(plan_.context);
    switch (traffic) {
        case Traffic::tensor:
            return pattern(stage, {tensor, 1, ranks() / tensor},
                           {{.others = pieces(tensor, tensor - 1)}});
        case Traffic::context:
            return pattern(stage, {ring, tensor, ranks() / ring}, {{.others = pieces(ring, 1)}});
        case Traffic::expert: return expert_phases(stage);
        default: return data_phases(stage);
    }
}

std::uint32_t Builder::group_exchange(Traffic traffic, std::uint32_t stage) {
    const auto at = groups_.find({traffic, stage});
    if (at != groups_.end()) return at->second;
    auto phases = alone_ ? std::vector<ExchangePhase>{} : phases_for(traffic, stage);
    const std::uint32_t id = add_exchange(traffic, 1, std::move(phases));
    groups_[{traffic, stage}] = id;
    return id;
}

/// Every rank to its like in the other stage.
std::uint32_t Builder::message(std::uint32_t from, std::uint32_t to, std::int64_t chunk,
                               bool forward) {
    const std::tuple key{from, to, chunk, forward};
    const auto at = messages_.find(key);
    if (at != messages_.end()) return at->second;
    ExchangePhase phase;
    const Bandwidth rate =
        graph_.domain > ranks()
            ? graph_.inside
            : (graph_.ports.out > Bandwidth{} ? graph_.ports.out : graph_.near.front().out);
    for (std::uint32_t i = 0; !alone_ && i < ranks(); ++i) {
        phase.sends.push_back({endpoint_of_rank(plan_, placement_, from, i),
                               endpoint_of_rank(plan_, placement_, to, i),
                               Seconds::from_si(1) * rate / graph_.ports.shared_by});
    }
    const std::uint32_t id = add_exchange(Traffic::pipeline, 2, {phase});
    messages_[key] = id;
    return id;
}

std::uint32_t Builder::put(std::uint32_t stage, ProgramNode node, const Nodes& after) {
    auto& nodes = out_.program.actors[stage];
    node.after = after;
    nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(nodes.size() - 1);
}

/// Appends the node to `ends`, if there is anything to send.
void Builder::put_exchange(std::uint32_t stage, Traffic traffic, Seconds time, const Nodes& after,
                           Nodes& ends) {
    if (time <= Seconds{}) return;
    ends.push_back(put(stage,
                       {.kind = ProgramNode::Kind::exchange,
                        .exchange = group_exchange(traffic, stage),
                        .size = time.si() * unit::B},
                       after));
}

/// The message that a pass waits for joins `starts`; with `ends`, the one that it makes is put.
void Builder::put_messages(std::uint32_t stage, const Slot& slot, Nodes& starts,
                           const Nodes* ends) {
    if (data_.message <= Seconds{} || slot.kind == TaskKind::weight_gradient) return;
    const bool forward = slot.kind == TaskKind::forward;
    const std::uint32_t last = small(plan_.pipeline) - 1;
    const bool sends = ends != nullptr;
    // towards the next stage, or from it
    const bool up = forward == sends;
    const bool edge = up ? stage == last : stage == 0;
    const std::int64_t chunk = edge ? slot.chunk + (up ? 1 : -1) : slot.chunk;
    if (chunk < 0 || chunk >= plan_.virtual_stages) return;
    const std::uint32_t other = edge ? (up ? 0 : last) : (up ? stage + 1 : stage - 1);
    const std::uint32_t from = sends ? stage : other;
    const std::uint32_t to = sends ? other : stage;
    if (from == to) return;
    const std::int64_t of_receiver = sends ? chunk : slot.chunk;
    const std::uint32_t node = put(stage,
                                   {.kind = ProgramNode::Kind::exchange,
                                    .exchange = message(from, to, of_receiver, forward),
                                    .size = data_.message.si() * unit::B},
                                   sends ? *ends : Nodes{});
    if (!sends) starts.push_back(node);
}

void Builder::put_pass(std::uint32_t stage, const Slot& slot, const Passes& passes, Nodes& last) {
    const bool split = plan_.schedule == Schedule::zero_bubble;
    Pass pass = slot.kind == TaskKind::forward ? passes.forward : passes.backward;
    if (slot.kind == TaskKind::weight_gradient) pass = {.work = passes.weight_gradient};
    if (slot.kind == TaskKind::backward && split) pass.work = pass.work - passes.weight_gradient;
    put_messages(stage, slot, last, nullptr);
    const std::array all{std::pair(Traffic::tensor, &pass.tensor),
                         std::pair(Traffic::context, &pass.context),
                         std::pair(Traffic::expert, &pass.expert)};
    for (const auto& [traffic, parts] : all) {
        Nodes next;
        put_exchange(stage, traffic, parts->exposed, last, next);
        if (!next.empty()) last = next;
    }
    Nodes ends{put(stage, {.duration = pass.work}, last)};
    for (const auto& [traffic, parts] : all)
        put_exchange(stage, traffic, parts->hidden, last, ends);
    last = ends;
    put_messages(stage, slot, last, &ends);
}

/// Data communication of a pass: the exposed part joins `before`, the hidden one goes beside.
void Builder::put_data(std::uint32_t stage, Seconds wire, Nodes& before, Nodes& beside) {
    Nodes exposed;
    put_exchange(stage, Traffic::data, exposed_data_ * wire, before, exposed);
    if (!exposed.empty()) before = exposed;
    put_exchange(stage, Traffic::data, (1 - exposed_data_) * wire, before, beside);
}

void Builder::put_stage(std::uint32_t stage, const Passes& passes) {
    const std::vector<Slot> order = schedule_order(plan_, stage);
    const bool gathers_all = plan_.sharding == Sharding::zero_3;
    const bool reduces_all = plan_.sharding >= Sharding::zero_2;
    std::size_t last_backward = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (order[i].kind == TaskKind::backward) last_backward = i;
    }
    Nodes last;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool forward = order[i].kind == TaskKind::forward;
        const bool backward = order[i].kind == TaskKind::backward;
        Seconds wire;
        if (forward && (i == 0 || gathers_all)) wire += data_.gather;
        if (backward && gathers_all) wire += data_.gather;
        if (backward && (i == last_backward || reduces_all)) wire += data_.reduce;
        Nodes beside;
        if (wire > Seconds{}) put_data(stage, wire, last, beside);
        put_pass(stage, order[i], passes, last);
        last.insert(last.end(), beside.begin(), beside.end());
    }
    put(stage, {.duration = data_.optimizer + end_work_}, last);
}

StepProgram Builder::build() {
    const ShardCosts costs = shard_costs(context_, plan_);
    const ShardCosts wires = all_communication(context_, plan_);
    const Stages classes = stages_of(context_.model, plan_.pipeline, context_.balance);
    const PipelineTime times = pipeline_time(context_, costs, classes, plan_.recompute);
    data_ = data_time(context_, plan_, costs, times.heaviest);
    const StepTimes closed = evaluate(context_, plan_, costs, classes).times;
    const double m = real(micro_batches(plan_));
    const double reductions = plan_.sharding >= Sharding::zero_2 ? m : 1;
    const double gathers = plan_.sharding == Sharding::zero_3 ? 2 * m : 1;
    const Seconds wire = reductions * data_.reduce + gathers * data_.gather;
    if (wire > Seconds{}) exposed_data_ = std::min(1.0, closed.data / wire);
    end_work_ = context_.assume.host_step + closed.jitter + closed.offload;
    if (offloads_optimizer(plan_.offload)) data_.optimizer = Seconds{};
    out_.program.actors.resize(static_cast<std::size_t>(plan_.pipeline));
    for (const Stage& stage : each_stage(context_.model, plan_.pipeline, context_.balance)) {
        put_stage(small(stage.index), passes_of(context_, plan_, costs, wires, stage));
    }
    return std::move(out_);
}

}  // namespace

std::uint32_t endpoint_of_rank(const Plan& plan, Placement placement, std::uint32_t stage,
                               std::uint32_t rank) {
    const std::uint32_t inner = small(plan.tensor * plan.context);
    if (placement == Placement::stages_apart) return stage * inner * small(plan.data) + rank;
    return (rank / inner * small(plan.pipeline) + stage) * inner + rank % inner;
}

StepProgram step_program(const TrainContext& context, const Plan& plan, const FabricGraph& graph,
                         Placement placement, bool alone) {
    return Builder(context, plan, graph, placement, alone).build();
}

}  // namespace millwright

#include "millwright/train/step_program.h"

#include <algorithm>
#include <map>

#include "millwright/base/whole.h"
#include "millwright/collective/algorithms.h"
#include "millwright/train/passes.h"
#include "millwright/train/schedule.h"

namespace millwright {
namespace {

/// Phases without their latencies, which the closed form has.
std::vector<ExchangePhase> flows_alone(std::vector<ExchangePhase> phases) {
    for (ExchangePhase& phase : phases) {
        std::erase_if(phase.sends, [](const Send& send) { return send.bytes <= Bytes{}; });
        phase.wait = phase.latency = Seconds{};
        phase.depth = 0;
    }
    return phases;
}

/// Scales each exchange so that it takes a second a byte of size when nothing else is on the
/// fabric; one without flows takes its time beside.
void take_a_second(const FabricGraph& graph, std::vector<Exchange>& exchanges) {
    Program probe{.actors = {{}}};
    for (std::uint32_t e = 0; e < exchanges.size(); ++e) {
        const Exchange& all = exchanges[e];
        probe.exchanges.push_back({.phases = all.phases, .channel = e, .parties = 1});
        ProgramNode node{.kind = ProgramNode::Kind::exchange, .exchange = e, .size = 1 * unit::B};
        if (e > 0) node.after = {e - 1};
        probe.actors.front().push_back(std::move(node));
    }
    for (const ExchangeRecord& record :
         execute(graph, probe, Symmetry::on, most_step_visits).exchanges) {
        Exchange& exchange = exchanges[record.exchange];
        const Seconds alone = record.end - record.start;
        exchange.least = Seconds::from_si(1);
        if (alone <= Seconds{}) exchange.phases = {{.by_size = exchange.least}};
        for (ExchangePhase& phase : exchange.phases) {
            for (Send& send : phase.sends) send.bytes = send.bytes / alone.si();
        }
    }
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
    void read_costs(const ShardCosts& costs);
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
    void wait_for_data(std::uint32_t stage, Seconds wire, Nodes& last);
    void put_stage(std::uint32_t stage, const Passes& passes);

    const TrainContext& context_;
    const Plan& plan_;
    const FabricGraph& graph_;
    Placement placement_;
    bool alone_;
    StepProgram out_;
    PipelineTime times_;
    DataTime data_;
    StepEnds ends_;
    MessageWaits messages_wait_;
    Nodes rests_;  // of the stage at hand: messages that nobody waits for but the end
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
    return flows_alone(exchange_phases(graph_, team, phases, members(stage, team)));
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
        for (std::uint32_t i = 0; i < n; ++i) {
            std::vector<std::uint32_t> near, far;
            for (std::uint32_t d = 1; d < n; ++d) {
                const std::uint32_t to = (i + d) % n;
                const bool local = i / inner == to / inner;
                if (!local && forwarded && i % inner != to % inner) continue;
                (local ? near : far).push_back(to);
            }
            for (const auto to : near) all.push_back({i, to, bytes.near / real(near.size())});
            for (const auto to : far) all.push_back({i, to, bytes.far / real(far.size())});
        }
        return all;
    };
    return pattern(stage, team, {{.others = sends}});
}

/// Reduction of dense and then of routed weights, by the algorithm that the closed form takes.
std::vector<ExchangePhase> Builder::data_phases(std::uint32_t stage) const {
    const Weights& held = times_.heaviest;
    std::vector<ExchangePhase> phases;
    const auto add = [&](double replicas, std::int64_t stride, double weights) {
        const Team team{static_cast<std::uint32_t>(replicas), small(stride),
                        ranks() / static_cast<std::uint32_t>(replicas)};
        if (team.size < 2 || weights <= 0) return;
        const CollectiveRequest request{
            Collective::reduce_scatter, weights * 4.0 * unit::B, team, {}};
        const auto own = phases_of(fastest(graph_, request, closed_time), graph_, request);
        const auto more = exchange_phases(graph_, team, own, members(stage, team));
        phases.insert(phases.end(), more.begin(), more.end());
    };
    add(dense_replicas(plan_).sharing, plan_.tensor, held.shared);
    add(routed_replicas(plan_).sharing, plan_.expert * plan_.expert_tensor, held.routed);
    return flows_alone(std::move(phases));
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
    for (std::uint32_t i = 0; !alone_ && i < ranks(); ++i) {
        phase.sends.push_back({endpoint_of_rank(plan_, placement_, from, i),
                               endpoint_of_rank(plan_, placement_, to, i), 1 * unit::GB});
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
    const std::uint32_t exchange = message(from, to, of_receiver, forward);
    const auto part = [&](double share) {
        return put(stage,
                   {.kind = ProgramNode::Kind::exchange,
                    .posts = sends,
                    .exchange = exchange,
                    .size = share * data_.message.si() * unit::B},
                   sends ? *ends : Nodes{});
    };
    const double share = messages_wait_.share;
    const std::uint32_t waited = part(share);
    if (!sends) starts.push_back(waited);
    if (share >= 1) return;
    const std::uint32_t rest = part(1 - share);
    if (!sends) rests_.push_back(rest);
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
    const bool waits = slot.kind != TaskKind::weight_gradient;
    const Seconds work = pass.work + (waits ? messages_wait_.in_line : Seconds{});
    Nodes ends{put(stage, {.duration = work}, last)};
    for (const auto& [traffic, parts] : all)
        put_exchange(stage, traffic, parts->hidden, last, ends);
    last = ends;
    put_messages(stage, slot, last, &ends);
}

/// What of data communication is not hidden.
void Builder::wait_for_data(std::uint32_t stage, Seconds wire, Nodes& last) {
    Nodes next;
    put_exchange(stage, Traffic::data, ends_.exposed_data * wire, last, next);
    if (!next.empty()) last = next;
}

void Builder::put_stage(std::uint32_t stage, const Passes& passes) {
    const std::vector<Slot> order = schedule_order(plan_, stage);
    const DataPlan data = data_plan(plan_, order);
    const bool every_pass = data.spread && plan_.sharding >= Sharding::zero_2;
    Nodes last, joined;
    rests_.clear();
    if (!data.spread) wait_for_data(stage, data.all.gathers * data_.gather, last);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const DataTurns& turns = data.of_slot[i];
        const Seconds wire = turns.gathers * data_.gather + turns.reductions * data_.reduce;
        if (data.spread) wait_for_data(stage, wire, last);
        Nodes beside;
        put_exchange(stage, Traffic::data, (1 - ends_.exposed_data) * wire, last, beside);
        put_pass(stage, order[i], passes, last);
        Nodes& joins = every_pass ? last : joined;
        joins.insert(joins.end(), beside.begin(), beside.end());
    }
    last.insert(last.end(), joined.begin(), joined.end());
    last.insert(last.end(), rests_.begin(), rests_.end());
    if (!data.spread) wait_for_data(stage, data.all.reductions * data_.reduce, last);
    put(stage, {.duration = data_.optimizer + ends_.waits}, last);
}

void Builder::read_costs(const ShardCosts& costs) {
    const Stages classes = stages_of(context_.model, plan_.pipeline, context_.balance);
    times_ = pipeline_time(context_, costs, classes, plan_.recompute);
    data_ = data_time(context_, plan_, costs, times_.heaviest);
    const StepTimes closed = evaluate(context_, plan_, costs, classes).times;
    ends_ = step_ends(context_, plan_, closed, times_, data_);
    messages_wait_ = message_waits(context_, plan_, ends_, data_.message);
    data_.optimizer = closed.optimizer;  // none where the host updates
}

StepProgram Builder::build() {
    const ShardCosts costs = shard_costs(context_, plan_);
    const ShardCosts wires = all_communication(context_, plan_);
    read_costs(costs);
    out_.program.actors.resize(static_cast<std::size_t>(plan_.pipeline));
    for (const Stage& stage : each_stage(context_.model, plan_.pipeline, context_.balance)) {
        put_stage(small(stage.index), passes_of(context_, plan_, costs, wires, stage));
    }
    if (!alone_) take_a_second(graph_, out_.program.exchanges);
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

// Sends of an exchange count by their proportions alone. When all stages stand, each exchange is
// run by itself, one after another, and its bytes are scaled so that it takes one second; a node
// says by `alone` how many seconds of it it needs. Flows have no latencies, as the seconds of the
// closed form hold them.
#include "millwright/train/step_program.h"

#include <algorithm>
#include <map>

#include "millwright/base/require.h"
#include "millwright/base/whole.h"
#include "millwright/collective/algorithms.h"
#include "millwright/train/step_ends.h"

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

/// Scales each exchange so that it takes as long as its nodes say when nothing else is on the
/// fabric; one without flows takes its time beside.
void take_a_second(const FabricGraph& graph, std::vector<Exchange>& exchanges) {
    Program probe{.actors = {{}}};
    for (std::uint32_t e = 0; e < exchanges.size(); ++e) {
        const Exchange& all = exchanges[e];
        probe.exchanges.push_back({.phases = all.phases, .channel = e, .parties = 1});
        ProgramNode node{
            .kind = ProgramNode::Kind::exchange, .exchange = ExchangeId(e), .alone = 1 * unit::s};
        if (e > 0) node.after = {e - 1};
        probe.actors.front().push_back(std::move(node));
    }
    for (const ExchangeRecord& record :
         execute(graph, probe, Symmetry::on, most_step_visits).exchanges) {
        Exchange& exchange = exchanges[record.exchange.index()];
        const Seconds alone = record.end - record.start;
        exchange.least = 1 * unit::s;
        // nobody to send to on this fabric: the seconds of the closed form are all there is
        if (alone <= Seconds{}) exchange.phases = {{.by_size = exchange.least}};
        for (ExchangePhase& phase : exchange.phases) {
            for (Send& send : phase.sends) send.bytes = send.bytes / alone.in(unit::s);
        }
    }
}

/// Puts stages one after another into the program. Exchanges are made when first asked for, one for
/// each kind and stage, and for each way between two stages; nodes say how often and how large.
class Builder {
public:
    Builder(const TrainContext& context, const Plan& plan, const FabricGraph& graph,
            Placement placement, bool alone)
        : context_(context),
          plan_(plan),
          graph_(graph),
          placement_(placement),
          alone_(alone),
          teams_(groups_of(plan)),
          step_(step_parts(context, plan)),
          passes_(all_passes(context, plan, step_.costs)),
          messages_wait_(message_waits(context, plan, step_.ends, step_.data.message)) {}

    StepProgram build();

private:
    using Nodes = std::vector<std::uint32_t>;

    std::uint32_t ranks() const { return stage_width(plan_); }
    std::vector<std::uint32_t> members(std::uint32_t stage, const Team& team) const;
    std::vector<ExchangePhase> pattern(std::uint32_t stage, const Team& team,
                                       const std::vector<Phase>& phases) const;
    ExchangeId add_exchange(Traffic traffic, std::uint32_t parties,
                            std::vector<ExchangePhase> phases);
    ExchangeId group_exchange(Traffic traffic, std::uint32_t stage);
    std::vector<ExchangePhase> phases_for(Traffic traffic, std::uint32_t stage) const;
    std::vector<ExchangePhase> expert_phases(std::uint32_t stage) const;
    std::vector<ExchangePhase> data_phases(std::uint32_t stage) const;
    ExchangeId message(std::uint32_t from, std::uint32_t to, std::int64_t chunk, bool forward);
    std::uint32_t put(std::uint32_t stage, ProgramNode node, const Nodes& after);
    void put_exchange(std::uint32_t stage, Traffic traffic, Seconds time, const Nodes& after,
                      Nodes& ends);
    void put_turn(std::uint32_t stage, std::span<const Slot> turn, Nodes& last);
    void receive(std::uint32_t stage, const Slot& slot, Nodes& starts);
    void send(std::uint32_t stage, const Slot& slot, const Nodes& ends);
    std::uint32_t part_of_message(std::uint32_t stage, ExchangeId exchange, bool posts,
                                  double share, const Nodes& after);
    void wait_for_data(std::uint32_t stage, Seconds wire, Nodes& last);
    void put_stage(std::uint32_t stage);

    const TrainContext& context_;
    const Plan& plan_;
    const FabricGraph& graph_;
    Placement placement_;
    bool alone_;
    StageGroups teams_;
    StepParts step_;
    std::vector<Passes> passes_;  // of every stage of the model
    MessageWaits messages_wait_;
    StepProgram out_;
    Nodes rests_;  // of the stage at hand: messages that nobody waits for but the end
    std::map<std::pair<Traffic, std::uint32_t>, ExchangeId> groups_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::int64_t, bool>, ExchangeId> messages_;
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

ExchangeId Builder::add_exchange(Traffic traffic, std::uint32_t parties,
                                 std::vector<ExchangePhase> phases) {
    const ExchangeId id(out_.program.exchanges.size());
    if (alone_) phases = {{.by_size = 1 * unit::s}};
    out_.program.exchanges.push_back({std::string(name_of(traffic)), std::move(phases),
                                      narrow<std::uint32_t>(id.index()), parties});
    out_.traffic.push_back(traffic);
    return id;
}

/// What a rank sends to experts: to all in its domain, and to its like in each other domain, where
/// it is copied (or straight to all, where dispatch is not forwarded).
std::vector<ExchangePhase> Builder::expert_phases(std::uint32_t stage) const {
    const Team& team = teams_.expert;
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
    // with ZeRO-3 all weights go round, else those that are trained
    const Weights& held = step_.pipeline.heaviest;
    const RankWeights trained = trained_weights(context_, held);
    const RankWeights& moved = plan_.sharding == Sharding::zero_3 ? held : trained;
    std::vector<ExchangePhase> phases;
    const auto add = [&](const Team& team, double weights) {
        if (team.size < 2 || weights <= 0) return;
        const CollectiveRequest request{Collective::reduce_scatter,
                                        weights * context_.assume.gradient_bytes * unit::B,
                                        team,
                                        {}};
        const auto own = phases_of(fastest(graph_, request, closed_time), graph_, request);
        const auto more = exchange_phases(graph_, team, own, members(stage, team));
        phases.insert(phases.end(), more.begin(), more.end());
    };
    add(teams_.dense, moved.shared);
    add(teams_.routed, moved.routed);
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
    const Team& tensor = teams_.tensor;
    const Team& ring = teams_.context;
    switch (traffic) {
        case Traffic::tensor:
            return pattern(stage, tensor, {{.others = pieces(tensor.size, tensor.size - 1)}});
        case Traffic::context: return pattern(stage, ring, {{.others = pieces(ring.size, 1)}});
        case Traffic::expert: return expert_phases(stage);
        default: return data_phases(stage);
    }
}

ExchangeId Builder::group_exchange(Traffic traffic, std::uint32_t stage) {
    const auto at = groups_.find({traffic, stage});
    if (at != groups_.end()) return at->second;
    auto phases = alone_ ? std::vector<ExchangePhase>{} : phases_for(traffic, stage);
    const ExchangeId id = add_exchange(traffic, 1, std::move(phases));
    groups_[{traffic, stage}] = id;
    return id;
}

/// Every rank to its like in the other stage.
ExchangeId Builder::message(std::uint32_t from, std::uint32_t to, std::int64_t chunk,
                            bool forward) {
    const std::tuple key{from, to, chunk, forward};
    const auto at = messages_.find(key);
    if (at != messages_.end()) return at->second;
    ExchangePhase phase;
    for (std::uint32_t i = 0; !alone_ && i < ranks(); ++i) {
        phase.sends.push_back({endpoint_of_rank(plan_, placement_, from, i),
                               endpoint_of_rank(plan_, placement_, to, i), 1 * unit::GB});
    }
    const ExchangeId id = add_exchange(Traffic::pipeline, 2, {phase});
    messages_[key] = id;
    return id;
}

std::uint32_t Builder::put(std::uint32_t stage, ProgramNode node, const Nodes& after) {
    auto& nodes = out_.program.actors[stage];
    node.after = after;
    nodes.push_back(std::move(node));
    return narrow<std::uint32_t>(nodes.size() - 1);
}

/// Appends the node to `ends`, if there is anything to send.
void Builder::put_exchange(std::uint32_t stage, Traffic traffic, Seconds time, const Nodes& after,
                           Nodes& ends) {
    if (time <= Seconds{}) return;
    ends.push_back(put(stage,
                       {.kind = ProgramNode::Kind::exchange,
                        .exchange = group_exchange(traffic, stage),
                        .alone = time},
                       after));
}

std::uint32_t Builder::part_of_message(std::uint32_t stage, ExchangeId exchange, bool posts,
                                       double share, const Nodes& after) {
    return put(stage,
               {.kind = ProgramNode::Kind::exchange,
                .posts = posts,
                .exchange = exchange,
                .alone = share * step_.data.message},
               after);
}

/// What a pass waits for joins `starts`; the rest of the message only the end waits for.
void Builder::receive(std::uint32_t stage, const Slot& slot, Nodes& starts) {
    const auto source = source_of(plan_, stage, slot);
    if (step_.data.message <= Seconds{} || !source || source->rank == stage) return;
    const ExchangeId exchange = message(narrow<std::uint32_t>(source->rank), stage, slot.chunk,
                                        slot.kind == TaskKind::forward);
    const double share = messages_wait_.share;
    starts.push_back(part_of_message(stage, exchange, false, share, {}));
    if (share < 1) rests_.push_back(part_of_message(stage, exchange, false, 1 - share, {}));
}

void Builder::send(std::uint32_t stage, const Slot& slot, const Nodes& ends) {
    const auto target = target_of(plan_, stage, slot);
    if (step_.data.message <= Seconds{} || !target || target->rank == stage) return;
    const ExchangeId exchange = message(stage, narrow<std::uint32_t>(target->rank), target->chunk,
                                        slot.kind == TaskKind::forward);
    const double share = messages_wait_.share;
    part_of_message(stage, exchange, true, share, ends);
    if (share < 1) part_of_message(stage, exchange, true, 1 - share, ends);
}

void Builder::put_turn(std::uint32_t stage, std::span<const Slot> turn, Nodes& last) {
    const Pass pass = turn_pass(context_.assume, plan_, passes_, stage, turn);
    for (const Slot& slot : turn) receive(stage, slot, last);
    const std::array all{std::pair(Traffic::tensor, &pass.tensor),
                         std::pair(Traffic::context, &pass.context),
                         std::pair(Traffic::expert, &pass.expert)};
    for (const auto& [traffic, parts] : all) {
        Nodes next;
        put_exchange(stage, traffic, parts->exposed, last, next);
        if (!next.empty()) last = next;
    }
    const Seconds work = pass.work() + in_line(messages_wait_, turn);
    Nodes ends{put(stage, {.duration = work}, last)};
    for (const auto& [traffic, parts] : all)
        put_exchange(stage, traffic, parts->hidden, last, ends);
    last = ends;
    for (const Slot& slot : turn) send(stage, slot, ends);
}

/// What of data communication is not hidden.
void Builder::wait_for_data(std::uint32_t stage, Seconds wire, Nodes& last) {
    Nodes next;
    put_exchange(stage, Traffic::data, step_.ends.exposed_data * wire, last, next);
    if (!next.empty()) last = next;
}

void Builder::put_stage(std::uint32_t stage) {
    const std::vector<Slot> order = schedule_order(plan_, stage);
    const DataPlan data = data_plan(plan_, order);
    // states are gathered or reduced for every pass: the next waits, else only the step's end does
    const bool every_pass = data.spread && plan_.sharding >= Sharding::zero_2;
    Nodes last, joined;
    rests_.clear();
    if (!data.spread) wait_for_data(stage, data.all.gathers * step_.data.gather, last);
    for (std::size_t i = 0, slots = 0; i < order.size(); i += slots) {
        const std::span<const Slot> turn = turn_at(order, i);
        slots = turn.size();
        const DataTurns turns = data_of_turn(data, i, slots);
        const Seconds wire =
            turns.gathers * step_.data.gather + turns.reductions * step_.data.reduce;
        if (data.spread) wait_for_data(stage, wire, last);
        Nodes beside;
        put_exchange(stage, Traffic::data, (1 - step_.ends.exposed_data) * wire, last, beside);
        put_turn(stage, turn, last);
        Nodes& joins = every_pass ? last : joined;
        joins.insert(joins.end(), beside.begin(), beside.end());
    }
    last.insert(last.end(), joined.begin(), joined.end());
    last.insert(last.end(), rests_.begin(), rests_.end());
    if (!data.spread) wait_for_data(stage, data.all.reductions * step_.data.reduce, last);
    put(stage, {.duration = step_.times.optimizer + step_.ends.waits}, last);
}

StepProgram Builder::build() {
    out_.program.actors.resize(static_cast<std::size_t>(plan_.pipeline));
    for (std::uint32_t stage = 0; stage < narrow<std::uint32_t>(plan_.pipeline); ++stage)
        put_stage(stage);
    if (!alone_) take_a_second(graph_, out_.program.exchanges);
    return std::move(out_);
}

}  // namespace

StepProgram step_program(const TrainContext& context, const Plan& plan, const FabricGraph& graph,
                         Placement placement, bool alone) {
    return Builder(context, plan, graph, placement, alone).build();
}

}  // namespace millwright

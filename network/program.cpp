#include "network/program.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <queue>

#include <fmt/format.h>

#include "network/program_flows.h"

namespace millwright {
namespace {

using NodeId = std::pair<std::uint32_t, std::uint32_t>;  // actor, node

struct LocalEvent {
    Seconds at;
    bool of_exchange = false;  // the wait after a phase; else work
    std::uint32_t id = 0;      // running exchange, or actor
    std::uint32_t node = 0;

    bool operator>(const LocalEvent& o) const {
        return std::tuple(at, of_exchange, id, node) >
               std::tuple(o.at, o.of_exchange, o.id, o.node);
    }
};

struct Running {
    std::uint32_t record = 0;
    std::size_t phase = 0;
    std::size_t left = 0;  // flows of the phase
    Seconds begun;         // of the phase
    std::vector<NodeId> parties;
    bool started = false, queued = false;
};

struct Lane {
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
    bool busy = false;
};

class Execution {
public:
    Execution(const FabricGraph& graph, const Program& program, FlowPlan plan)
        : graph_(graph), program_(program), plan_(std::move(plan)), engine_(plan_.problem) {
        owner_.assign(plan_.problem.flows(), 0);
        waiting_.resize(program.exchanges.size());
    }

    ProgramOutcome run();

private:
    void prepare();
    void ready(NodeId id);
    void start_work(std::uint32_t actor, std::uint8_t lane);
    void meet(NodeId id);
    void try_channel(std::uint32_t channel);
    void start_phase(std::uint32_t running);
    void end_phase(std::uint32_t running);
    void end_exchange(std::uint32_t running);
    void end_node(NodeId id);
    void take_local();
    void take_flows();
    void fill_links();

    const FabricGraph& graph_;
    const Program& program_;
    FlowPlan plan_;
    FlowEngine engine_;
    Seconds now_;
    std::vector<std::vector<std::uint32_t>> missing_;                 // deps of each node
    std::vector<std::vector<std::vector<std::uint32_t>>> followers_;  // of each node
    std::vector<std::array<Lane, 2>> lanes_;
    std::priority_queue<LocalEvent, std::vector<LocalEvent>, std::greater<>> events_;
    std::vector<Running> running_;
    std::vector<std::deque<std::uint32_t>> waiting_;  // meetings of an exchange, oldest first
    std::map<std::uint32_t, std::deque<std::uint32_t>> channels_;
    std::vector<std::uint32_t> owner_;                         // running exchange of each flow
    std::vector<std::map<std::uint32_t, std::uint32_t>> met_;  // how often an actor met an exchange
    std::vector<std::uint32_t> gone_;  // meetings of an exchange that left `waiting_`
    std::size_t done_ = 0, nodes_ = 0;
    ProgramOutcome out_;
};

void Execution::prepare() {
    const std::size_t actors = program_.actors.size();
    missing_.resize(actors);
    followers_.resize(actors);
    lanes_.resize(actors);
    met_.resize(actors);
    gone_.assign(program_.exchanges.size(), 0);
    out_.ended.resize(actors);
    out_.worked.resize(actors);
    for (std::uint32_t a = 0; a < actors; ++a) {
        const auto& nodes = program_.actors[a];
        nodes_ += nodes.size();
        missing_[a].resize(nodes.size());
        followers_[a].resize(nodes.size());
        for (std::uint32_t n = 0; n < nodes.size(); ++n) {
            missing_[a][n] = static_cast<std::uint32_t>(nodes[n].after.size());
            for (const std::uint32_t before : nodes[n].after) followers_[a][before].push_back(n);
        }
    }
    for (std::uint32_t a = 0; a < actors; ++a) {
        for (std::uint32_t n = 0; n < missing_[a].size(); ++n) {
            if (missing_[a][n] == 0) ready({a, n});
        }
    }
}

void Execution::ready(NodeId id) {
    const ProgramNode& node = program_.actors[id.first][id.second];
    if (node.kind == ProgramNode::Kind::exchange) return meet(id);
    lanes_[id.first][node.lane].ready.push(id.second);
    start_work(id.first, node.lane);
}

void Execution::start_work(std::uint32_t actor, std::uint8_t lane) {
    Lane& l = lanes_[actor][lane];
    if (l.busy || l.ready.empty()) return;
    const std::uint32_t n = l.ready.top();
    l.ready.pop();
    l.busy = true;
    const Seconds duration = program_.actors[actor][n].duration;
    if (lane == 0) out_.worked[actor] += duration;
    events_.push({now_ + duration, false, actor, n});
}

/// The node comes to the first meeting of its exchange that it has not been to.
void Execution::meet(NodeId id) {
    const ProgramNode& node = program_.actors[id.first][id.second];
    const Exchange& exchange = program_.exchanges[node.exchange];
    auto& queue = waiting_[node.exchange];
    const std::uint32_t which = met_[id.first][node.exchange]++ - gone_[node.exchange];
    while (queue.size() <= which) {
        queue.push_back(static_cast<std::uint32_t>(running_.size()));
        Running fresh{.record = static_cast<std::uint32_t>(out_.exchanges.size())};
        running_.push_back(std::move(fresh));
        out_.exchanges.push_back({node.exchange, node.size, now_, now_, now_});
    }
    const std::uint32_t at = queue[which];
    Running& running = running_[at];
    ExchangeRecord& record = out_.exchanges[running.record];
    record.size = max(record.size, node.size);  // the fullest rank of an uneven exchange
    running.parties.push_back(id);
    if (!running.queued) {
        running.queued = true;
        channels_[exchange.channel].push_back(at);
    }
    while (!queue.empty() &&
           running_[queue.front()].parties.size() == exchange.parties) {  // complete: not met again
        queue.pop_front();
        ++gone_[node.exchange];
    }
    if (running.parties.size() == exchange.parties) try_channel(exchange.channel);
}

/// Starts the oldest exchange of a channel if all have come.
void Execution::try_channel(std::uint32_t channel) {
    auto& queue = channels_[channel];
    if (queue.empty()) return;
    Running& front = running_[queue.front()];
    const ExchangeRecord& record = out_.exchanges[front.record];
    const bool complete = front.parties.size() == program_.exchanges[record.exchange].parties;
    if (front.started || !complete) return;
    front.started = true;
    out_.exchanges[front.record].start = now_;
    start_phase(queue.front());
}

void Execution::start_phase(std::uint32_t at) {
    Running& running = running_[at];
    const ExchangeRecord& record = out_.exchanges[running.record];
    const auto& phases = plan_.phases[record.exchange];
    if (running.phase == phases.size()) return end_exchange(at);
    const PhaseFlows& flows = phases[running.phase];
    running.left = flows.flows.size();
    running.begun = now_;
    if (running.left == 0) return end_phase(at);
    for (std::size_t i = 0; i < flows.flows.size(); ++i) {
        owner_[flows.flows[i]] = at;
        engine_.start(flows.flows[i], record.size.si() * flows.unit[i], now_ + flows.latency[i]);
    }
}

void Execution::end_phase(std::uint32_t at) {
    const Running& running = running_[at];
    const ExchangeRecord& record = out_.exchanges[running.record];
    const ExchangePhase& phase = program_.exchanges[record.exchange].phases[running.phase];
    const Seconds wire = max(now_ - running.begun - phase.latency, Seconds{});
    const Seconds pieces = pipelined(phase.depth, wire, phase.latency) - wire - phase.latency;
    const Seconds beside = record.size.si() * phase.by_size;
    events_.push({now_ + phase.wait + pieces + beside, true, at, 0});
}

void Execution::end_exchange(std::uint32_t at) {
    ExchangeRecord& record = out_.exchanges[running_[at].record];
    record.end = now_;
    const std::uint32_t channel = program_.exchanges[record.exchange].channel;
    channels_[channel].pop_front();
    const std::vector<NodeId> parties = std::move(running_[at].parties);
    for (const NodeId& id : parties) end_node(id);
    try_channel(channel);
}

void Execution::end_node(NodeId id) {
    ++done_;
    out_.ended[id.first] = now_;
    for (const std::uint32_t next : followers_[id.first][id.second]) {
        if (--missing_[id.first][next] == 0) ready({id.first, next});
    }
}

void Execution::take_local() {
    const LocalEvent event = events_.top();
    events_.pop();
    now_ = event.at;
    if (event.of_exchange) {
        ++running_[event.id].phase;
        return start_phase(event.id);
    }
    const std::uint8_t lane = program_.actors[event.id][event.node].lane;
    lanes_[event.id][lane].busy = false;
    end_node({event.id, event.node});
    start_work(event.id, lane);
}

void Execution::take_flows() {
    now_ = engine_.next();
    const auto span = engine_.advance();
    const std::vector<std::uint32_t> ended(span.begin(), span.end());
    for (const std::uint32_t flow : ended) {
        if (--running_[owner_[flow]].left == 0) end_phase(owner_[flow]);
    }
}

void Execution::fill_links() {
    std::vector<Bytes> sizes(program_.exchanges.size());
    for (const ExchangeRecord& r : out_.exchanges) sizes[r.exchange] += r.size;
    out_.link_bytes.assign(graph_.capacity.size(), Bytes{});
    Ways ways;
    for (std::size_t e = 0; e < sizes.size(); ++e) {
        for (const ExchangePhase& phase : program_.exchanges[e].phases) {
            for (const Send& send : phase.sends) {
                ways.clear();
                ways_on(graph_, send.from, send.to, send.from, ways);
                for (std::size_t i = 0; i < ways.count(); ++i) {
                    const Bytes part = sizes[e].si() * ways.share[i] * send.bytes;
                    for (const LinkId link : ways.way(i)) out_.link_bytes[link] += part;
                }
            }
        }
    }
}

ProgramOutcome Execution::run() {
    prepare();
    const Seconds never = Seconds::from_si(std::numeric_limits<double>::infinity());
    for (;;) {
        const bool flows = engine_.has_next();
        if (events_.empty() && !flows) break;
        const Seconds local = events_.empty() ? never : events_.top().at;
        if (flows && engine_.next() <= local) {
            take_flows();
        } else {
            take_local();
        }
    }
    if (done_ < nodes_) {
        throw std::invalid_argument(
            fmt::format("{} of {} nodes never start: they wait for each other or for a party that "
                        "never comes",
                        nodes_ - done_, nodes_));
    }
    for (const Seconds end : out_.ended) out_.total = max(out_.total, end);
    out_.events = engine_.events();
    out_.flows = plan_.flows;
    out_.classes = plan_.problem.flows();
    fill_links();
    return std::move(out_);
}

struct Latencies {
    Seconds mean, longest;
};

/// Of a few of the sends.
Latencies latencies_of(const FabricGraph& graph, const std::vector<Send>& sends) {
    constexpr std::size_t few = 512;
    const std::size_t step = sampling_step(sends.size(), few);
    Latencies out;
    double count = 0;
    for (std::size_t i = 0; i < sends.size(); i += step, ++count) {
        const Seconds latency = latency_between(graph, sends[i].from, sends[i].to);
        out.mean += latency;
        out.longest = max(out.longest, latency);
    }
    if (count > 0) out.mean = out.mean / count;
    return out;
}

}  // namespace

std::vector<ExchangePhase> exchange_phases(const FabricGraph& graph, const Team& team,
                                           const std::vector<Phase>& of_one_byte,
                                           const std::vector<std::uint32_t>& endpoints) {
    std::vector<ExchangePhase> phases;
    for (const Phase& phase : of_one_byte) {
        ExchangePhase out{.depth = phase.depth};
        const std::vector<Send> sends = sends_of(phase, team);
        for (std::size_t group = 0; group < endpoints.size(); group += team.size) {
            for (const Send& s : sends) {
                out.sends.push_back(
                    {endpoints[group + s.from], endpoints[group + s.to], phase.repeats * s.bytes});
            }
        }
        const Latencies latencies = latencies_of(graph, out.sends);
        out.latency = (phase.chained ? latencies.mean : latencies.longest) + graph.message;
        out.wait = (phase.repeats - 1) * out.latency + graph.message;
        phases.push_back(std::move(out));
    }
    return phases;
}

void append(Program& all, Program more) {
    const auto exchanges = static_cast<std::uint32_t>(all.exchanges.size());
    std::uint32_t channels = 0;
    for (const Exchange& e : all.exchanges) channels = std::max(channels, e.channel + 1);
    for (Exchange& e : more.exchanges) {
        e.channel += channels;
        all.exchanges.push_back(std::move(e));
    }
    for (auto& actor : more.actors) {
        for (ProgramNode& node : actor) node.exchange += exchanges;
        all.actors.push_back(std::move(actor));
    }
}

ProgramOutcome execute(const FabricGraph& graph, const Program& program, Symmetry symmetry) {
    return Execution(graph, program, flow_plan(graph, program, symmetry)).run();
}

}  // namespace millwright

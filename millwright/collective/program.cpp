// Two clocks run side by side: the flow engine's, whose events are flows that begin or end, and a
// queue of the program's own, for work, latencies and floors. The earlier event is taken, flows
// before the rest where they are as early. Events of one time are taken in the order they were put,
// so runs are the same bit by bit.
//
// Each node is counted down to zero nodes that it waits for (`Progress::missing`) and is then ready
// once; each phase is counted down to zero flows. So a run costs O(nodes + edges + flows) besides
// what the engine does.
#include "millwright/collective/program.h"

#include <algorithm>
#include <limits>
#include <queue>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/collective/program_flows.h"
#include "millwright/collective/stall.h"
#include "millwright/sim/events.h"

namespace millwright {
namespace {

enum class EndKind : std::uint8_t { work_ends, node_ends, phase_ends };

struct LocalEvent {
    EndKind kind = EndKind::work_ends;
    std::uint32_t id = 0;  // actor, or the meeting whose phase ends
    std::uint32_t node = 0;
};

/// The nodes of one turn on a channel.
struct Meeting {
    std::uint32_t record = 0;
    std::size_t phase = 0;
    std::size_t left = 0;  // flows of the phase
    Seconds begun;         // of the phase
    std::uint32_t came = 0;
    std::vector<NodeRef> waiting;  // that end with the exchange
    bool sent = false;             // one of them has posted a message
    bool started = false, ended = false;
};

struct ChannelQueue {
    std::vector<std::uint32_t> meetings;  // by turn
    std::size_t next = 0;                 // turn
};

/// Work of an actor that excludes each other; the earliest node in its list goes first.
struct Lane {
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
    bool busy = false;
};

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

class Execution {
public:
    Execution(const FabricGraph& graph, const Program& program, FlowPlan plan,
              std::uint64_t most_visits)
        : graph_(graph),
          program_(program),
          plan_(std::move(plan)),
          engine_(plan_.problem),
          most_visits_(most_visits) {
        owner_.assign(plan_.problem.flows(), 0);
    }

    ProgramOutcome run();

private:
    void prepare();
    void ready(NodeRef id);
    void start_work(std::uint32_t actor, std::uint8_t lane);
    void meet(NodeRef id);
    Meeting& meeting_of(NodeRef id);
    void try_channel(std::uint32_t channel);
    void start_phase(std::uint32_t meeting);
    void end_phase(std::uint32_t meeting);
    LinkShares shares_in(const Meeting& m) const;
    void end_exchange(std::uint32_t meeting);
    void end_node(NodeRef id);
    void take_local();
    void take_flows();
    void fill_links();
    const Exchange& exchange_of(const Meeting& m) const {
        return program_.exchanges[out_.exchanges[m.record].exchange.index()];
    }

    const FabricGraph& graph_;
    const Program& program_;
    FlowPlan plan_;
    FlowEngine engine_;
    std::uint64_t most_visits_;
    Seconds now_;
    Progress progress_;
    std::vector<std::vector<std::vector<std::uint32_t>>> followers_;  // of each node
    std::vector<std::array<Lane, 2>> lanes_;
    EventQueue<LocalEvent> events_;
    std::vector<Meeting> meetings_;
    std::vector<ChannelQueue> channels_;
    std::vector<std::uint32_t> owner_;  // meeting of each flow
    std::size_t done_ = 0, nodes_ = 0;
    ProgramOutcome out_;
};

void Execution::prepare() {
    const std::size_t actors = program_.actors.size();
    progress_ = progress_before(program_);
    followers_.resize(actors);
    lanes_.resize(actors);
    out_.ended.resize(actors);
    out_.worked.resize(actors);
    std::uint32_t channels = 0;
    for (const Exchange& e : program_.exchanges) channels = std::max(channels, e.channel + 1);
    channels_.resize(channels);
    for (std::uint32_t a = 0; a < actors; ++a) {
        const auto& nodes = program_.actors[a];
        nodes_ += nodes.size();
        followers_[a].resize(nodes.size());
        for (std::uint32_t n = 0; n < nodes.size(); ++n) {
            for (const std::uint32_t before : nodes[n].after) followers_[a][before].push_back(n);
        }
    }
    for (std::uint32_t a = 0; a < actors; ++a) {
        for (std::uint32_t n = 0; n < program_.actors[a].size(); ++n) {
            if (program_.actors[a][n].after.empty()) ready({a, n});
        }
    }
}

void Execution::ready(NodeRef id) {
    const ProgramNode& node = program_.actors[id.actor][id.node];
    if (node.kind == ProgramNode::Kind::exchange) return meet(id);
    lanes_[id.actor][node.lane].ready.push(id.node);
    start_work(id.actor, node.lane);
}

void Execution::start_work(std::uint32_t actor, std::uint8_t lane) {
    Lane& l = lanes_[actor][lane];
    if (l.busy || l.ready.empty()) return;
    const std::uint32_t n = l.ready.top();
    l.ready.pop();
    l.busy = true;
    const Seconds duration = program_.actors[actor][n].duration;
    if (lane == 0) out_.worked[actor] += duration;
    events_.put(now_ + duration, {EndKind::work_ends, actor, n});
}

/// The meeting of the node's turn, a new one if it is the first to come.
Meeting& Execution::meeting_of(NodeRef id) {
    const ProgramNode& node = program_.actors[id.actor][id.node];
    auto& by_turn = channels_[program_.exchanges[node.exchange.index()].channel].meetings;
    const std::uint32_t turn = progress_.turn[id.actor][id.node];
    if (by_turn.size() <= turn) by_turn.resize(turn + 1UL, none);
    if (by_turn[turn] == none) {
        by_turn[turn] = narrow<std::uint32_t>(meetings_.size());
        meetings_.push_back({.record = narrow<std::uint32_t>(out_.exchanges.size())});
        out_.exchanges.push_back({node.exchange, node.size, node.alone, now_, now_, now_});
    }
    Meeting& meeting = meetings_[by_turn[turn]];
    require(out_.exchanges[meeting.record].exchange == node.exchange,
            "like exchanges meet on a channel");
    return meeting;
}

void Execution::meet(NodeRef id) {
    const ProgramNode& node = program_.actors[id.actor][id.node];
    Meeting& meeting = meeting_of(id);
    ++meeting.came;
    ExchangeRecord& record = out_.exchanges[meeting.record];
    record.size = max(record.size, node.size);  // the fullest rank of an uneven exchange
    record.alone = max(record.alone, node.alone);
    meeting.sent = meeting.sent || node.posts;
    // a post is over at once; a receiver that comes when all bytes have come does not wait. Both
    // end by an event, not here, lest a chain of such nodes be a chain of calls.
    if (node.posts || meeting.ended) {
        events_.put(now_, {EndKind::node_ends, id.actor, id.node});
    } else {
        meeting.waiting.push_back(id);
    }
    try_channel(program_.exchanges[node.exchange.index()].channel);
}

/// Starts the exchange whose turn it is on a channel if those have come whom it needs.
void Execution::try_channel(std::uint32_t channel) {
    const ChannelQueue& c = channels_[channel];
    if (c.next >= c.meetings.size() || c.meetings[c.next] == none) return;
    const std::uint32_t at = c.meetings[c.next];
    Meeting& front = meetings_[at];
    const Exchange& exchange = exchange_of(front);
    ExchangeRecord& record = out_.exchanges[front.record];
    const bool small = record.size <= exchange.eager && record.alone <= Seconds{};
    const bool eager = front.sent && small;
    if (front.started || (front.came < exchange.parties && !eager)) return;
    front.started = true;
    record.start = now_;
    if (exchange.phases.empty()) {
        events_.put(now_, {EndKind::phase_ends, at, 0});
    } else {
        start_phase(at);
    }
}

/// Of the phase that a meeting is in.
LinkShares Execution::shares_in(const Meeting& m) const {
    if (!program_.channels.measured()) return {};
    Pace pace = exchange_of(m).phases[m.phase].pace;
    const double times = out_.exchanges[m.record].times();
    pace.inner = times * pace.inner;
    pace.outer = times * pace.outer;
    return shares_of(pace, program_.channels);
}

void Execution::start_phase(std::uint32_t at) {
    Meeting& meeting = meetings_[at];
    const ExchangeRecord& record = out_.exchanges[meeting.record];
    const auto& phases = plan_.phases[record.exchange.index()];
    if (meeting.phase >= phases.size()) return end_exchange(at);
    const PhaseFlows& flows = phases[meeting.phase];
    const LinkShares shares = shares_in(meeting);
    meeting.left = flows.flows.size();
    meeting.begun = now_;
    if (meeting.left == 0) return end_phase(at);
    for (std::size_t i = 0; i < flows.flows.size(); ++i) {
        owner_[flows.flows[i]] = at;
        const double share = flows.crosses[i] ? shares.outer : shares.inner;
        // measured links: as if there were more bytes, by how far the share is below the whole rate
        engine_.start(flows.flows[i], record.times() / share * flows.unit[i],
                      now_ + flows.latency[i]);
    }
}

void Execution::end_phase(std::uint32_t at) {
    const Meeting& meeting = meetings_[at];
    const ExchangePhase& phase = exchange_of(meeting).phases[meeting.phase];
    // What flows took beyond one latency is the wire's; a pipeline of pieces adds what it takes
    // more than all at once. Repeats were one flow, so that their further latencies are waited for
    // here.
    const Seconds wire = max(now_ - meeting.begun - phase.latency, Seconds{});
    const Seconds once = wire + phase.latency;
    const Seconds pieces =
        pipelined(phase.depth, wire, phase.latency - phase.message, phase.message) - once;
    const double times = out_.exchanges[meeting.record].times();
    const Seconds ends = now_ + phase.wait + pieces + times * phase.by_size;
    const Seconds chips = times / shares_in(meeting).inner * phase.by_chips;
    const Seconds soonest = meeting.begun + max(phase.least, chips);
    events_.put(max(ends, soonest), {EndKind::phase_ends, at, 0});
}

void Execution::end_exchange(std::uint32_t at) {
    ExchangeRecord& record = out_.exchanges[meetings_[at].record];
    const Exchange& exchange = exchange_of(meetings_[at]);
    // the floor of the whole exchange comes last: phases may be over before. Coming here again, no
    // phase is left and the time has come.
    const Seconds soonest = record.start + record.times() * exchange.least;
    if (now_ < soonest) {
        events_.put(soonest, {EndKind::phase_ends, at, 0});
        return;
    }
    record.end = now_;
    meetings_[at].ended = true;
    ++channels_[exchange.channel].next;
    // ending nodes may open meetings, and `meetings_` then moves
    const std::vector<NodeRef> waiting = std::move(meetings_[at].waiting);
    for (const NodeRef& id : waiting) end_node(id);
    try_channel(exchange.channel);
}

void Execution::end_node(NodeRef id) {
    ++done_;
    progress_.ended[id.actor][id.node] = true;
    out_.ended[id.actor] = now_;
    for (const std::uint32_t next : followers_[id.actor][id.node]) {
        if (--progress_.missing[id.actor][next] == 0) ready({id.actor, next});
    }
}

void Execution::take_local() {
    const auto [at, entry, event] = events_.take();
    now_ = at;
    if (event.kind == EndKind::phase_ends) {
        ++meetings_[event.id].phase;
        return start_phase(event.id);
    }
    if (event.kind == EndKind::node_ends) return end_node({event.id, event.node});
    const std::uint8_t lane = program_.actors[event.id][event.node].lane;
    lanes_[event.id][lane].busy = false;
    end_node({event.id, event.node});
    start_work(event.id, lane);
}

void Execution::take_flows() {
    if (engine_.visited() > most_visits_) {
        throw TooLarge(fmt::format("its {} kinds of flows end one by one, which takes long",
                                   plan_.problem.flows()));
    }
    now_ = engine_.next();
    const auto span = engine_.advance();
    const std::vector<std::uint32_t> ended(span.begin(), span.end());
    for (const std::uint32_t flow : ended) {
        if (--meetings_[owner_[flow]].left == 0) end_phase(owner_[flow]);
    }
}

/// Bytes of each link, once all nodes are known: an exchange's ways are those of its flows, so one
/// pass over the kinds of exchanges does, however often each took place.
void Execution::fill_links() {
    std::vector<double> times(program_.exchanges.size());
    for (const ExchangeRecord& r : out_.exchanges) times[r.exchange.index()] += r.times();
    out_.link_bytes.assign(graph_.capacity.size(), Bytes{});
    Ways ways;
    for (std::size_t e = 0; e < times.size(); ++e) {
        for (const ExchangePhase& phase : program_.exchanges[e].phases) {
            for (const Send& send : phase.sends) {
                ways.clear();
                ways_on(graph_, send.from, send.to, send.from, ways);
                for (std::size_t i = 0; i < ways.count(); ++i) {
                    const Bytes part = times[e] * ways.share[i] * send.bytes;
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
        const Seconds local = events_.empty() ? never : events_.next();
        if (flows && engine_.next() <= local) {
            take_flows();
        } else {
            take_local();
        }
    }
    if (done_ < nodes_) {
        std::vector<std::uint32_t> next;
        for (const ChannelQueue& c : channels_) next.push_back(narrow<std::uint32_t>(c.next));
        out_.stall = stall_of(program_, progress_, next);
    }
    for (const Seconds end : out_.ended) out_.total = max(out_.total, end);
    out_.events = engine_.events();
    out_.flows = plan_.flows;
    out_.classes = plan_.problem.flows();
    fill_links();
    return std::move(out_);
}

}  // namespace

void append(Program& all, Program more) {
    const std::size_t before = all.exchanges.size();
    if (all.actors.empty()) all.channels = std::move(more.channels);
    std::uint32_t channels = 0;
    for (const Exchange& e : all.exchanges) channels = std::max(channels, e.channel + 1);
    for (Exchange& e : more.exchanges) {
        e.channel += channels;
        all.exchanges.push_back(std::move(e));
    }
    for (auto& actor : more.actors) {
        for (ProgramNode& node : actor) {
            node.exchange = ExchangeId(before + node.exchange.index());
        }
        all.actors.push_back(std::move(actor));
    }
}

ProgramOutcome execute(const FabricGraph& graph, const Program& program, Symmetry symmetry,
                       std::uint64_t most_visits) {
    return Execution(graph, program, flow_plan(graph, program, symmetry), most_visits).run();
}

}  // namespace millwright

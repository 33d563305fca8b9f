// Between two events rates are constant: of a flow we keep what was left when its rate last
// changed, that rate and the time. An event brings up to date the flows whose rate changes and no
// others. Their new times of finish go into a heap; the old ones become void by a version, as heaps
// do not search.
#include "millwright/sim/flows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/sim/shares.h"
#include "millwright/sim/symmetry.h"

namespace millwright {

struct FlowEngine::State {
    /// Not those of `EventQueue`: most are void before their turn, as rates change, and millions of
    /// them stay small without a count of entries; where times are equal the flow's number decides,
    /// so that flows end in the same order whatever the order in which their rates were solved.
    struct Event {
        double at;
        std::uint32_t flow;
        std::uint32_t version;  // of the flow's rate; an older event is void

        bool operator>(const Event& other) const {
            return at != other.at ? at > other.at : flow > other.flow;
        }
    };

    using Queue = std::priority_queue<Event, std::vector<Event>, std::greater<>>;

    State(const FlowProblem& problem, bool notes_peaks)
        : p(problem),
          notes(notes_peaks),
          shares(problem),
          left(problem.flows(), 0),
          rate(problem.flows(), 0),
          since(problem.flows(), 0),
          peak(problem.capacity.size(), 0),
          version(problem.flows(), 0),
          noted(problem.capacity.size(), 0) {}

    void drop_void() {
        while (!ends.empty() && ends.top().version != version[ends.top().flow]) ends.pop();
    }
    void end(double now);
    void begin(double now);
    void reschedule(double now);
    void note_peaks(std::uint32_t flow);

    const FlowProblem& p;
    bool notes;
    Shares shares;
    std::vector<double> left, rate, since, peak;
    std::vector<std::uint32_t> version;
    std::vector<std::uint64_t> noted;  // event at which a link's peak was last looked at
    Queue arrivals, ends;
    std::vector<std::uint32_t> ended;
    std::uint64_t events = 0;
};

/// Takes out flows that end later by no more than rounding, too: those that are alike end in one
/// event, and links are not solved for each of them.
void FlowEngine::State::end(double now) {
    const double until = now * (1 + rate_rounding);
    for (drop_void(); !ends.empty() && ends.top().at <= until; drop_void()) {
        const std::uint32_t flow = ends.top().flow;
        ends.pop();
        left[flow] = 0;
        rate[flow] = 0;
        ++version[flow];
        shares.go(flow);
        ended.push_back(flow);
    }
}

void FlowEngine::State::begin(double now) {
    const double until = now * (1 + rate_rounding);
    for (; !arrivals.empty() && arrivals.top().at <= until; arrivals.pop()) {
        const std::uint32_t flow = arrivals.top().flow;
        if (p.way(flow).empty() || left[flow] <= 0) {
            ended.push_back(flow);
            continue;
        }
        since[flow] = now;
        shares.come(flow);
    }
}

/// Gives touched flows their new rates and times of finish. Rounding may leave less than nothing to
/// send. Peaks come when all rates are new, as they sum those of all flows of a link.
void FlowEngine::State::reschedule(double now) {
    for (const std::uint32_t flow : shares.touched()) {
        if (left[flow] <= 0) continue;
        const double next = shares.rate(flow);
        if (nearly(next, rate[flow])) continue;
        left[flow] -= rate[flow] * (now - since[flow]);
        since[flow] = now;
        rate[flow] = next;
        ends.push({now + std::max(0.0, left[flow]) / next, flow, ++version[flow]});
    }
    for (const std::uint32_t flow : shares.touched()) {
        if (notes && left[flow] > 0) note_peaks(flow);
    }
    shares.forget_touched();
}

void FlowEngine::State::note_peaks(std::uint32_t flow) {
    for (const LinkId link : p.way(flow)) {
        if (noted[link] == events) continue;
        noted[link] = events;
        peak[link] = std::max(peak[link], shares.used(link, rate) / p.capacity[link].si());
    }
}

FlowEngine::FlowEngine(const FlowProblem& problem, bool peaks)
    : state_(std::make_unique<State>(problem, peaks)) {}
FlowEngine::~FlowEngine() = default;
FlowEngine::FlowEngine(FlowEngine&&) noexcept = default;

void FlowEngine::start(std::uint32_t flow, Bytes size, Seconds at) {
    state_->left[flow] = size.si();
    state_->arrivals.push({(at + state_->p.latency_of(flow)).si(), flow, 0});
}

bool FlowEngine::has_next() {
    state_->drop_void();
    return !state_->ends.empty() || !state_->arrivals.empty();
}

Seconds FlowEngine::next() {
    const State& s = *state_;
    double at = std::numeric_limits<double>::infinity();
    if (!s.arrivals.empty()) at = s.arrivals.top().at;
    if (!s.ends.empty()) at = std::min(at, s.ends.top().at);
    return Seconds::from_si(at);
}

std::span<const std::uint32_t> FlowEngine::advance() {
    State& s = *state_;
    s.drop_void();
    const double now = next().si();
    ++s.events;
    s.ended.clear();
    // those who end make room first, so that links are solved once for both
    s.end(now);
    s.begin(now);
    s.shares.settle();
    s.reschedule(now);
    return s.ended;
}

const std::vector<double>& FlowEngine::peak_share() const { return state_->peak; }
std::uint64_t FlowEngine::events() const { return state_->events; }
std::uint64_t FlowEngine::solved() const { return state_->shares.solved(); }
std::uint64_t FlowEngine::visited() const { return state_->shares.visited(); }

Seconds FlowProblem::latency_of(std::size_t flow) const {
    Seconds sum;
    for (const LinkId link : way(flow)) sum += latency[link];
    return sum;
}

void FlowProblem::clear() {
    ways.clear();
    first.assign(1, 0);
    bytes.clear();
    start.clear();
    weight.clear();
    crossing.clear();
}

void FlowProblem::add(std::span<const LinkId> way, Bytes size, Seconds begin, double share) {
    if (ways.size() + way.size() > most_crossings) {
        throw TooLarge(
            fmt::format("{} flows cross more than {} links together", flows() + 1, most_crossings));
    }
    if (first.empty()) first.push_back(0);
    if (share != 1 && weight.empty()) weight.assign(bytes.size(), 1);
    if (!weight.empty() || share != 1) weight.push_back(share);
    ways.insert(ways.end(), way.begin(), way.end());
    first.push_back(narrow<std::uint32_t>(ways.size()));
    bytes.push_back(size);
    start.push_back(begin);
}

namespace {

/// Every flow by itself. One that never ends would keep its start as its finish.
FlowOutcome run_each(const FlowProblem& problem) {
    FlowOutcome out;
    out.finish = problem.start;
    out.classes = problem.flows();
    FlowEngine engine(problem, true);
    for (std::uint32_t flow = 0; flow < problem.flows(); ++flow) {
        engine.start(flow, problem.bytes[flow], problem.start[flow]);
    }
    while (engine.has_next()) {
        const Seconds now = engine.next();
        for (const std::uint32_t flow : engine.advance()) out.finish[flow] = now;
    }
    out.peak_share = engine.peak_share();
    out.events = engine.events();
    out.solved = engine.solved();
    return out;
}

FlowOutcome run_classes(const FlowProblem& problem) {
    const std::optional<Quotient> quotient = quotient_of(problem);
    if (!quotient) return run_each(problem);
    const FlowOutcome one = run_each(quotient->problem);
    FlowOutcome out{.events = one.events, .solved = one.solved, .classes = one.finish.size()};
    for (const std::uint32_t c : quotient->flow_class) out.finish.push_back(one.finish[c]);
    for (const std::uint32_t c : quotient->link_class) out.peak_share.push_back(one.peak_share[c]);
    return out;
}

}  // namespace

FlowOutcome run_flows(const FlowProblem& problem, Symmetry symmetry) {
    FlowOutcome out = symmetry == Symmetry::on ? run_classes(problem) : run_each(problem);
    out.link_bytes.assign(problem.capacity.size(), Bytes{});
    for (std::size_t flow = 0; flow < problem.flows(); ++flow) {
        for (const LinkId link : problem.way(flow)) out.link_bytes[link] += problem.bytes[flow];
    }
    return out;
}

std::vector<Bandwidth> max_min_rates(const FlowProblem& problem) {
    Shares shares(problem);
    for (std::uint32_t flow = 0; flow < problem.flows(); ++flow) shares.come(flow);
    shares.settle();
    std::vector<Bandwidth> rates;
    for (std::uint32_t flow = 0; flow < problem.flows(); ++flow) {
        rates.push_back(Bandwidth::from_si(shares.rate(flow)));
    }
    return rates;
}

}  // namespace millwright

#include "network/flows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

namespace millwright {
namespace {

constexpr double open_level = std::numeric_limits<double>::infinity();
constexpr double same = 1e-12;  // relative: what rounding makes of equal numbers

bool nearly(double a, double b) {
    if (a == open_level || b == open_level) return a == b;
    return a == b || std::abs(a - b) <= same * std::max(std::abs(a), std::abs(b));
}

/// Who sends over which link, and the level of each link.
struct Sharing {
    const FlowProblem& p;
    std::vector<double> capacity, level;
    std::vector<std::uint32_t> link_first, link_active;  // flows of a link: the active ones first
    std::vector<std::uint32_t> members, member_slot;     // flow of a slot; slot of a way's step
    std::vector<std::uint32_t> step_of;                  // step in `ways` of a slot
    std::vector<LinkId> dirty;
    std::vector<bool> is_dirty;
    std::vector<std::uint32_t> touched;
    std::vector<bool> is_touched;
    std::vector<double> elsewhere;  // scratch
    std::uint64_t solved = 0;
};

void index_links(Sharing& s) {
    const std::size_t links = s.p.capacity.size();
    s.link_first.assign(links + 1, 0);
    for (const LinkId link : s.p.ways) ++s.link_first[link + 1];
    for (std::size_t i = 0; i < links; ++i) s.link_first[i + 1] += s.link_first[i];
    std::vector<std::uint32_t> next(s.link_first.begin(), s.link_first.end() - 1);
    s.members.resize(s.p.ways.size());
    s.member_slot.resize(s.p.ways.size());
    s.step_of.resize(s.p.ways.size());
    for (std::uint32_t flow = 0; flow < s.p.flows(); ++flow) {
        for (std::uint32_t step = s.p.first[flow]; step < s.p.first[flow + 1]; ++step) {
            const std::uint32_t slot = next[s.p.ways[step]]++;
            s.members[slot] = flow;
            s.member_slot[step] = slot;
            s.step_of[slot] = step;
        }
    }
}

Sharing sharing_of(const FlowProblem& problem) {
    Sharing s{.p = problem};
    for (const Bandwidth b : problem.capacity) s.capacity.push_back(b.si());
    s.level.assign(s.capacity.size(), open_level);
    s.link_active.assign(s.capacity.size(), 0);
    s.is_dirty.assign(s.capacity.size(), false);
    s.is_touched.assign(problem.flows(), false);
    index_links(s);
    return s;
}

void mark(Sharing& s, LinkId link) {
    if (s.is_dirty[link]) return;
    s.is_dirty[link] = true;
    s.dirty.push_back(link);
}

void touch(Sharing& s, std::uint32_t flow) {
    if (s.is_touched[flow]) return;
    s.is_touched[flow] = true;
    s.touched.push_back(flow);
}

void swap_slots(Sharing& s, std::uint32_t a, std::uint32_t b) {
    std::swap(s.members[a], s.members[b]);
    std::swap(s.step_of[a], s.step_of[b]);
    s.member_slot[s.step_of[a]] = a;
    s.member_slot[s.step_of[b]] = b;
}

void come(Sharing& s, std::uint32_t flow) {
    for (std::uint32_t step = s.p.first[flow]; step < s.p.first[flow + 1]; ++step) {
        const LinkId link = s.p.ways[step];
        swap_slots(s, s.member_slot[step], s.link_first[link] + s.link_active[link]++);
        mark(s, link);
    }
    touch(s, flow);
}

void go(Sharing& s, std::uint32_t flow) {
    for (std::uint32_t step = s.p.first[flow]; step < s.p.first[flow + 1]; ++step) {
        const LinkId link = s.p.ways[step];
        swap_slots(s, s.member_slot[step], s.link_first[link] + --s.link_active[link]);
        mark(s, link);
    }
}

/// The least level on a flow's way, one link aside.
double rate_elsewhere(const Sharing& s, std::uint32_t flow, LinkId aside) {
    double rate = open_level;
    for (const LinkId link : s.p.way(flow)) {
        if (link != aside) rate = std::min(rate, s.level[link]);
    }
    return rate;
}

/// The level that shares the capacity among flows held back to `elsewhere`; open if they leave
/// some of it.
double level_for(double capacity, std::vector<double>& elsewhere) {
    double sum = 0;
    for (const double rate : elsewhere) sum += rate;
    if (sum <= capacity * (1 + same)) return open_level;
    std::sort(elsewhere.begin(), elsewhere.end());
    double left = capacity;
    std::size_t count = elsewhere.size();
    for (const double rate : elsewhere) {
        if (rate * static_cast<double>(count) > left) break;
        left -= rate;
        --count;
    }
    // rounding may let the last flow through though the sum exceeds the capacity
    return count > 0 ? left / static_cast<double>(count) : elsewhere.back();
}

/// Marks the links that a new level of `link` may change: those where the flow's rate from
/// elsewhere changes below their own level, or grows on a link that was not full.
void spread(Sharing& s, LinkId link, double before, double now) {
    const std::uint32_t begin = s.link_first[link];
    for (std::uint32_t slot = begin; slot < begin + s.link_active[link]; ++slot) {
        const std::uint32_t flow = s.members[slot];
        touch(s, flow);
        for (const LinkId other : s.p.way(flow)) {
            if (other == link || s.is_dirty[other]) continue;
            double rest = open_level;
            for (const LinkId third : s.p.way(flow)) {
                if (third != link && third != other) rest = std::min(rest, s.level[third]);
            }
            const double was = std::min(rest, before);
            const double is = std::min(rest, now);
            const double level = s.level[other];
            const bool full = level < open_level;
            if (full ? std::min(was, level) != std::min(is, level) : is > was) mark(s, other);
        }
    }
}

void solve(Sharing& s, LinkId link) {
    ++s.solved;
    s.elsewhere.clear();
    const std::uint32_t begin = s.link_first[link];
    for (std::uint32_t slot = begin; slot < begin + s.link_active[link]; ++slot) {
        s.elsewhere.push_back(rate_elsewhere(s, s.members[slot], link));
    }
    const double before = s.level[link];
    const double now = level_for(s.capacity[link], s.elsewhere);
    if (nearly(before, now)) return;
    s.level[link] = now;
    spread(s, link, before, now);
}

/// Solves dirty links until no level changes. Rounds go from lower levels to higher ones: a level
/// hangs only on lower ones, so most links are solved once they can be.
void settle(Sharing& s) {
    std::vector<LinkId> round;
    while (!s.dirty.empty()) {
        round.swap(s.dirty);
        s.dirty.clear();
        const auto share = [&](LinkId link) {
            const double fair = s.capacity[link] / std::max<double>(s.link_active[link], 1);
            return std::pair(std::min(s.level[link], fair), link);
        };
        std::sort(round.begin(), round.end(),
                  [&](LinkId a, LinkId b) { return share(a) < share(b); });
        for (const LinkId link : round) {
            s.is_dirty[link] = false;
            solve(s, link);
        }
    }
}

double rate_of(const Sharing& s, std::uint32_t flow) {
    return rate_elsewhere(s, flow, std::numeric_limits<LinkId>::max());
}

struct Event {
    double at;
    std::uint32_t flow;
    std::uint32_t version;  // of the flow's rate; an older event is void

    bool operator>(const Event& other) const {
        return at != other.at ? at > other.at : flow > other.flow;
    }
};

using Queue = std::priority_queue<Event, std::vector<Event>, std::greater<>>;

struct Running {
    Sharing sharing;
    std::vector<double> left, rate, since;
    std::vector<std::uint32_t> version;
    std::vector<std::uint32_t> arrivals;  // by the time that they begin to send
    std::vector<double> begin;
    std::size_t arrived = 0;
    Queue queue;
    FlowOutcome out;
};

Running running_of(const FlowProblem& p) {
    Running r{.sharing = sharing_of(p)};
    r.out.finish.resize(p.flows());
    r.out.link_bytes.assign(p.capacity.size(), Bytes{});
    r.out.peak_share.assign(p.capacity.size(), 0);
    r.rate.assign(p.flows(), 0);
    r.since.assign(p.flows(), 0);
    r.version.assign(p.flows(), 0);
    for (std::uint32_t flow = 0; flow < p.flows(); ++flow) {
        r.left.push_back(p.bytes[flow].si());
        double begin = p.start[flow].si();
        for (const LinkId link : p.way(flow)) {
            begin += p.latency[link].si();
            r.out.link_bytes[link] += p.bytes[flow];
        }
        r.begin.push_back(begin);
        r.out.finish[flow] = Seconds::from_si(begin);
        if (!p.way(flow).empty() && r.left.back() > 0) r.arrivals.push_back(flow);
    }
    std::stable_sort(r.arrivals.begin(), r.arrivals.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return r.begin[a] < r.begin[b]; });
    return r;
}

/// Gives touched flows their new rates and times of finish.
void reschedule(Running& r, double now) {
    Sharing& s = r.sharing;
    for (const std::uint32_t flow : s.touched) {
        s.is_touched[flow] = false;
        const double rate = rate_of(s, flow);
        if (r.left[flow] <= 0 || nearly(rate, r.rate[flow])) continue;
        r.left[flow] -= r.rate[flow] * (now - r.since[flow]);
        r.since[flow] = now;
        r.rate[flow] = rate;
        const double at = now + std::max(0.0, r.left[flow]) / rate;
        r.queue.push({at, flow, ++r.version[flow]});
    }
    s.touched.clear();
}

void note_peaks(Running& r, std::span<const LinkId> links) {
    const Sharing& s = r.sharing;
    for (const LinkId link : links) {
        double used = 0;
        const std::uint32_t begin = s.link_first[link];
        for (std::uint32_t slot = begin; slot < begin + s.link_active[link]; ++slot) {
            used += r.rate[s.members[slot]];
        }
        r.out.peak_share[link] = std::max(r.out.peak_share[link], used / s.capacity[link]);
    }
}

void drop_void(Running& r) {
    while (!r.queue.empty() && r.queue.top().version != r.version[r.queue.top().flow]) {
        r.queue.pop();
    }
}

/// All flows that finish or begin at the next time; false if there is none.
bool step(Running& r) {
    drop_void(r);
    const bool more = r.arrived < r.arrivals.size();
    if (r.queue.empty() && !more) return false;
    const double arrival = more ? r.begin[r.arrivals[r.arrived]] : open_level;
    const double now = r.queue.empty() ? arrival : std::min(arrival, r.queue.top().at);
    ++r.out.events;
    const double until = now * (1 + same);
    for (drop_void(r); !r.queue.empty() && r.queue.top().at <= until; drop_void(r)) {
        const std::uint32_t flow = r.queue.top().flow;
        r.queue.pop();
        r.out.finish[flow] = Seconds::from_si(now);
        r.left[flow] = 0;
        r.rate[flow] = 0;
        ++r.version[flow];
        go(r.sharing, flow);
    }
    for (; r.arrived < r.arrivals.size() && r.begin[r.arrivals[r.arrived]] <= until; ++r.arrived) {
        const std::uint32_t flow = r.arrivals[r.arrived];
        r.since[flow] = now;
        come(r.sharing, flow);
    }
    settle(r.sharing);
    const std::vector<std::uint32_t> changed = r.sharing.touched;
    reschedule(r, now);
    for (const std::uint32_t flow : changed) note_peaks(r, r.sharing.p.way(flow));
    return true;
}

}  // namespace

void FlowProblem::add(std::span<const LinkId> way, Bytes size, Seconds begin) {
    if (first.empty()) first.push_back(0);
    ways.insert(ways.end(), way.begin(), way.end());
    first.push_back(static_cast<std::uint32_t>(ways.size()));
    bytes.push_back(size);
    start.push_back(begin);
}

FlowOutcome run_flows(const FlowProblem& problem) {
    Running running = running_of(problem);
    while (step(running)) {
    }
    running.out.solved = running.sharing.solved;
    return std::move(running.out);
}

std::vector<Bandwidth> max_min_rates(const FlowProblem& problem) {
    Sharing sharing = sharing_of(problem);
    for (std::uint32_t flow = 0; flow < problem.flows(); ++flow) come(sharing, flow);
    settle(sharing);
    std::vector<Bandwidth> rates;
    for (std::uint32_t flow = 0; flow < problem.flows(); ++flow) {
        rates.push_back(Bandwidth::from_si(rate_of(sharing, flow)));
    }
    return rates;
}

}  // namespace millwright

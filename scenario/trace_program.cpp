#include "scenario/trace_program.h"

#include <algorithm>
#include <deque>
#include <numeric>

#include <fmt/format.h>

#include "base/units.h"
#include "network/algorithms.h"

namespace millwright {
namespace {

/// What a collective of the schema is done as.
struct Done {
    Collective collective = Collective::all_reduce;
    bool to_all = true;     // else to or from one rank
    double size_scale = 1;  // bytes of the whole over `comm_size`
};

Done done_as(ChakraCollective c, std::uint32_t ranks) {
    switch (c) {
        case ChakraCollective::all_reduce: return {};
        case ChakraCollective::all_gather: return {Collective::all_gather, true, 1.0 * ranks};
        case ChakraCollective::all_to_all: return {Collective::all_to_all};
        case ChakraCollective::reduce_scatter:
        case ChakraCollective::reduce_scatter_block: return {Collective::reduce_scatter};
        case ChakraCollective::barrier: return {Collective::all_reduce, true, 0};
        default: return {Collective::all_reduce, false};
    }
}

/// A chain through all ranks, or each rank's part straight from or to the first.
Phase one_rank_phase(ChakraCollective c, std::uint32_t n) {
    const auto sends = [c, n] {
        std::vector<Send> all;
        for (std::uint32_t i = 1; i < n; ++i) {
            switch (c) {
                case ChakraCollective::broadcast: all.push_back({i - 1, i, 1 * unit::B}); break;
                case ChakraCollective::reduce: all.push_back({i, i - 1, 1 * unit::B}); break;
                case ChakraCollective::scatter: all.push_back({0, i, unit::B / n}); break;
                default: all.push_back({i, 0, unit::B / n}); break;
            }
        }
        return all;
    };
    const bool chain = c == ChakraCollective::broadcast || c == ChakraCollective::reduce;
    return {.others = sends, .depth = chain ? n - 1.0 : 0};
}

using Ranks = std::vector<std::uint32_t>;

/// The layout of a list of ranks, if they are evenly spaced; else one that shares no domain.
Team team_of(const Ranks& ranks, const FabricGraph& graph) {
    const auto n = static_cast<std::uint32_t>(ranks.size());
    const std::uint32_t step = n > 1 ? ranks[1] - ranks[0] : 1;
    for (std::size_t i = 1; i < ranks.size(); ++i) {
        if (ranks[i] != ranks[i - 1] + step) return {n, graph.endpoints, 1};
    }
    return {n, std::max(1U, step), 1};
}

class Builder {
public:
    Builder(const ChakraTrace& trace, const FabricGraph& graph, const TraceOptions& options)
        : trace_(trace), graph_(graph), options_(options), ranks_(ranks_of(trace, options)) {}

    Result<Program> build();

private:
    void fault(std::uint32_t rank, const ChakraNode& node, std::string message, std::string hint);
    void check_rescaling();
    std::uint32_t endpoint(std::uint32_t rank) const {
        return options_.first + rank * options_.step;
    }
    Ranks endpoints(const Ranks& ranks) const;
    ProgramNode node_of(std::uint32_t rank, const ChakraNode& node);
    void put_work(std::uint32_t rank, const ChakraNode& node, ProgramNode& out);
    void put_message(std::uint32_t rank, const ChakraNode& node, ProgramNode& out);
    void put_collective(std::uint32_t rank, const ChakraNode& node, ProgramNode& out);
    const Ranks* members(std::uint32_t rank, const ChakraNode& node);
    const Ranks* spanned(std::uint32_t rank, const ChakraNode& node);
    std::uint32_t group_id(const Ranks& ranks);
    std::uint32_t channel_of(const Ranks& users);
    std::uint32_t collective_id(const ChakraNode& node, std::uint32_t group, Bytes size);
    PhaseAlgorithm algorithm_for(Collective collective, const Team& team, Bytes size);
    void add_actor(std::uint32_t rank);

    const ChakraTrace& trace_;
    const FabricGraph& graph_;
    const TraceOptions& options_;
    std::uint32_t ranks_;
    Faults faults_;
    Program program_;
    std::deque<Ranks> groups_;
    std::map<Ranks, std::uint32_t> group_of_, channel_of_;
    Ranks everyone_;
    std::map<std::tuple<std::uint32_t, int, int>, std::uint32_t> collectives_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> messages_;
    std::map<std::tuple<int, std::uint32_t, std::uint32_t, double>, PhaseAlgorithm> chosen_;
};

void Builder::fault(std::uint32_t rank, const ChakraNode& node, std::string message,
                    std::string hint) {
    constexpr std::size_t most = 20;
    if (faults_.size() >= most) return;
    faults_.push_back({{fmt::format("rank {}", rank), 0, 0},
                       fmt::format("node {} ({}): {}", node.id, node.name, message),
                       std::move(hint)});
}

void Builder::check_rescaling() {
    if (ranks_ == trace_.ranks.size()) return;
    for (const ChakraNode& node : trace_.ranks.front()) {
        const bool message = node.type == ChakraType::send || node.type == ChakraType::receive;
        const bool part = !node.group.empty() || std::ranges::count(node.dimensions, false) > 0;
        if (!message && !part) continue;
        return fault(0, node, "is of some ranks only, so the trace cannot be rescaled",
                     "leave out --ranks");
    }
}

void Builder::put_work(std::uint32_t rank, const ChakraNode& node, ProgramNode& out) {
    out.lane = node.on_host ? 1 : 0;
    if (node.type == ChakraType::metadata) return;
    out.duration = options_.work ? options_.work(node) : node.duration;
    const bool asks = node.operations > Flops{} || node.tensor > Bytes{};
    if (!options_.work && node.duration <= Seconds{} && asks) {
        fault(rank, node, "has operations or bytes, and no duration",
              "give --chip to time them by");
    }
    out.duration = options_.work_scale * out.duration;
}

void Builder::put_message(std::uint32_t rank, const ChakraNode& node, ProgramNode& out) {
    const bool sends = node.type == ChakraType::send;
    // traces of some collectors leave the own end at zero
    const std::uint32_t from = sends ? rank : node.source;
    const std::uint32_t to = sends ? node.destination : rank;
    if (from >= ranks_ || to >= ranks_ || from == to) {
        return fault(rank, node, fmt::format("goes from rank {} to {}", from, to),
                     fmt::format("ranks are 0 to {}", ranks_ - 1));
    }
    const auto [at, is_new] = messages_.try_emplace(
        {from, to, node.tag}, static_cast<std::uint32_t>(program_.exchanges.size()));
    if (is_new) {
        Exchange e{.name = fmt::format("message {} to {}", from, to), .parties = 2};
        e.phases = {
            {.sends = {{endpoint(from), endpoint(to), 1 * unit::B}}, .wait = graph_.message}};
        e.channel = channel_of({from, to, node.tag});
        program_.exchanges.push_back(std::move(e));
    }
    out.kind = ProgramNode::Kind::exchange;
    out.exchange = at->second;
    out.size = node.size;
}

/// Ranks that differ from this one in the dimensions that are involved.
const Ranks* Builder::spanned(std::uint32_t rank, const ChakraNode& node) {
    std::vector<std::uint32_t> lengths = options_.dimensions;
    double all = 1;
    for (const std::uint32_t length : lengths) all *= length;
    if (all != ranks_) {
        fault(rank, node, "spans some dimensions of the ranks, whose lengths are not known",
              fmt::format("give --dimensions whose product is {}", ranks_));
        return nullptr;
    }
    Ranks ranks{rank};
    std::uint32_t stride = 1;
    for (std::size_t d = 0; d < lengths.size(); ++d) {
        const bool involved = d < node.dimensions.size() && node.dimensions[d];
        Ranks more;
        for (const std::uint32_t r : ranks) {
            const std::uint32_t zero = r - r / stride % lengths[d] * stride;
            for (std::uint32_t i = 0; involved && i < lengths[d]; ++i) {
                more.push_back(zero + i * stride);
            }
        }
        if (involved) ranks = std::move(more);
        stride *= lengths[d];
    }
    std::ranges::sort(ranks);
    return &groups_[group_id(ranks)];
}

const Ranks* Builder::members(std::uint32_t rank, const ChakraNode& node) {
    if (!node.group.empty()) {
        const auto at = trace_.groups.find(node.group);
        if (at == trace_.groups.end()) {
            fault(rank, node, "no process group '" + node.group + "'",
                  "comm_group.json in the folder lists the ranks of each");
            return nullptr;
        }
        const bool inside = std::ranges::all_of(at->second, [&](auto r) { return r < ranks_; });
        if (!inside || std::ranges::find(at->second, rank) == at->second.end()) {
            fault(rank, node, "process group '" + node.group + "' does not fit this rank", "");
            return nullptr;
        }
        return &groups_[group_id(at->second)];
    }
    if (std::ranges::count(node.dimensions, false) > 0) return spanned(rank, node);
    return &groups_[group_id(everyone_)];
}

std::uint32_t Builder::group_id(const Ranks& ranks) {
    const auto [at, is_new] =
        group_of_.try_emplace(ranks, static_cast<std::uint32_t>(groups_.size()));
    if (is_new) groups_.push_back(ranks);
    return at->second;
}

/// Of a group by its number, or of a message by its ends and tag.
std::uint32_t Builder::channel_of(const Ranks& users) {
    return channel_of_.try_emplace(users, static_cast<std::uint32_t>(channel_of_.size()))
        .first->second;
}

Ranks Builder::endpoints(const Ranks& ranks) const {
    Ranks placed;
    for (const std::uint32_t rank : ranks) placed.push_back(endpoint(rank));
    return placed;
}

PhaseAlgorithm Builder::algorithm_for(Collective collective, const Team& team, Bytes size) {
    // a pairwise exchange of many phases is told as everything at once
    const CollectiveRequest request{collective, size, team, {}};
    if (does(PhaseAlgorithm::direct, graph_, request)) return PhaseAlgorithm::direct;
    if (team.stride >= graph_.endpoints) {
        return collective == Collective::all_to_all ? PhaseAlgorithm::pairwise
                                                    : PhaseAlgorithm::ring;
    }
    const auto [at, is_new] = chosen_.try_emplace(
        {static_cast<int>(collective), team.size, team.stride, size.si()}, PhaseAlgorithm::ring);
    if (is_new) at->second = fastest(graph_, request, closed_time);
    return at->second;
}

std::uint32_t Builder::collective_id(const ChakraNode& node, std::uint32_t group, Bytes size) {
    const Ranks& ranks = groups_[group];
    const auto n = static_cast<std::uint32_t>(ranks.size());
    const Ranks placed = endpoints(ranks);
    const Team team = team_of(placed, graph_);
    const Done done = done_as(node.collective, n);
    PhaseAlgorithm algorithm = PhaseAlgorithm::automatic;
    if (done.to_all && n > 1) algorithm = algorithm_for(done.collective, team, size);
    const std::tuple key{group, static_cast<int>(node.collective), static_cast<int>(algorithm)};
    const auto [at, is_new] =
        collectives_.try_emplace(key, static_cast<std::uint32_t>(program_.exchanges.size()));
    if (!is_new) return at->second;
    std::vector<Phase> phases;
    if (n > 1 && done.to_all) {
        phases = phases_of(algorithm, graph_, {done.collective, 1 * unit::B, team, {}});
    } else if (n > 1) {
        phases = {one_rank_phase(node.collective, n)};
    }
    program_.exchanges.push_back(
        {.name = fmt::format("{} of {} ranks, {}", node.name, n, name_of(algorithm)),
         .phases = exchange_phases(graph_, team, phases, placed),
         .channel = channel_of({group}),
         .parties = n});
    return at->second;
}

void Builder::put_collective(std::uint32_t rank, const ChakraNode& node, ProgramNode& out) {
    const Ranks* ranks = members(rank, node);
    if (ranks == nullptr) return;
    const auto n = static_cast<std::uint32_t>(ranks->size());
    out.kind = ProgramNode::Kind::exchange;
    out.size = done_as(node.collective, n).size_scale * node.size;
    out.exchange = collective_id(node, group_id(*ranks), max(out.size, 1 * unit::B));
}

ProgramNode Builder::node_of(std::uint32_t rank, const ChakraNode& node) {
    ProgramNode out{.name = node.name};
    switch (node.type) {
        case ChakraType::metadata:
        case ChakraType::memory_load:
        case ChakraType::memory_store:
        case ChakraType::compute: put_work(rank, node, out); break;
        case ChakraType::send:
        case ChakraType::receive: put_message(rank, node, out); break;
        case ChakraType::collective: put_collective(rank, node, out); break;
        default: fault(rank, node, "has a type that the schema does not know", ""); break;
    }
    return out;
}

void Builder::add_actor(std::uint32_t rank) {
    const auto& nodes = trace_.ranks[rank % trace_.ranks.size()];
    std::map<std::uint64_t, std::uint32_t> at;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
        if (!at.emplace(nodes[i].id, i).second)
            fault(rank, nodes[i], "a second node of that id", "");
    }
    auto& actor = program_.actors.emplace_back();
    for (const ChakraNode& node : nodes) {
        actor.push_back(node_of(rank, node));
        for (const std::uint64_t before : node.after) {
            const auto found = at.find(before);
            if (found == at.end()) {
                fault(rank, node, fmt::format("waits for node {}, which is not there", before), "");
            } else {
                actor.back().after.push_back(found->second);
            }
        }
    }
}

Result<Program> Builder::build() {
    check_rescaling();
    everyone_.resize(ranks_);
    std::iota(everyone_.begin(), everyone_.end(), 0U);
    for (std::uint32_t rank = 0; faults_.empty() && rank < ranks_; ++rank) add_actor(rank);
    if (!faults_.empty()) return failure(std::move(faults_));
    return std::move(program_);
}

}  // namespace

std::uint32_t ranks_of(const ChakraTrace& trace, const TraceOptions& options) {
    return options.ranks > 0 ? options.ranks : static_cast<std::uint32_t>(trace.ranks.size());
}

Result<Program> program_of(const ChakraTrace& trace, const FabricGraph& graph,
                           const TraceOptions& options) {
    return Builder(trace, graph, options).build();
}

}  // namespace millwright

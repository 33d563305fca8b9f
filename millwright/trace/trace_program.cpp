// Ranks become actors, nodes work or parties of exchanges. Rank by rank, node by node in the order
// of the files: the n-th collective of a group in a rank's file is its n-th turn, which the first
// rank to come defines and the others must match. What only the whole trace can tell (as many turns
// on all ranks, both ends of messages) is checked at the end.
#include "millwright/trace/trace_program.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "millwright/base/require.h"
#include "millwright/base/units.h"
#include "millwright/trace/trace_collectives.h"
#include "millwright/trace/trace_match.h"

namespace millwright {
namespace {

using Ranks = std::vector<std::uint32_t>;

/// The layout of a list of ranks, if they are evenly spaced; else one that shares no domain.
Team team_of(const Ranks& ranks, const FabricGraph& graph) {
    const auto n = narrow<std::uint32_t>(ranks.size());
    const std::uint32_t step = n > 1 ? ranks[1] - ranks[0] : 1;
    for (std::size_t i = 1; i < ranks.size(); ++i) {
        const bool even = ranks[i] > ranks[i - 1] && ranks[i] - ranks[i - 1] == step;
        // a stride past all endpoints, which algorithm_for() asks for
        if (!even) return {n, graph.endpoints, 1};
    }
    return {n, std::max(1U, step), 1};
}

/// A process group; two of like ranks are two if they have names.
struct NamedGroup {
    std::string name;
    Ranks ranks;
};

/// One trace into one program.
class Builder {
public:
    Builder(const ChakraTrace& trace, const FabricGraph& graph, const TraceOptions& options)
        : trace_(trace), graph_(graph), options_(options), ranks_(ranks_of(trace, options)) {}

    Result<Program> build();

private:
    void fault(std::uint32_t rank, const ChakraNode& node, std::string message, std::string hint);
    void fault(const std::optional<Mismatch>& m) {
        if (m) fault(m->rank, *m->node, m->message, m->hint);
    }
    void check_options();
    void check_rescaling();
    std::uint32_t endpoint(std::uint32_t rank) const {
        return options_.first + rank * options_.step;
    }
    Ranks endpoints(const Ranks& ranks) const;
    ProgramNode node_of(std::uint32_t rank, const ChakraNode& node);
    void put_work(std::uint32_t rank, const ChakraNode& node, ProgramNode& out);
    void put_message(std::uint32_t rank, const ChakraNode& node, ProgramNode& out);
    void put_collective(std::uint32_t rank, const ChakraNode& node, ProgramNode& out);
    std::optional<std::uint32_t> group_of(std::uint32_t rank, const ChakraNode& node);
    std::optional<std::uint32_t> named(std::uint32_t rank, const ChakraNode& node);
    std::optional<std::uint32_t> spanned(std::uint32_t rank, const ChakraNode& node);
    std::uint32_t add_group(NamedGroup group);
    ExchangeId collective_id(const ChakraNode& node, std::uint32_t group, Bytes size);
    Algorithm chosen_for(Collective collective, const Team& team, Bytes size);
    void match_counts();
    void add_actor(std::uint32_t rank);

    const ChakraTrace& trace_;
    const FabricGraph& graph_;
    const TraceOptions& options_;
    std::uint32_t ranks_;
    Faults faults_;
    Program program_;
    std::uint32_t channels_ = 0;
    std::vector<NamedGroup> groups_;
    std::vector<std::uint32_t> channel_;    // of each group
    std::vector<std::vector<Turn>> turns_;  // of each group
    std::map<std::string, std::uint32_t> by_name_;
    std::map<Ranks, std::uint32_t> by_ranks_;       // of groups without a name
    std::map<std::uint32_t, std::uint32_t> taken_;  // turns of each group by the rank at hand
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> counts_;  // group, rank
    Ranks everyone_;
    std::optional<std::uint32_t> all_;  // the group of everyone
    std::map<std::tuple<std::uint32_t, int, int>, ExchangeId> collectives_;
    std::map<MessageKey, Messages> messages_;
    std::map<std::tuple<int, std::uint32_t, std::uint32_t, double>, Algorithm> chosen_;
};

void Builder::fault(std::uint32_t rank, const ChakraNode& node, std::string message,
                    std::string hint) {
    constexpr std::size_t most = 20;
    if (faults_.size() >= most) return;
    faults_.push_back({{fmt::format("rank {}", rank), 0, 0},
                       fmt::format("node {} ({}): {}", node.id, node.name, message),
                       std::move(hint)});
}

/// Nodes are counted before any is made: ranks may be asked for that no memory holds.
void Builder::check_options() {
    const auto wrong = [&](const char* option, std::string what, std::string hint) {
        faults_.push_back({{option, 0, 0}, std::move(what), std::move(hint)});
    };
    if (!(options_.work_scale >= 0 && options_.work_scale <= 1e6)) {
        wrong("--work-scale", "no number from 0 to 1e6", "1 leaves the work as it is");
    }
    constexpr double most_nodes = 1e8;
    double nodes = 0;
    for (const auto& rank : trace_.ranks) nodes += static_cast<double>(rank.size());
    nodes *= static_cast<double>(ranks_) / static_cast<double>(trace_.ranks.size());
    nodes = std::max(nodes, static_cast<double>(ranks_));  // ranks may have none
    if (nodes > most_nodes) {
        wrong("--ranks", fmt::format("{:.2g} nodes are more than {:.2g}", nodes, most_nodes),
              "replay fewer ranks or a shorter trace");
    }
}

/// The first rank stands for all; what only others do is found when their peers are missing.
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

/// Metadata takes no time. Operations without a duration would be free where no chip times them.
void Builder::put_work(std::uint32_t rank, const ChakraNode& node, ProgramNode& out) {
    out.lane = node.on_host ? 1 : 0;
    if (node.type == ChakraType::metadata) return;
    const bool asks = node.operations > Flops{} || node.tensor > Bytes{};
    out.duration = options_.work && asks ? options_.work(node) : node.duration;
    if (!options_.work && node.duration <= Seconds{} && asks) {
        fault(rank, node, "has operations or bytes, and no duration",
              "give --chip to time them by");
    }
    out.duration = options_.work_scale * out.duration;
}

/// Each sender, receiver and tag is an exchange of one byte with a channel of its own, so that its
/// messages go one after another; nodes have the sizes.
void Builder::put_message(std::uint32_t rank, const ChakraNode& node, ProgramNode& out) {
    const bool sends = node.type == ChakraType::send;
    // traces of some collectors leave the own end at zero
    const std::uint32_t from = sends ? rank : node.source;
    const std::uint32_t to = sends ? node.destination : rank;
    if (from >= ranks_ || to >= ranks_ || from == to) {
        return fault(rank, node, fmt::format("goes from rank {} to {}", from, to),
                     fmt::format("ranks are 0 to {}", ranks_ - 1));
    }
    const auto [at, is_new] = messages_.try_emplace({from, to, node.tag});
    Messages& messages = at->second;
    if (is_new) {
        messages.exchange = ExchangeId(program_.exchanges.size());
        Exchange e{.name = fmt::format("message {} to {}", from, to),
                   .channel = channels_++,
                   .parties = 2,
                   .eager = options_.eager};
        e.phases = {message_phase(graph_, endpoint(from), endpoint(to), options_.channels)};
        program_.exchanges.push_back(std::move(e));
    }
    (sends ? messages.sent : messages.received).push_back(&node);
    out.kind = ProgramNode::Kind::exchange;
    out.exchange = messages.exchange;
    out.size = node.size;
    out.posts = sends;
}

/// Ranks that differ from this one in the dimensions that are involved. Rank r has coordinate r /
/// (product of the lengths further in) mod its length; the group takes all values of it.
std::optional<std::uint32_t> Builder::spanned(std::uint32_t rank, const ChakraNode& node) {
    const std::vector<std::uint32_t>& lengths = options_.dimensions;
    double all = 1;
    for (const std::uint32_t length : lengths) all *= length;
    if (all != ranks_) {
        fault(rank, node, "spans some dimensions of the ranks, whose lengths are not known",
              fmt::format("give --dimensions whose product is {}", ranks_));
        return std::nullopt;
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
    return add_group({"", std::move(ranks)});
}

std::optional<std::uint32_t> Builder::named(std::uint32_t rank, const ChakraNode& node) {
    const auto known = by_name_.find(node.group);
    // that the group lists this rank was seen when it first came to it
    if (known != by_name_.end() && taken_.contains(known->second)) return known->second;
    const auto at = trace_.groups.find(node.group);
    if (at == trace_.groups.end()) {
        fault(rank, node, "no process group '" + node.group + "'",
              "comm_group.json in the folder lists the ranks of each");
        return std::nullopt;
    }
    const bool inside = std::ranges::all_of(at->second, [&](auto r) { return r < ranks_; });
    if (!inside || std::ranges::find(at->second, rank) == at->second.end()) {
        fault(rank, node, "process group '" + node.group + "' does not fit this rank",
              fmt::format("it must list rank {} and no rank beyond {}", rank, ranks_ - 1));
        return std::nullopt;
    }
    return add_group({node.group, at->second});
}

std::optional<std::uint32_t> Builder::group_of(std::uint32_t rank, const ChakraNode& node) {
    if (!node.group.empty()) return named(rank, node);
    if (std::ranges::count(node.dimensions, false) > 0) return spanned(rank, node);
    if (!all_) all_ = add_group({"", everyone_});
    return all_;
}

/// The number of a group, new or known by its name, or by its ranks if it has none. Each has a
/// channel: collectives of one group go one after another.
std::uint32_t Builder::add_group(NamedGroup group) {
    const auto id = narrow<std::uint32_t>(groups_.size());
    const auto [known, is_new] = [&] {
        if (group.name.empty()) {
            const auto at = by_ranks_.try_emplace(group.ranks, id);
            return std::pair(at.first->second, at.second);
        }
        const auto at = by_name_.try_emplace(group.name, id);
        return std::pair(at.first->second, at.second);
    }();
    if (!is_new) return known;
    groups_.push_back(std::move(group));
    turns_.emplace_back();
    channel_.push_back(channels_++);
    return id;
}

Ranks Builder::endpoints(const Ranks& ranks) const {
    Ranks placed;
    for (const std::uint32_t rank : ranks) placed.push_back(endpoint(rank));
    return placed;
}

/// Traces ask for a few sizes many times, and closed times of all algorithms cost.
Algorithm Builder::chosen_for(Collective collective, const Team& team, Bytes size) {
    const auto [at, is_new] = chosen_.try_emplace(
        {static_cast<int>(collective), team.size, team.stride, size.si()}, Algorithm::ring);
    if (is_new) {
        at->second = algorithm_for(graph_, collective, team, size, options_.channels);
    }
    return at->second;
}

/// One exchange for all collectives of a group that are of one kind and run alike: phases are of
/// one byte, and scaled by each node's size.
ExchangeId Builder::collective_id(const ChakraNode& node, std::uint32_t group, Bytes size) {
    const Ranks placed = endpoints(groups_[group].ranks);
    const auto n = narrow<std::uint32_t>(placed.size());
    const Team team = team_of(placed, graph_);
    const DoneAs done = done_as(node.collective, n);
    Algorithm algorithm = Algorithm::automatic;
    if (done.to_all && n > 1) algorithm = chosen_for(done.collective, team, size);
    const std::tuple key{group, static_cast<int>(node.collective), static_cast<int>(algorithm)};
    const auto [at, is_new] = collectives_.try_emplace(key, ExchangeId(program_.exchanges.size()));
    if (!is_new) return at->second;
    const std::vector<Phase> phases = phases_for(graph_, team, node.collective, algorithm);
    program_.exchanges.push_back(
        {.name = fmt::format("{} of {} ranks, {}", node.name, n, name_of(algorithm)),
         .phases = exchange_phases(graph_, team, phases, placed, options_.channels),
         .channel = channel_[group],
         .parties = n});
    return at->second;
}

void Builder::put_collective(std::uint32_t rank, const ChakraNode& node, ProgramNode& out) {
    const auto group = group_of(rank, node);
    if (!group) return;
    const auto n = narrow<std::uint32_t>(groups_[*group].ranks.size());
    out.kind = ProgramNode::Kind::exchange;
    out.size = done_as(node.collective, n).size_scale * node.size;
    auto& turns = turns_[*group];
    const std::uint32_t turn = taken_[*group]++;
    if (turn == turns.size()) {
        // a barrier has no bytes; its algorithm is that of the least message
        turns.push_back({rank, &node, collective_id(node, *group, max(out.size, 1 * unit::B))});
    } else {
        fault(mismatch(rank, node, turns[turn]));
    }
    out.exchange = turns[turn].exchange;
}

ProgramNode Builder::node_of(std::uint32_t rank, const ChakraNode& node) {
    ProgramNode out;
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
    taken_.clear();
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
    for (const auto& [group, turns] : taken_) counts_[{group, rank}] = turns;
}

/// All ranks of a group have as many collectives of it.
void Builder::match_counts() {
    for (std::uint32_t g = 0; g < groups_.size(); ++g) {
        for (const std::uint32_t rank : groups_[g].ranks) {
            const auto at = counts_.find({g, rank});
            const std::uint32_t count = at == counts_.end() ? 0 : at->second;
            if (count == turns_[g].size()) continue;
            const Turn& lacks = turns_[g][count];
            const std::string group =
                groups_[g].name.empty() ? "its group" : "group '" + groups_[g].name + "'";
            fault(lacks.rank, *lacks.node,
                  fmt::format("waits for rank {}, which has {} of the {} collectives of {}", rank,
                              count, turns_[g].size(), group),
                  "a collective must stand in the file of each rank of its group");
            break;
        }
    }
}

Result<Program> Builder::build() {
    check_options();
    check_rescaling();
    // a list of all ranks, too, is only made where so many are allowed
    if (!faults_.empty()) return failure(std::move(faults_));
    everyone_.resize(ranks_);
    std::iota(everyone_.begin(), everyone_.end(), 0U);
    for (std::uint32_t rank = 0; faults_.empty() && rank < ranks_; ++rank) add_actor(rank);
    if (faults_.empty()) match_counts();
    if (faults_.empty()) {
        for (const auto& [key, m] : messages_) fault(mismatch(key, m));
    }
    if (!faults_.empty()) return failure(std::move(faults_));
    program_.channels = options_.channels;
    return std::move(program_);
}

}  // namespace

std::uint32_t ranks_of(const ChakraTrace& trace, const TraceOptions& options) {
    return options.ranks > 0 ? options.ranks : narrow<std::uint32_t>(trace.ranks.size());
}

Result<Program> program_of(const ChakraTrace& trace, const FabricGraph& graph,
                           const TraceOptions& options) {
    return Builder(trace, graph, options).build();
}

}  // namespace millwright

// Nothing moves, so each unfinished node waits for something: a node of its own actor, or one that
// has not come to its meeting. Following one such reason after another ends where a node waits for
// one that is not in the program, or at a node that was passed before: from there on is the circle.
#include "millwright/collective/stall.h"

#include <algorithm>
#include <map>
#include <optional>

#include "millwright/base/require.h"

namespace millwright {
namespace {

using Turn = std::pair<std::uint32_t, std::uint32_t>;  // channel, turn

class Tracer {
public:
    Tracer(const Program& program, const Progress& progress,
           const std::vector<std::uint32_t>& next);

    Stall stall() const;

private:
    std::optional<NodeRef> waits_for(NodeRef id) const;
    std::optional<NodeRef> absent_from(Turn turn) const;
    bool ended(NodeRef id) const { return progress_.ended[id.actor][id.node]; }

    const Program& program_;
    const Progress& progress_;
    const std::vector<std::uint32_t>& next_;
    std::map<Turn, std::vector<NodeRef>> meets_;  // unfinished nodes of each turn
    std::optional<NodeRef> first_;
    std::size_t unfinished_ = 0;
};

Tracer::Tracer(const Program& program, const Progress& progress,
               const std::vector<std::uint32_t>& next)
    : program_(program), progress_(progress), next_(next) {
    for (std::uint32_t a = 0; a < program.actors.size(); ++a) {
        for (std::uint32_t n = 0; n < program.actors[a].size(); ++n) {
            const NodeRef id{a, n};
            if (ended(id)) continue;
            if (!first_) first_ = id;
            ++unfinished_;
            const ProgramNode& node = program.actors[a][n];
            if (node.kind != ProgramNode::Kind::exchange) continue;
            const std::uint32_t channel = program.exchanges[node.exchange.index()].channel;
            meets_[{channel, progress.turn[a][n]}].push_back(id);
        }
    }
}

/// A node of the turn that has not come to it.
std::optional<NodeRef> Tracer::absent_from(Turn turn) const {
    const auto at = meets_.find(turn);
    if (at == meets_.end()) return std::nullopt;
    const auto absent = std::ranges::find_if(
        at->second, [&](NodeRef id) { return progress_.missing[id.actor][id.node] > 0; });
    return absent == at->second.end() ? std::nullopt : std::optional(*absent);
}

/// The node that this one waits for; none: for one that is not there.
std::optional<NodeRef> Tracer::waits_for(NodeRef id) const {
    const ProgramNode& node = program_.actors[id.actor][id.node];
    for (const std::uint32_t before : node.after) {
        if (!ended({id.actor, before})) return NodeRef{id.actor, before};
    }
    if (node.kind != ProgramNode::Kind::exchange) return std::nullopt;
    const std::uint32_t channel = program_.exchanges[node.exchange.index()].channel;
    // the meeting of an earlier turn may block the channel: then that one's absent is waited for
    return absent_from({channel, std::min(next_[channel], progress_.turn[id.actor][id.node])});
}

Stall Tracer::stall() const {
    Stall stall{.unfinished = unfinished_};
    std::map<NodeRef, std::size_t> place;
    for (std::optional<NodeRef> at = first_; at; at = waits_for(*at)) {
        const auto [seen, is_new] = place.emplace(*at, stall.chain.size());
        if (!is_new) {
            stall.circle = true;
            stall.chain.erase(stall.chain.begin(),
                              stall.chain.begin() + static_cast<std::ptrdiff_t>(seen->second));
            break;
        }
        stall.chain.push_back(*at);
    }
    return stall;
}

}  // namespace

Progress progress_before(const Program& program) {
    Progress progress;
    for (const auto& nodes : program.actors) {
        auto& missing = progress.missing.emplace_back();
        auto& turn = progress.turn.emplace_back();
        progress.ended.emplace_back(nodes.size(), false);
        std::map<std::uint32_t, std::uint32_t> turns;  // taken on each channel
        for (const ProgramNode& node : nodes) {
            missing.push_back(narrow<std::uint32_t>(node.after.size()));
            const bool meets = node.kind == ProgramNode::Kind::exchange;
            turn.push_back(meets ? turns[program.exchanges[node.exchange.index()].channel]++ : 0);
        }
    }
    return progress;
}

Stall stall_of(const Program& program, const Progress& progress,
               const std::vector<std::uint32_t>& next) {
    return Tracer(program, progress, next).stall();
}

}  // namespace millwright

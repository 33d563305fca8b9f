// Work and exchanges that wait for each other, over a shared fabric.
//
// Actors (ranks of a trace, or pipeline stages of a plan) have nodes: work that takes a time, and
// exchanges, which run as phases of flows. A node starts when the nodes that it waits for have
// ended; work of one lane goes one after another; an exchange starts when all who take part have
// come to it. Exchanges on one channel (a communicator, or the messages of two ends) go one after
// another: the n-th node that each actor has on a channel, as its list has them, meets the n-th of
// the others. What a phase repeats is one flow of all its bytes and a wait for all its latencies.
// An endpoint gives each of its exchanges a like share of its links, however many flows they have.
// On measured channels flows of a message's size take as much longer as its share is below the
// whole rate, and a phase takes its calls and hops at least.
//
// A message is posted: its sender's node ends when it has come, and the bytes leave at once if they
// are few (eager), else when the receiver has come too (rendezvous).
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "millwright/base/id.h"
#include "millwright/collective/phases.h"

namespace millwright {

/// Flows of a phase between endpoints, for a node of one byte, or of one second (`ProgramNode`).
struct ExchangePhase {
    std::vector<Send> sends;  // endpoints
    Seconds wait;             // latencies of its repeats beyond the first
    double depth = 0;         // of a pipeline of pieces
    Seconds latency;          // of a piece, its message with it
    Seconds message;          // what sending a piece costs
    Seconds by_size;          // what each byte, or second, of a node takes beside flows
    // on measured channels:
    Pace pace;         // messages of a node of one byte
    Seconds least;     // its calls and hops
    Seconds by_chips;  // what a byte of size takes at the whole rate of a chip
};

/// A place in `Program::exchanges`.
using ExchangeId = Id<struct ExchangeTag>;

/// A kind of exchange: what it sends is scaled by the node's bytes or seconds.
struct Exchange {
    std::string name;
    std::vector<ExchangePhase> phases;
    std::uint32_t channel = 0;
    std::uint32_t parties = 1;  // nodes that meet in it
    Bytes eager;                // of a message: up to so many leave before the receiver has come
    Seconds least;              // what each byte, or second, of a node takes at least
};

/// What an actor does: works, or takes part in an exchange.
struct ProgramNode {
    enum class Kind : std::uint8_t { work, exchange };
    Kind kind = Kind::work;
    std::uint8_t lane = 0;             // of work
    bool posts = false;                // sends a message: ends when it has come
    ExchangeId exchange;               // of an exchange
    Seconds duration;                  // of work
    Bytes size;                        // of an exchange,
    Seconds alone;                     // or, of one known by its time, how long it takes alone
    std::vector<std::uint32_t> after;  // nodes of the same actor
};

/// Which node: the actor, and its place in the actor's list.
struct NodeRef {
    std::uint32_t actor = 0, node = 0;

    friend auto operator<=>(const NodeRef&, const NodeRef&) = default;
};

/// Each actor's nodes in the order in which its ready work is taken up and its exchanges meet.
struct Program {
    std::vector<std::vector<ProgramNode>> actors;
    std::vector<Exchange> exchanges;
    Channels channels;
};

/// Phases of a collective of one byte as those of an exchange, between the members that the list
/// gives, group after group.
std::vector<ExchangePhase> exchange_phases(const FabricGraph& graph, const Team& team,
                                           const std::vector<Phase>& of_one_byte,
                                           const std::vector<std::uint32_t>& endpoints,
                                           const Channels& channels = {});

/// A message of one byte from one endpoint to another.
ExchangePhase message_phase(const FabricGraph& graph, std::uint32_t from, std::uint32_t to,
                            const Channels& channels);

/// Puts the actors and exchanges of another program beside those of the first, on whose channels
/// both run; an empty one takes the other's.
void append(Program& all, Program more);

/// An exchange as it happened.
struct ExchangeRecord {
    ExchangeId exchange;
    Bytes size;               // of its largest node,
    Seconds alone;            // or longest; the other is zero
    Seconds met, start, end;  // first and last party came; ended

    /// What its flows, which are for one byte or for one second, are multiplied by.
    double times() const { return size.in(unit::B) + alone.in(unit::s); }
};

/// Nodes that never end, each of which waits for the next: in a circle, so that the last waits for
/// the first, or up to one that waits for a party that never comes.
struct Stall {
    std::vector<NodeRef> chain;
    bool circle = false;
    std::size_t unfinished = 0;  // nodes of the whole program
};

/// How a program went. Where it stalls, times are those until then.
struct ProgramOutcome {
    Stall stall;  // no chain: all ended
    Seconds total;
    std::vector<Seconds> ended, worked;  // of each actor: last node; sum of work in lane 0
    std::vector<ExchangeRecord> exchanges;
    std::vector<Bytes> link_bytes;
    std::uint64_t events = 0;
    std::size_t flows = 0, classes = 0;
};

constexpr std::uint64_t any_visits = std::numeric_limits<std::uint64_t>::max();

/// Runs to the end, or until nothing moves. Throws CutOff if a way is missing, and TooLarge where
/// flows that are not alike take more than `most_visits` of solving (10 to 80 ns each).
ProgramOutcome execute(const FabricGraph& graph, const Program& program,
                       Symmetry symmetry = Symmetry::on, std::uint64_t most_visits = any_visits);

}  // namespace millwright

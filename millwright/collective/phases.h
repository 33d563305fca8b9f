// Collectives as phases of flows: who sends how much to whom, and how often.
//
// A team is `count` groups of `size` endpoints, all of which do the same collective at once; a
// plan's tensor groups are consecutive, its data groups are strided. Sizes are counted as
// nccl-tests count them: all bytes of the buffer for all_reduce, of the gathered buffer for
// all_gather, of the whole input for reduce_scatter, of one rank's input for all_to_all. A phase
// begins when the one before has ended everywhere; the pieces of a pipelined phase follow each
// other.
//
// On ideal channels sends take the whole rate of links, and each waits for the latency of its way.
// On measured channels they take the share that the channel's curve gives at the phase's message
// (scale-up links by the inner channel, others by the outer), and latency is a floor: curves hold
// the start-up of calls.
#pragma once

#include <functional>
#include <stdexcept>

#include "millwright/collective/collectives.h"
#include "millwright/fabric/graph.h"

namespace millwright {

/// Groups that do the same at once. Members of a group are `stride` endpoints apart; `stride`
/// groups side by side fill a block.
struct Team {
    std::uint32_t size = 1;
    std::uint32_t stride = 1;  // between members
    std::uint32_t count = 1;   // groups
};

/// The endpoint of a group's member: groups fill blocks of size x stride endpoints.
std::uint32_t endpoint_of(const Team& team, std::uint32_t group, std::uint32_t member);

/// Bytes from one member of a group to another.
struct Send {
    std::uint32_t from = 0, to = 0;  // members
    Bytes bytes;
};

enum class Use : std::uint8_t { ring, all_to_all, reduced };  // which curve of a channel

/// How measured channels do a phase with all its repeats.
struct Pace {
    Use inner_use = Use::ring, outer_use = Use::ring;
    Bytes inner, outer;  // messages whose shares of the rate it gets; zero: its largest send
    double inner_moved = 1, outer_moved = 1;  // bytes that curves count for one that is sent
    double tree_domains = 0;                  // that a tree outside is over; zero: it is none
    bool passes = false;  // a chip passes no more, inside and out, than the inner curve lets it
    double inner_calls = 0, outer_calls = 0;
    double inner_hops = 0, outer_hops = 0;  // one after another
};

/// Sends that begin together, in each group alike, and again when all have ended.
struct Phase {
    double repeats = 1;
    /// What members of each group send; each sends `each` to the one `shift` further if that is not
    /// zero.
    std::uint32_t shift = 0;
    Bytes each;
    std::function<std::vector<Send>()> others;
    bool chained = false;  // repeats go round a ring: each waits for its own neighbour alone
    double depth = 0;      // of a pipeline of pieces; zero: all at once
    Pace pace;
};

/// Rate of a chip's links to others of its team inside the domain: all that it has, on a full mesh
/// those to them alone.
Bandwidth inside_rate(const FabricGraph& graph, const Team& team);

/// One repeat of a phase, send by send.
std::vector<Send> sends_of(const Phase& phase, const Team& team);

/// A step through so many things that meets about `few` of them and all places of any pattern that
/// they repeat: no divisor of their number.
std::size_t sampling_step(std::size_t count, std::size_t few);

/// Shares of the rates that a phase gets; whole on ideal channels.
LinkShares shares_of(const Pace& pace, const Channels& channels);

/// The least that a phase takes on measured channels: its calls and hops, each hop outside over
/// such switches. Nothing on ideal ones.
Seconds floor_of(const Pace& pace, const Channels& channels, Seconds switches);

/// The pace of a phase, its messages filled in.
Pace pace_of(const Phase& phase);

/// What a member sends in one repeat that sends most.
Bytes most_sent(const Phase& phase, const Team& team);

/// Time of all phases on a quiet fabric: each takes what the fullest cut among nested groups of
/// near endpoints takes, and the latency of its ways or its floor. Throws CutOff if a way is
/// missing.
Seconds closed_time(const FabricGraph& graph, const Team& team, const std::vector<Phase>& phases,
                    const Channels& channels = {});

/// Time of all phases when the flows of each share the links. Throws if a way is cut off.
Seconds flow_time(const FabricGraph& graph, const Team& team, const std::vector<Phase>& phases,
                  const Channels& channels = {}, Symmetry symmetry = Symmetry::on);

/// Flows of one phase by all groups, from zero on.
FlowProblem problem_of(const FabricGraph& graph, const Team& team, const Phase& phase);

/// Time of one turn through a pipeline of that depth with the best number of pieces, each of which
/// costs a message; of depth zero the whole at once.
Seconds pipelined(double depth, Seconds wire, Seconds latency, Seconds message);

/// Ways are missing: a failed link has cut endpoints off.
struct CutOff : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace millwright

// Cuts of a fabric around blocks of consecutive endpoints, and what a team sends over them.
//
// Teams need not fit the blocks: groups may begin in the middle of one, hold unlike numbers of
// members in two, leave endpoints between their members to no group, and the last block may be
// partly used. Its ports are there all the same: servers
// are bought whole.
#pragma once

#include "millwright/collective/phases.h"
#include "millwright/fabric/graph.h"

namespace millwright {

/// So many groups have so many members in a block.
struct Held {
    std::uint32_t members = 0, groups = 0;
    auto operator<=>(const Held&) const = default;
};

/// Blocks that hold the same.
struct BlockKind {
    std::vector<Held> held;  // by members, fewest first
    double count = 0;        // of such blocks, over endpoints after which all repeats
};

/// Whether blocks of so many endpoints all hold equally many members of each group they touch, or
/// whole groups.
bool lies_evenly(const Team& team, std::uint32_t endpoints);

/// What blocks of so many endpoints hold of the team; empty if no group leaves its block.
std::vector<BlockKind> kinds_of_blocks(const Team& team, std::uint32_t endpoints);

/// Groups after which places in blocks of so many endpoints repeat; at most all.
std::uint32_t repeating_groups(const Team& team, std::uint32_t endpoints);

/// A way to divide endpoints into blocks, and what comes out of each. No data of the team moves
/// faster than its fullest block lets it.
struct Cut {
    std::uint32_t near = 1;    // endpoints of a block
    std::uint32_t inside = 1;  // data between endpoints of so large a block does not cross it
    Bandwidth out;
    bool receivers = false;  // data is counted where it leaves for the receiver's like
    bool within = false;     // data that stays inside is what crosses it
    bool pairs = false;      // each pair has a link of its own
    Bandwidth scale_up{};    // the part of `out` that is links of a scale-up domain

    /// Its rate when links reach these shares of theirs.
    Bandwidth rate(const LinkShares& shares) const {
        return shares.inner * scale_up + shares.outer * (out - scale_up);
    }
};

/// All cuts that bound collectives on this graph: its nested groups, the ports of domains, links
/// inside them, and each pair's link on a full mesh.
std::vector<Cut> cuts_of(const FabricGraph& graph);

/// Whether data from one endpoint to another goes over a cut.
bool crosses(const Cut& cut, std::uint32_t from, std::uint32_t to);

/// Requires that the team is on this graph: anything else would reach past its arrays.
void check_team(const FabricGraph& graph, const Team& team);

/// Bytes over the fullest of a cut's blocks, out or in, when all groups do these sends: counted.
Bytes counted_over(const Team& team, const std::vector<Send>& sends, const Cut& cut);

/// The same when each member sends `each` to the one `shift` further, without counting: what is
/// counted where blocks hold groups evenly; else never less, and for ports less than twice as much.
Bytes shifted_over(const Team& team, std::uint32_t shift, Bytes each, const Cut& cut,
                   const std::vector<BlockKind>& kinds);

/// Bytes that the fullest block of so many endpoints must send or take in, whatever the algorithm.
/// `reduces`: switches below do the sums of an all-reduce.
Bytes must_cross(const Team& team, std::uint32_t endpoints, Collective collective, Bytes size,
                 bool reduces);

}  // namespace millwright

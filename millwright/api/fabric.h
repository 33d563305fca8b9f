// A fabric by name or by its cables, and how well its links are used: what collectives, flows and
// replays ask for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/csv.h"
#include "millwright/collective/network.h"
#include "millwright/fabric/shape.h"

namespace millwright {

/// Which fabric, whose links, and what of it is broken. Of `cables` and `fabric` the table counts
/// where there is one. With a server the fabric is wired as `run` wires it, and its endpoints are
/// the server's chips; without one it is a bare shape.
struct FabricQuestion {
    std::string fabric;  // a topology, a fabric of the catalog (with a server), or a file
    // whose chips stand below it, with the efficiency of its links; may be empty
    std::string server;
    Routing routing = Routing::ecmp;
    std::vector<Degraded> degraded;
    std::optional<CsvTable> cables;  // in place of a fabric
    bool ideal = false;  // links take their whole rate, whatever was measured of the server's
};

/// Links, and how well collectives use them: ideally, or as was measured of the server's.
/// `channels` without curves are ideal; then `given_up` has what was measured, if a server was
/// named.
struct FabricAnswer {
    FabricGraph graph;
    Channels channels;
    Channels given_up;  // what was measured of the server's links, where they are taken ideally

    std::string_view efficiency() const { return channels.measured() ? "measured" : "ideal"; }
};

/// Names that stand for nothing: what can be told before it is known how many endpoints there are.
/// Cables name their own nodes and have none.
Faults fabric_name_faults(const FabricQuestion& question, const Setting& setting);

/// The shape for so many endpoints, routed and degraded as asked; cables aside, which have no
/// shape. Whether it can hold them is not checked. Faults name the options of the command line.
Result<FabricShape> fabric_shape(const FabricQuestion& question, std::uint32_t endpoints,
                                 const Setting& setting);

/// The fabric for so many endpoints; a fault if it holds fewer, cannot be wired, or lacks a link
/// that was named as degraded. Of cables the first so many endpoints are taken.
Result<FabricAnswer> fabric(const FabricQuestion& question, std::uint32_t endpoints,
                            const Setting& setting);

/// What to do where a failed link has cut endpoints off.
inline constexpr const char* cut_off_hint =
    "too many links have failed, or the cables do not join all ranks";

/// Links that carried something, those that carried most first, of as much the first by number, so
/// that the list is the same on every machine; at most so many, 0 for all. `carried` is by link.
std::vector<LinkId> busiest_links(const std::vector<Bytes>& carried, std::size_t most);

/// What each link carried in so long, as a table (CSV): link, tier, capacity_GBps (one direction),
/// bytes, load (a share of what it could carry in that time). All links are there, idle ones too:
/// it is where names of links are looked up.
std::string link_table(const FabricGraph& graph, const std::vector<Bytes>& carried, Seconds time);

}  // namespace millwright

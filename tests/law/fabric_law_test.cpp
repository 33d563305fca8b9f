// Collectives of teams that fit no domain, on fabrics of every kind: both engines run, their times
// are numbers, and the lower bound is below both.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "millwright/base/units.h"
#include "millwright/collective/algorithms.h"
#include "millwright/collective/cuts.h"
#include "millwright/collective/least_time.h"
#include "millwright/collective/program.h"
#include "millwright/fabric/shape.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/shape_file.h"

namespace millwright {
namespace TEST_FILE {

using rc::gen::element;
using rc::gen::inRange;

template <class T>
T pick(std::vector<T> from) {
    return *rc::gen::elementOf(from);
}

/// Groups of any size and stride, a few blocks of them.
Team any_team(std::uint32_t most) {
    Team team;
    team.stride = *inRange(1U, 10U);
    team.size = *inRange(2U, std::max(3U, most / team.stride));
    const std::uint32_t blocks = std::max(1U, most / (team.size * team.stride));
    team.count = team.stride * *inRange(1U, blocks + 1);
    return team;
}

std::uint32_t endpoints_of(const Team& team) { return team.size * team.count; }

std::uint32_t over(std::uint32_t a, std::uint32_t b) { return (a + b - 1) / b; }

/// Scale-up domains of all kinds. Ports divide the endpoints or are a multiple of them, as a shape
/// must have it.
Domain any_domain() {
    Domain d{.endpoints = pick<std::uint32_t>({1, 2, 3, 4, 6, 8, 12, 16, 36, 72}),
             .port = *inRange(50, 500) * unit::GBps,
             .hop = *inRange(0, 900) * unit::ns};
    d.kind = *element(FabricKind::tree, FabricKind::full_mesh, FabricKind::torus, FabricKind::grid);
    d.forwards = *rc::gen::arbitrary<bool>();
    d.reduces = *rc::gen::arbitrary<bool>();
    std::vector<std::uint32_t> ports;
    for (std::uint32_t p = 1; p <= 2 * d.endpoints; ++p) {
        if (d.endpoints % p == 0 || p % d.endpoints == 0) ports.push_back(p);
    }
    d.ports = pick(ports);
    d.dimensions = {d.endpoints};
    if (d.endpoints % 4 == 0) d.dimensions = {2, 2, d.endpoints / 4};
    d.tree.tiers = {{d.endpoints, 1, d.port, d.hop}};
    if (d.kind == FabricKind::tree && d.endpoints % 4 == 0) {
        d.tree.tiers = {{d.endpoints / 2, 1, d.port, d.hop}, {2, 1, d.port, d.hop}};
        d.attach = *inRange<std::size_t>(0, 2);
    }
    return d;
}

/// Trees over domains, in planes and rails, for so many endpoints.
FabricShape any_tree(std::uint32_t endpoints) {
    FabricShape shape{.kind = FabricKind::tree};
    shape.domain = any_domain();
    std::vector<std::uint32_t> planes;
    for (std::uint32_t p = 1; p <= 8; ++p) {
        if (shape.domain.ports % p == 0) planes.push_back(p);
    }
    shape.planes = pick(planes);
    const Domain& d = shape.domain;
    const bool all_planes = d.ports >= d.endpoints && d.ports / d.endpoints % shape.planes == 0;
    if (shape.planes > 1 && !all_planes) shape.domain.forwards = true;  // else nothing joins them
    shape.rails = *rc::gen::arbitrary<bool>();
    const Bandwidth port = *inRange(10, 200) * unit::GBps;
    const Seconds hop = *inRange(0, 900) * unit::ns;
    const std::uint32_t leaf = *inRange(2U, 20U);
    const std::uint32_t domains = over(endpoints, shape.domain.endpoints);
    const std::uint32_t in_plane = shape.domain.ports / shape.planes;
    const std::uint32_t leaves =
        shape.rails ? over(domains, leaf) * in_plane : over(domains * in_plane, leaf);
    // leaves of any oversubscription, under a top as wide as they need
    shape.tree.tiers = {{leaf, 1.0 * *inRange(1U, 4U), port, hop}, {leaves + 1, 1, port, hop}};
    return shape;
}

FabricShape any_torus(std::uint32_t endpoints) {
    FabricShape shape{.kind = *element(FabricKind::torus, FabricKind::grid)};
    shape.dimensions = {*inRange(1U, 9U), *inRange(1U, 5U)};
    shape.dimensions.push_back(over(endpoints, shape.dimensions[0] * shape.dimensions[1]));
    shape.port = 50 * unit::GBps;
    shape.hop = *inRange(0, 2000) * unit::ns;
    return shape;
}

FabricShape any_dragonfly(std::uint32_t endpoints) {
    FabricShape shape{.kind = FabricKind::dragonfly_plus};
    DragonflyPlus& d = shape.dragonfly;
    d = {*inRange(1U, 9U), *inRange(1U, 5U), *inRange(1U, 5U), 1, 2, 1 * unit::us};
    // as many groups as hold the endpoints, and links enough to join each two
    d.groups = std::max(2U, over(endpoints, d.hosts * d.leaves));
    d.global_links = over(d.groups - 1, d.spines);
    shape.port = 50 * unit::GBps;
    shape.hop = 500 * unit::ns;
    return shape;
}

/// Any server of the catalog, on any of its fabrics; none if it cannot be wired.
FabricShape any_factory(std::uint32_t endpoints) {
    const Catalog& catalog = built_in_catalog();
    const Server& server = *rc::gen::elementOf(catalog.servers);
    const Fabric& fabric = *rc::gen::elementOf(catalog.fabrics);
    RC_TAG(server.id);
    return resolve_factory(catalog, server, fabric, endpoints, {}).shape;
}

/// Any fabric, asked to hold so many endpoints; whoever asks drops those that cannot.
FabricShape any_shape(std::uint32_t endpoints) {
    FabricShape shape;
    switch (*inRange(0, 8)) {
        case 0: shape = any_torus(endpoints); break;
        case 1: shape = any_dragonfly(endpoints); break;
        case 2:
            shape = {.kind = *element(FabricKind::full_mesh, FabricKind::fat_tree),
                     .port = 50 * unit::GBps};
            break;
        case 3: shape = shape_named(pick(shape_names())).value(); break;
        case 4:
        case 5: shape = any_factory(endpoints); break;
        default: shape = any_tree(endpoints); break;
    }
    shape.endpoints = endpoints;
    shape.routing = *element(Routing::ecmp, Routing::single, Routing::adaptive);
    return shape;
}

std::vector<Algorithm> doing(const FabricGraph& graph, const CollectiveRequest& request) {
    std::vector<Algorithm> able;
    for (const AlgorithmRow& row : algorithm_rows()) {
        if (row.does(graph, request)) able.push_back(row.algorithm);
    }
    return able;
}

CollectiveRequest any_request(const Team& team) {
    return {static_cast<Collective>(*inRange(0, 4)),
            std::pow(10.0, *inRange(0, 11)) * unit::B,
            team,
            {}};
}

std::string text_of(const FabricGraph& graph, const CollectiveRequest& r) {
    return fmt::format("{} of {:g} B by {} groups of {}, {} apart, {}, on {}",
                       name_of(r.collective), r.size.si(), r.team.count, r.team.size, r.team.stride,
                       name_of(graph.routing), graph.description);
}

// The bound counts what nested groups of endpoints must send or take in whatever the algorithm,
// over all links that leave them. Teams and fabrics are drawn apart, so most groups begin and end
// in the middle of domains. Flows are run where phases are few enough.
TEST(FabricLaw, BothEnginesRunAndTheLowerBoundIsBelowThem) {
    EXPECT_TRUE(rc::check([] {
        const Team team = any_team(*element(20U, 100U, 300U));
        const FabricShape shape = any_shape(endpoints_of(team));
        RC_PRE(shape.endpoints > 0 && capacity_of(shape) >= endpoints_of(team));
        const FabricGraph graph = graph_of(shape);
        const CollectiveRequest request = any_request(team);
        const double least = least_time(graph, team, request.collective, request.size).si();
        RC_ASSERT(std::isfinite(least) && least >= 0);
        for (const Algorithm algorithm : doing(graph, request)) {
            const auto phases = phases_of(algorithm, graph, request);
            const double closed = closed_time(graph, team, phases).si();
            if (!(std::isfinite(closed) && closed >= least * (1 - 1e-9))) {
                RC_FAIL(fmt::format("{} by {}: closed {:g}, least {:g} s", text_of(graph, request),
                                    name_of(algorithm), closed, least));
            }
            if (phases.size() > 60) continue;
            const double flows = flow_time(graph, team, phases).si();
            if (!(std::isfinite(flows) && flows >= least * (1 - 1e-9))) {
                RC_FAIL(fmt::format("{} by {}: flows {:g} s, least {:g} s", text_of(graph, request),
                                    name_of(algorithm), flows, least));
            }
        }
    }));
}

/// Bytes over the fullest block by counting all groups, one by one.
Bytes counted_plainly(const Team& team, const std::vector<Send>& sends, const Cut& cut) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, Bytes> out, in;
    for (std::uint32_t g = 0; g < team.count; ++g) {
        for (const Send& s : sends) {
            const std::uint32_t from = endpoint_of(team, g, s.from);
            const std::uint32_t to = endpoint_of(team, g, s.to);
            if ((from / cut.inside == to / cut.inside) != cut.within) continue;
            // data leaves by the port of its domain that is like the receiver's in its own
            const std::uint32_t like = from - from % cut.inside + to % cut.inside;
            const std::uint32_t place = cut.receivers ? like : from;
            out[{place / cut.near, cut.pairs ? to : 0}] += s.bytes;
            in[{to / cut.near, cut.pairs ? from : 0}] += s.bytes;
        }
    }
    Bytes most;
    for (const auto& [at, bytes] : out) most = max(most, bytes);
    for (const auto& [at, bytes] : in) most = max(most, bytes);
    return most;
}

// Three counts of one thing: group by group here, over the groups that repeat, and by formula for a
// shift. The formula may count too much where groups lie unevenly (twice at most over a whole
// domain), never too little.
TEST(FabricLaw, CutsAreCountedOverAllGroups) {
    EXPECT_TRUE(rc::check([] {
        const Team team = any_team(*element(20U, 200U, 600U));
        Cut cut{.near = 1, .inside = *inRange(1U, 80U)};
        cut.within = *rc::gen::arbitrary<bool>();
        cut.pairs = cut.within && *rc::gen::arbitrary<bool>();
        cut.receivers = !cut.within && *rc::gen::arbitrary<bool>();
        if (!cut.within) cut.near = *element(1U, cut.inside);
        const std::uint32_t shift = *inRange(1U, team.size);
        std::vector<Send> sends;
        for (std::uint32_t i = 0; i < team.size; ++i) {
            sends.push_back({i, (i + shift) % team.size, 1 * unit::B});
        }
        const Bytes plain = counted_plainly(team, sends, cut);
        RC_ASSERT(counted_over(team, sends, cut).si() == plain.si());
        const auto kinds = kinds_of_blocks(team, cut.inside);
        const double formula = shifted_over(team, shift, 1 * unit::B, cut, kinds).si();
        RC_ASSERT(formula >= plain.si());
        RC_ASSERT(formula <= 2 * plain.si() || cut.near < cut.inside);
        if (lies_evenly(team, cut.inside)) RC_ASSERT(formula == plain.si());
    }));
}

/// A fabric of the catalog, a topology, or one of these two.
FabricSource source_named(const std::string& name) {
    FabricShape own{.port = 50 * unit::GBps, .hop = 1 * unit::us};
    own.kind = name == "torus.toml" ? FabricKind::torus : FabricKind::grid;
    own.dimensions = {8, 8, 16};
    if (name.ends_with(".toml")) return {name, own};
    return fabric_source(built_in_catalog(), name, {}).value();
}

// A link at half its rate: the network's few numbers count all links of its kind as if they had
// what it has left, so nothing gets faster and something slower.
TEST(FabricLaw, AFailedLinkNeverMakesAFactoryFaster) {
    const Catalog& catalog = built_in_catalog();
    const Server& server = part_named(catalog.servers, "hgx-h100");
    for (const char* name : {"fat-tree", "two-buildings", "dragonfly-plus", "torus.toml"}) {
        FabricSource source = source_named(name);
        if (!source.shape) {
            const Factory whole = resolve_factory(catalog, server, source, 2048, {});
            source = FabricSource("own", whole.shape);
            source.shape->domain = {};
        }
        const Factory whole = resolve_factory(catalog, server, source, 1024, {});
        const FabricGraph graph = graph_of(whole.shape);
        int slower = 0;
        for (LinkId link = 0; link < graph.capacity.size(); link += 97) {
            FabricSource hurt = source;
            hurt.shape->degraded = {{graph.name(link), 0.5}};
            const Network network = resolve_factory(catalog, server, hurt, 1024, {}).network;
            for (const auto collective : {Collective::all_reduce, Collective::all_to_all}) {
                for (const double ranks : {8.0, 64.0, 1024.0}) {
                    const Group group = group_on(network, ranks, 1);
                    const auto time = [&](const Network& on) {
                        return collective_time(on, collective, group, 1 * unit::GiB).time;
                    };
                    EXPECT_GE(time(network), time(whole.network)) << name << " " << link;
                    slower += time(network) > time(whole.network) ? 1 : 0;
                }
            }
        }
        EXPECT_GT(slower, 0) << name;
    }
}

/// A fabric as links and ways, without its name.
std::string print_of(const FabricGraph& graph) {
    std::string text;
    for (std::size_t l = 0; l < graph.capacity.size(); ++l) {
        text += fmt::format("{:g} {:g} {};", graph.capacity[l].si(), graph.latency[l].si(),
                            graph.tier[l]);
    }
    Ways ways;
    for (std::uint32_t to = 1; to < graph.endpoints; to += 7) {
        ways.clear();
        graph.route(0, to, 0, ways);
        for (const LinkId link : ways.links) text += fmt::format("{} ", link);
    }
    return text;
}

// Below a server's domains or by itself, no fabric is another's graph: what a name stands for
// reaches the engines.
TEST(FabricLaw, NoTwoFabricsAreTheSameGraph) {
    const Catalog& catalog = built_in_catalog();
    for (const char* name : {"hgx-h100", "mi300x-8", "gb200-nvl72"}) {
        const Server& server = part_named(catalog.servers, name);
        std::map<std::string, std::string> prints;
        for (const char* fabric : {"fat-tree", "rail-fat-tree", "two-buildings", "dragonfly-plus",
                                   "tpu-v4-pod", "tpu7x-pod", "torus.toml", "grid.toml"}) {
            const FabricSource source = source_named(fabric);
            ASSERT_TRUE(fabric_faults(source, server, 576, {}).empty()) << fabric;
            const Factory factory = resolve_factory(catalog, server, source, 576, {});
            ASSERT_GT(factory.shape.endpoints, 0U) << fabric << " " << factory.cannot;
            const auto [at, fresh] = prints.emplace(print_of(graph_of(factory.shape)), fabric);
            EXPECT_TRUE(fresh) << name << ": " << fabric << " is " << at->second;
        }
    }
    std::map<std::string, std::string> seen;
    for (const std::string& name : shape_names()) {
        FabricShape shape = shape_named(name).value();
        shape.endpoints = static_cast<std::uint32_t>(std::min(64.0, capacity_of(shape)));
        const auto [at, fresh] = seen.emplace(print_of(graph_of(shape)), name);
        EXPECT_TRUE(fresh) << name << " is " << at->second;
    }
}

// A pod that is a torus has neighbours' links, and none to a switch.
TEST(FabricLaw, AServersTorusIsATorus) {
    const Catalog& catalog = built_in_catalog();
    int found = 0;
    for (const Server& server : catalog.servers) {
        if (!server.dimensions.known()) continue;
        ++found;
        double held = 1;
        for (const double length : server.dimensions.value) held *= length;
        EXPECT_EQ(held, server.domain.value) << server.id;
        for (const double chips : {8.0, 24.0, 64.0, server.domain.value}) {
            const Factory factory = resolve_factory(
                catalog, server, part_named(catalog.fabrics, "fat-tree"), chips, {});
            const FabricShape& shape = factory.shape;
            ASSERT_EQ(shape.domain.kind, FabricKind::torus) << server.id;
            EXPECT_GE(shape.domain.endpoints, chips) << server.id;
            const FabricGraph graph = graph_of(shape);
            // each dimension has a neighbour either way
            const double links = 2.0 * static_cast<double>(shape.domain.dimensions.size());
            EXPECT_NEAR(graph.inside / factory.network.inner.per_chip, 1, 1e-12);
            EXPECT_NEAR(graph.capacity[0] * links / graph.inside, 1, 1e-12);
            EXPECT_TRUE(graph.by_links);
        }
    }
    EXPECT_GE(found, 6);
}

// The closed form of an exchange is what the fullest link of the torus carries: half of all pairs
// on a ring cross its middle, which is why the longest dimension decides.
TEST(FabricLaw, AnExchangeOnATorusWaitsForItsMiddle) {
    for (const std::vector<double>& lengths :
         {std::vector<double>{8, 8}, {16, 4}, {4, 4, 4}, {4, 4, 8}}) {
        Network network{.domain = 1, .dimensions = lengths};
        FabricShape shape{.kind = FabricKind::torus, .routing = Routing::adaptive};
        for (const double length : lengths) {
            network.domain *= length;
            shape.dimensions.push_back(static_cast<std::uint32_t>(length));
        }
        shape.port = 50 * unit::GBps;
        shape.endpoints = static_cast<std::uint32_t>(network.domain);
        const Bandwidth all = 2.0 * static_cast<double>(lengths.size()) * shape.port;
        const FabricGraph graph = graph_of(shape);
        const CollectiveRequest request{
            Collective::all_to_all, 1 * unit::GB, {.size = shape.endpoints}, {}};
        const Seconds closed =
            closed_time(graph, request.team, phases_of(Algorithm::direct, graph, request));
        const Seconds formula = exchange_detour(network, network.domain) * (1 * unit::GB / all);
        EXPECT_NEAR(closed / formula, 1, 1e-9) << graph.description;
    }
}

}  // namespace TEST_FILE
}  // namespace millwright

// Every kind of fabric with every kind of domain below it, in planes, on rails and with a link that
// is hurt: a file is refused with a fault, or it is a fabric that both engines time.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include <fmt/format.h>

#include "millwright/base/units.h"
#include "millwright/collective/algorithms.h"
#include "millwright/collective/network.h"
#include "millwright/fabric/shape.h"
#include "millwright/intake/shape_file.h"

namespace millwright {
namespace TEST_FILE {

/// The keys that a kind needs, for some sixty ports and more.
std::string kind_text(FabricKind kind, bool rails, int planes) {
    std::string text =
        fmt::format("kind = \"{}\"\nport = \"50 GB/s\"\nhop = \"500 ns\"\n", name_of(kind));
    if (rails) text += "rails = true\n";
    if (planes > 1) text += fmt::format("planes = {}\n", planes);
    if (kind == FabricKind::torus || kind == FabricKind::grid) text += "dimensions = [4, 4, 8]\n";
    if (kind == FabricKind::tree) text += "[[tier]]\nwidth = 8\n[[tier]]\nwidth = 16\n";
    if (kind == FabricKind::dragonfly_plus) {
        text +=
            "[dragonfly]\nhosts = 4\nleaves = 4\nspines = 4\nglobal_links = 4\ngroups = 8\n"
            "global_hop = \"1 us\"\n";
    }
    return text;
}

std::string domain_text(FabricKind kind, int ports) {
    return fmt::format(
        "[domain]\nkind = \"{}\"\nendpoints = 8\nports = {}\nport = \"450 GB/s\"\n"
        "hop = \"100 ns\"\ndimensions = [2, 4]\n",
        name_of(kind), ports);
}

std::vector<FabricKind> all_kinds() {
    std::vector<FabricKind> kinds;
    for (std::size_t i = 0; i < EnumNames<FabricKind>::names.size(); ++i) {
        kinds.push_back(static_cast<FabricKind>(i));
    }
    return kinds;
}

/// The domains that a file may have: none, or of every kind.
std::vector<std::string> all_domains() {
    std::vector<std::string> texts{""};
    for (const FabricKind kind : all_kinds()) {
        for (const int ports : {2, 8, 16}) texts.push_back(domain_text(kind, ports));
    }
    return texts;
}

/// Times of a permutation and of an exchange by both engines are finite; that of the permutation by
/// flows.
Seconds permuted(const FabricShape& shape, const std::string& text) {
    const FabricGraph graph = graph_of(shape);
    Seconds ring;
    for (const auto& [collective, algorithm] :
         {std::pair(Collective::all_to_all, Algorithm::direct),
          std::pair(Collective::all_reduce, Algorithm::ring)}) {
        const CollectiveRequest request{
            collective, 1 * unit::MB, {.size = shape.endpoints, .stride = 1, .count = 1}, {}};
        const auto phases = phases_of(algorithm, graph, request);
        const double closed = closed_time(graph, request.team, phases).si();
        ring = flow_time(graph, request.team, phases);
        EXPECT_TRUE(std::isfinite(closed) && closed > 0) << text;
        EXPECT_TRUE(std::isfinite(ring.si()) && ring > Seconds{}) << text;
    }
    return ring;
}

void expect_times(FabricShape shape, const std::string& text) {
    const double held = capacity_of(shape);
    ASSERT_GE(held, 1) << text;
    const auto endpoints = static_cast<std::uint32_t>(std::min(held, 48.0));
    shape.endpoints = endpoints;
    if (endpoints < 2) return;
    std::vector<Seconds> ring;
    for (const auto routing : {Routing::single, Routing::ecmp, Routing::adaptive}) {
        shape.routing = routing;
        ring.push_back(permuted(shape, text));
        const Network network = network_of(shape, {});
        EXPECT_TRUE(std::isfinite(outer_hops(network, endpoints).si())) << text;
        EXPECT_FALSE(describe(shape).empty() && capacity_of(shape) > 1) << text;
    }
    EXPECT_LE(ring[2].si(), (1 + 1e-9) * ring[1].si()) << text;  // no slower where it is spread
}

/// The same with a link of every tier at half its rate.
void expect_hurt(FabricShape shape, const std::string& text) {
    shape.endpoints = static_cast<std::uint32_t>(std::min(capacity_of(shape), 48.0));
    const FabricGraph whole = graph_of(shape);
    std::set<std::uint8_t> seen;
    std::string hurt = text;
    for (LinkId link = 0; link < whole.capacity.size(); ++link) {
        if (!seen.insert(whole.tier[link]).second) continue;
        hurt += fmt::format("[[degraded]]\nname = \"{}\"\nshare = 0.5\n", whole.name(link));
    }
    const auto read = parse_shape(hurt, "hurt.toml");
    ASSERT_TRUE(read) << hurt;
    expect_times(*read, hurt);
}

TEST(ShapeLaw, AFileIsRefusedOrBothEnginesTimeIt) {
    std::set<std::pair<FabricKind, FabricKind>> below;  // a domain of the second stands below
    int refused = 0;
    for (const FabricKind kind : all_kinds()) {
        for (const std::string& domain : all_domains()) {
            for (const int planes : {1, 2, 4}) {
                for (const bool rails : {false, true}) {
                    const std::string text = kind_text(kind, rails, planes) + domain;
                    const auto shape = parse_shape(text, "law.toml");
                    if (!shape) {
                        ASSERT_FALSE(shape.error().empty());
                        ++refused;
                        continue;
                    }
                    if (!domain.empty()) below.emplace(kind, shape->domain.kind);
                    expect_times(*shape, text);
                    if (planes < 4) expect_hurt(*shape, text);
                }
            }
        }
    }
    EXPECT_GT(refused, 100);
    EXPECT_EQ(below.size(), all_kinds().size() * 4);  // each above tree, mesh, torus and grid
}

// Spread over all ways, an exchange is never slower than by a hash, with domains or without.
TEST(ShapeLaw, AdaptiveRoutingSpreadsBelowDomainsToo) {
    for (const FabricKind kind : {FabricKind::torus, FabricKind::dragonfly_plus}) {
        for (const std::string& domain : {std::string(), domain_text(FabricKind::tree, 8)}) {
            FabricShape shape = parse_shape(kind_text(kind, false, 1) + domain, "x.toml").value();
            shape.endpoints = 128;
            Ways ways;
            for (const auto routing : {Routing::ecmp, Routing::adaptive}) {
                shape.routing = routing;
                ways.clear();
                graph_of(shape).route(0, 127, 3, ways);
                EXPECT_EQ(ways.count() > 1, routing == Routing::adaptive)
                    << name_of(kind) << domain;
            }
            double sum = 0;
            for (const double share : ways.share) sum += share;
            EXPECT_NEAR(sum, 1, 1e-12);
        }
    }
}

}  // namespace TEST_FILE
}  // namespace millwright

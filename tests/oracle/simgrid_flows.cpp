// Finish times of random flows on fat trees, held against SimGrid as a live oracle (Casanova 2014).
//
// Both sides take the same ways and the same capacities. What SimGrid models of protocols is taken
// out: latency and bandwidth factors are one, there is no cross traffic and no window of TCP. Its
// flows also share a link in inverse proportion to their latency; so its links have none, and each
// flow waits for the latency of its way before it starts, as ours do.
#include <cmath>
#include <cstdio>
#include <random>
#include <string>

#include <simgrid/s4u.hpp>
#include <xbt/log.h>

#include "millwright/base/units.h"
#include "millwright/fabric/shape.h"

namespace sg4 = simgrid::s4u;

namespace {

using namespace millwright;

constexpr double tolerance = 0.01;
constexpr std::uint32_t hosts = 128;  // of a tree of 8-port switches

struct Sent {
    std::uint32_t source, destination;
    double bytes, start;
};

std::vector<Sent> random_flows(std::mt19937_64& any, std::size_t count) {
    std::vector<Sent> flows;
    std::vector<bool> taken(hosts * hosts, false);
    while (flows.size() < count) {
        const auto source = static_cast<std::uint32_t>(any() % hosts);
        const auto destination = static_cast<std::uint32_t>(any() % hosts);
        if (source == destination || taken[source * hosts + destination]) continue;
        taken[source * hosts + destination] = true;
        const double bytes = 1e6 * static_cast<double>(1 + any() % 500);
        flows.push_back({source, destination, bytes, 1e-3 * static_cast<double>(any() % 20)});
    }
    return flows;
}

/// Finish times by SimGrid: one actor a flow, over the links of its way.
std::vector<double> simgrid_finish(sg4::Engine& engine, const FlowProblem& problem,
                                   const std::vector<Sent>& flows) {
    sg4::NetZone* zone = sg4::create_full_zone("tree");
    std::vector<sg4::Host*> ends;
    for (std::uint32_t i = 0; i < hosts; ++i) {
        ends.push_back(zone->create_host("h" + std::to_string(i), 1e9));
    }
    std::vector<sg4::Link*> links;
    for (std::size_t i = 0; i < problem.capacity.size(); ++i) {
        links.push_back(
            zone->create_link("l" + std::to_string(i), problem.capacity[i].si())->set_latency(0));
    }
    for (std::size_t f = 0; f < flows.size(); ++f) {
        std::vector<sg4::LinkInRoute> way;
        for (const LinkId link : problem.way(f)) way.emplace_back(links[link]);
        zone->add_route(ends[flows[f].source]->get_netpoint(),
                        ends[flows[f].destination]->get_netpoint(), nullptr, nullptr, way, false);
    }
    zone->seal();
    std::vector<double> finish(flows.size());
    for (std::size_t f = 0; f < flows.size(); ++f) {
        sg4::Actor::create("flow", ends[flows[f].source], [&, f] {
            double wait = flows[f].start;
            for (const LinkId link : problem.way(f)) wait += problem.latency[link].si();
            sg4::this_actor::sleep_for(wait);
            sg4::Comm::sendto_async(ends[flows[f].source], ends[flows[f].destination],
                                    static_cast<std::uint64_t>(flows[f].bytes))
                ->wait();
            finish[f] = sg4::Engine::get_clock();
        });
    }
    engine.run();
    return finish;
}

}  // namespace

int main(int argc, char** argv) {
    sg4::Engine engine(&argc, argv);
    for (const char* option :
         {"network/model:CM02", "network/crosstraffic:0", "network/TCP-gamma:0",
          "network/latency-factor:1", "network/bandwidth-factor:1", "network/weight-S:0"}) {
        sg4::Engine::set_config(option);
    }
    const std::uint64_t seed = argc > 1 ? std::stoull(argv[1]) : 1;
    std::mt19937_64 any(seed);
    const TreeTier edge{.width = 4, .port = 50 * unit::GBps, .hop = 500 * unit::ns};
    FabricShape shape{.endpoints = hosts, .tree = {{edge, edge, edge}}};
    shape.kind = FabricKind::tree;
    shape.tree.tiers.back().width = 8;
    shape.routing = seed % 2 == 0 ? Routing::single : Routing::ecmp;
    const FabricGraph graph = graph_of(shape);
    FlowProblem problem = problem_of(graph);
    const std::vector<Sent> flows = random_flows(any, 400);
    Ways ways;
    for (std::size_t f = 0; f < flows.size(); ++f) {
        ways.clear();
        ways_on(graph, flows[f].source, flows[f].destination, f, ways);
        problem.add(ways.way(0), Bytes::from_si(flows[f].bytes), Seconds::from_si(flows[f].start));
    }
    const FlowOutcome ours = run_flows(problem);
    const std::vector<double> theirs = simgrid_finish(engine, problem, flows);
    double worst = 0;
    for (std::size_t f = 0; f < flows.size(); ++f) {
        worst = std::max(worst, std::abs(ours.finish[f].si() / theirs[f] - 1));
    }
    std::printf("seed %llu: 400 flows, worst difference %.3g of the finish time\n",
                static_cast<unsigned long long>(seed), worst);
    return worst <= tolerance ? 0 : 1;
}

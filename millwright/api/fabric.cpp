// A fabric comes in one of three ways: cables are a graph already, a server's fabric is made as
// factories make it, a bare shape is by name or file. Routing, endpoints and what is degraded are
// put on the shape afterwards, alike for both that have one. Size is checked before the graph is
// built, which may be large.
#include "millwright/api/fabric.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/base/faults.h"
#include "millwright/base/units.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/shape_file.h"
#include "millwright/trace/flow_table.h"

namespace millwright {
namespace {

/// A shape and how well its links are used; see FabricAnswer. A bare shape has no channels.
struct ServedShape {
    FabricShape shape;
    Channels channels;
    Channels given_up{};
};

/// Where faults of the fabric's name are: the option, as it comes from no file.
const Place at_fabric{"--fabric", 0, 0};

/// A server's chips, and what is to join them.
struct ServerFabric {
    const Server* server = nullptr;
    FabricSource source;
};

Result<ServerFabric> look_up_served(const FabricQuestion& q, const Catalog& catalog) {
    Faults faults;
    ServerFabric served{.server = look_up<Server>(catalog, q.server, "--server", faults)};
    auto source = fabric_source(catalog, q.fabric, at_fabric);
    if (!source) append(faults, std::move(source.error()));
    if (!faults.empty()) return failure(std::move(faults));
    served.source = std::move(*source);
    return served;
}

/// The fabric around a server's chips, made by the factory's own way, so that it is the one that
/// `run` and `plan` time.
Result<ServedShape> shape_on_server(const FabricQuestion& q, std::uint32_t endpoints,
                                    const Setting& setting) {
    const Catalog& parts = setting.catalog;
    const auto served = look_up_served(q, parts);
    if (!served) return failure(served.error());
    const auto& [server, source] = *served;
    Faults wrong = fabric_faults(source, *server, endpoints, at_fabric);
    if (!wrong.empty()) return failure(std::move(wrong));
    const Factory factory = resolve_factory(parts, *server, source, endpoints, {});
    if (factory.shape.endpoints == 0) {
        return failure({at_fabric,
                        fmt::format("{} cannot be wired for {} chips", q.fabric, endpoints),
                        factory.cannot});
    }
    const Channels measured = channels_of(factory.network);
    if (q.ideal) return ServedShape{factory.shape, {}, measured};
    return ServedShape{factory.shape, measured};
}

/// A file where the name ends like one or is one; else a topology by name. A name with .toml that
/// is no file is told as a missing file, not as an unknown topology.
Result<ServedShape> bare_shape(const FabricQuestion& q) {
    std::error_code error;
    const bool file =
        q.fabric.ends_with(".toml") || std::filesystem::is_regular_file(q.fabric, error);
    auto shape = file ? read_shape(q.fabric) : shape_named(q.fabric);
    if (!shape) return failure(shape.error());
    return ServedShape{std::move(*shape), {}};
}

Result<ServedShape> served_shape(const FabricQuestion& q, std::uint32_t endpoints,
                                 const Setting& setting) {
    auto served = q.server.empty() ? bare_shape(q) : shape_on_server(q, endpoints, setting);
    if (!served) return served;
    FabricShape& shape = served->shape;
    shape.routing = q.routing;
    shape.endpoints = endpoints;
    shape.degraded.insert(shape.degraded.end(), q.degraded.begin(), q.degraded.end());
    return served;
}

Faults too_small(double held, std::uint32_t endpoints) {
    if (endpoints <= held) return {};
    return {{{"--ranks", 0, 0},
             fmt::format("the fabric holds {:.0f} ranks", held),
             "lower --ranks or widen the fabric"}};
}

/// Cables are a graph already: ranks are the first endpoints of the list, all other nodes pass on.
Result<FabricAnswer> cabled_fabric(const FabricQuestion& q, std::uint32_t endpoints) {
    auto edges = read_cables(*q.cables, q.degraded);
    if (!edges) return failure(edges.error());
    std::vector<std::uint32_t> nodes = endpoints_of(*edges);
    Faults faults = too_small(static_cast<double>(nodes.size()), endpoints);
    if (!faults.empty()) return failure(std::move(faults));
    nodes.resize(endpoints);
    return FabricAnswer{graph_of(std::move(*edges), nodes, q.routing), {}, {}};
}

}  // namespace

Faults fabric_name_faults(const FabricQuestion& q, const Setting& setting) {
    if (q.cables) return {};
    if (q.server.empty()) {
        const auto bare = bare_shape(q);
        return bare ? Faults{} : bare.error();
    }
    const auto served = look_up_served(q, setting.catalog);
    return served ? Faults{} : served.error();
}

Result<FabricShape> fabric_shape(const FabricQuestion& q, std::uint32_t endpoints,
                                 const Setting& setting) {
    auto served = served_shape(q, endpoints, setting);
    if (!served) return failure(served.error());
    return std::move(served->shape);
}

Result<FabricAnswer> fabric(const FabricQuestion& q, std::uint32_t endpoints,
                            const Setting& setting) {
    if (q.cables) return cabled_fabric(q, endpoints);
    auto served = served_shape(q, endpoints, setting);
    if (!served) return failure(served.error());
    Faults faults = too_small(capacity_of(served->shape), endpoints);
    if (!faults.empty()) return failure(std::move(faults));
    auto graph = checked_graph(served->shape);
    if (!graph) return failure(graph.error());
    return FabricAnswer{std::move(*graph), std::move(served->channels),
                        std::move(served->given_up)};
}

std::vector<LinkId> busiest_links(const std::vector<Bytes>& carried, std::size_t most) {
    std::vector<LinkId> links;
    for (LinkId link = 0; link < carried.size(); ++link) {
        if (carried[link] > Bytes{}) links.push_back(link);
    }
    std::ranges::stable_sort(links, std::greater<>{}, [&](LinkId link) { return carried[link]; });
    if (most > 0 && links.size() > most) links.resize(most);
    return links;
}

std::string link_table(const FabricGraph& graph, const std::vector<Bytes>& carried, Seconds time) {
    std::string text = csv_line({"link", "tier", "capacity_GBps", "bytes", "load"});
    for (LinkId link = 0; link < graph.capacity.size(); ++link) {
        const Bytes could = graph.capacity[link] * time;
        const double load = could > Bytes{} ? carried[link] / could : 0;
        text += csv_line({graph.name(link), graph.tiers[graph.tier[link]],
                          fmt::format("{:.10g}", graph.capacity[link].in(unit::GBps)),
                          fmt::format("{:.10g}", carried[link].si()), fmt::format("{:.6g}", load)});
    }
    return text;
}

}  // namespace millwright

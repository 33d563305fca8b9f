#include "apps/cli/fabric.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "apps/cli/output.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/factory/resolve.h"
#include "millwright/intake/shape_file.h"
#include "millwright/trace/flow_table.h"

namespace millwright::app {
namespace {

struct ServedShape {
    FabricShape shape;
    Channels channels;
};

/// A fabric of the catalog around a server, wired for so many chips.
ServedShape catalog_shape(const FabricArguments& a, const Common& common, std::uint32_t endpoints) {
    const Catalog& parts = catalog(common);
    const Server& server = look_up(parts.servers, a.server, "server", "servers");
    const Fabric& fabric = fabric_named(parts, a.fabric);
    const Factory factory = resolve_factory(parts, server, fabric, endpoints, {});
    const Channels channels = a.ideal ? Channels{} : channels_of(factory.network);
    if (factory.shape.endpoints > 0) return {factory.shape, channels};
    throw UserFault{{{{"--fabric", 0, 0},
                      fmt::format("{} cannot be wired for {} chips", a.fabric, endpoints),
                      factory.cannot}}};
}

ServedShape unsized_shape(const FabricArguments& a, const Common& common, std::uint32_t endpoints) {
    std::error_code error;
    const bool file =
        a.fabric.ends_with(".toml") || std::filesystem::is_regular_file(a.fabric, error);
    if (file) return {value_or_throw(read_shape(a.fabric)), {}};
    if (!a.server.empty()) return catalog_shape(a, common, endpoints);
    return {value_or_throw(shape_named(a.fabric)), {}};
}

ServedShape served_shape(const FabricArguments& a, const Common& common, std::uint32_t endpoints) {
    ServedShape served = unsized_shape(a, common, endpoints);
    served.shape.routing = enum_named<Routing>(a.routing).value();
    served.shape.endpoints = endpoints;
    for (Degraded& d : degraded_by(a)) served.shape.degraded.push_back(std::move(d));
    return served;
}

}  // namespace

const Fabric& fabric_named(const Catalog& parts, const std::string& name) {
    if (const Fabric* fabric = find_part(parts.fabrics, name)) return *fabric;
    throw UserFault{{{{"--fabric", 0, 0},
                      fmt::format("no fabric '{}' in the catalog", name),
                      fabric_hint(parts, name)}}};
}

std::vector<Degraded> degraded_by(const FabricArguments& a) {
    std::vector<Degraded> degraded;
    for (const std::string& text : a.degrade) {
        const std::size_t equals = text.rfind('=');
        if (equals == std::string::npos) {
            degraded.push_back({text, 0});
            continue;
        }
        const auto share = number_of(text.substr(equals + 1));
        if (!share || *share < 0 || *share > 1) {
            throw UserFault{{{{"--degrade", 0, 0},
                              fmt::format("'{}' is no share of a rate", text.substr(equals + 1)),
                              "give NAME=0.5 for half of the rate, NAME alone for a failure"}}};
        }
        degraded.push_back({text.substr(0, equals), *share});
    }
    return degraded;
}

bool is_cable_list(const FabricArguments& a) { return a.fabric.ends_with(".csv"); }

FabricShape shape_by(const FabricArguments& a, const Common& common, std::uint32_t endpoints) {
    return served_shape(a, common, endpoints).shape;
}

WiredFabric fabric_by(const FabricArguments& a, const Common& common, std::uint32_t endpoints) {
    const auto check = [&](double held) {
        if (endpoints <= held) return;
        throw UserFault{{{{"--ranks", 0, 0},
                          fmt::format("the fabric holds {:.0f} ranks", held),
                          "lower --ranks or widen the fabric"}}};
    };
    if (is_cable_list(a)) {
        EdgeGraph edges = value_or_throw(read_cables(table_from(a.fabric), degraded_by(a)));
        std::vector<std::uint32_t> nodes = endpoints_of(edges);
        check(static_cast<double>(nodes.size()));
        nodes.resize(endpoints);
        return {graph_of(std::move(edges), nodes, enum_named<Routing>(a.routing).value()), {}};
    }
    ServedShape served = served_shape(a, common, endpoints);
    check(capacity_of(served.shape));
    return {value_or_throw(checked_graph(served.shape)), std::move(served.channels)};
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

void write_link_table(const std::string& path, const FabricGraph& graph,
                      const std::vector<Bytes>& carried, Seconds time) {
    std::string text = csv_line({"link", "tier", "capacity_GBps", "bytes", "load"});
    for (LinkId link = 0; link < graph.capacity.size(); ++link) {
        const Bytes could = graph.capacity[link] * time;
        const double load = could > Bytes{} ? carried[link] / could : 0;
        text += csv_line({graph.name(link), graph.tiers[graph.tier[link]],
                          fmt::format("{:.10g}", graph.capacity[link].in(unit::GBps)),
                          fmt::format("{:.10g}", carried[link].si()), fmt::format("{:.6g}", load)});
    }
    const std::filesystem::path file(path);
    if (!file.has_filename() || file.filename() == "." || file.filename() == "..") {
        throw UserFault{{{{"--link-table", 0, 0},
                          "'" + path + "' names no file",
                          "give a path such as out.csv"}}};
    }
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    write_or_throw(folder, {{file.filename().string(), text}});
}

}  // namespace millwright::app

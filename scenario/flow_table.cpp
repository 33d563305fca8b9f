#include "scenario/flow_table.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"

namespace millwright {
namespace {

struct Reading {
    const CsvTable& table;
    Faults faults{};

    void fault(std::size_t row, std::string message, std::string hint) {
        faults.push_back({{table.file, row < table.lines.size() ? table.lines[row] : 1, 1},
                          std::move(message),
                          std::move(hint)});
    }

    double number(std::size_t row, std::string_view column, double least) {
        const std::string_view text = cell(table, row, column);
        const auto value = number_of(text);
        if (value && *value >= least) return *value;
        fault(row, fmt::format("'{}' in {} is no number of {} or more", text, column, least), "");
        return least;
    }
};

struct FlowRow {
    std::string source, destination;
    Bytes bytes;
    Seconds start;
};

std::vector<FlowRow> read_flows(Reading& r) {
    r.faults = missing_columns(r.table, {"source", "destination", "bytes", "start_s"});
    std::vector<FlowRow> rows;
    if (!r.faults.empty()) return rows;
    for (std::size_t i = 0; i < r.table.rows.size(); ++i) {
        rows.push_back(
            {std::string(cell(r.table, i, "source")), std::string(cell(r.table, i, "destination")),
             Bytes::from_si(r.number(i, "bytes", 0)), Seconds::from_si(r.number(i, "start_s", 0))});
    }
    if (rows.empty()) r.fault(0, "the table has no flows", "");
    return rows;
}

void put(FlowCase& flows, const FlowRow& row, const std::vector<LinkId>& way) {
    flows.problem.add(way, row.bytes, row.start);
    flows.source.push_back(row.source);
    flows.destination.push_back(row.destination);
}

/// A host number under `most`, or a fault.
std::uint32_t host_of(Reading& r, std::size_t row, const std::string& text, double most) {
    std::uint32_t host = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), host);
    const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
    if (whole && host < most) return host;
    r.fault(row, fmt::format("'{}' is no host of the tree", text),
            fmt::format("hosts are numbered from 0 to {:.0f}", most - 1));
    return 0;
}

/// Flows between numbered hosts, and how many hosts there must be.
struct HostFlows {
    std::vector<FlowRow> rows;
    std::vector<std::array<std::uint32_t, 2>> ends;
    std::uint32_t hosts = 0;
};

HostFlows read_host_flows(Reading& r, double most) {
    HostFlows flows{.rows = read_flows(r)};
    for (std::size_t i = 0; i < flows.rows.size(); ++i) {
        flows.ends.push_back({host_of(r, i, flows.rows[i].source, most),
                              host_of(r, i, flows.rows[i].destination, most)});
        flows.hosts = std::max({flows.hosts, flows.ends[i][0] + 1, flows.ends[i][1] + 1});
    }
    return flows;
}

EdgeGraph read_cables(Reading& r) {
    r.faults = missing_columns(r.table, {"from", "to", "capacity_GBps", "latency_s"});
    EdgeGraph graph;
    if (!r.faults.empty()) return graph;
    for (std::size_t i = 0; i < r.table.rows.size(); ++i) {
        const std::uint32_t a = node_named(graph, std::string(cell(r.table, i, "from")));
        const std::uint32_t b = node_named(graph, std::string(cell(r.table, i, "to")));
        const double capacity = r.number(i, "capacity_GBps", 0);
        if (capacity <= 0) r.fault(i, "a cable needs a capacity of more than zero", "");
        if (a == b) r.fault(i, "a cable joins two nodes", "");
        add_cable(graph, a, b, capacity * unit::GBps,
                  Seconds::from_si(r.number(i, "latency_s", 0)));
    }
    return graph;
}

void route_over(Reading& r, const std::vector<FlowRow>& rows, const EdgeGraph& graph,
                Routing routing, FlowCase& flows) {
    std::map<std::uint32_t, ShortestWays> ways;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto from = graph.index.find(rows[i].source);
        const auto to = graph.index.find(rows[i].destination);
        if (from == graph.index.end() || to == graph.index.end()) {
            const bool first = from == graph.index.end();
            const std::string& name = first ? rows[i].source : rows[i].destination;
            r.fault(i, fmt::format("no cable ends at '{}'", name), did_you_mean(name, graph.nodes));
            continue;
        }
        const auto known = ways.try_emplace(to->second, graph, to->second).first;
        if (!known->second.reaches(from->second)) {
            r.fault(
                i,
                fmt::format("no way leads from '{}' to '{}'", rows[i].source, rows[i].destination),
                "");
            continue;
        }
        put(flows, rows[i], known->second.way(from->second, routing, i));
    }
}

FlowCase routed(const HostFlows& flows, Tree tree) {
    tree.hosts = flows.hosts;
    FlowCase out;
    out.tree = std::move(tree);
    out.problem = problem_of(out.tree);
    out.fabric = describe(out.tree);
    for (std::size_t i = 0; i < flows.rows.size(); ++i) {
        put(out, flows.rows[i], way_on(out.tree, flows.ends[i][0], flows.ends[i][1], i));
    }
    return out;
}

}  // namespace

Result<FlowCase> flows_on_fat_tree(const CsvTable& table, Routing routing) {
    constexpr double largest_radix = 144;
    Reading r{table};
    const HostFlows flows = read_host_flows(r, fat_tree_capacity(largest_radix));
    if (!r.faults.empty()) return failure(std::move(r.faults));
    return routed(flows, fat_tree_of(flows.hosts, routing));
}

Result<FlowCase> flows_on_tree(const CsvTable& table, Tree tree) {
    Reading r{table};
    const HostFlows flows = read_host_flows(r, capacity_of(tree));
    if (!r.faults.empty()) return failure(std::move(r.faults));
    return routed(flows, std::move(tree));
}

Result<FlowCase> flows_on_cables(const CsvTable& table, const CsvTable& cables, Routing routing) {
    Reading r{table};
    Reading edges{cables};
    const std::vector<FlowRow> rows = read_flows(r);
    const EdgeGraph graph = read_cables(edges);
    FlowCase flows;
    if (routing == Routing::adaptive) {
        r.fault(table.lines.size(), "a fabric given by cables is routed single or ecmp",
                "give --routing ecmp");
    }
    if (r.faults.empty() && edges.faults.empty()) {
        flows.problem = {.capacity = graph.capacity, .latency = graph.latency, .first = {0}};
        route_over(r, rows, graph, routing, flows);
    }
    r.faults.insert(r.faults.end(), edges.faults.begin(), edges.faults.end());
    if (!r.faults.empty()) return failure(std::move(r.faults));
    flows.fabric = fmt::format("{}: {} nodes, {} cables, {}", cables.file, graph.nodes.size(),
                               graph.from.size() / 2, name_of(routing));
    for (std::size_t link = 0; link < graph.from.size(); ++link) {
        flows.link_names.push_back(graph.nodes[graph.from[link]] + " to " +
                                   graph.nodes[graph.to[link]]);
    }
    return flows;
}

std::string link_name(const FlowCase& flows, LinkId link) {
    return flows.link_names.empty() ? link_name(flows.tree, link) : flows.link_names[link];
}

}  // namespace millwright

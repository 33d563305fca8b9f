// All faults of a table are told together, and a graph is made only of sound ones. Numbers of
// hosts are looked at even where other cells are at fault; the largest says how far the fabric
// reaches. A flow's row in the table is what routing hashes, so that the same table takes the
// same ways.
#include "millwright/trace/flow_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

#include "millwright/base/cells.h"
#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/fabric/failures.h"

namespace millwright {
namespace {

constexpr std::array flow_columns{Column{.name = "source", .needed = Needed::cell},
                                  Column{.name = "destination", .needed = Needed::cell},
                                  Column{.name = "bytes",
                                         .kind = CellKind::number,
                                         .needed = Needed::cell,
                                         .limits = limits_in(unit::B)},
                                  Column{.name = "start_s",
                                         .kind = CellKind::number,
                                         .needed = Needed::cell,
                                         .limits = limits_in(unit::s)}};

constexpr std::array cable_columns{Column{.name = "from", .needed = Needed::cell},
                                   Column{.name = "to", .needed = Needed::cell},
                                   Column{.name = "capacity_GBps",
                                          .kind = CellKind::number,
                                          .needed = Needed::cell,
                                          .range = positive,
                                          .limits = limits_in(unit::GBps)},
                                   Column{.name = "latency_s",
                                          .kind = CellKind::number,
                                          .needed = Needed::cell,
                                          .limits = limits_in(unit::s)}};

/// A table as it is read, and all that is wrong with it.
struct FlowTableReader {
    const CsvTable& table;
    Faults faults{};

    void fault(std::size_t row, std::string_view column, std::string message, std::string hint) {
        faults.push_back(Cells{table, row}.fault(column, std::move(message), std::move(hint)));
    }
};

struct FlowRow {
    std::string source, destination;
    Bytes bytes;
    Seconds start;
};

/// The flows of a table; none if any cell is at fault.
std::vector<FlowRow> read_flows(FlowTableReader& r) {
    r.faults = table_faults(r.table, flow_columns);
    std::vector<FlowRow> rows;
    if (!r.faults.empty()) return rows;
    for (std::size_t i = 0; i < r.table.rows.size(); ++i) {
        const Cells cells{r.table, i};
        rows.push_back({cells.text("source"), cells.text("destination"),
                        Bytes::from_si(*cells.number("bytes")),
                        Seconds::from_si(*cells.number("start_s"))});
    }
    return rows;
}

/// Adds the flow, or its parts; a fault if no way leads there.
void put(FlowTableReader& r, std::size_t row, const FlowRow& flow, std::uint32_t from,
         std::uint32_t to, FlowCase& flows) {
    Ways ways;
    ways_on(flows.graph, from, to, row, ways);
    if (ways.count() == 0) {
        r.fault(row, "destination",
                fmt::format("no way leads from '{}' to '{}'", excerpt(flow.source),
                            excerpt(flow.destination)),
                "join them by cables, or fail fewer links");
        return;
    }
    for (std::size_t i = 0; i < ways.count(); ++i) {
        const double share = ways.share[i];
        // weight and bytes alike: parts share full links as one flow would, and end together on
        // like ways
        flows.problem.add(ways.way(i), share * flow.bytes, flow.start, share);
    }
    flows.source.push_back(flow.source);
    flows.destination.push_back(flow.destination);
    flows.first.push_back(narrow<std::uint32_t>(flows.problem.flows()));
}

/// A graph without flows.
FlowCase case_on(FabricGraph graph) {
    FlowCase flows{.graph = std::move(graph), .first = {0}};
    flows.problem = problem_of(flows.graph);
    return flows;
}

/// A host number under `most`, or a fault.
std::uint32_t host_of(FlowTableReader& r, std::size_t row, std::string_view column, double most) {
    const std::string text = Cells{r.table, row}.text(column);
    std::uint32_t host = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), host);
    const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
    if (whole && host < most) return host;
    r.fault(row, column, fmt::format("'{}' is no endpoint of the fabric", excerpt(text)),
            fmt::format("endpoints are numbered from 0 to {:.0f}", most - 1));
    return 0;
}

/// Flows between numbered hosts, and how many hosts there must be.
struct HostFlows {
    std::vector<FlowRow> rows;
    std::vector<std::array<std::uint32_t, 2>> ends;
    std::uint32_t hosts = 0;
};

HostFlows read_host_flows(FlowTableReader& r, double most) {
    HostFlows flows{.rows = read_flows(r)};
    if (!missing_columns(r.table, {"source", "destination"}).empty()) return flows;
    // of a table with other faults too, so that all are told at once
    for (std::size_t i = 0; i < r.table.rows.size(); ++i) {
        flows.ends.push_back({host_of(r, i, "source", most), host_of(r, i, "destination", most)});
        flows.hosts = std::max({flows.hosts, flows.ends[i][0] + 1, flows.ends[i][1] + 1});
    }
    return flows;
}

EdgeGraph edges_of(FlowTableReader& r) {
    r.faults = table_faults(r.table, cable_columns);
    EdgeGraph graph;
    if (r.table.rows.size() > most_cables) {
        r.fault(0, "from", fmt::format("{} cables, more than {}", r.table.rows.size(), most_cables),
                "leave some out, or give tiers in a TOML file: docs/reference/fabrics.md");
    }
    if (!r.faults.empty()) return graph;
    for (std::size_t i = 0; i < r.table.rows.size(); ++i) {
        const Cells cells{r.table, i};
        const std::uint32_t a = node_named(graph, cells.text("from"));
        const std::uint32_t b = node_named(graph, cells.text("to"));
        if (a == b)
            r.fault(i, "to", "a cable joins two nodes",
                    "name two that differ, or leave the line out");
        add_cable(graph, a, b, *cells.number("capacity_GBps") * unit::GBps,
                  Seconds::from_si(*cells.number("latency_s")));
    }
    return graph;
}

Fault no_link(const std::string& name, const std::vector<std::string>& examples) {
    return {{"--degrade", 0, 0},
            fmt::format("no link '{}' in the fabric", name),
            fmt::format("links are named like '{}'; --link-table FILE of `millwright flows` and "
                        "`replay` lists all",
                        join(examples, "', '"))};
}

void lower(EdgeGraph& graph, const std::vector<Degraded>& degraded, Faults& faults) {
    for (const Degraded& d : degraded) {
        bool found = false;
        for (LinkId link = 0; link < graph.from.size(); ++link) {
            const std::string& from = graph.nodes[graph.from[link]];
            const std::string& to = graph.nodes[graph.to[link]];
            if (d.name != from + " to " + to && d.name != from && d.name != to) continue;
            graph.capacity[link] = d.share * graph.capacity[link];
            found = true;
        }
        if (found || graph.from.empty()) continue;
        const std::string& node = graph.nodes[graph.from[0]];
        faults.push_back(no_link(d.name, {node + " to " + graph.nodes[graph.to[0]], node}));
    }
}

/// The node of that name, or a fault.
std::uint32_t node_of(FlowTableReader& r, std::size_t row, const EdgeGraph& graph,
                      std::string_view column) {
    const std::string name = Cells{r.table, row}.text(column);
    const auto at = graph.index.find(name);
    if (at != graph.index.end()) return at->second;
    const std::string near = name.size() < 100 ? did_you_mean(name, graph.nodes) : "";
    r.fault(row, column, fmt::format("no cable ends at '{}'", excerpt(name)),
            near.empty() ? "names of nodes are those of the cables" : near);
    return 0;
}

}  // namespace

Result<FabricGraph> checked_graph(const FabricShape& shape) {
    std::vector<std::string> unknown;
    FabricGraph graph = graph_of(shape, &unknown);
    Faults faults;
    for (const std::string& name : unknown) faults.push_back(no_link(name, link_examples(graph)));
    if (!faults.empty()) return failure(std::move(faults));
    return graph;
}

Result<FlowCase> flows_on_shape(const CsvTable& table, FabricShape shape) {
    FlowTableReader r{table};
    const HostFlows read = read_host_flows(r, capacity_of(shape));
    if (!r.faults.empty()) return failure(std::move(r.faults));
    shape.endpoints = read.hosts;
    auto graph = checked_graph(shape);
    if (!graph) return failure(graph.error());
    FlowCase flows = case_on(std::move(*graph));
    for (std::size_t i = 0; i < read.rows.size(); ++i) {
        put(r, i, read.rows[i], read.ends[i][0], read.ends[i][1], flows);
    }
    if (!r.faults.empty()) return failure(std::move(r.faults));
    return flows;
}

Result<EdgeGraph> read_cables(const CsvTable& cables, const std::vector<Degraded>& degraded) {
    FlowTableReader r{cables};
    EdgeGraph graph = edges_of(r);
    if (r.faults.empty()) lower(graph, degraded, r.faults);
    if (!r.faults.empty()) return failure(std::move(r.faults));
    return graph;
}

Result<FlowCase> flows_on_cables(const CsvTable& table, const CsvTable& cables, Routing routing,
                                 const std::vector<Degraded>& degraded) {
    FlowTableReader r{table};
    const std::vector<FlowRow> rows = read_flows(r);
    auto edges = read_cables(cables, degraded);
    if (!edges) r.faults.insert(r.faults.end(), edges.error().begin(), edges.error().end());
    if (!r.faults.empty()) return failure(std::move(r.faults));
    std::vector<std::uint32_t> everyone(edges->nodes.size());
    std::iota(everyone.begin(), everyone.end(), 0U);
    FlowCase flows = case_on(graph_of(*edges, everyone, routing));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t faults = r.faults.size();
        const std::uint32_t from = node_of(r, i, *edges, "source");
        const std::uint32_t to = node_of(r, i, *edges, "destination");
        if (r.faults.size() == faults) put(r, i, rows[i], from, to, flows);
    }
    if (!r.faults.empty()) return failure(std::move(r.faults));
    return flows;
}

std::vector<Seconds> finish_of(const FlowCase& flows, const FlowOutcome& outcome) {
    std::vector<Seconds> finish;
    for (std::size_t i = 0; i + 1 < flows.first.size(); ++i) {
        const auto part =
            std::span(outcome.finish).subspan(flows.first[i], flows.first[i + 1] - flows.first[i]);
        finish.push_back(*std::ranges::max_element(part));
    }
    return finish;
}

}  // namespace millwright

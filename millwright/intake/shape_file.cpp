// A file is read into structs of what is written (ShapeText and its like) and becomes a shape
// only when keys and what they say together are sound, so that nothing is narrowed unchecked.
// Lengths are multiplied as doubles, as they may pass 64 bits. Another tool's file is looked for
// before TOML is parsed, whose first fault would not name it.
#include "millwright/intake/shape_file.h"

#include <algorithm>
#include <set>

#include "millwright/base/require.h"
#include "millwright/base/text.h"
#include "millwright/catalog/embedded.h"
#include "millwright/catalog/toml_reader.h"
#include "millwright/fabric/topology.h"
#include "millwright/fabric/torus.h"
#include "millwright/intake/foreign.h"
#include "millwright/intake/read.h"
#include "millwright/intake/shape_text.h"

namespace millwright {
namespace {

constexpr std::string_view folder = "topologies/";

/// Tiers with the fabric's own rate and latency where they state none.
Tree tree_of(const std::vector<TierText>& tiers, Bandwidth port, Seconds hop) {
    Tree tree;
    for (const TierText& t : tiers) {
        tree.tiers.push_back({narrow<std::uint32_t>(t.width), t.oversubscription,
                              t.port > Bandwidth{} ? t.port : port,
                              t.hop.given ? t.hop.value : hop});
    }
    return tree;
}

std::vector<std::uint32_t> lengths_of(const std::vector<std::int64_t>& lengths) {
    std::vector<std::uint32_t> out;
    for (const std::int64_t length : lengths) out.push_back(narrow<std::uint32_t>(length));
    return out;
}

/// As doubles: lengths that multiply past 64 bits are refused, not wrapped round.
double product(const std::vector<std::int64_t>& lengths) {
    double all = 1;
    for (const std::int64_t length : lengths) all *= static_cast<double>(length);
    return all;
}

Domain domain_of(const DomainText& t) {
    Domain d{.kind = t.kind,
             .endpoints = narrow<std::uint32_t>(t.endpoints),
             .dimensions = lengths_of(t.dimensions),
             .port = t.port,
             .hop = t.hop,
             .ports = narrow<std::uint32_t>(t.ports),
             .attach = static_cast<std::size_t>(t.attach),
             .forwards = t.forwards,
             .reduces = t.reduces};
    d.tree = tree_of(t.tiers, t.port, t.hop);
    // a domain of switches is one switch unless it says more
    if (t.kind == FabricKind::tree && t.tiers.empty()) {
        d.tree.tiers = {{d.endpoints, 1, t.port, t.hop}};
    }
    return d;
}

FabricShape shape_of(const ShapeText& t) {
    FabricShape shape{.name = t.name, .source = t.source, .kind = t.kind};
    shape.tree = tree_of(t.tiers, t.port, t.hop.value);
    shape.planes = narrow<std::uint32_t>(t.planes);
    shape.rails = t.rails;
    shape.dimensions = lengths_of(t.dimensions);
    shape.port = t.port;
    shape.hop = t.hop.value;
    shape.message = t.message;
    const DragonflyText& d = t.dragonfly;
    shape.dragonfly = {narrow<std::uint32_t>(d.hosts),  narrow<std::uint32_t>(d.leaves),
                       narrow<std::uint32_t>(d.spines), narrow<std::uint32_t>(d.global_links),
                       narrow<std::uint32_t>(d.groups), d.global_hop};
    shape.domain = domain_of(t.domain);
    for (const DegradedText& g : t.degraded) shape.degraded.push_back({g.name, g.share});
    return shape;
}

/// Faults of the file as a whole: what is missing has no line of its own.
struct Checks {
    TomlReading& r;
    const toml::table& root;

    void need(bool holds, std::string message, std::string hint) const {
        if (!holds) r.fault(root, std::move(message), std::move(hint));
    }
};

/// Made where there is no [domain] too: one endpoint with one port then stands in, which must fit
/// the planes all the same.
void check_domain(const Checks& c, const ShapeText& t) {
    const DomainText& d = t.domain;
    const auto endpoints = static_cast<double>(d.endpoints);
    const bool lengths = d.kind == FabricKind::torus || d.kind == FabricKind::grid;
    c.need(d.kind != FabricKind::dragonfly_plus && d.kind != FabricKind::fat_tree,
           fmt::format("a domain is no {}", name_of(d.kind)), "tree, full-mesh, torus or grid");
    const bool all_hops =
        std::ranges::all_of(t.tiers, [](const TierText& tier) { return tier.hop.given; });
    c.need(t.hop.given || all_hops, "the fabric lacks 'hop'",
           "it is the latency of a link, such as \"500 ns\"");
    c.need(!lengths || (!d.dimensions.empty() && product(d.dimensions) == endpoints),
           "the dimensions of the domain do not multiply to its endpoints",
           "give [domain] dimensions");
    double held = 1;
    for (const TierText& tier : d.tiers) held *= static_cast<double>(tier.width);
    c.need(d.kind != FabricKind::tree || d.tiers.empty() || held == endpoints,
           "the widths of [[domain.tier]] do not multiply to its endpoints", "");
    c.need(d.kind == FabricKind::tree || d.attach == 0, "ports attach to tiers of a tree alone",
           "leave out 'attach'");
    const std::size_t tiers = d.endpoints > 1 ? std::max<std::size_t>(1, d.tiers.size()) : 0;
    c.need(d.attach <= static_cast<std::int64_t>(tiers),
           "'attach' is above the tiers of the domain", "");
    // each endpoint has as many ports as the next, or shares one with as many
    const bool even =
        d.ports >= d.endpoints ? d.ports % d.endpoints == 0 : d.endpoints % d.ports == 0;
    c.need(even, "ports and endpoints of the domain do not divide", "");
    // data that may not cross inside must find the receiver's plane from the chip that it is on
    const bool all_planes = d.ports >= d.endpoints && d.ports / d.endpoints % t.planes == 0;
    c.need(t.planes == 1 || d.forwards || all_planes,
           "endpoints of a domain stand in unlike planes, which nothing joins",
           "let it forward, or give each endpoint a port in every plane");
    c.need(d.ports % t.planes == 0, "the ports of a domain do not divide among the planes",
           "give [domain] ports");
}

/// What a tree is made of.
void check_tree(const Checks& c, const ShapeText& t, bool has_domain) {
    const bool tree = t.kind == FabricKind::tree;
    c.need(!tree || has_domain || !t.tiers.empty(), "the fabric lacks [[tier]]",
           "each is a tier of switches, from the hosts up");
    c.need(tree || t.tiers.empty(), fmt::format("a {} has no [[tier]] of its own", name_of(t.kind)),
           "leave the tiers out, or take kind \"tree\"");
    c.need(!t.rails || (tree && !t.tiers.empty()), "rails are leaf switches of [[tier]] tables",
           "leave out 'rails', or give the tiers of a tree");
    c.need(t.tiers.size() <= 8 && t.domain.tiers.size() <= 8, "more than 8 tiers", "");
}

void check_shape(const Checks& c, const ShapeText& t, bool has_domain) {
    const bool tree = t.kind == FabricKind::tree;
    const bool lengths = t.kind == FabricKind::torus || t.kind == FabricKind::grid;
    check_tree(c, t, has_domain);
    // a tree may state the rate of each tier instead; a fat tree has a usual one
    const bool all_ports =
        std::ranges::all_of(t.tiers, [](const TierText& tier) { return tier.port > Bandwidth{}; });
    c.need(t.port > Bandwidth{} || (tree && all_ports) || t.kind == FabricKind::fat_tree,
           "the fabric lacks 'port'",
           "it is the rate of a link, one direction, such as \"50 GB/s\"");
    c.need(!lengths || !t.dimensions.empty(), "the fabric lacks 'dimensions'",
           "such as [16, 16, 16]");
    c.need(std::max(t.dimensions.size(), t.domain.dimensions.size()) <= most_dimensions,
           fmt::format("more than {} dimensions", most_dimensions), "");
    check_domain(c, t);
    const DragonflyText& d = t.dragonfly;
    constexpr std::int64_t most_global = 1'000'000;
    c.need(d.spines * d.global_links <= most_global,
           fmt::format("a group has {} global links, more than {}", d.spines * d.global_links,
                       most_global),
           "lower spines or global_links");
    // fewer would leave two groups without a link, as ways take one global link at most
    c.need(t.kind != FabricKind::dragonfly_plus || d.spines * d.global_links >= d.groups - 1,
           "a group has fewer global links than there are other groups",
           "raise spines or global_links");
}

/// Links inside a domain.
double links_inside(const Domain& d) {
    if (d.kind == FabricKind::tree) return links_of(d.tree);
    if (d.kind == FabricKind::full_mesh) return 1.0 * d.endpoints * d.endpoints;
    return 2.0 * d.endpoints * static_cast<double>(d.dimensions.size());
}

/// Endpoints that graphs are made for: more are refused before anything is allocated.
void check_size(const Checks& c, const FabricShape& given) {
    constexpr double most = 4e6;
    constexpr double most_links = 4e7;
    const double held = capacity_of(given);
    c.need(held <= most,
           fmt::format("the fabric holds {:.3g} endpoints, more than {:.3g}", held, most),
           "lower a width or dimension");
    c.need(held >= 1, "the fabric holds no whole domain", "widen it, or give a domain fewer ports");
    if (held < 1 || held > most) return;
    // wired to the full, as a user may ask for all of it
    const FabricShape shape = made_for(given, narrow<std::uint32_t>(held));
    const Domain& d = shape.domain;
    const double domains = held / d.endpoints;
    const double cables =
        has_outside(shape) ? row_of(shape).counts(shape, ports_of_plane(shape), 0).cables : 0;
    // counts of several kinds of links, which overlap: the largest stands for all
    const double links = std::max({shape.planes * links_of(shape.tree), domains * d.ports,
                                   2 * shape.planes * cables, domains * links_inside(d)});
    c.need(links <= most_links,
           fmt::format("about {:.3g} links, more than {:.3g}", links, most_links),
           "lower a width, a number of ports or of links");
    c.need(d.kind != FabricKind::full_mesh || d.endpoints <= most_meshed,
           fmt::format("a full mesh of more than {} endpoints", most_meshed), "");
}

/// [domain] with its tiers.
void read_domain(TomlReading& r, const toml::table& root, DomainText& domain) {
    // by hand, as the fields of a table know nothing of the tables in it
    const toml::table* table = root["domain"].as_table();
    if (table == nullptr) return read_section(r, root, "domain", domain);
    read_fields(r, *table, "[domain]", domain);
    read_tables(r, *table, "tier", domain.tiers);
    std::set<std::string> known = field_keys<DomainText>();
    known.insert("tier");
    toml_detail::check_keys(r, *table, known, "");
}

}  // namespace

Result<FabricShape> parse_shape(std::string_view text, const std::string& file) {
    // before parsing: what another tool wrote is not TOML, and its first fault would not say so
    if (auto foreign = foreign_fabric(text, file)) return failure(std::move(*foreign));
    const auto root = parse_toml(text, file);
    if (!root) return failure(root.error());
    TomlReading r{.file = file, .sources = {}, .faults = {}};
    ShapeText written;
    read_fields(r, *root, "the fabric", written);
    read_tables(r, *root, "tier", written.tiers);
    read_tables(r, *root, "degraded", written.degraded);
    read_domain(r, *root, written.domain);
    read_section(r, *root, "dragonfly", written.dragonfly);
    std::set<std::string> known = field_keys<ShapeText>();
    known.insert({"tier", "degraded", "domain", "dragonfly"});
    toml_detail::check_keys(r, *root, known, "");
    const Checks checks{r, *root};
    checks.need(written.kind != FabricKind::dragonfly_plus || root->contains("dragonfly"),
                "the fabric lacks [dragonfly]",
                "it says hosts, leaves, spines, global_links, groups");
    checks.need(written.kind == FabricKind::dragonfly_plus || !root->contains("dragonfly"),
                fmt::format("a {} has no [dragonfly]", name_of(written.kind)),
                "leave it out, or write kind = \"dragonfly-plus\"");
    if (r.faults.empty()) check_shape(checks, written, root->contains("domain"));
    FabricShape shape;
    if (r.faults.empty()) {
        shape = shape_of(written);
        check_size(checks, shape);
    }
    if (!r.faults.empty()) return failure(std::move(r.faults));
    return shape;
}

Result<FabricShape> read_shape(const std::string& path) {
    const FileText file = read_file(path, scenario_file_limit);
    if (!file.ok) {
        return failure({{path, 0, 0},
                        "the fabric " + file.why,
                        "it holds port, hop and [[tier]] tables: docs/reference/fabrics.md"});
    }
    return parse_shape(file.text, path);
}

std::vector<std::string> shape_names() {
    std::vector<std::string> names{std::string(name_of(FabricKind::fat_tree))};
    for (const EmbeddedFile& file : embedded_files()) {
        if (!file.path.starts_with(folder)) continue;
        const std::string_view stem = file.path.substr(folder.size());
        names.emplace_back(stem.substr(0, stem.rfind('.')));
    }
    return names;
}

Result<FabricShape> shape_named(const std::string& name) {
    if (name == name_of(FabricKind::fat_tree)) {
        // tiers are found when the number of endpoints is known
        return FabricShape{.name = "the smallest three-tier fat tree that fits",
                           .kind = FabricKind::fat_tree};
    }
    for (const EmbeddedFile& file : embedded_files()) {
        if (file.path == std::string(folder) + name + ".toml") {
            return parse_shape(file.text, "data/" + std::string(file.path));
        }
    }
    return failure({{"--fabric", 0, 0},
                    fmt::format("no fabric '{}'", name),
                    hint_from(name, shape_names(), "topologies") +
                        "; fabrics of `millwright list fabrics` want --server; a file (TOML or "
                        "CSV) works too"});
}

}  // namespace millwright

// millwright list and show: the catalog.
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/parts.h"
#include "millwright/base/text.h"
#include "millwright/intake/shape_file.h"
#include "millwright/report/json_text.h"
#include "millwright/report/part_text.h"
#include "millwright/report/rules_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

using Row = std::vector<std::string>;

template <class Q>
std::string shown_or_dash(const Cited<Q>& value) {
    return value.known() ? shown::text_of(value.value) : "-";
}

Row header_of(const Chip*) { return {"bf16", "fp8", "memory", "bandwidth", "scale-up", "power"}; }
Row cells_of(const Chip& c) {
    return {shown_or_dash(c.bf16),
            shown_or_dash(c.fp8),
            shown_or_dash(c.memory_capacity),
            shown_or_dash(c.memory_bandwidth),
            shown_or_dash(c.scale_up_per_direction),
            shown_or_dash(c.power)};
}
Row header_of(const Link*) { return {"kind", "one way"}; }
Row cells_of(const Link& l) {
    return {std::string(name_of(l.kind)), to_text(l.per_direction.value)};
}
Row header_of(const Switch*) { return {"link", "ports", "power", "price"}; }
Row cells_of(const Switch& s) {
    return {s.link, shown_or_dash(s.ports), shown_or_dash(s.power), shown_or_dash(s.price)};
}
Row header_of(const Server*) { return {"chip", "chips", "domain", "power", "price"}; }
Row cells_of(const Server& s) {
    return {s.chip, shown_or_dash(s.chips), shown_or_dash(s.domain), shown_or_dash(s.power),
            shown_or_dash(s.price)};
}
Row header_of(const Fabric*) { return {"trees", "oversubscription"}; }
Row cells_of(const Fabric& f) {
    return {f.rails ? "a rail" : "one", shown_or_dash(f.oversubscription)};
}
Row header_of(const Model*) {
    return {"weights", "prediction", "active", "layers", "hidden", "experts"};
}
Row cells_of(const Model& m) {
    const WeightCount w = weights_of(m);
    return {fmt::format("{:#.4g} B", w.total / 1e9),
            w.extra > 0 ? fmt::format("+ {:#.4g} B", w.extra / 1e9) : "-",
            fmt::format("{:#.4g} B", w.active / 1e9),
            std::to_string(m.layers.value),
            std::to_string(m.hidden.value),
            std::to_string(m.experts.value)};
}
Row header_of(const Site*) { return {"electricity", "PUE", "building"}; }
Row cells_of(const Site& s) {
    return {to_text(s.energy.value), shown_or_dash(s.pue), to_text(s.building.value)};
}
Row header_of(const PriceItem*) { return {"price", "power", "ratio"}; }
Row cells_of(const PriceItem& p) {
    return {shown_or_dash(p.price), shown_or_dash(p.power), shown_or_dash(p.ratio)};
}
Row header_of(const Band*) { return {"low", "high", "rows"}; }
Row cells_of(const Band& b) {
    return {shown_or_dash(b.low), shown_or_dash(b.high), std::to_string(b.rows.value)};
}
Row header_of(const Framework*) { return {"attention", "host a layer"}; }
Row cells_of(const Framework& f) {
    return {std::string(name_of(f.attention)), to_text(f.host_layer.value)};
}
Row header_of(const KernelFamily*) { return {"like"}; }
Row cells_of(const KernelFamily& k) { return {k.like.empty() ? "measured" : k.like}; }
Row header_of(const CollectiveFamily*) { return {"base", "step"}; }
Row cells_of(const CollectiveFamily& c) { return {to_text(c.base.value), to_text(c.step.value)}; }

Row header_of(const Rule*) { return {"announced", "confidence"}; }
Row cells_of(const Rule& r) { return {to_text(r.announced), std::string(name_of(r.confidence))}; }
Row header_of(const CountryGroup*) { return {"countries", "verified on"}; }
Row cells_of(const CountryGroup& g) {
    return {std::to_string(g.countries.value.size()), shown::text_of(g.verified_on)};
}

Row header_of(const Process*) { return {"dies", "die", "unit", "stack"}; }
Row cells_of(const Process& p) {
    return {shown_or_dash(p.dies), shown_or_dash(p.die), shown_or_dash(p.unit_rate),
            shown_or_dash(p.stack_bandwidth)};
}

template <class Part>
void list_text(const std::vector<Part>& parts) {
    Row header{"id", "name"};
    const Row more = header_of(static_cast<const Part*>(nullptr));
    header.insert(header.end(), more.begin(), more.end());
    std::vector<Row> rows;
    for (const Part& part : parts) {
        Row row{part.id, part.name};
        const Row cells = cells_of(part);
        row.insert(row.end(), cells.begin(), cells.end());
        rows.push_back(std::move(row));
    }
    std::cout << format_table(header, rows, "ll" + std::string(more.size(), 'r'));
}

template <class Part>
nlohmann::ordered_json part_json(const Catalog& catalog, const Part& part) {
    if constexpr (std::is_same_v<Part, Rule>) return rule_json(catalog, part);
    nlohmann::ordered_json json{{"id", part.id}};
    for (const ShownField& field : shown_fields(catalog, part)) json[field.key] = field.json;
    if constexpr (std::is_same_v<Part, Model>) {
        json["parameters"] = parameters(part);
        json["active_parameters"] = active_parameters(part);
        json["extra_parameters"] = extra_parameters(part);
        json["untimed"] = part.untimed;
    }
    return json;
}

/// Fields in a table; long texts and the sources in full below it.
template <class Part>
void show_text(const Catalog& catalog, const Part& part) {
    if constexpr (std::is_same_v<Part, Rule>) {
        std::cout << rule_text(catalog, part);
        return;
    }
    constexpr std::size_t long_text = 60;
    std::vector<Row> rows;
    std::string notes;
    std::map<std::string, std::string> sources;
    for (const ShownField& f : shown_fields(catalog, part)) {
        if (!f.source.empty()) sources[f.source] = f.cited;
        if (f.value.size() > long_text) {
            notes += "\n" + wrapped(f.key + ": ", f.value, 2);
        } else {
            rows.push_back({f.key, f.value, f.source});
        }
    }
    std::cout << part.id << "\n\n" << format_table({"field", "value", "source"}, rows, "lll");
    if constexpr (std::is_same_v<Part, Model>) {
        std::cout << "\n" << wrapped("", weights_text(part), 2);
        for (const std::string& what : part.untimed) std::cout << "not timed yet: " << what << "\n";
    }
    std::cout << notes << "\nsources\n";
    for (const auto& [name, cited] : sources) std::cout << wrapped("  " + name + ": ", cited, 4);
}

/// The fabrics that `--fabric` knows by name.
void list_topologies(const Common& common) {
    std::vector<Row> rows;
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const std::string& name : shape_names()) {
        const FabricShape shape = shape_named(name).value();
        const double holds = capacity_of(shape);
        rows.push_back(
            {name, shape.name, std::string(name_of(shape.kind)), fmt::format("{:.0f}", holds)});
        json.push_back({{"id", name},
                        {"name", shape.name},
                        {"kind", name_of(shape.kind)},
                        {"endpoints", holds},
                        {"source", shape.source}});
    }
    if (common.json) {
        std::cout << json_text(json) << "\n";
    } else {
        std::cout << format_table({"id", "name", "kind", "endpoints at most"}, rows, "lllr");
    }
}

std::string kind_or_throw(const std::string& word, const std::vector<std::string>& more) {
    const std::string kind = kind_named(word);
    if (!kind.empty()) return kind;
    std::vector<std::string> known = part_kinds();
    known.insert(known.end(), more.begin(), more.end());
    throw UserFault{
        {{{"", 0, 0},
          "no kind of part is called '" + word + "'",
          join_hints({did_you_mean(word, known), "choose one of " + join(known, ", ")})}}};
}

void print_ids(const std::vector<std::string>& names, const Common& common) {
    std::cout << (common.json ? json_text(nlohmann::ordered_json(names)) : join(names, "\n"))
              << "\n";
}

}  // namespace

int list_command(const ListArguments& a, const Common& common) {
    if (std::string_view("topologies").starts_with(a.kind) && a.kind.size() > 7) {
        if (a.ids) {
            print_ids(shape_names(), common);
        } else {
            list_topologies(common);
        }
        return exit_done;
    }
    const std::string kind = kind_or_throw(a.kind, {"topologies"});
    const Catalog& parts = catalog(common);
    with_parts(parts, kind, [&](const auto& list) {
        if (a.ids) return print_ids(ids(list), common);
        if (!common.json) return list_text(list);
        nlohmann::ordered_json json = nlohmann::ordered_json::array();
        for (const auto& part : list) json.push_back(part_json(parts, part));
        std::cout << json_text(json) << "\n";
    });
    return exit_done;
}

int show_command(const ShowArguments& a, const Common& common) {
    const std::string kind = kind_or_throw(a.kind, {});
    const Catalog& parts = catalog(common);
    with_parts(parts, kind, [&](const auto& list) {
        const auto* part = find_part(list, a.name);
        if (part == nullptr) {
            throw UserFault{{{{"", 0, 0},
                              "no '" + a.name + "' among the " + kind,
                              name_hint(list, a.name, kind)}}};
        }
        if (common.json) {
            std::cout << json_text(part_json(parts, *part)) << "\n";
        } else {
            show_text(parts, *part);
        }
    });
    return exit_done;
}

}  // namespace millwright::app

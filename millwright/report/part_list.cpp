// Columns of a kind are an overload of `header_of`, chosen by the type of a pointer since there is
// no part to ask yet, and one of `cells_of`; `table_of` looks for them at compile time.
#include "millwright/report/part_list.h"

#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/text.h"
#include "millwright/compute/weights.h"
#include "millwright/report/part_text.h"
#include "millwright/report/rules_text.h"
#include "millwright/report/table.h"

namespace millwright {
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
    return {f.rails ? "one a rail" : "one", shown_or_dash(f.oversubscription)};
}
/// Weights in billions; those of prediction blocks apart, as neither the whole nor the active ones
/// count them.
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
Row header_of(const MeasuredFleet*) { return {"per 1,000 nodes a day", "band", "chips"}; }
Row cells_of(const MeasuredFleet& f) {
    const std::string band = fmt::format("{} to {}", f.low.value, f.high.value);
    return {shown_or_dash(f.rate), f.low.known() ? band : "-", shown_or_dash(f.chips)};
}
Row header_of(const Site*) { return {"electricity", "PUE", "building", "carbon"}; }
Row cells_of(const Site& s) {
    return {to_text(s.energy.value), shown_or_dash(s.pue), to_text(s.building.value),
            to_text(s.carbon.value)};
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

Row header_of(const Authority*) { return {"label", "asks", "verdicts", "classes"}; }
Row cells_of(const Authority& a) {
    return {a.label, std::string(name_of(a.asks)), std::to_string(a.verdicts.size()),
            std::to_string(a.classes.size())};
}

Row header_of(const Process*) { return {"dies", "die", "unit", "stack"}; }
Row cells_of(const Process& p) {
    return {shown_or_dash(p.dies), shown_or_dash(p.die), shown_or_dash(p.unit_rate),
            shown_or_dash(p.stack_bandwidth)};
}

Row header_of(const Software*) { return {"kind", "since", "families", "chips"}; }
Row cells_of(const Software& s) {
    return {std::string(name_of(s.kind)), shown_or_dash(s.since), join(s.families, ", "),
            join(s.chips, ", ")};
}

Row header_of(const Engine*) { return {"since", "batching", "tokens", "sequences", "block"}; }
Row cells_of(const Engine& e) {
    return {shown_or_dash(e.since), std::string(name_of(e.batching)),
            std::to_string(e.max_batched_tokens.value), std::to_string(e.max_sequences.value),
            std::to_string(e.block_size.value)};
}

Row header_of(const Stack*) { return {"version", "engines", "vendor"}; }
Row cells_of(const Stack& s) { return {s.version.value, join(s.engines, ", "), s.vendor}; }

Row header_of(const Dataset*) { return {"prompt", "output"}; }
Row cells_of(const Dataset& d) { return {shown_or_dash(d.prompt), shown_or_dash(d.output)}; }

Row header_of(const Term*) { return {"topic"}; }
Row cells_of(const Term& t) { return {std::string(name_of(t.topic))}; }

/// The table of a kind. All parts of the answer are of it: `list` takes them from one list.
template <class Part>
std::string table_of(const ListAnswer& answer) {
    Row header{"id", "name"};
    std::vector<Row> rows;
    constexpr bool more = requires(const Part& part) { cells_of(part); };
    if constexpr (more) {
        const Row names = header_of(static_cast<const Part*>(nullptr));
        header.insert(header.end(), names.begin(), names.end());
    }
    for (const AnyPart& any : answer.parts) {
        const Part& part = *std::get<const Part*>(any);
        rows.push_back({part.id, part.name});
        if constexpr (more) {
            const Row cells = cells_of(part);
            rows.back().insert(rows.back().end(), cells.begin(), cells.end());
        }
    }
    return format_table(header, rows, "ll" + std::string(header.size() - 2, 'r'));
}

/// Endpoints of the largest fabric of that shape; its default form is what `shape_named` gives.
std::string topologies_text(const std::vector<NamedShape>& topologies) {
    std::vector<Row> rows;
    for (const auto& [id, shape] : topologies) {
        rows.push_back({id, shape.name, std::string(name_of(shape.kind)),
                        fmt::format("{:.0f}", capacity_of(shape))});
    }
    return format_table({"id", "name", "kind", "endpoints at most"}, rows, "lllr");
}

nlohmann::ordered_json shape_json(const NamedShape& named) {
    return {{"id", named.id},
            {"name", named.shape.name},
            {"kind", name_of(named.shape.kind)},
            {"endpoints", capacity_of(named.shape)},
            {"source", named.shape.source}};
}

nlohmann::ordered_json json_of_part(const Catalog& catalog, const Rule& rule) {
    return rule_json(catalog, rule);
}

template <class Part>
nlohmann::ordered_json json_of_part(const Catalog& catalog, const Part& part) {
    nlohmann::ordered_json json{{"id", part.id}};
    for (const ShownField& field : shown_fields(catalog, part)) json[field.key] = field.json;
    if constexpr (std::is_same_v<Part, Model>) {
        json["parameters"] = parameters(part);
        json["active_parameters"] = active_parameters(part);
        json["extra_parameters"] = extra_parameters(part);
        json["mixers"] = mixers_text(part);
    }
    return json;
}

std::string text_of_part(const Catalog& catalog, const Rule& rule) {
    return rule_text(catalog, rule);
}

/// The longest value that leaves keys and sources their room in a line.
std::size_t longest_value(const std::vector<ShownField>& fields) {
    constexpr std::size_t most = 60, gaps = 4;
    std::size_t key = 0, source = 0;
    for (const ShownField& f : fields) {
        key = std::max(key, f.key.size());
        source = std::max(source, f.source.size());
    }
    const std::size_t beside = key + source + gaps;
    return beside + most < report_width ? most : report_width - std::min(beside, report_width);
}

template <class Part>
std::string text_of_part(const Catalog& catalog, const Part& part) {
    const std::vector<ShownField> fields = shown_fields(catalog, part);
    const std::size_t long_text = longest_value(fields);
    std::vector<Row> rows;
    std::string notes;
    std::map<std::string, std::string> sources;
    for (const ShownField& f : fields) {
        if (!f.source.empty()) sources[f.source] = f.cited;
        if (f.value.size() > long_text) {
            notes += "\n" + wrapped(f.key + ": ", f.value, 2);
        } else {
            rows.push_back({f.key, f.value, f.source});
        }
    }
    std::string text = part.id + "\n\n" + format_table({"field", "value", "source"}, rows, "lll");
    if constexpr (std::is_same_v<Part, Model>) {
        text += "\n" + wrapped("", weights_text(part), 2);
        if (!mixers_text(part).empty()) text += wrapped("layers: ", mixers_text(part), 2);
    }
    text += notes + "\nsources\n";
    for (const auto& [name, cited] : sources) text += wrapped("  " + name + ": ", cited, 4);
    return text;
}

}  // namespace

std::string list_text(const ListAnswer& answer) {
    std::string text;
    const bool parts = with_kind(
        answer.kind, [&]<class Part>(const PartKind<Part>&) { text = table_of<Part>(answer); });
    return parts ? text : topologies_text(answer.topologies);
}

nlohmann::ordered_json list_json(const ListAnswer& answer, const Catalog& catalog) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const AnyPart& part : answer.parts) json.push_back(part_json(part, catalog));
    for (const NamedShape& named : answer.topologies) json.push_back(shape_json(named));
    return json;
}

std::vector<std::string> list_ids(const ListAnswer& answer) {
    std::vector<std::string> ids;
    for (const AnyPart& any : answer.parts) {
        ids.push_back(std::visit([](const auto* part) { return part->id; }, any));
    }
    for (const NamedShape& named : answer.topologies) ids.push_back(named.id);
    return ids;
}

std::string part_text(const Shown& shown, const Catalog& catalog) {
    if (const auto* named = std::get_if<NamedShape>(&shown)) return topologies_text({*named});
    return std::visit([&](const auto* part) { return text_of_part(catalog, *part); },
                      std::get<AnyPart>(shown));
}

nlohmann::ordered_json part_json(const Shown& shown, const Catalog& catalog) {
    if (const auto* named = std::get_if<NamedShape>(&shown)) return shape_json(*named);
    return std::visit([&](const auto* part) { return json_of_part(catalog, *part); },
                      std::get<AnyPart>(shown));
}

}  // namespace millwright

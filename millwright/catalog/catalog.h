// The catalog: every part by name, and every source that vouches for a number.
//
// It is compiled into the program; a folder of the user's own, with the same subfolders, adds
// parts or replaces them.
#pragma once

#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "millwright/base/require.h"
#include "millwright/base/result.h"
#include "millwright/base/text.h"
#include "millwright/parts/authority.h"
#include "millwright/parts/band.h"
#include "millwright/parts/chip.h"
#include "millwright/parts/dataset.h"
#include "millwright/parts/efficiency.h"
#include "millwright/parts/engine.h"
#include "millwright/parts/fabric.h"
#include "millwright/parts/fleet.h"
#include "millwright/parts/framework.h"
#include "millwright/parts/link.h"
#include "millwright/parts/model.h"
#include "millwright/parts/process.h"
#include "millwright/parts/rule.h"
#include "millwright/parts/server.h"
#include "millwright/parts/site.h"
#include "millwright/parts/software.h"
#include "millwright/parts/stack.h"
#include "millwright/parts/term.h"
#include "millwright/parts/word.h"

namespace millwright {

/// How far a figure can be trusted.
/// `filing` is an official text, or one filed with an authority.
enum class Grade { measured, vendor, filing, press, estimate };

template <>
struct EnumNames<Grade> {
    static constexpr std::array<std::string_view, 5> names{"measured", "vendor", "filing", "press",
                                                           "estimate"};
};

/// A document, and how figures were taken from it. Figures name it by its place in the catalog.
struct Source {
    std::string id;  // file and name
    std::string title;
    std::string publisher;
    std::string dated;
    std::string note;
    Grade grade = Grade::estimate;
};

template <std::same_as<Source> P>
struct Fields<P> {
    static constexpr auto table = std::tuple{
        Field{"title", &P::title, "title of the document", Need::required},
        Field{"publisher", &P::publisher, "who published it", Need::required},
        Field{"dated", &P::dated, "when, as YYYY, YYYY-MM or YYYY-MM-DD"},
        Field{"note", &P::note, "how the figure was taken from it"},
        Field{"grade", &P::grade, "measured, vendor, filing, press or estimate", Need::required},
    };
};

/// Where a part of a user's folder stands, for faults that show only when all parts are read.
struct PartPlace {
    std::string file;
    bool sound = true;                // the file has no fault of its own
    std::map<std::string, Place> at;  // of each text, by its key
};

/// By "chips/x2".
using PartPlaces = std::map<std::string, PartPlace>;

/// Parts in the order in which they were read; an id is there once in its kind. `sources` only
/// grows: those of a part that was replaced stay, and nothing cites them.
struct Catalog {
    std::vector<Chip> chips;
    std::vector<Link> links;
    std::vector<Switch> switches;
    std::vector<Server> servers;
    std::vector<Fabric> fabrics;
    std::vector<Model> models;
    std::vector<Site> sites;
    std::vector<PriceItem> prices;
    std::vector<Framework> frameworks;
    std::vector<Band> bands;
    std::vector<KernelFamily> kernels;
    std::vector<CollectiveFamily> collectives;
    std::vector<Authority> authorities;
    std::vector<Rule> rules;
    std::vector<CountryGroup> groups;
    std::vector<Process> processes;
    std::vector<Software> software;
    std::vector<Engine> engines;
    std::vector<Stack> stacks;
    std::vector<Dataset> datasets;
    std::vector<MeasuredFleet> fleets;
    std::vector<Word> words;
    std::vector<Term> terms;
    std::vector<Source> sources;
};

/// A kind of part: its subfolder and plural, one of it in words, and where the catalog has them.
template <class Part>
struct PartKind {
    std::string_view name, singular;
    std::vector<Part> Catalog::*parts;
};

// clang 16 does not deduce aggregates by itself (P1816)
template <class Part>
PartKind(std::string_view, std::string_view, std::vector<Part> Catalog::*) -> PartKind<Part>;

/// Every kind of part. A new kind is its header in parts/, a member of Catalog and a row here: the
/// reader, `list`, `show`, completion and the laws walk this table.
inline constexpr std::tuple catalog_kinds{
    PartKind{"chips", "chip", &Catalog::chips},
    PartKind{"links", "link", &Catalog::links},
    PartKind{"switches", "switch", &Catalog::switches},
    PartKind{"servers", "server", &Catalog::servers},
    PartKind{"fabrics", "fabric", &Catalog::fabrics},
    PartKind{"models", "model", &Catalog::models},
    PartKind{"sites", "site", &Catalog::sites},
    PartKind{"prices", "price", &Catalog::prices},
    PartKind{"frameworks", "framework", &Catalog::frameworks},
    PartKind{"bands", "band", &Catalog::bands},
    PartKind{"kernels", "kernel", &Catalog::kernels},
    PartKind{"collectives", "collective", &Catalog::collectives},
    PartKind{"rules", "rule", &Catalog::rules},
    PartKind{"groups", "group", &Catalog::groups},
    PartKind{"authorities", "authority", &Catalog::authorities},
    PartKind{"processes", "process", &Catalog::processes},
    PartKind{"software", "software release", &Catalog::software},
    PartKind{"engines", "engine", &Catalog::engines},
    PartKind{"stacks", "stack", &Catalog::stacks},
    PartKind{"datasets", "dataset", &Catalog::datasets},
    PartKind{"fleets", "fleet", &Catalog::fleets},
    PartKind{"words", "word", &Catalog::words},
    PartKind{"terms", "term", &Catalog::terms},
};

/// Calls `visit` with every kind, as a PartKind of its own type.
template <class Visit>
constexpr void for_each_kind(Visit&& visit) {
    std::apply([&](const auto&... kind) { (visit(kind), ...); }, catalog_kinds);
}

/// Calls `visit` with the kind of that plural name; false if there is none.
template <class Visit>
bool with_kind(std::string_view name, Visit&& visit) {
    const auto visited = [&](const auto& kind) { return kind.name == name && (visit(kind), true); };
    return std::apply([&](const auto&... kind) { return (visited(kind) || ...); }, catalog_kinds);
}

/// Calls `visit` with the catalog's parts of the kind of that plural name, which there must be.
template <class Visit>
void with_parts(const Catalog& catalog, std::string_view name, Visit&& visit) {
    require(with_kind(name, [&](const auto& kind) { visit(catalog.*kind.parts); }),
            "the catalog has parts of this kind");
}

/// The kind that a part is of.
template <class Part>
constexpr const PartKind<Part>& kind_of() {
    return std::get<PartKind<Part>>(catalog_kinds);
}

/// "chip", "chips" and "switch" alike become the name of a kind; empty if none fits.
std::string kind_named(std::string_view word);

/// Names of the kinds, which are those of the subfolders, in order.
std::vector<std::string> part_kinds();

/// The catalog that came with the program: a constant, read at the first call by whichever thread
/// comes first. Throws on a fault in it, which is a bug.
/// It lives as long as the program, so parts of it may be kept by reference.
const Catalog& built_in_catalog();

/// The built-in catalog with the parts of `folder` added; a part with the same id replaces one.
/// Files are read kind by kind and in the order of their names. Whatever is wrong in any of them,
/// and what they name that is not there, is told together.
Result<Catalog> load_catalog(const std::string& folder);

/// Parses one part file into the catalog. `kind` is the subfolder name, such as "chips". Given
/// `places`, a faulty part is put too, as far as it was read, so that others may name it.
/// Without it a faulty part is left out. Names are not looked up here: see reference_faults().
Faults add_part(Catalog& catalog, std::string_view kind, const std::string& id,
                std::string_view text, const std::string& file, PartPlaces* places = nullptr);

/// Other names of a part; none where its kind has no such field.
template <class Part>
std::span<const std::string> aliases_of(const Part& part) {
    if constexpr (requires { part.aliases; }) return part.aliases;
    return {};
}

/// The part with this id, name or alias (case and punctuation aside), or null. An exact id comes
/// first, then the order of the parts.
/// A pointer into the list: what is added to the list later may move it. O(parts).
template <class Part>
const Part* find_part(const std::vector<Part>& parts, std::string_view name) {
    for (const Part& part : parts) {
        if (part.id == name && !name.empty()) return &part;
    }
    const std::string wanted = slug(name);
    if (wanted.empty()) return nullptr;
    for (const Part& part : parts) {
        if (slug(part.id) == wanted || slug(part.name) == wanted) return &part;
        for (const std::string& alias : aliases_of(part)) {
            if (slug(alias) == wanted) return &part;
        }
    }
    return nullptr;
}

/// Ids in the order of the parts.
template <class Part>
std::vector<std::string> ids(const std::vector<Part>& parts) {
    std::vector<std::string> names;
    for (const Part& part : parts) names.push_back(part.id);
    return names;
}

/// What to write for a name that is not among `ids`: names that are near, of `aliases` too, and
/// the command that lists them all. `kinds` is the plural word of `millwright list`.
std::string name_hint(const std::vector<std::string>& ids, const std::vector<std::string>& aliases,
                      std::string_view name, std::string_view kinds);

/// The same for a name that no part has.
template <class Part>
std::string name_hint(const std::vector<Part>& parts, std::string_view name,
                      std::string_view kinds) {
    std::vector<std::string> aliases;
    for (const Part& part : parts) {
        const auto more = aliases_of(part);
        aliases.insert(aliases.end(), more.begin(), more.end());
    }
    return name_hint(ids(parts), aliases, name, kinds);
}

/// A required look-up for internal references; throws if the catalog lacks it.
template <class Part>
const Part& part_named(const std::vector<Part>& parts, std::string_view name) {
    const Part* part = find_part(parts, name);
    if (part == nullptr) broken("the catalog has '" + std::string(name) + "'");
    return *part;
}

/// A share or a number among `prices` that the catalog must have.
inline double stated_ratio(const Catalog& catalog, std::string_view id) {
    return part_named(catalog.prices, id).ratio.value;
}

}  // namespace millwright

// The catalog: every part by name, and every source that vouches for a number.
//
// It is compiled into the program; a folder of the user's own, with the same subfolders, adds
// parts or replaces them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/result.h"
#include "millwright/parts/authority.h"
#include "millwright/parts/band.h"
#include "millwright/parts/chip.h"
#include "millwright/parts/efficiency.h"
#include "millwright/parts/fabric.h"
#include "millwright/parts/framework.h"
#include "millwright/parts/link.h"
#include "millwright/parts/model.h"
#include "millwright/parts/process.h"
#include "millwright/parts/rule.h"
#include "millwright/parts/server.h"
#include "millwright/parts/site.h"

namespace millwright {

/// How far a figure can be trusted.
enum class Grade { measured, vendor, filing, press, estimate };

template <>
struct EnumNames<Grade> {
    static constexpr std::array<std::string_view, 5> names{"measured", "vendor", "filing", "press",
                                                           "estimate"};
};

struct Source {
    std::string id;  // file and name, unique in the catalog
    std::string title;
    std::string publisher;
    std::string dated;
    std::string note;
    Grade grade = Grade::estimate;
};

template <>
struct Fields<Source> {
    static constexpr auto table = std::tuple{
        Field{"title", &Source::title, "title of the document", Need::required},
        Field{"publisher", &Source::publisher, "who published it", Need::required},
        Field{"dated", &Source::dated, "when, as YYYY, YYYY-MM or YYYY-MM-DD"},
        Field{"note", &Source::note, "how the figure was taken from it"},
        Field{"grade", &Source::grade, "measured, vendor, filing, press or estimate",
              Need::required},
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
    std::vector<Source> sources;
};

/// The catalog that came with the program. Throws on a fault in it, which is a bug.
const Catalog& built_in_catalog();

/// The built-in catalog with the parts of `folder` added; a part with the same id replaces one.
Result<Catalog> load_catalog(const std::string& folder);

/// Parses one part file into the catalog. `kind` is the subfolder name, such as "chips". Given
/// `places`, a faulty part is put too, as far as it was read, so that others may name it.
Faults add_part(Catalog& catalog, std::string_view kind, const std::string& id,
                std::string_view text, const std::string& file, PartPlaces* places = nullptr);

/// Names of the subfolders, in order.
std::vector<std::string> part_kinds();

/// The part with this id, name or alias (case and punctuation aside), or null.
template <class Part>
const Part* find_part(const std::vector<Part>& parts, std::string_view name);

/// What to write for a name that no part has: names that are near, and the command that lists
/// them all. `kinds` is the plural word of `millwright list`.
template <class Part>
std::string name_hint(const std::vector<Part>& parts, std::string_view name,
                      std::string_view kinds);

template <class Part>
std::vector<std::string> ids(const std::vector<Part>& parts) {
    std::vector<std::string> names;
    for (const Part& part : parts) names.push_back(part.id);
    return names;
}

/// A required look-up for internal references; throws if the catalog lacks it.
template <class Part>
const Part& part_named(const std::vector<Part>& parts, std::string_view name);

}  // namespace millwright

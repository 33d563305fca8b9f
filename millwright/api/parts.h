// The catalog's parts, a kind at a time or one by name.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/fabric/shape.h"

namespace millwright {

namespace api_detail {
template <class... Parts>
std::variant<const Parts*...> any_of(const std::tuple<PartKind<Parts>...>&);
}  // namespace api_detail

/// A part of any kind of the catalog, in the setting's catalog; never null.
using AnyPart = decltype(api_detail::any_of(catalog_kinds));

/// A kind of part in plural or singular, "chips" or "chip"; "topologies" are the fabrics that a
/// name alone stands for, which are no parts of the catalog.
struct ListQuestion {
    std::string kind;
};

/// A topology by the name that `--fabric` takes.
struct NamedShape {
    std::string id;
    FabricShape shape;
};

/// All of a kind, in the catalog's order. Of `parts` and `topologies` one is empty.
struct ListAnswer {
    std::string kind;                    // in the plural
    std::vector<AnyPart> parts;          // all of that kind
    std::vector<NamedShape> topologies;  // where these were asked for
};

/// The one fault is a kind that there is not, with the kinds that there are.
Result<ListAnswer> list(const ListQuestion& question, const Setting& setting);

/// `name` is an id, a name or an alias; of a topology its id.
struct ShowQuestion {
    std::string kind, name;
};

/// A part points into the catalog, a topology is a copy.
using Shown = std::variant<AnyPart, NamedShape>;

struct ShowAnswer {
    Shown part;
};

/// Faults: a kind that there is not, or a name that the kind lacks, with what is near.
Result<ShowAnswer> show(const ShowQuestion& question, const Setting& setting);

}  // namespace millwright

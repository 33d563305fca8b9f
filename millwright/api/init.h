// What a file of one's own begins with: a scenario that runs, or a part of the catalog to change.
#pragma once

#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "millwright/api/setting.h"
#include "millwright/base/result.h"
#include "millwright/catalog/defaults.h"
#include "millwright/intake/text.h"

namespace millwright {

/// A kind of part that users have of their own, and the one that a file of it begins with where
/// none is named.
template <class Part>
struct OwnKind {
    using Type = Part;
    std::string_view like;
};

/// All of these. A part of another kind (a framework, a rule) is better begun with its own guide.
inline constexpr std::tuple own_kinds{OwnKind<Chip>{"h100-sxm"},
                                      OwnKind<Link>{"nvlink-4"},
                                      OwnKind<Switch>{"qm9700"},
                                      OwnKind<Server>{default_server},
                                      OwnKind<Fabric>{default_fabric},
                                      OwnKind<Model>{"llama-3.1-8b"},
                                      OwnKind<Site>{"us"},
                                      OwnKind<PriceItem>{"optics-400g"}};

namespace api_detail {
template <class... Parts>
std::variant<ScenarioText, const Parts*...> start_of(const std::tuple<OwnKind<Parts>...>&);
}  // namespace api_detail

/// What a file begins with: the scenario itself, or a part of the setting's catalog, never null.
using FileStart = decltype(api_detail::start_of(own_kinds));

/// The kind in the singular, "scenario" or "chip"; `like` is the id, a name or an alias of a part
/// of the catalog. Empty: the one that `own_kinds` names.
struct InitQuestion {
    std::string kind;
    std::string like;
};

struct InitAnswer {
    std::string kind;  // in the singular
    FileStart start;
};

/// Kinds that files can be begun of, in the singular; the first is "scenario".
std::vector<std::string> init_kinds();

/// Faults: a kind that there is not, a part that the kind lacks, each with what is near; a part for
/// a scenario, which is like none.
Result<InitAnswer> init(const InitQuestion& question, const Setting& setting);

}  // namespace millwright

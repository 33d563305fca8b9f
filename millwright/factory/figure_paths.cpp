// Fields of all tables are walked, as readers and pages walk them, and each is met with the key
// that is looked for: of what can be read, all that is one number can be named. Those met on the
// way are told where the key is not among them. A hit keeps a reference into the field, so
// catalog and text must outlive it and not be moved.
#include "millwright/factory/figure_paths.h"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/catalog/price_ranges.h"
#include "millwright/intake/scenario_tables.h"

namespace millwright {
namespace {

/// What can be set to any number: neither a count nor a curve nor a word.
template <class T>
struct Settable : std::is_same<T, double> {};
template <Dimension D>
struct Settable<Quantity<D>> : std::true_type {};

void put(double& into, double si) { into = si; }
template <Dimension D>
void put(Quantity<D>& into, double si) {
    into = Quantity<D>::from_si(si);
}
double si_of(double value) { return value; }
template <Dimension D>
double si_of(Quantity<D> value) {
    return value.si();
}
template <class T>
constexpr Dimension dimension_of() {
    if constexpr (requires { T::dimension; }) return T::dimension;
    return {};
}

/// A search for one path; `keys` are those that the part would have had.
struct PathSearch {
    FigureUse use = FigureUse::varied;
    std::string_view key{};
    std::optional<FigurePath> found{};
    std::vector<std::string> keys{};
    bool no_number = false;

    template <class T>
    void meet(std::string_view name, Cited<T>& figure, const Range& range) {
        if constexpr (Settable<T>::value) {
            if (use == FigureUse::varied && (!figure.known() || range.whole)) return;
            keys.emplace_back(name);
            if (name != key) return;
            found = FigurePath{.set = [&figure](double si) { put(figure.value, si); },
                               .now = {},
                               .dimension = dimension_of<T>(),
                               .range = range,
                               .number = &figure.value,
                               .source = figure.source,
                               .cite = [&figure](SourceId source) { figure.source = source; }};
            if (figure.known()) found->now = si_of(figure.value);
        } else if (name == key) {
            no_number = true;
        }
    }

    template <class T>
    void meet(std::string_view name, Written<T>& written, const Range& range) {
        if constexpr (Settable<T>::value) {
            keys.emplace_back(name);
            if (name != key) return;
            FigurePath path{.set = {},
                            .now = {},
                            .dimension = dimension_of<T>(),
                            .range = range,
                            .number = &written.value};
            path.set = [&written](double si) {
                put(written.value, si);
                written.given = true;
            };
            if (written.given) path.now = si_of(written.value);
            found = std::move(path);
        } else if (name == key) {
            no_number = true;
        }
    }
};

template <class Table>
void search_table(Table& table, PathSearch& search) {
    for_each_field<Table>(
        [&](const auto& field) { search.meet(field.key, table.*field.member, field.range); });
}

/// True if a part of the catalog has that name, whether or not it has the figure.
bool search_catalog(Catalog& catalog, std::string_view kind, std::string_view id,
                    PathSearch& search) {
    bool known = false;
    for_each_kind([&](const auto& row) {
        if (row.name != kind) return;
        for (auto& part : catalog.*row.parts) {
            if (part.id != id) continue;
            known = true;
            for_each_cited(part, [&](const std::string& key, auto& figure, const Range& range) {
                using Part = std::remove_reference_t<decltype(part)>;
                constexpr bool price = std::is_same_v<Part, PriceItem>;
                search.meet(key, figure, price && key == "ratio" ? price_range(id) : range);
            });
        }
    });
    return known;
}

/// A path as KIND/NAME.KEY, SECTION.KEY or KEY. Names may have dots: the part's key begins behind
/// the first dot that leaves the name of a part.
bool search_path(Catalog& catalog, ScenarioText& text, std::string_view path, PathSearch& search) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) {
        const std::size_t dot = path.find('.');
        const bool rooted = dot == std::string_view::npos;
        search.key = rooted ? path : path.substr(dot + 1);
        return visit_section(text, rooted ? "" : path.substr(0, dot),
                             [&](auto& table) { search_table(table, search); });
    }
    const std::string_view kind = path.substr(0, slash), rest = path.substr(slash + 1);
    for (std::size_t dot = rest.find('.'); dot != std::string_view::npos;
         dot = rest.find('.', dot + 1)) {
        const std::string_view name = rest.substr(0, dot);
        search.key = rest.substr(dot + 1);
        const bool known = visit_tables(
                               text, kind, [&](const std::string& other) { return other == name; },
                               [&](auto& table) { search_table(table, search); }) ||
                           search_catalog(catalog, kind, name, search);
        if (known && search.found && search.found->cite) {
            search.found->part = fmt::format("{}/{}", kind, name);
        }
        if (known) return true;
    }
    return false;
}

/// What was meant by a path of which no part has the name.
std::string part_hint(const Catalog& catalog, std::string_view path) {
    const std::string_view kind = path.substr(0, path.find('/'));
    const std::string_view rest = path.substr(std::min(path.size(), kind.size() + 1));
    std::string near;
    for_each_kind([&](const auto& row) {
        if (row.name != kind) return;
        near = did_you_mean(rest.substr(0, rest.find('.')), ids(catalog.*row.parts));
    });
    std::vector<std::string> kinds = part_kinds();
    kinds.insert(kinds.end(), table_kinds.begin(), table_kinds.end());
    if (near.empty() && kind != path) near = did_you_mean(kind, kinds);
    if (!near.empty()) return near;
    return "a figure as `millwright show` names it, such as sites/us.energy_price, or a number of "
           "this file, such as books.utilisation";
}

}  // namespace

std::optional<FigurePath> figure_at(Catalog& catalog, ScenarioText& text, std::string_view path,
                                    Fault& why, FigureUse use) {
    PathSearch search{.use = use};
    if (!search_path(catalog, text, path, search)) {
        why.message = fmt::format("nothing is called '{}'", excerpt(path));
        why.hint = part_hint(catalog, path);
        return std::nullopt;
    }
    if (search.found) return std::move(search.found);
    why.message = search.no_number ? fmt::format("'{}' is no number that may be any", excerpt(path))
                                   : fmt::format("'{}' has no figure here", excerpt(path));
    const std::string near = did_you_mean(search.key, search.keys);
    why.hint = search.keys.empty() ? "it has no figures"
               : near.empty()      ? "one of " + join(search.keys, ", ")
                                   : near;
    return std::nullopt;
}

std::optional<double> amount_for(const FigurePath& figure, const ParsedQuantity& written) {
    constexpr Dimension tokens{.tokens = 1};
    const bool bare = figure.dimension == tokens && written.dimension == Dimension{};
    if (written.dimension != figure.dimension && !bare) return std::nullopt;
    return written.si;
}

}  // namespace millwright

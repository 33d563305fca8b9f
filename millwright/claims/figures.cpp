#include "millwright/claims/figures.h"

#include <fmt/format.h>

#include "millwright/base/text.h"

namespace millwright {
namespace {

template <class T>
std::optional<LiteralValue> literal_of(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return LiteralValue{truth_value, exactly_at(value ? 1 : 0), ""};
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (value.empty()) return std::nullopt;
        return LiteralValue{{ClaimKind::word, {}}, {}, value};
    } else if constexpr (std::is_same_v<T, Date>) {
        if (!value.ok()) return std::nullopt;
        return LiteralValue{day_of_calendar, exactly_at(seconds_of(value)), ""};
    } else if constexpr (std::is_enum_v<T>) {
        return LiteralValue{{ClaimKind::word, {}}, {}, std::string(name_of(value))};
    } else if constexpr (std::is_arithmetic_v<T>) {
        return LiteralValue{plain_number, exactly_at(static_cast<double>(value)), ""};
    } else if constexpr (requires { value.si(); }) {
        return LiteralValue{{ClaimKind::number, T::dimension}, exactly_at(value.si()), ""};
    } else {
        return std::nullopt;  // curves, lists and conditions are no values
    }
}

/// The keys of a part that can be values; where one is `key`, its value is put into `found`.
template <class Part>
std::vector<std::string> find_key(const Catalog& catalog, const Part& part, const std::string& key,
                                  std::optional<CatalogFigure>& found) {
    std::vector<std::string> keys;
    for_each_cited(part, [&](const std::string& name, const auto& cited, const Range&) {
        keys.push_back(name);
        if (name != key) return;
        found = CatalogFigure{};
        if (!cited.known()) return;
        found->value = literal_of(cited.value);
        found->source = catalog.sources[cited.source.index()].title;
    });
    for_each_field<Part>([&](const auto& field) {
        const auto& member = part.*field.member;
        if constexpr (
            requires { literal_of(member); } && !requires { member.source; }) {
            keys.emplace_back(field.key);
            if (field.key == key) found = CatalogFigure{literal_of(member), "the catalog"};
        }
    });
    return keys;
}

}  // namespace

Result<CatalogFigure> catalog_figure(const Catalog& catalog, const std::string& part,
                                     const std::string& key, const Place& at) {
    const std::size_t slash = part.find('/');
    const std::string kind = kind_named(part.substr(0, slash));
    if (slash == std::string::npos || kind.empty()) {
        return failure({at, fmt::format("'{}' names no part of the catalog", excerpt(part)),
                        "write its kind and its id, such as \"chips/h20\""});
    }
    const std::string id = part.substr(slash + 1);
    std::optional<CatalogFigure> found;
    Faults faults;
    with_kind(kind, [&]<class Part>(const PartKind<Part>& of) {
        const Part* named = find_part(catalog.*of.parts, id);
        if (named == nullptr) {
            faults.push_back({at,
                              fmt::format("no {} '{}' in the catalog", of.singular, excerpt(id)),
                              name_hint(catalog.*of.parts, id, of.name)});
            return;
        }
        const std::vector<std::string> keys = find_key(catalog, *named, key, found);
        if (found) return;
        faults.push_back({at, fmt::format("{} has no key '{}'", part, excerpt(key)),
                          hint_from(key, keys, "keys")});
    });
    if (!faults.empty()) return failure(std::move(faults));
    return *found;
}

}  // namespace millwright

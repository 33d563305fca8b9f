// Field tables: each part of the input spells its fields once.
//
// A `Fields<Part>::table` is a tuple of `Field`s, each with the dotted key, the member, one line
// of documentation and a range. The TOML reader, `millwright show`, the JSON writer and the
// reference pages walk the table, so a field has the same name everywhere.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "millwright/base/id.h"
#include "millwright/base/result.h"

namespace millwright {

/// Allowed values, in SI units; counts and quantities alike.
struct Range {
    double low = 0;
    double high = std::numeric_limits<double>::max();
    bool whole = false;  // no fractions
};

inline constexpr Range positive{.low = std::numeric_limits<double>::min()};
inline constexpr Range fraction{.low = 0, .high = 1};
inline constexpr Range reached_share{.low = 0.01, .high = 1};  // of a rate, which is not nothing

/// Whole numbers of things.
constexpr Range counted(double low, double high) { return {low, high, true}; }

/// Whether a file that leaves the field out is faulty.
enum class Need { required, optional };

/// A row of a field table. `key` is dotted where the field stands inside a table of the file; `doc`
/// ends the sentence "it is the ..." of a fault and is printed beside the figure.
template <class Part, class T>
struct Field {
    std::string_view key;
    T Part::*member;
    std::string_view doc;
    Need need = Need::optional;
    Range range{};
};

// clang 16 does not deduce aggregates by itself (P1816)
template <class Part, class T>
Field(std::string_view, T Part::*, std::string_view, Need = Need::optional, Range = {})
    -> Field<Part, T>;

/// Specialised beside each part, for a `std::same_as<Part> P`: a table is made where it is walked,
/// not wherever the part is known. `static constexpr auto table = std::tuple{Field{...}, ...};`
template <class Part>
struct Fields;

/// Calls `visit` with each row of the part's table, in its order.
template <class Part, class Visit>
constexpr void for_each_field(Visit&& visit) {
    std::apply([&](const auto&... field) { (visit(field), ...); }, Fields<Part>::table);
}

/// Index of a source in the catalog's list; `no_source` for a value nobody gave.
using SourceId = Id<struct SourceTag>;
inline constexpr SourceId no_source{std::numeric_limits<std::uint32_t>::max()};

/// A catalog value with the source that vouches for it. Unknown values have no source.
template <class T>
struct Cited {
    T value{};
    SourceId source = no_source;

    bool known() const { return source != no_source; }
};

/// A figure by itself, as engines count with it: the other form of `Cited`. Structs of figures are
/// templates over the form, so that a figure and its default are spelled once.
template <class T>
using Bare = T;

namespace fields_detail {

template <class T>
void take(const Cited<T>& from, T& to) {
    to = from.value;
}
template <class T>
void take(const T& from, T& to) {
    to = from;
}

}  // namespace fields_detail

/// The figures without their sources. One that nobody gave has its member's default.
template <template <template <class> class> class Figures>
Figures<Bare> bare(const Figures<Cited>& cited) {
    Figures<Bare> figures;
    const auto take_all = [&]<std::size_t... i>(std::index_sequence<i...>) {
        (fields_detail::take(cited.*std::get<i>(Fields<Figures<Cited>>::table).member,
                             figures.*std::get<i>(Fields<Figures<Bare>>::table).member),
         ...);
    };
    using Table = decltype(Fields<Figures<Bare>>::table);
    take_all(std::make_index_sequence<std::tuple_size_v<Table>>{});
    return figures;
}

/// Whether parts of this kind have tables inside their file, which `for_each_table(part, visit)`
/// visits with the key of each.
template <class Part>
concept HasTables = requires(Part& part) { for_each_table(part, [](const char*, auto&) {}); };

/// Calls with the key, the value and the range of every cited member of a part, those of tables
/// inside its file too.
template <class Part, class Visit>
void for_each_cited(Part& part, Visit&& visit) {
    const auto walk = [&]<class From>(From& from, const std::string& prefix) {
        for_each_field<std::remove_const_t<From>>([&](const auto& field) {
            if constexpr (requires { (from.*field.member).source; }) {
                visit(prefix + std::string(field.key), from.*field.member, field.range);
            }
        });
    };
    walk(part, "");
    if constexpr (HasTables<Part>) {
        for_each_table(part,
                       [&](const char* key, auto& table) { walk(table, std::string(key) + "."); });
    }
}

/// A scenario value with its place in the file; `given` is false where the default stands.
template <class T>
struct Written {
    T value{};
    Place at;
    bool given = false;
};

/// Text names of an enumeration, specialised as `static constexpr std::array names{...}` in the
/// order of the enumerators.
template <class E>
struct EnumNames;

namespace enum_detail {

/// Whether an enumerator has this value: compilers print its name, and a cast where there is none.
template <auto value>
constexpr bool is_enumerator() {
    constexpr std::string_view said = __PRETTY_FUNCTION__;
    return said[said.find("value = ") + 8] != '(';
}

/// Whether the names are as many as the enumerators, which count up from zero.
template <class E>
constexpr bool names_cover() {
    constexpr std::size_t count = EnumNames<E>::names.size();
    return is_enumerator<static_cast<E>(count - 1)>() && !is_enumerator<static_cast<E>(count)>();
}

}  // namespace enum_detail

/// The text of a value.
template <class E>
constexpr std::string_view name_of(E value) {
    static_assert(enum_detail::names_cover<E>(), "a name for every enumerator, and no more");
    return EnumNames<E>::names[static_cast<std::size_t>(value)];
}

/// The value of that name; nothing for any other text.
template <class E>
std::optional<E> enum_named(std::string_view name) {
    static_assert(enum_detail::names_cover<E>(), "a name for every enumerator, and no more");
    const auto& names = EnumNames<E>::names;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<E>(found - names.begin());
}

}  // namespace millwright

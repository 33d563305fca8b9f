// Catalog parts as text and JSON, walked by their field tables.
//
// A part's fields stand in a table of its type (catalog.h), each with its key in the file and its
// member. What is printed here follows that table, so a field that is added there is shown without
// a word here. The overloads of `text_of` say how each type of member reads.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "millwright/base/curve.h"
#include "millwright/base/date.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/catalog/catalog.h"

namespace millwright {

/// One field of a part, ready to show. `source` and `cited` are empty for fields that cite none.
struct ShownField {
    std::string key, value;
    std::string source;  // name of the source within the part's file, and its grade
    std::string cited;   // title and publisher of the source
    nlohmann::ordered_json json;
};

/// By the types of members, one way to write each; not for use outside this header but for the
/// columns of part_list.cpp.
namespace shown {

inline std::string text_of(const std::string& v) { return v; }
inline std::string text_of(bool v) { return v ? "yes" : "no"; }
inline std::string text_of(double v) { return fmt::format("{:.6g}", v); }
inline std::string text_of(std::int64_t v) { return std::to_string(v); }
/// Empty for a day that was never set, so that the field is left out.
inline std::string text_of(const Date& d) { return d.ok() ? to_text(d) : ""; }
/// Ends of the curve, as "value at point": all points are in the JSON. A curve that is known has
/// points.
inline std::string text_of(const Curve& c) {
    return fmt::format("{} points, {:.3g} at {:.6g} to {:.3g} at {:.6g}", c.x.size(), c.y.front(),
                       c.x.front(), c.y.back(), c.x.back());
}
template <Dimension D>
std::string text_of(Quantity<D> v) {
    return to_text(v);
}
template <class E>
    requires std::is_enum_v<E>
std::string text_of(E v) {
    return std::string(name_of(v));
}

template <class T>
    requires requires(const T& v) { text_of(v); }
std::string text_of(const std::vector<T>& v) {
    std::vector<std::string> texts;
    for (const T& one : v) texts.push_back(text_of(one));
    return join(texts, ", ");
}

template <class T>
nlohmann::ordered_json json_of(const T& v) {
    if constexpr (requires { v.si(); }) {
        return v.si();
    } else if constexpr (std::is_same_v<T, Curve>) {
        return {{"x", v.x}, {"y", v.y}};
    } else if constexpr (std::is_enum_v<T>) {
        return name_of(v);
    } else if constexpr (requires { v.front().si(); }) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const auto& one : v) list.push_back(one.si());
        return list;
    } else if constexpr (std::is_same_v<T, Date>) {
        return v.ok() ? nlohmann::ordered_json(to_text(v)) : nullptr;
    } else {
        return v;
    }
}

template <class T>
void fill(ShownField& field, const Catalog& catalog, const Cited<T>& cited) {
    const Source& source = catalog.sources[cited.source.index()];
    field.value = text_of(cited.value);
    const std::string name = source.id.substr(source.id.find('/') + 1);
    field.source = fmt::format("{} ({})", name, name_of(source.grade));
    field.cited = fmt::format("{}, {}{}", source.title, source.publisher,
                              source.dated.empty() ? "" : ", " + source.dated);
    if (!source.note.empty()) field.cited += "; " + source.note;
    field.json = {
        {"value", json_of(cited.value)}, {"source", source.id}, {"grade", name_of(source.grade)}};
}

template <class T>
void fill(ShownField& field, const Catalog&, const T& value) {
    field.value = text_of(value);
    field.json = json_of(value);
}

template <class T>
bool is_known(const Cited<T>& cited) {
    return cited.known();
}
template <class T>
bool is_known(const T&) {
    return true;
}

}  // namespace shown

namespace shown {

/// Appends the known fields of a part, or of a table inside it whose keys begin with `prefix`.
template <class Part>
void add_fields(const Catalog& catalog, const Part& part, const std::string& prefix,
                std::vector<ShownField>& fields) {
    for_each_field<Part>([&](const auto& field) {
        const auto& member = part.*field.member;
        if (!is_known(member)) return;
        ShownField one{.key = prefix + std::string(field.key)};
        fill(one, catalog, member);
        if (!one.value.empty()) fields.push_back(std::move(one));
    });
}

}  // namespace shown

namespace shown {

/// Verdicts and classes of an authority, a row each.
inline void add_rows(const Authority& authority, std::vector<ShownField>& fields) {
    for (const VerdictRow& row : authority.verdicts) {
        ShownField one{.key = "verdict." + row.code};
        one.value = fmt::format("{}; {}, had: {}", row.words, name_of(row.tier), name_of(row.had));
        one.json = {{"words", row.words},
                    {"tier", name_of(row.tier)},
                    {"had", name_of(row.had)},
                    {"domestic", row.domestic}};
        fields.push_back(std::move(one));
    }
    for (const ClassRow& row : authority.classes) {
        ShownField one{.key = "class." + row.code, .value = row.words};
        one.json = {{"words", row.words}};
        fields.push_back(std::move(one));
    }
}

}  // namespace shown

/// Every known field of a part, those of tables inside it too; quantities in JSON are SI.
template <class Part>
std::vector<ShownField> shown_fields(const Catalog& catalog, const Part& part) {
    std::vector<ShownField> fields;
    shown::add_fields(catalog, part, "", fields);
    if constexpr (HasTables<const Part>) {
        for_each_table(part, [&](const char* key, const auto& table) {
            shown::add_fields(catalog, table, std::string(key) + ".", fields);
        });
    }
    if constexpr (std::is_same_v<Part, Authority>) shown::add_rows(part, fields);
    return fields;
}

}  // namespace millwright

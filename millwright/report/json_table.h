// JSON objects as tables of their keys.
//
// A key, what it means and where its value comes from stand in one row, which the writer and the
// reference (docs/reference/study-json.md) both walk: a key that is written is explained, and one
// that is explained is written.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "millwright/base/fields.h"
#include "millwright/base/ledger.h"
#include "millwright/base/quantity.h"

namespace millwright {

/// A row: `key` of an object that says what there is to say of a `T`. `doc` is Markdown.
template <class T>
struct JsonKey {
    std::string_view key;
    std::string_view doc;
    nlohmann::ordered_json (*value)(const T&);
};

/// The keys of an object, or some of them, in the order in which they are written.
template <class T>
struct JsonTable {
    std::string_view title;  // what has these keys: "A factory"
    std::vector<JsonKey<T>> keys;
};

/// How a value is written: quantities in SI units, enumerations by name, all else as it is. A
/// number that is none is left to `json_text`, which refuses it.
template <class T>
nlohmann::ordered_json value_json(const T& value) {
    if constexpr (std::is_enum_v<T>) {
        return name_of(value);
    } else if constexpr (requires { value.si(); }) {
        return value.si();
    } else {
        return value;
    }
}

/// A ledger with all its parts; a leaf has an empty list of parts.
template <class Q>
nlohmann::ordered_json value_json(const Ledger<Q>& ledger) {
    auto parts = nlohmann::ordered_json::array();
    for (const Ledger<Q>& part : ledger.parts) parts.push_back(value_json(part));
    return {{"name", ledger.name}, {"value", value_json(ledger.value)}, {"parts", parts}};
}

/// A number that may lawfully be unknown, such as an end of an interval without a bound: null then.
inline nlohmann::ordered_json known_json(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nullptr;
}

namespace json_detail {

template <class T, class Value>
T owner_of(Value T::*);
template <auto member>
using Owner = decltype(owner_of(member));

}  // namespace json_detail

/// A member as a row's value.
template <auto member>
nlohmann::ordered_json json_of(const json_detail::Owner<member>& of) {
    return value_json(of.*member);
}

/// The same where zero says that there is none: null then.
template <auto member>
nlohmann::ordered_json json_or_null(const json_detail::Owner<member>& of) {
    const auto& value = of.*member;
    return value > std::decay_t<decltype(value)>{} ? value_json(value) : nullptr;
}

/// Writes the table's keys into `json`.
template <class T>
void add(nlohmann::ordered_json& json, const JsonTable<T>& table, const T& of) {
    for (const JsonKey<T>& key : table.keys) json[std::string(key.key)] = key.value(of);
}

/// The keys without an answer: null each.
template <class T>
void add_unknown(nlohmann::ordered_json& json, const JsonTable<T>& table) {
    for (const JsonKey<T>& key : table.keys) json[std::string(key.key)] = nullptr;
}

template <class T>
nlohmann::ordered_json object_json(const JsonTable<T>& table, const T& of) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    add(json, table, of);
    return json;
}

template <class T>
nlohmann::ordered_json list_json(const JsonTable<T>& table, const std::vector<T>& of) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const T& one : of) list.push_back(object_json(table, one));
    return list;
}

/// A table for the reference: its title, and keys with their meanings.
struct JsonObject {
    std::string title;
    std::vector<std::pair<std::string, std::string>> keys;
};

template <class T>
JsonObject described(const JsonTable<T>& table) {
    JsonObject object{std::string(table.title), {}};
    for (const JsonKey<T>& key : table.keys) object.keys.emplace_back(key.key, key.doc);
    return object;
}

}  // namespace millwright

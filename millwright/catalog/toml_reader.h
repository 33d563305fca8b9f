// Reads parts from TOML by their field tables, and says where and how a file is wrong.
//
// Every fault of a file that parses is reported at once: unknown keys with the nearest known one,
// wrong types and units, values out of range, missing fields, unknown sources.
#pragma once

#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "millwright/base/curve.h"
#include "millwright/base/date.h"
#include "millwright/base/fields.h"
#include "millwright/base/limits.h"
#include "millwright/base/result.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/parts/rule.h"

namespace millwright {

/// Parses text as TOML after checking UTF-8; the fault carries line and column.
/// toml++ stops at its first fault, so a text that does not parse has one.
Result<toml::table> parse_toml(std::string_view text, const std::string& file);

/// State of one file's reading.
/// `sources` is filled before any figure is read. Lines and columns are those of toml++, from 1.
struct TomlReading {
    std::string file;
    std::map<std::string, SourceId> sources;  // names that `from` may use
    Faults faults;

    Place place(const toml::node& node) const {
        const auto at = node.source().begin;
        return {file, static_cast<int>(at.line), static_cast<int>(at.column)};
    }
    void fault(const toml::node& node, std::string message, std::string hint) {
        faults.push_back({place(node), std::move(message), std::move(hint)});
    }
};

namespace toml_detail {

// Which of the readers below takes a value of this type.
template <class T>
struct IsQuantity : std::false_type {};
template <Dimension D>
struct IsQuantity<Quantity<D>> : std::true_type {};

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

/// Whether the value lies in the range, its ends included; false of NaN.
inline bool in_range(double value, const Range& range) {
    return value >= range.low && value <= range.high;
}

/// The range in words that complete "is 3 W, outside ...".
std::string range_text(const Range& range, const Dimension& dimension);

// Readers of one value: `into` changes only if the node is right in type, limits and range; if not,
// there is a fault at the node that names `key`.
void read_number(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                 double& into);
/// A count must be written without a fraction, a number may be.
void read_count(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                std::int64_t& into);
/// Text of one line without control characters; a note may have several lines.
void read_text(TomlReading& r, std::string_view key, const toml::node& node, std::string& into);
/// A fault where a text is blank: a name or a source that says nothing was forgotten.
void require_words(TomlReading& r, std::string_view key, const toml::node& node);
void read_flag(TomlReading& r, std::string_view key, const toml::node& node, bool& into);
void read_date(TomlReading& r, std::string_view key, const toml::node& node, Date& into);
void read_curve(TomlReading& r, std::string_view key, const toml::table& table, Curve& into);
/// "tpp >= 4800"; a conjunction has several, joined by "and" (rule_reader.cpp).
void read_condition(TomlReading& r, std::string_view key, const toml::node& node, Condition& into);
/// A bare number, or a text with its unit: of whatever dimension, which nobody knows yet.
void read_amount(TomlReading& r, std::string_view key, const toml::node& node,
                 ParsedQuantity& into);
/// Faults for keys of a cited value other than `is` (or `x` and `y`), `from` and `at`, the place
/// within the source, which is for readers of the file.
void check_cited(TomlReading& r, std::string_view key, const toml::table& table);
void read_conjunction(TomlReading& r, std::string_view key, const toml::node& node,
                      Conjunction& into);
/// Index of the chosen name, or -1 after a fault.
int read_choice(TomlReading& r, std::string_view key, const toml::node& node,
                const std::vector<std::string>& names);
/// Source named by `from` in a cited value; `no_source` after a fault.
SourceId read_source(TomlReading& r, std::string_view key, const toml::table& table);

/// A text with its unit. Tokens may be a bare whole number: they are counted, not measured.
template <class T>
void read_quantity(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                   T& into) {
    std::string text;
    constexpr bool countable = T::dimension == Dimension{.tokens = 1};
    if (countable && node.is_integer()) {
        text = std::to_string(node.as_integer()->get());
    } else if (node.is_string()) {
        text = node.as_string()->get();
    } else {
        r.fault(node, fmt::format("'{}' needs a number with its unit", key),
                fmt::format("write it as text, such as \"{}\"", example_of(T::dimension)));
        return;
    }
    std::string why;
    const auto parsed = [&] { return parse_as<T::dimension>(text, why); }();
    if (!parsed) {
        r.fault(node, fmt::format("'{}': {}", key, why),
                fmt::format("for example \"{}\"", example_of(T::dimension)));
    } else if (!in_range(parsed->si(), range)) {
        r.fault(node,
                fmt::format("'{}' is {}, outside {}", key, to_text(*parsed),
                            range_text(range, T::dimension)),
                "check the number and its unit");
    } else {
        into = *parsed;
    }
}

// Declared first, since lists hold values and values may be lists.
template <class T>
void read_value(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                T& into);

/// Every item is read, and told, whatever the others are.
template <class T>
void read_list(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
               std::vector<T>& into) {
    const toml::array* list = node.as_array();
    if (list == nullptr) {
        r.fault(node, fmt::format("'{}' needs a list", key), "such as [\"a\", \"b\"]");
        return;
    }
    for (const toml::node& item : *list) {
        into.emplace_back();
        read_value(r, key, item, range, into.back());
    }
}

/// By the member's type, so a field table needs no reader of its own.
template <class T>
void read_value(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                T& into) {
    if constexpr (std::is_same_v<T, std::string>) {
        read_text(r, key, node, into);
    } else if constexpr (std::is_same_v<T, bool>) {
        read_flag(r, key, node, into);
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        read_count(r, key, node, range, into);
    } else if constexpr (std::is_same_v<T, double>) {
        read_number(r, key, node, range, into);
    } else if constexpr (std::is_same_v<T, Date>) {
        read_date(r, key, node, into);
    } else if constexpr (std::is_same_v<T, Condition>) {
        read_condition(r, key, node, into);
    } else if constexpr (std::is_same_v<T, ParsedQuantity>) {
        read_amount(r, key, node, into);
    } else if constexpr (std::is_same_v<T, Conjunction>) {
        read_conjunction(r, key, node, into);
    } else if constexpr (IsQuantity<T>::value) {
        read_quantity(r, key, node, range, into);
    } else if constexpr (IsVector<T>::value) {
        read_list(r, key, node, range, into);
    } else {
        static_assert(std::is_enum_v<T>);
        const std::vector<std::string> names(EnumNames<T>::names.begin(),
                                             EnumNames<T>::names.end());
        const int choice = read_choice(r, key, node, names);
        if (choice >= 0) into = static_cast<T>(choice);
    }
}

/// Of a scenario: the value and its place.
template <class T>
void read_member(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                 Written<T>& into) {
    const std::size_t before = r.faults.size();
    into.at = r.place(node);
    read_value(r, key, node, range, into.value);
    if constexpr (std::is_same_v<T, std::string>) require_words(r, key, node);
    into.given = r.faults.size() == before;  // what is faulty is as good as not written
}

/// Of a part of the catalog: { is = ..., from = "source" }, curves with x and y in place of `is`.
/// Value and source are each told if they are wrong.
template <class T>
void read_member(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                 Cited<T>& into) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
        r.fault(node, fmt::format("'{}' needs a value with its source", key),
                "write { is = ..., from = \"source\" }");
        return;
    }
    check_cited(r, key, *table);
    if constexpr (std::is_same_v<T, Curve>) {
        read_curve(r, key, *table, into.value);
    } else if (const toml::node* is = table->get("is")) {
        read_value(r, key, *is, range, into.value);
    } else {
        r.fault(node, fmt::format("'{}' lacks its value", key), "add `is = ...`");
    }
    into.source = read_source(r, key, *table);
}

/// Of all else: the bare value.
template <class T>
void read_member(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                 T& into) {
    read_value(r, key, node, range, into);
}

/// The node at a dotted key, or null.
const toml::node* at_path(const toml::table& table, std::string_view key);

/// Faults for keys that no field has. `known` holds dotted keys of the whole file, `prefix` is the
/// key of `table` in it with a dot at its end, or empty. A table above known keys is walked into.
void check_keys(TomlReading& r, const toml::table& table, const std::set<std::string>& known,
                const std::string& prefix);

}  // namespace toml_detail

/// The dotted keys of a part's fields, for check_keys().
template <class Part>
std::set<std::string> field_keys() {
    std::set<std::string> keys;
    for_each_field<Part>([&](const auto& field) { keys.emplace(field.key); });
    return keys;
}

/// Reads those fields of `part` that `table` has.
template <class Part>
void read_given_fields(TomlReading& r, const toml::table& table, Part& part) {
    for_each_field<Part>([&](const auto& field) {
        const toml::node* node = toml_detail::at_path(table, field.key);
        if (node == nullptr) return;
        toml_detail::read_member(r, field.key, *node, field.range, part.*field.member);
    });
}

/// Reads the fields of `part` from `table`; `owner` names the table in messages about what is
/// missing. Does not look for unknown keys.
template <class Part>
void read_fields(TomlReading& r, const toml::table& table, std::string_view owner, Part& part) {
    read_given_fields(r, table, part);
    for_each_field<Part>([&](const auto& field) {
        if (field.need == Need::optional || toml_detail::at_path(table, field.key)) return;
        r.fault(table, fmt::format("{} lacks '{}'", owner, field.key),
                fmt::format("it is the {}", field.doc));
    });
}

/// The tables of a list, [[name]] each; none where there is no such list, and a fault where it is
/// something else.
std::vector<const toml::table*> tables_named(TomlReading& r, const toml::table& root,
                                             std::string_view name);

/// Reads the tables of a list with their places and a fault for unknown keys. A list that is not
/// there leaves `parts` empty.
template <class Part>
void read_tables(TomlReading& r, const toml::table& root, std::string_view name,
                 std::vector<Part>& parts) {
    for (const toml::table* table : tables_named(r, root, name)) {
        Part part;
        part.at = r.place(*table);
        read_fields(r, *table, fmt::format("this [[{}]]", name), part);
        toml_detail::check_keys(r, *table, field_keys<Part>(), "");
        parts.push_back(std::move(part));
    }
}

/// Reads the table [name] if it is there; a fault for unknown keys.
template <class Part>
void read_section(TomlReading& r, const toml::table& root, std::string_view name, Part& part) {
    const toml::node* node = root.get(name);
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) {
        r.fault(*node, fmt::format("'{}' must be a table", name), fmt::format("write [{}]", name));
        return;
    }
    read_fields(r, *table, fmt::format("[{}]", name), part);
    toml_detail::check_keys(r, *table, field_keys<Part>(), "");
}

/// Reads [name], or each of [[name]].
template <class Part>
void read_one_or_more(TomlReading& r, const toml::table& root, std::string_view name,
                      std::vector<Part>& parts) {
    const toml::node* node = root.get(name);
    if (node == nullptr || !node->is_table()) return read_tables(r, root, name, parts);
    parts.emplace_back();
    parts.back().at = r.place(*node);
    read_section(r, root, name, parts.back());
}

/// A fault if the file lacks a table or list of that name.
/// `written` is how it is written, such as "[site]", and `doc` the hint.
inline void require_table(TomlReading& r, const toml::table& root, std::string_view name,
                          std::string_view written, std::string_view doc) {
    if (root.contains(name)) return;
    r.fault(root, fmt::format("the scenario lacks {}", written), std::string(doc));
}

}  // namespace millwright

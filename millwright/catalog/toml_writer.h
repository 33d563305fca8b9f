// Catalog parts as the TOML files that the reader takes: what is written and read again is the
// same part, to the last bit (a law of tests/law/round_trip_test.cpp).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "millwright/base/units.h"
#include "millwright/catalog/catalog.h"

namespace millwright {

namespace toml_out {

/// A basic string of TOML: quotes and backslashes escaped, controls as \uXXXX.
std::string quoted(const std::string& text);
/// "x = [...], y = [...]", without the braces.
std::string curve_text(const Curve& curve);
// Values as the reader takes them. Doubles have as many digits as it takes to read them again.
inline std::string text_of(double v) { return fmt::format("{}", v); }
inline std::string text_of(std::int64_t v) { return std::to_string(v); }
inline std::string text_of(bool v) { return v ? "true" : "false"; }
inline std::string text_of(const std::string& v) { return quoted(v); }
/// Empty for no day, which line_of() leaves out where it may.
std::string text_of(const Date& v);
std::string text_of(const Condition& v);
std::string text_of(const Conjunction& v);
template <Dimension D>
std::string text_of(Quantity<D> v) {
    return quoted(exact_text(v.si(), D));
}
template <class E>
    requires std::is_enum_v<E>
std::string text_of(E v) {
    return quoted(std::string(name_of(v)));
}
template <class T>
std::string text_of(const std::vector<T>& list) {
    std::string text = "[";
    for (const T& item : list) text += (&item == list.data() ? "" : ", ") + text_of(item);
    return text + "]";
}

/// Sources met while a file is written, and the name that each has in it: its own, with a number
/// where two of different files have the same.
class Sources {
public:
    /// `catalog` must outlive this.
    explicit Sources(const Catalog& catalog) : catalog_(catalog) {}

    /// The source's name in this file, given to it at the first call.
    std::string name(SourceId id);
    /// Tables of all sources that were named, in the order of the catalog.
    std::string text() const;

private:
    const Catalog& catalog_;
    std::map<SourceId, std::string> names_;
    std::set<std::string> taken_;
};

/// The line of a member. A plain one that is what a fresh part has is left out, unless the reader
/// asks for it.
/// A figure that is not known has no line.
template <class T>
std::string line_of(Sources& sources, std::string_view key, const Cited<T>& cited, const Cited<T>&,
                    Need) {
    if (!cited.known()) return "";
    const std::string name = quoted(sources.name(cited.source));
    if constexpr (std::is_same_v<T, Curve>) {
        return fmt::format("{} = {{ {}, from = {} }}\n", key, curve_text(cited.value), name);
    } else {
        return fmt::format("{} = {{ is = {}, from = {} }}\n", key, text_of(cited.value), name);
    }
}

/// What was not written is left out; a value that equals the default is written if it was.
template <class T>
std::string line_of(Sources&, std::string_view key, const Written<T>& written, const Written<T>&,
                    Need) {
    return written.given ? fmt::format("{} = {}\n", key, text_of(written.value)) : "";
}

/// Compared as texts, which need no equality of every type.
template <class T>
std::string line_of(Sources&, std::string_view key, const T& value, const T& fresh, Need need) {
    const std::string text = text_of(value);
    if (need == Need::optional && text == text_of(fresh)) return "";
    return fmt::format("{} = {}\n", key, text);
}

/// The fields of a part, a line each, in the order of its table.
template <class Part>
std::string lines_of(Sources& sources, const Part& part) {
    const Part fresh{};
    std::string text;
    for_each_field<Part>([&](const auto& field) {
        text += line_of(sources, field.key, part.*field.member, fresh.*field.member, field.need);
    });
    return text;
}

/// [[name]] for each part, behind an empty line.
template <class Part>
std::string tables_of(Sources& sources, std::string_view name, const std::vector<Part>& parts) {
    std::string text;
    for (const Part& part : parts) {
        text += fmt::format("\n[[{}]]\n{}", name, lines_of(sources, part));
    }
    return text;
}

}  // namespace toml_out

/// The file of a part, its sources at the end.
/// Plain keys come first, as TOML asks: behind a [table] they would be the table's. Sources that no
/// figure of the part cites are not written.
template <class Part>
std::string to_toml(const Catalog& catalog, const Part& part) {
    toml_out::Sources sources(catalog);
    std::string text = toml_out::lines_of(sources, part);
    if constexpr (HasTables<const Part>) {
        for_each_table(part, [&](const char* key, const auto& table) {
            const std::string lines = toml_out::lines_of(sources, table);
            if (!lines.empty()) text += fmt::format("\n[{}]\n{}", key, lines);
        });
    } else if constexpr (std::is_same_v<Part, Rule>) {
        text += toml_out::tables_of(sources, "event", part.events);
        text += toml_out::tables_of(sources, "line", part.lines);
        text += toml_out::tables_of(sources, "requirement", part.requirements);
    } else if constexpr (std::is_same_v<Part, Authority>) {
        text += toml_out::tables_of(sources, "verdict", part.verdicts);
        text += toml_out::tables_of(sources, "class", part.classes);
    }
    return text + sources.text();
}

}  // namespace millwright

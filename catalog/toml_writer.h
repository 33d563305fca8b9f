// Catalog parts as the TOML files that the reader takes.
#pragma once

#include <set>
#include <string>

#include <fmt/format.h>

#include "catalog/catalog.h"

namespace millwright {

namespace toml_out {

std::string quoted(const std::string& text);
std::string curve_text(const Curve& curve);
inline std::string text_of(double v) { return fmt::format("{:.6g}", v); }
inline std::string text_of(std::int64_t v) { return std::to_string(v); }
inline std::string text_of(bool v) { return v ? "true" : "false"; }
inline std::string text_of(const std::string& v) { return quoted(v); }
std::string text_of(const std::vector<std::string>& list);
std::string text_of(Seconds v);
std::string text_of(Bytes v);
template <class E>
    requires std::is_enum_v<E>
std::string text_of(E v) {
    return quoted(std::string(name_of(v)));
}

/// Sources met while a file is written, and the name that each has in it.
struct Sources {
    const Catalog& catalog;
    std::set<SourceId> used;

    std::string name(SourceId id) {
        used.insert(id);
        const std::string& full = catalog.sources[id].id;
        return full.substr(full.find('/') + 1);
    }
};

template <class T>
std::string line_of(Sources& sources, std::string_view key, const Cited<T>& cited) {
    if (!cited.known()) return "";
    const std::string name = sources.name(cited.source);
    if constexpr (std::is_same_v<T, Curve>) {
        return fmt::format("{} = {{ {}, from = \"{}\" }}\n", key, curve_text(cited.value), name);
    } else {
        return fmt::format("{} = {{ is = {}, from = \"{}\" }}\n", key, text_of(cited.value), name);
    }
}

template <class T>
std::string line_of(Sources&, std::string_view key, const T& value) {
    if (value == T{}) return "";
    return fmt::format("{} = {}\n", key, text_of(value));
}

template <class Part>
std::string lines_of(Sources& sources, const Part& part) {
    std::string text;
    for_each_field<Part>(
        [&](const auto& field) { text += line_of(sources, field.key, part.*field.member); });
    return text;
}

std::string sources_text(const Sources& sources);

}  // namespace toml_out

/// The file of a part, its sources at the end.
template <class Part>
std::string to_toml(const Catalog& catalog, const Part& part) {
    toml_out::Sources sources{catalog, {}};
    std::string text = toml_out::lines_of(sources, part);
    if constexpr (std::is_same_v<Part, KernelFamily>) {
        for_each_table(part, [&](const char* key, const auto& table) {
            const std::string lines = toml_out::lines_of(sources, table);
            if (!lines.empty()) text += fmt::format("\n[{}]\n{}", key, lines);
        });
    }
    return text + toml_out::sources_text(sources);
}

}  // namespace millwright

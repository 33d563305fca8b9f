// Every table that a path may mean is walked by its field table; a field of that key is kept as two
// functions, one that reads it with the reader of files and one that tells what it is. A reader
// takes a node of TOML, so what is written becomes the node that the file would have.
#include "millwright/intake/scenario_keys.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "millwright/base/counts.h"
#include "millwright/base/text.h"
#include "millwright/catalog/toml_reader.h"
#include "millwright/intake/scenario_tables.h"

namespace millwright {
namespace {

using Node = std::unique_ptr<toml::node>;

/// What a file has for a value of type T; text where it is none, which the reader refuses.
template <class T>
Node node_of(const std::string& written) {
    if constexpr (std::is_same_v<T, std::int64_t>) {
        std::string why;
        const std::string digits = plain_number(written, NumberKind::whole, why);
        std::int64_t count = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), count);
        if (!digits.empty() && error == std::errc{} && end == digits.data() + digits.size()) {
            return std::make_unique<toml::value<std::int64_t>>(count);
        }
    } else if constexpr (std::is_same_v<T, double>) {
        if (const auto number = number_of(written)) {
            return std::make_unique<toml::value<double>>(*number);
        }
    } else if constexpr (std::is_same_v<T, bool>) {
        if (written == "true" || written == "false") {
            return std::make_unique<toml::value<bool>>(written == "true");
        }
    }
    return std::make_unique<toml::value<std::string>>(written);
}

/// What tells tables and kinds of jobs from each other is not theirs to change.
bool is_identity(std::string_view key) { return key == "name" || key == "kind" || key == "job"; }

template <class T>
double si_number(const T& value) {
    if constexpr (requires { value.si(); }) {
        return value.si();
    } else {
        return static_cast<double>(value);
    }
}

/// A search for the tables' fields of one key.
struct KeySearch {
    using Reader = std::function<void(const std::string&, TomlReading&)>;

    std::string_view key{};
    std::vector<Reader> readers{};
    ScenarioKey found{};
    std::vector<std::string> keys{};  // that may be set
    bool unsuited = false;            // there is one, and it may not

    template <class T>
    void meet(std::string_view name, Written<T>& written, const Range& range) {
        constexpr bool list = toml_detail::IsVector<T>::value;
        if constexpr (!list) {
            if (!is_identity(name)) {
                keys.emplace_back(name);
                if (name == key) take(name, written, range);
                return;
            }
        }
        if (name == key) unsuited = true;
    }

    template <class T>
    void take(std::string_view name, Written<T>& written, const Range& range) {
        readers.push_back([name, &written, range](const std::string& text, TomlReading& r) {
            toml_detail::read_member(r, name, *node_of<T>(text), range, written);
        });
        found.values.push_back(&written);
        if constexpr (requires { T::dimension; }) {
            found.dimension = T::dimension;
        } else if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::int64_t>) {
            found.dimension = Dimension{};
            found.whole = std::is_same_v<T, std::int64_t>;
        }
        if constexpr (requires { T::dimension; } || std::is_same_v<T, double> ||
                      std::is_same_v<T, std::int64_t>) {
            found.now = [&written]() -> std::optional<double> {
                if (!written.given) return std::nullopt;
                return si_number(written.value);
            };
        }
    }
};

std::vector<std::string> names_of_tables(ScenarioText& text, std::string_view kind) {
    std::vector<std::string> names;
    with_tables(text, kind, [&](auto& tables, auto name) {
        for (const auto& table : tables) names.push_back((table.*name).value);
    });
    return names;
}

/// A path taken apart.
struct PathParts {
    std::string_view kind, name, key;
    bool named = false;
};

PathParts parts_at(std::string_view path, std::size_t slash, std::size_t dot) {
    PathParts parts;
    parts.key = dot == std::string_view::npos ? path : path.substr(dot + 1);
    const std::string_view table = dot == std::string_view::npos ? "" : path.substr(0, dot);
    parts.named = slash < table.size();
    parts.kind = table.substr(0, slash);
    if (parts.named) parts.name = table.substr(slash + 1);
    return parts;
}

/// Names may have dots, and so may keys: the key begins behind the first dot that leaves the name
/// of a table, and behind the last where none does.
PathParts parts_of(ScenarioText& text, std::string_view path) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) {
        const PathParts first = parts_at(path, slash, path.find('.'));
        const std::vector<std::string> names = names_of_tables(text, first.kind);
        // "factory.NAME.chips" is told as such
        const std::string_view next = first.key.substr(0, first.key.find('.'));
        const bool name = std::ranges::find(names, next) != names.end();
        return name ? parts_at(path, slash, path.rfind('.')) : first;
    }
    const std::vector<std::string> names = names_of_tables(text, path.substr(0, slash));
    for (std::size_t dot = path.find('.', slash); dot != std::string_view::npos;
         dot = path.find('.', dot + 1)) {
        const PathParts parts = parts_at(path, slash, dot);
        if (parts.name == "*" || std::ranges::find(names, parts.name) != names.end()) return parts;
    }
    return parts_at(path, slash, path.rfind('.'));
}

constexpr std::array<std::string_view, 3> section_names{"assume", "reliability", "books"};

/// Why no table is meant by the path.
void explain_table(ScenarioText& text, std::string_view path, const PathParts& parts, Fault& why) {
    why.message = fmt::format("nothing is called '{}'", excerpt(path));
    const auto quoted_kind = excerpt(parts.kind);
    const std::vector<std::string> names = names_of_tables(text, parts.kind);
    if (parts.named) {
        const std::string near = did_you_mean(parts.name, names);
        why.hint = near.empty() ? fmt::format("{}s are: {}; or * for all", quoted_kind,
                                              names.empty() ? "none" : join(names, ", "))
                                : near;
    } else if (!names.empty()) {
        why.hint = fmt::format("say which: {0}/{1}.{2}, or {0}/*.{2} for all", quoted_kind,
                               excerpt(names.front()), excerpt(parts.key));
    } else {
        std::vector<std::string> known(section_names.begin(), section_names.end());
        known.insert(known.end(), table_kinds.begin(), table_kinds.end());
        // "factory.NAME.chips" for "factory/NAME.chips"
        const std::string_view first = parts.kind.substr(0, parts.kind.find('.'));
        const std::string near = did_you_mean(first, known);
        const bool dotted = std::ranges::find(known, first) != known.end() && first != parts.kind;
        why.hint = near.empty() ? "such as site.energy_price, factory/NAME.chips or "
                                  "chips/h100-sxm.memory.capacity"
                                : near;
        if (dotted) {
            const std::string name = excerpt(parts.kind.substr(first.size() + 1));
            why.hint = fmt::format("write {}/{}.{}", first, name, excerpt(parts.key));
        }
    }
}

/// Why the tables have no such key that may be set.
void explain_key(std::string_view path, const KeySearch& search, Fault& why) {
    if (search.unsuited) {
        why.message = fmt::format("'{}' is no value that may be set", excerpt(path));
        why.hint = is_identity(search.key) ? "it tells which table is meant"
                                           : "it is a list; its file may be edited";
        return;
    }
    why.message = fmt::format("'{}' has no such key", excerpt(path));
    const std::string near = did_you_mean(search.key, search.keys);
    why.hint = near.empty() ? "one of " + join(search.keys, ", ") : near;
}

}  // namespace

bool is_scenario_path(std::string_view path) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return true;
    return std::ranges::find(table_kinds, path.substr(0, slash)) != table_kinds.end();
}

std::optional<ScenarioKey> scenario_key_at(ScenarioText& text, std::string_view path, Fault& why) {
    const PathParts parts = parts_of(text, path);
    KeySearch search{.key = parts.key};
    const auto walk = [&]<class Table>(Table& table) {
        for_each_field<Table>(
            [&](const auto& field) { search.meet(field.key, table.*field.member, field.range); });
    };
    const bool known =
        parts.named
            ? visit_tables(
                  text, parts.kind,
                  [&](const std::string& name) { return parts.name == "*" || parts.name == name; },
                  walk)
            : visit_section(text, parts.kind, walk);
    if (!known) {
        explain_table(text, path, parts, why);
        return std::nullopt;
    }
    if (search.readers.empty()) {
        const PathParts last = parts_at(path, std::string_view::npos, path.rfind('.'));
        // neither a key nor near one: the name of a table behind a dot
        const bool name = !parts.named && !search.unsuited && last.key != parts.key &&
                          did_you_mean(search.key, search.keys).empty();
        name ? explain_table(text, path, last, why) : explain_key(path, search, why);
        return std::nullopt;
    }
    ScenarioKey key = std::move(search.found);
    key.set = [readers = std::move(search.readers)](const std::string& written, const Place& at,
                                                    Faults& faults) {
        TomlReading r{.file = at.file, .sources = {}, .faults = {}};
        for (const auto& read : readers) read(written, r);
        for (Fault& fault : in_order(std::move(r.faults))) {
            fault.at = at;
            faults.push_back(std::move(fault));
        }
    };
    if (!key.now) key.now = [] { return std::optional<double>(); };
    return key;
}

}  // namespace millwright

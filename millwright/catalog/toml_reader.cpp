// What toml++ lacks stands around it: UTF-8 and depth are checked before it parses, as it
// recurses on brackets and dotted keys, and whole numbers become doubles here, as it gives none
// for those that lose digits. Texts are kept free of controls and curves rising here, once:
// printers and engines take both for granted.
#include "millwright/catalog/toml_reader.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

#include "millwright/base/names.h"

namespace millwright {

namespace {

constexpr int deepest_table = 64;

/// Where lists or keys are deeper than any scenario has them; toml++ recurses on both. Brackets in
/// texts are not told apart: toml++ counts those that this misses, to a limit of its own.
std::optional<std::size_t> too_deep(std::string_view text) {
    int depth = 0, parts = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '[' || c == '{') ++depth;
        // lists side by side are not nested
        if (c == ']' || c == '}') depth = std::max(0, depth - 1);
        if (c == '\n') depth = 0;
        const bool in_key = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                            std::string_view("_-.\"' \t").find(c) != std::string_view::npos;
        parts = in_key ? parts + (c == '.' ? 1 : 0) : 0;
        if (depth > deepest_table || parts > 4 * deepest_table)
            return at;  // dots stand in texts too
    }
    return std::nullopt;
}

}  // namespace

Result<toml::table> parse_toml(std::string_view text, const std::string& file) {
    const std::size_t bad = first_invalid_utf8(text);
    if (bad != std::string_view::npos) {
        return failure(
            {place_at(text, bad, file), "this byte is not UTF-8", "save the file in UTF-8"});
    }
    if (const auto deep = too_deep(text)) {
        return failure({place_at(text, *deep, file),
                        "brackets or keys are nested more than 64 deep",
                        "no scenario or part needs more than a few"});
    }
    try {
        return toml::parse(text, file);
    } catch (const toml::parse_error& error) {
        const auto at = error.source().begin;
        return failure({{file, static_cast<int>(at.line), static_cast<int>(at.column)},
                        std::string(error.description()),
                        "the file is not valid TOML here"});
    }
}

std::vector<const toml::table*> tables_named(TomlReading& r, const toml::table& root,
                                             std::string_view name) {
    const toml::node* node = root.get(name);
    if (node == nullptr) return {};
    const toml::array* list = node->as_array();
    // `name = []` is no list of tables either
    if (list == nullptr || list->empty() || !list->is_homogeneous(toml::node_type::table)) {
        r.fault(*node, fmt::format("'{}' must be one or more tables", name),
                fmt::format("write [[{}]] before each", name));
        return {};
    }
    std::vector<const toml::table*> tables;
    for (const toml::node& item : *list) tables.push_back(item.as_table());
    return tables;
}

namespace toml_detail {

// The least and the largest double stand for "more than zero" and "no end" and are not printed.
std::string range_text(const Range& range, const Dimension& dimension) {
    const bool open = range.high == std::numeric_limits<double>::max();
    if (open && range.low == 0) return "what is allowed (it cannot be negative)";
    if (open && range.low < 1e-300) return "what is allowed (it must be more than zero)";
    return "the range " + format_si(range.low, dimension) + " to " +
           (open ? "any" : format_si(range.high, dimension));
}

void read_number(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                 double& into) {
    // by hand, as toml++ gives no double for whole numbers that lose digits
    const auto number = node.is_integer()
                            ? std::optional(static_cast<double>(node.as_integer()->get()))
                            : node.value<double>();
    if (!number || !node.is_number()) {
        r.fault(node, fmt::format("'{}' needs a number", key), "such as 0.5, without quotes");
    } else if (!is_within(*number, plain_limits)) {
        r.fault(node, fmt::format("'{}' is {}, beyond what a number here can be", key, *number),
                fmt::format("zero, or from {:g} to {:g}", plain_limits.least, plain_limits.most));
    } else if (!in_range(*number, range)) {
        r.fault(node, fmt::format("'{}' is {}, outside {}", key, *number, range_text(range, {})),
                "check the number");
    } else if (range.whole && *number != std::floor(*number)) {
        r.fault(node, fmt::format("'{}' is {}, which is no whole number", key, *number),
                "it counts things: write it without a fraction");
    } else {
        into = *number;
    }
}

void read_amount(TomlReading& r, std::string_view key, const toml::node& node,
                 ParsedQuantity& into) {
    if (!node.is_string()) {
        constexpr double most = std::numeric_limits<double>::max();
        read_number(r, key, node, {-most, most}, into.si);
        return;
    }
    std::string why;
    const auto parsed = parse_quantity(node.as_string()->get(), why);
    if (parsed) {
        into = *parsed;
    } else {
        r.fault(node, fmt::format("'{}': {}", key, why),
                "a number, or a text with its unit such as \"0.06 USD/kWh\"");
    }
}

void read_count(TomlReading& r, std::string_view key, const toml::node& node, const Range& range,
                std::int64_t& into) {
    if (!node.is_integer()) {
        r.fault(node, fmt::format("'{}' needs a whole number", key), "such as 8 or 115_000");
        return;
    }
    const std::int64_t number = node.as_integer()->get();
    if (!in_range(static_cast<double>(number), range)) {
        r.fault(node, fmt::format("'{}' is {}, outside {}", key, number, range_text(range, {})),
                "check the number");
        return;
    }
    into = number;
}

void read_text(TomlReading& r, std::string_view key, const toml::node& node, std::string& into) {
    if (!node.is_string()) {
        r.fault(node, fmt::format("'{}' needs text in quotes", key),
                fmt::format("write {} = \"...\"", key));
        return;
    }
    const std::string& text = node.as_string()->get();
    for (std::size_t at = 0; at < text.size();) {
        const Utf8 c = utf8_at(text, at);
        // notes are printed as paragraphs, all other texts in lines and cells
        const bool of_note = key == "note" && (c.code == '\n' || c.code == '\t');
        if (!c.valid || (is_control(c.code) && !of_note)) {
            r.fault(node,
                    fmt::format("'{}' holds the control character U+{:04X}", key,
                                static_cast<std::uint32_t>(c.code)),
                    "write text of one line, without controls and marks of direction");
            return;
        }
        at += c.length;
    }
    into = text;
}

void require_words(TomlReading& r, std::string_view key, const toml::node& node) {
    const auto text = node.value<std::string_view>();
    if (!text || !trimmed(*text).empty()) return;
    r.fault(node, fmt::format("'{}' is empty", key), "write it, or leave the key out");
}

void read_flag(TomlReading& r, std::string_view key, const toml::node& node, bool& into) {
    if (!node.is_boolean()) {
        r.fault(node, fmt::format("'{}' needs true or false", key), "without quotes");
        return;
    }
    into = node.as_boolean()->get();
}

// TOML has dates of its own; a text in quotes is taken too.
void read_date(TomlReading& r, std::string_view key, const toml::node& node, Date& into) {
    if (const auto* date = node.as_date()) {
        const toml::date& d = date->get();
        into = on(d.year, d.month, d.day);
        return;
    }
    if (node.is_string()) {
        if (const auto parsed = parse_date(node.as_string()->get())) {
            into = *parsed;
            return;
        }
    }
    r.fault(node, fmt::format("'{}' needs a date", key), "such as 2026-02-01");
}

// Checked here once, since engines interpolate without looking: x rising and positive, as many y,
// and time that does not fall from point to point (base/curve.h).
void read_curve(TomlReading& r, std::string_view key, const toml::table& table, Curve& into) {
    const toml::node* x = table.get("x");
    const toml::node* y = table.get("y");
    if (x == nullptr || y == nullptr) {
        r.fault(table, fmt::format("'{}' needs a curve", key), "write { x = [...], y = [...] }");
        return;
    }
    read_list(r, key, *x, positive, into.x);
    read_list(r, key, *y, positive, into.y);
    const bool rising = std::adjacent_find(into.x.begin(), into.x.end(), [](double a, double b) {
                            return a >= b;
                        }) == into.x.end();
    if (into.x.empty() || into.x.size() != into.y.size() || !rising) {
        r.fault(table, fmt::format("'{}' needs as many y as x, and x rising", key),
                "such as { x = [1, 2], y = [0.5, 0.6] }");
        return;
    }
    if (const std::size_t i = time_falls(into); i < into.x.size()) {
        r.fault(table,
                fmt::format("'{}' takes less time at {:g} than at {:g}: x / y falls from {:g} to "
                            "{:g}",
                            key, into.x[i], into.x[i - 1], into.x[i - 1] / into.y[i - 1],
                            into.x[i] / into.y[i]),
                "a larger size takes no less: raise the share before it or lower this one");
    }
}

int read_choice(TomlReading& r, std::string_view key, const toml::node& node,
                const std::vector<std::string>& names) {
    std::string text;
    const std::size_t before = r.faults.size();
    read_text(r, key, node, text);
    if (r.faults.size() > before) return -1;
    const auto found = std::ranges::find(names, lower(text), lower);  // HBM3E and HBM3e alike
    if (found != names.end()) return static_cast<int>(found - names.begin());
    r.fault(node, fmt::format("'{}' cannot be '{}'", key, excerpt(text)),
            join_hints({did_you_mean(text, names), "choose one of " + join(names, ", ")}));
    return -1;
}

void check_cited(TomlReading& r, std::string_view key, const toml::table& table) {
    for (const auto& [name, node] : table) {
        const std::set<std::string_view> known{"is", "x", "y", "from", "at"};
        if (known.contains(name.str())) continue;
        r.fault(node, fmt::format("unknown key '{}' in '{}'", excerpt(name.str()), key),
                "a cited value has `is`, `from` and perhaps `at`");
    }
}

// Names are of the file itself: no part cites the sources of another.
SourceId read_source(TomlReading& r, std::string_view key, const toml::table& table) {
    const toml::node* from = table.get("from");
    if (from == nullptr) {
        r.fault(table, fmt::format("'{}' names no source", key), "add `from = \"source\"`");
        return no_source;
    }
    std::string name;
    read_text(r, key, *from, name);
    const auto found = r.sources.find(name);
    if (found != r.sources.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [id, source] : r.sources) known.push_back(id);
    r.fault(*from, fmt::format("source '{}' of '{}' is not listed", name, key),
            join_hints({did_you_mean(name, known), "add [sources." + name + "]"}));
    return no_source;
}

const toml::node* at_path(const toml::table& table, std::string_view key) {
    const std::size_t dot = key.find('.');
    const toml::node* node = table.get(key.substr(0, dot));
    if (node == nullptr || dot == std::string_view::npos) return node;
    const toml::table* inner = node->as_table();
    return inner == nullptr ? nullptr : at_path(*inner, key.substr(dot + 1));
}

// Known keys are sorted, so those below a table, if any, follow its own key with a dot. Deeper
// tables are walked only where something in them is known; others are told as a whole.
void check_keys(TomlReading& r, const toml::table& table, const std::set<std::string>& known,
                const std::string& prefix) {
    for (const auto& [name, node] : table) {
        const std::string key = prefix + std::string(name.str());
        if (known.contains(key)) continue;
        const auto below = known.lower_bound(key + ".");
        const bool opens = below != known.end() && below->starts_with(key + ".");
        if (opens && node.is_table()) {
            check_keys(r, *node.as_table(), known, key + ".");
            continue;
        }
        const auto at = name.source().begin;
        const std::string message =
            opens ? "'" + key + "' must be a table" : "unknown key '" + key + "'";
        r.faults.push_back({{r.file, static_cast<int>(at.line), static_cast<int>(at.column)},
                            message,
                            hint_from(key, {known.begin(), known.end()}, "keys here")});
    }
}

}  // namespace toml_detail
}  // namespace millwright

// Conditions are written as people read them, three words each, and not as tables of TOML.
#include "millwright/catalog/rule_reader.h"

#include <algorithm>

namespace millwright {
namespace {

/// Words between any number of spaces.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        if (end > at) words.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

/// "density >= 5.92" as a condition; the reason in `why` where it is none.
bool parse_condition(std::string_view text, Condition& into, std::string& why) {
    const std::vector<std::string> words = words_of(text);
    if (words.size() != 3) {
        why = "a condition is a figure, a comparison and a number";
        return false;
    }
    const auto metric = enum_named<Metric>(words[0]);
    const auto comparison = enum_named<Comparison>(words[1]);
    const auto limit = number_of(words[2]);
    if (metric && comparison && limit && *limit >= 0 && is_within(*limit, plain_limits)) {
        into = {*metric, *comparison, *limit};
        return true;
    }
    if (!metric) {
        const auto& names = EnumNames<Metric>::names;
        const std::vector<std::string> known(names.begin(), names.end());
        why = fmt::format("no figure is called '{}'; there are {}", words[0], join(known, ", "));
    } else if (!comparison) {
        why = fmt::format("'{}' is no comparison; write >=, >, < or <=", words[1]);
    } else {
        why = fmt::format("'{}' is no number of zero or more", words[2]);
    }
    return false;
}

}  // namespace

std::string to_text(const Condition& c) {
    return fmt::format("{} {} {:.6g}", name_of(c.metric), name_of(c.comparison), c.limit);
}

namespace toml_detail {

void read_condition(TomlReading& r, std::string_view key, const toml::node& node, Condition& into) {
    std::string text, why;
    const std::size_t before = r.faults.size();
    read_text(r, key, node, text);
    if (r.faults.size() != before || parse_condition(text, into, why)) return;
    r.fault(node, fmt::format("'{}': {}", key, why), "such as \"tpp >= 4800\"");
}

void read_conjunction(TomlReading& r, std::string_view key, const toml::node& node,
                      Conjunction& into) {
    constexpr std::string_view link = " and ";
    std::string text, why;
    const std::size_t before = r.faults.size();
    read_text(r, key, node, text);
    if (r.faults.size() != before) return;
    // runs for an empty text too, which is no condition and told as such
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(link, at), text.size());
        into.all.emplace_back();
        if (!parse_condition(std::string_view(text).substr(at, end - at), into.all.back(), why)) {
            r.fault(node, fmt::format("'{}': {}", key, why),
                    "such as \"tpp >= 1600 and density >= 3.2\"");
            return;
        }
        at = end + link.size();
    }
}

}  // namespace toml_detail

void read_rule_tables(TomlReading& r, const toml::table& root, Rule& rule,
                      std::set<std::string>& known) {
    read_tables(r, root, "event", rule.events);
    read_tables(r, root, "line", rule.lines);
    read_tables(r, root, "requirement", rule.requirements);
    known.insert({"event", "line", "requirement"});
}

void read_authority_tables(TomlReading& r, const toml::table& root, Authority& authority,
                           std::set<std::string>& known) {
    read_tables(r, root, "verdict", authority.verdicts);
    read_tables(r, root, "class", authority.classes);
    known.insert({"verdict", "class"});
    if (root.contains("verdict")) return;
    r.fault(root, "the file lacks its verdicts", "write a [[verdict]] for each, the loosest first");
}

}  // namespace millwright

#include "catalog/rule_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace millwright {
namespace {

/// Index of a text among the names of an enumeration, or -1.
template <class E>
int index_of(std::string_view text) {
    const auto& names = EnumNames<E>::names;
    const auto found = std::find(names.begin(), names.end(), text);
    return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        if (end > at) words.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

}  // namespace

bool parse_condition(std::string_view text, Condition& into, std::string& why) {
    const std::vector<std::string> words = words_of(text);
    if (words.size() != 3) {
        why = "a condition is a figure, a comparison and a number";
        return false;
    }
    const int metric = index_of<Metric>(words[0]);
    const int comparison = index_of<Comparison>(words[1]);
    double limit = 0;
    const char* end = words[2].data() + words[2].size();
    const auto read = std::from_chars(words[2].data(), end, limit);
    const auto& names = EnumNames<Metric>::names;
    if (metric < 0) {
        const std::vector<std::string> known(names.begin(), names.end());
        why = fmt::format("no figure is called '{}'; there are {}", words[0], join(known, ", "));
    } else if (comparison < 0) {
        why = fmt::format("'{}' is no comparison; write >=, >, < or <=", words[1]);
    } else if (read.ec != std::errc{} || read.ptr != end || !std::isfinite(limit) || limit < 0) {
        why = fmt::format("'{}' is no number of zero or more", words[2]);
    } else {
        into = {static_cast<Metric>(metric), static_cast<Comparison>(comparison), limit};
        return true;
    }
    return false;
}

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

}  // namespace toml_detail

void read_rule_tables(TomlReading& r, const toml::table& root, Rule& rule,
                      std::set<std::string>& known) {
    read_tables(r, root, "event", rule.events);
    read_tables(r, root, "line", rule.lines);
    read_tables(r, root, "requirement", rule.requirements);
    known.insert({"event", "line", "requirement"});
}

}  // namespace millwright

// Tables of patterns: what a printed text may say, and what each saying sets.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millwright/base/text.h"
#include "millwright/base/text_pattern.h"

namespace millwright {

/// What a pattern found: its groups, as texts and as numbers.
struct Heard {
    std::vector<std::string> groups;

    /// Empty of a group that took no part; the pattern has it.
    std::string text(std::size_t group) const { return groups.at(group); }
    /// Zero of a group that took no part or is no number.
    double number(std::size_t group) const { return number_of(groups.at(group)).value_or(0); }
    /// The first group, a whole number.
    std::int64_t whole() const { return static_cast<std::int64_t>(number(1)); }
};

/// One saying. `key` stands in every text that the pattern finds, in lower case: texts without it
/// are not searched. Patterns are of texts in lower case.
template <class Into>
struct Saying {
    std::string_view key;
    std::string_view pattern;
    std::function<void(Into&, const Heard&)> set;
};

/// A table of sayings, tried in their order. It compiles its patterns: build it once.
template <class Into>
class Sayings {
public:
    Sayings(std::initializer_list<Saying<Into>> rows) {
        for (const Saying<Into>& row : rows) {
            rows_.push_back({row, TextPattern(row.pattern)});
        }
    }

    /// Takes the first saying that the text has; false if it has none.
    bool first(const std::string& low, Into& into) const {
        for (const Row& row : rows_) {
            if (take(row, low, into)) return true;
        }
        return false;
    }

    /// Takes all that the text has, each once, where it is said first; how many there were.
    std::size_t all(const std::string& low, Into& into) const {
        std::size_t count = 0;
        for (const Row& row : rows_) count += take(row, low, into) ? 1U : 0U;
        return count;
    }

private:
    struct Row {
        Saying<Into> saying;
        TextPattern pattern;
    };

    static bool take(const Row& row, const std::string& low, Into& into) {
        if (!contains(low, row.saying.key)) return false;
        std::optional<PatternMatch> found = row.pattern.find(low);
        if (!found) return false;
        row.saying.set(into, {std::move(found->groups)});
        return true;
    }

    std::vector<Row> rows_;
};

}  // namespace millwright

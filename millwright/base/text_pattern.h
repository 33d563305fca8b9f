// Regular expressions in ECMAScript's form. The engine behind them is compiled in one source: its
// templates take seconds of the compiler's time in each file that has them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a pattern found.
struct PatternMatch {
    std::vector<std::string> groups;  // the whole of it, then each group; empty if it took no part
    std::size_t end = 0;              // the character behind it
};

/// A regular expression; it is compiled once, and copies share it.
class TextPattern {
public:
    /// \throws std::logic_error (base/require.h) if the expression is none.
    explicit TextPattern(std::string_view expression);

    /// The first place of the text, not before `from`, that it fits; nothing if there is none.
    /// Assertions see what stands before `from`.
    std::optional<PatternMatch> find(const std::string& text, std::size_t from = 0) const;

private:
    struct Compiled;
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace millwright

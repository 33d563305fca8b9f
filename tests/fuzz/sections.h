// What fuzzers of several files at once share.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "millwright/base/csv.h"

namespace millwright::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// The inputs that one stands for: what is between lines of "---".
inline std::vector<std::string> sections_of(std::string_view text) {
    constexpr std::string_view mark = "---\n";
    std::vector<std::string> sections{""};
    while (!text.empty()) {
        const std::size_t at = text.find(mark);
        sections.back() += text.substr(0, at);
        if (at == std::string_view::npos) break;
        sections.emplace_back();
        text.remove_prefix(at + mark.size());
    }
    return sections;
}

/// Whether all whole numbers of a column are under a limit: keeps an input's time bounded.
inline bool under(const CsvTable& table, std::string_view column, std::uint64_t limit) {
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const std::string_view text = cell(table, row, column);
        std::uint64_t number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec == std::errc::result_out_of_range) continue;  // to be refused by the reader
        if (read.ec == std::errc{} && number >= limit) return false;
    }
    return true;
}

/// Ends the fuzzer where something does not hold.
inline void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace millwright::fuzz

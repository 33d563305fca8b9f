// In which form a command prints what it found.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/cli/commands.h"

namespace CLI {
class App;
}

namespace millwright::app {

enum class Format { text, csv, md, json };

/// Adds --format to the command, with those forms; what is chosen lives with the parser.
std::shared_ptr<std::string> add_format(CLI::App& command, const std::vector<Format>& forms);

/// An option that only text can show, and whether it was given.
struct TextOption {
    const char* name;
    bool given;
};

/// The form asked for: --json is one of them. Throws the faults where two are asked for, or a form
/// other than text with options that only text can show.
Format format_of(const std::string& chosen, const Common& common,
                 const std::vector<TextOption>& of_text = {});

}  // namespace millwright::app

template <>
struct millwright::EnumNames<millwright::app::Format> {
    static constexpr std::array<std::string_view, 4> names{"text", "csv", "md", "json"};
};

#include "apps/cli/format.h"

#include <CLI/CLI.hpp>

namespace millwright::app {

std::shared_ptr<std::string> add_format(CLI::App& command, const std::vector<Format>& forms) {
    std::vector<std::string> names;
    for (const Format form : forms) names.emplace_back(name_of(form));
    auto chosen = std::make_shared<std::string>();
    command.add_option("--format", *chosen, "of what is printed: " + join(names, ", "))
        ->check(CLI::IsMember(names));
    return chosen;
}

Format format_of(const std::string& chosen, const Common& common) {
    if (chosen.empty()) return common.json ? Format::json : Format::text;
    const Format format = enum_named<Format>(chosen).value();
    if (common.json && format != Format::json) {
        throw UserFault{{{{"--format", 0, 0},
                          fmt::format("--json and --format {} ask for two forms", chosen),
                          "leave out one of them"}}};
    }
    return format;
}

}  // namespace millwright::app

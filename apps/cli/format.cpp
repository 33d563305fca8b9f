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

Format format_of(const std::string& chosen, const Common& common,
                 const std::vector<TextOption>& of_text) {
    const Format format = !chosen.empty() ? enum_named<Format>(chosen).value()
                          : common.json   ? Format::json
                                          : Format::text;
    Faults faults;
    if (common.json && format != Format::json) {
        faults.push_back({{"--format", 0, 0},
                          fmt::format("--json and --format {} ask for two forms", chosen),
                          "leave out one of them"});
    }
    for (const TextOption& option : of_text) {
        if (!option.given || format == Format::text) continue;
        faults.push_back(
            {{option.name, 0, 0},
             fmt::format("{} is told in text alone, not as {}", option.name, name_of(format)),
             "leave out one of them"});
    }
    if (!faults.empty()) throw UserFault{std::move(faults)};
    return format;
}

}  // namespace millwright::app

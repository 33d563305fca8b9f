// millwright init: a commented file to begin with.
#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/files.h"
#include "millwright/api/init.h"
#include "millwright/report/init_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

struct InitArguments {
    InitQuestion question;
    std::string file;
};

/// Folders on the way are made; what has the name already stays.
void write_file(const std::string& file, const std::string& text) {
    const std::filesystem::path path(file);
    const std::string name = path.filename().string();
    if (name.empty() || name == "." || name == "..") {
        throw UserFault{{{{file, 0, 0}, "is no name of a file", "such as mine.toml"}}};
    }
    const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
    if (Faults faults = write_new(folder, {name, text}); !faults.empty()) {
        throw UserFault{std::move(faults)};
    }
}

/// The result goes to stdout or to the file, with --json to both.
int run(const InitArguments& a, bool to_file, const Common& common) {
    const InitAnswer answer = value_or_throw(init(a.question, setting_of(common)));
    const std::string text = init_text(answer, catalog(common));
    if (to_file) {
        write_file(a.file, text);
        std::cerr << "wrote " << a.file << "\n";
    }
    if (common.json) {
        std::cout << json_text(init_json(answer, catalog(common))) << "\n";
    } else if (!to_file) {
        std::cout << text;
    }
    return exit_done;
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command = app.add_subcommand("init", "begin a file of your own, with every key told");
    command->footer(
        "\nA scenario runs as it stands. A part is begun from one that the catalog has; it is a "
        "file\n"
        "of a folder, such as mine/chips/x1.toml: `millwright check mine` reads it, and every\n"
        "command knows it with --catalog mine. A file that is there already is never touched.\n"
        "Example: millwright init chip mine/chips/x1.toml --like h200-sxm\n");
    auto a = std::make_shared<InitArguments>();
    command->add_option("kind", a->question.kind, "kind of file")
        ->required()
        ->check(CLI::IsMember(init_kinds()));
    CLI::Option* file = command->add_option("file", a->file, "file to write; stdout if left out")
                            ->type_name("FILE");
    command->add_option("--like", a->question.like, "part to begin from; a usual one if left out")
        ->type_name("NAME");
    command->callback(
        [a, file, &common, &exit_code] { exit_code = run(*a, file->count() > 0, common); });
}

const Registered registered({CommandGroup::catalog, "init", add});

}  // namespace
}  // namespace millwright::app

// millwright completion: words for the shell, made from the commands themselves.
#include <iostream>

#include "apps/command.h"
#include "base/text.h"

namespace millwright::app {
namespace {

/// Long options of a command, "--help" included.
std::string options_of(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return join(names, " ");
}

std::string command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    return join(names, " ");
}

std::string bash_script(const CLI::App& app) {
    std::string script =
        "_millwright() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} words=\"" +
        command_names(app) + " " + options_of(app) + "\"\n    case ${COMP_WORDS[1]} in\n";
    for (const CLI::App* command : app.get_subcommands({})) {
        script += "        " + command->get_name() + ") words=\"" + options_of(*command) + " " +
                  options_of(app) + "\" ;;\n";
    }
    return script +
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- \"$cur\"))\n"
           "}\ncomplete -o filenames -F _millwright millwright\n";
}

std::string script_for(const CLI::App& app, const std::string& shell) {
    if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + bash_script(app);
    if (shell == "bash") return bash_script(app);
    std::string script;  // fish
    for (const CLI::App* command : app.get_subcommands({})) {
        script += "complete -c millwright -n __fish_use_subcommand -a " + command->get_name() +
                  " -d '" + command->get_description() + "'\n";
        for (const CLI::Option* option : command->get_options()) {
            for (const std::string& name : option->get_lnames()) {
                script += "complete -c millwright -n '__fish_seen_subcommand_from " +
                          command->get_name() + "' -l " + name + "\n";
            }
        }
    }
    return script;
}

}  // namespace

void add_completion(CLI::App& app, const Common&, int& exit_code) {
    CLI::App* command = app.add_subcommand("completion", "print a completion script for a shell");
    command->footer(
        "\nbash: source <(millwright completion bash)\n"
        "zsh:  source <(millwright completion zsh)\n"
        "fish: millwright completion fish | source\n");
    auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->callback([shell, &app, &exit_code] {
        std::cout << script_for(app, *shell);
        exit_code = exit_done;
    });
}

}  // namespace millwright::app

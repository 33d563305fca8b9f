// The scripts know nothing of the program: they hand it the words and print what it says. What may
// come is read from the same description that parses, by the types that options give their values
// (CHIP, FILE, ...), so a new option completes itself. The scripts go through fmt, so their braces
// are doubled.
#include "apps/cli/completion.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/command_words.h"
#include "apps/cli/commands.h"
#include "apps/cli/rules.h"
#include "millwright/base/text.h"
#include "millwright/intake/read.h"
#include "millwright/intake/shape_file.h"

namespace millwright::app {
namespace {

/// What may come: words with what they are, and paths.
struct Offer {
    std::vector<std::pair<std::string, std::string>> words;
    bool files = false, folders = false;

    void add(const std::vector<std::string>& all) {
        for (const std::string& word : all) words.emplace_back(word, "");
    }
};

/// Parts of the catalog, with the user's folder if one was given and can be read.
void add_parts(Offer& offer, const CommandWords& words, const std::string& kind) {
    const auto add = [&](const auto& parts) {
        for (const auto& part : parts) offer.words.emplace_back(part.id, part.name);
    };
    const auto given = words.given.find(option_named(words, "--catalog"));
    if (given != words.given.end()) {
        if (const auto own = load_catalog(given->second)) return with_parts(*own, kind, add);
    }
    with_parts(built_in_catalog(), kind, add);
}

/// Names of the kind that the words before tell: `show chip ...`.
void add_named_parts(Offer& offer, const CommandWords& words) {
    const std::string kind = words.positionals.empty() ? "" : kind_named(words.positionals[0]);
    if (!kind.empty()) add_parts(offer, words, kind);
}

/// Factories of the scenarios that stand before, without blanks, at which shells would cut them.
void add_factories(Offer& offer, const CommandWords& words) {
    for (const std::string& path : words.positionals) {
        const auto scenario = read_scenario(path);
        if (!scenario) continue;
        for (const FactoryText& factory : scenario->factories) {
            offer.words.emplace_back(slug(factory.name.value), factory.name.value);
        }
    }
}

/// Fabrics around a server are those of the catalog; else those of a name, or a file.
void add_topologies(Offer& offer, const CommandWords& words) {
    const CLI::Option* server = option_named(words, "--server");
    if (words.given.contains(server)) return add_parts(offer, words, "fabrics");
    offer.add(shape_names());
    add_parts(offer, words, "fabrics");
    offer.files = true;
}

/// Values by the type that the description gives: a kind of part, paths, or a set. A type that is
/// the name of a kind of part offers that kind, so most need no line here.
void add_values(Offer& offer, const CommandWords& words, const CLI::Option& option) {
    const std::string full = option.get_type_name();
    const std::string type = full.substr(0, full.find(':'));
    offer.add(choices_of(option));
    if (type == "FILE" || type == "PATH" || type == "MODEL") offer.files = true;
    if (type == "DIR") offer.folders = true;
    if (type == "KIND") offer.add(part_kinds());
    if (type == "KIND") offer.add({"topologies"});
    if (type == "READING") {
        for (const ReadingSwitch& s : reading_switches()) offer.add({std::string(s.name)});
    }
    if (type == "NAME") add_named_parts(offer, words);
    if (type == "FACTORY") add_factories(offer, words);
    if (type == "TOPOLOGY") add_topologies(offer, words);
    if (const std::string parts = kind_named(lower(type)); !parts.empty())
        add_parts(offer, words, parts);
}

/// What may stand once and does is not offered again; the version is of the program alone.
void add_options(Offer& offer, const CommandWords& words) {
    for (const CLI::Option* option : options_of(words)) {
        const bool again = words.given.contains(option) && option->get_items_expected_max() <= 1;
        const bool of_program = option->check_name("--version") && words.chain.size() > 1;
        if (again || of_program) continue;
        offer.words.emplace_back(shown_name(*option), option->get_description());
    }
}

void add_commands(Offer& offer, const CLI::App& app) {
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        offer.words.emplace_back(command->get_name(), command->get_description());
    }
}

/// The words that continue `begun`; what of it stays in front of each is `before`. Files say
/// folders too, as shells offer folders on the way to files.
std::string lines_of(const Offer& offer, const std::string& before, const std::string& begun) {
    std::string text;
    for (const auto& [word, about] : offer.words) {
        if (!word.starts_with(begun)) continue;
        const std::string line = before + word;
        text += about.empty() ? line + "\n" : line + "\t" + about + "\n";
    }
    if (offer.files) text += ":files\n";
    if (!offer.files && offer.folders) text += ":folders\n";
    return text;
}

/// Values of an option; of a list, those of its last item.
std::string value_lines(const CommandWords& words, const CLI::Option& option,
                        const std::string& before, const std::string& begun) {
    Offer offer;
    add_values(offer, words, option);
    const std::size_t comma = option.get_delimiter() == ',' ? begun.rfind(',') : std::string::npos;
    const std::size_t kept = comma == std::string::npos ? 0 : comma + 1;
    return lines_of(offer, before + begun.substr(0, kept), begun.substr(kept));
}

constexpr const char* bash_script = R"(_millwright() {{
    local program=${{COMP_WORDS[0]}} line cur strip="" paths="" words=() i last
    type -P -- "$program" >/dev/null || program={program}
    for ((i = 1; i <= COMP_CWORD; i++)); do  # readline may cut words at "="
        last=$((${{#words[@]}} - 1))
        if [[ $last -ge 0 && ( ${{COMP_WORDS[i]}} == "=" || ${{words[last]}} == --*= ) ]]; then
            words[last]+=${{COMP_WORDS[i]}}
        else
            words+=("${{COMP_WORDS[i]}}")
        fi
    done
    cur=${{words[${{#words[@]}} - 1]}}
    [[ $cur == --*=* && $cur != "${{COMP_WORDS[COMP_CWORD]}}" ]] && strip=${{cur%%=*}}=
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) paths=-f ;;
            :folders) paths=-d ;;
            *)
                line=${{line%%$'\t'*}}
                COMPREPLY+=("${{line#"$strip"}}")
                ;;
        esac
    done < <("$program" {request} "${{words[@]}}" 2>/dev/null)
    if [[ $paths ]]; then
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done < <(compgen "$paths" -- "${{cur#"$strip"}}")
        compopt -o filenames 2>/dev/null
    fi
}}
complete -F _millwright millwright
)";

constexpr const char* zsh_script = R"(_millwright() {{
    local program=$words[1] line paths=""
    local -a found
    whence -p -- "$program" >/dev/null || program={program}
    while IFS= read -r line; do
        case $line in
            :files) paths=files ;;
            :folders) paths=folders ;;
            *$'\t'*) found+=("${{${{line%%$'\t'*}}//:/\\:}}:${{line#*$'\t'}}") ;;
            *) found+=("${{line//:/\\:}}") ;;
        esac
    done < <("$program" {request} "${{(@)words[2,CURRENT]}}" 2>/dev/null)
    (( $#found )) && _describe millwright found
    [[ $words[CURRENT] == --*=* ]] && compset -P '*='
    case $paths in
        files) _files ;;
        folders) _files -/ ;;
    esac
}}
(( $+functions[compdef] )) || {{ autoload -U compinit && compinit }}
compdef _millwright millwright
)";

constexpr const char* fish_script = R"(function __millwright_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    command -q -- $program; or set program {program}
    for line in ($program {request} $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$current"
            case ':folders'
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c millwright -f -a '(__millwright_complete)'
)";

/// Within single quotes of a shell, which a quote ends: it is put between two such texts.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

}  // namespace

std::string completions(const CLI::App& app, const std::vector<std::string>& words) {
    if (words.empty()) return "";
    const std::string& begun = words.back();
    const CommandWords read = read_words(app, {words.begin(), words.end() - 1});
    const std::size_t equals = begun.starts_with("--") ? begun.find('=') : std::string::npos;
    if (equals != std::string::npos) {
        const CLI::Option* option = option_named(read, begun.substr(0, equals));
        if (option == nullptr || option->get_items_expected_max() == 0) return "";
        return value_lines(read, *option, begun.substr(0, equals + 1), begun.substr(equals + 1));
    }
    if (read.open != nullptr && read.must) return value_lines(read, *read.open, "", begun);
    std::string text;
    // an option that takes several may have one more, or is done: both are offered
    if (read.open != nullptr) text += value_lines(read, *read.open, "", begun);
    Offer offer;
    add_commands(offer, read.command());
    if (const CLI::Option* positional = next_positional(read)) {
        add_values(offer, read, *positional);
    }
    if (begun.starts_with('-')) add_options(offer, read);
    return text + lines_of(offer, "", begun);
}

namespace {

std::string completion_script(const CLI::App& app, const std::string& shell,
                              const std::string& program) {
    const char* script = shell == "bash" ? bash_script : shell == "zsh" ? zsh_script : fish_script;
    return fmt::format("# Completion of millwright for {}: the program says what may come next.\n",
                       shell) +
           "# Commands: " + join(commands_below(app), ", ") + "\n" +
           fmt::format(fmt::runtime(script), fmt::arg("program", quoted(program)),
                       fmt::arg("request", completion_request));
}

void add(CLI::App& app, const Common&, int& exit_code) {
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
        std::error_code none;
        // where the shell finds no program of that name, it asks the one that printed the script
        const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
        std::cout << completion_script(app, *shell, program.string());
        exit_code = exit_done;
    });
}

const Registered registered({CommandGroup::shell, "completion", add});

}  // namespace
}  // namespace millwright::app

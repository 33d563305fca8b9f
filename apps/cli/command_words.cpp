// This reads words by CLI11's rules, but goes on where CLI11 would stop: with an unknown option it
// takes the word for a flag, with a missing value it closes the option. Lines without faults must
// read alike in both.
#include "apps/cli/command_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include <CLI/CLI.hpp>

#include "millwright/base/counts.h"
#include "millwright/base/text.h"

namespace millwright::app {
namespace {

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }
bool takes_several(const CLI::Option& option) { return option.get_items_expected_max() > 1; }

/// "-", "-5" and "-.5" are values, not options: a negative number may follow an option, and "-" is
/// a file by custom.
bool is_option(const std::string& word) {
    return word.size() > 1 && word[0] == '-' && word[1] != '.' && (word[1] < '0' || word[1] > '9');
}

/// Words that other programs use for what is called otherwise here. They are too unlike ours for a
/// search of near names to find.
std::string usual_name(const std::string& word) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> names{
        {{"--gpus", "--chips"},
         {"--gpu", "--chips"},
         {"--accelerators", "--chips"},
         {"--devices", "--chips"},
         {"--batch-size", "--global-batch"},
         {"--gbs", "--global-batch"},
         {"--seq", "--sequence"},
         {"--seq-len", "--sequence"},
         {"--seq-length", "--sequence"},
         {"--dtype", "--precision"},
         {"--output", "--out"},
         {"--network", "--fabric"},
         {"--country", "--to"},
         {"--hq", "--headquarters"}}};
    for (const auto& [other, ours] : names) {
        if (word == other) return std::string(ours);
    }
    return word;
}

Fault unknown_option(const CommandWords& words, const std::string& name) {
    std::vector<std::string> known;
    for (const CLI::Option* option : options_of(words)) known.push_back(shown_name(*option));
    const std::string usual = usual_name(name);
    const bool renamed = usual != name && std::ranges::find(known, usual) != known.end();
    return {{"", 0, 0},
            "unknown option '" + name + "' of " + full_name(words),
            renamed ? "did you mean '" + usual + "'?" : hint_from(name, known, "options")};
}

Fault unknown_command(const CommandWords& words, const std::string& name) {
    return {{"", 0, 0},
            "unknown command '" + name + "' of " + full_name(words),
            hint_from(name, commands_below(words.command()), "commands")};
}

/// An option that takes a value is followed by another: CLI11 would take that for the value.
void close_option(CommandWords& words, const std::string& next) {
    if (words.open != nullptr && words.must) {
        const std::string name = shown_name(*words.open);
        words.unknown.push_back({{"", 0, 0},
                                 name + " needs a value",
                                 "if '" + next + "' is the value, write " + name + "=" + next});
    }
    words.open = nullptr;
    words.must = false;
}

/// "--name=value" is whole; "--name" of an option with a value leaves it open for the next word.
void take_option(CommandWords& words, const std::string& word) {
    close_option(words, word);
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const CLI::Option* option = option_named(words, name);
    if (option == nullptr) {
        words.unknown.push_back(unknown_option(words, name));
        return;
    }
    words.given[option] = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (equals != std::string::npos || !takes_value(*option)) return;
    words.open = option;
    words.must = true;
}

/// A word without dashes: a value of the open option, else a command, else a positional. An option
/// that takes several stays open, as the next word may be another of them.
void take_plain(CommandWords& words, const std::string& word) {
    if (words.open != nullptr) {
        words.given[words.open] = word;
        words.must = false;
        if (!takes_several(*words.open)) words.open = nullptr;
        return;
    }
    const CLI::App& command = words.command();
    const auto below = command.get_subcommands([](const CLI::App*) { return true; });
    const auto found = std::ranges::find(below, word, &CLI::App::get_name);
    if (found != below.end()) {
        words.chain.push_back(*found);
    } else if (!below.empty()) {
        words.unknown.push_back(unknown_command(words, word));
    } else {
        words.positionals.push_back(word);
    }
}

/// Of CLI11's names of types: UINT, INT and FLOAT.
NumberKind kind_of(const std::string& type) {
    if (type.starts_with("UINT")) return NumberKind::natural;
    return type.starts_with("INT") ? NumberKind::whole : NumberKind::real;
}

}  // namespace

CommandWords read_words(const CLI::App& app, const std::vector<std::string>& words) {
    CommandWords read;
    read.chain = {&app};
    bool plain_only = false;
    for (const std::string& word : words) {
        if (!read.unknown.empty() && read.chain.size() == 1) break;  // of which command?
        if (plain_only || (read.open != nullptr && read.must && !is_option(word))) {
            take_plain(read, word);
        } else if (word == "--") {
            plain_only = true;
            close_option(read, word);
        } else if (is_option(word)) {
            take_option(read, word);
        } else {
            take_plain(read, word);
        }
    }
    return read;
}

const CLI::Option* option_named(const CommandWords& words, const std::string& name) {
    for (const CLI::Option* option : options_of(words)) {
        if (option->check_name(name)) return option;
    }
    return nullptr;
}

std::vector<const CLI::Option*> options_of(const CommandWords& words) {
    std::vector<const CLI::Option*> options;
    for (auto app = words.chain.rbegin(); app != words.chain.rend(); ++app) {
        for (const CLI::Option* option : (*app)->get_options()) {
            const bool again = std::ranges::any_of(options, [&](const CLI::Option* other) {
                return shown_name(*other) == shown_name(*option);
            });
            if (option->nonpositional() && !again) options.push_back(option);
        }
    }
    return options;
}

const CLI::Option* next_positional(const CommandWords& words) {
    std::size_t left = words.positionals.size();
    for (const CLI::Option* option : words.command().get_options()) {
        if (!option->get_positional()) continue;
        if (takes_several(*option) || left == 0) return option;
        --left;
    }
    return nullptr;
}

std::string shown_name(const CLI::Option& option) {
    return option.get_lnames().empty() ? option.get_name() : "--" + option.get_lnames().front();
}

/// CLI11 describes a set as "{a,b}" after the type.
std::vector<std::string> choices_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t open = type.find('{');
    const std::size_t close = type.find('}', open == std::string::npos ? 0 : open);
    if (open == std::string::npos || close == std::string::npos) return {};
    return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

std::string full_name(const CommandWords& words) {
    std::string name = "millwright";
    for (std::size_t i = 1; i < words.chain.size(); ++i) name += " " + words.chain[i]->get_name();
    return name;
}

std::vector<std::string> commands_below(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
    }
    return names;
}

void accept_written_numbers(CLI::App& app) {
    for (CLI::Option* option : app.get_options([](CLI::Option*) { return true; })) {
        const std::string type = option->get_type_name();
        if (!type.starts_with("INT") && !type.starts_with("UINT") && !type.starts_with("FLOAT")) {
            continue;
        }
        // a transform comes before the option's checks of range, which then see plain digits
        option->transform(CLI::Validator(
            [kind = kind_of(type)](std::string& text) {
                std::string why;
                std::string plain = plain_number(text, kind, why);
                if (!plain.empty()) text = std::move(plain);
                return why;
            },
            ""));
    }
    for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
        accept_written_numbers(*command);
    }
}

}  // namespace millwright::app

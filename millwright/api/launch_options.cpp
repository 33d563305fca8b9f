// The catalog's text of an option is both the pattern that is read and, filled in, the words that
// are written, so a command that is written can be read back. Flags of one option are told apart
// by their dashes; an option that a release lacks has no flags and is dropped. Options in the
// file of options are not on the command line and so are not read.
#include "millwright/api/launch_options.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "millwright/api/launch_command.h"
#include "millwright/api/shell.h"

namespace millwright {
namespace {

template <auto member>
void set_limit(LaunchRead& read, double value) {
    read.limits.*member = static_cast<std::int64_t>(value);
}

template <auto member>
void set_pin(LaunchRead& read, double value) {
    read.layout.*member = static_cast<std::int64_t>(value);
}

bool starts_flag(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

std::vector<Flag> flags_of(const std::string& option) {
    std::vector<Flag> flags;
    if (option.starts_with(option_in_file)) return flags;
    for (const std::string& word : shell_words(option)) {
        if (starts_flag(word)) {
            flags.push_back({word, ""});
        } else if (!flags.empty()) {
            flags.back().value = word;
        }
    }
    return flags;
}

void nothing(LaunchRead&, double) {}

void set_expert(LaunchRead& read, double value) {
    read.layout.expert = value > 0 ? static_cast<std::int64_t>(value) : experts_over_all;
}

void set_length(LaunchRead& read, double value) {
    read.max_length = static_cast<std::int64_t>(value);
}

void set_drafted(LaunchRead& read, double value) {
    read.drafted = static_cast<std::int64_t>(value);
}

void set_places(LaunchRead& read, double value) {
    read.limits.redundant_experts = static_cast<std::int64_t>(value);
}

void set_overlap(LaunchRead& read, double) { read.limits.two_batch_overlap = true; }

void set_adapters(LaunchRead& read, double value) {
    read.limits.adapters.count = static_cast<std::int64_t>(value);
}

void set_rank(LaunchRead& read, double value) {
    read.limits.adapters.rank = static_cast<std::int64_t>(value);
}

void set_apart(LaunchRead& read, double) { read.apart = true; }

/// Flags of several servers stand in options of their own.
std::vector<std::string> node_flags(const EngineLaunch& launch) {
    std::vector<std::string> names;
    for (const std::string* text :
         {&launch.node_options, &launch.node_data_options, &launch.node_others}) {
        for (const Flag& flag : flags_of(*text)) names.push_back(flag.name);
    }
    return names;
}

}  // namespace

bool Flag::is_marked() const {
    return value.find(option_mark) != std::string::npos ||
           value.find(option_mark_and_one) != std::string::npos;
}

bool Option::takes(double value) const {
    return value >= low && value <= high && (!whole || value == std::floor(value));
}

std::string Option::example() const {
    std::vector<std::string> words;
    for (const Flag& flag : flags) {
        std::string value = flag.value;
        const auto put = [&](std::string_view mark, const char* number) {
            const std::size_t at = value.find(mark);
            if (at != std::string::npos) value.replace(at, mark.size(), number);
        };
        put(option_mark, whole ? "4" : "0.9");
        put(option_mark_and_one, "5");
        words.push_back(flag.name);
        if (!value.empty()) words.push_back(value);
    }
    return shell_text(words);
}

std::vector<Option> options_of(const EngineLaunch& l) {
    constexpr double most_drafted = 64;
    const auto memory = [](LaunchRead& read, double value) { read.limits.memory_share = value; };
    const auto prefix_on = [](LaunchRead& read, double) { read.limits.prefix_cache = true; };
    const auto prefix_off = [](LaunchRead& read, double) { read.limits.prefix_cache = false; };
    const auto cache = [](LaunchRead& read, double) { read.cache = CacheForm::fp8; };
    const auto weights = [](LaunchRead& read, double) { read.weights = WeightForm::fp8; };
    std::vector<Option> options{
        {flags_of(l.tensor), set_pin<&LayoutPins::tensor>},
        {flags_of(l.pipeline), set_pin<&LayoutPins::pipeline>},
        {flags_of(l.attention_data), set_pin<&LayoutPins::attention_data>},
        {flags_of(l.expert), set_expert},
        {flags_of(l.max_batched_tokens), set_limit<&EngineOverrides::max_batched_tokens>},
        {flags_of(l.max_sequences), set_limit<&EngineOverrides::max_sequences>},
        {flags_of(l.block_size), set_limit<&EngineOverrides::block_size>},
        {flags_of(l.memory_share), memory, 0.01, 1, false},
        {flags_of(l.max_length), set_length},
        {.flags = flags_of(l.options_file), .set = nothing, .takes_any = true},
        {flags_of(l.prefix_on), prefix_on},
        {flags_of(l.prefix_off), prefix_off},
        {flags_of(l.cache_fp8), cache},
        {flags_of(l.weights_fp8), weights},
        {flags_of(l.speculation), set_drafted, 1, most_drafted},
        {flags_of(l.redundant_experts), set_places, 0, 65'536},
        {flags_of(l.two_batch_overlap), set_overlap},
        {flags_of(l.adapters), set_adapters},
        {flags_of(l.adapter_rank), set_rank},
        {.flags = flags_of(l.prompts_role), .set = set_apart},
        {.flags = flags_of(l.answers_role), .set = set_apart}};
    std::erase_if(options, [](const Option& option) { return option.flags.empty(); });
    return options;
}

std::pair<const Option*, const Flag*> option_with(const std::vector<Option>& options,
                                                  const std::string& flag) {
    for (const Option& option : options) {
        for (const Flag& own : option.flags) {
            if (own.name == flag) return {&option, &own};
        }
    }
    return {nullptr, nullptr};
}

std::optional<double> value_of(const Flag& flag, const std::string& word) {
    if (flag.value == option_mark) return number_of(word);
    if (flag.value == option_mark_and_one) {
        const auto number = number_of(word);
        return number ? std::optional(*number - 1) : std::nullopt;
    }
    // the key is the last text in quotes before the mark
    const std::string before = flag.value.substr(0, flag.value.find(option_mark));
    const std::size_t end = before.rfind('"');
    const std::size_t begin =
        end == std::string::npos || end == 0 ? end : before.rfind('"', end - 1);
    if (begin == std::string::npos) return std::nullopt;
    const auto json = nlohmann::json::parse(word, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    const auto found = json.find(before.substr(begin + 1, end - begin - 1));
    if (found == json.end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
}

std::vector<std::string> program_of(const EngineLaunch& launch) {
    std::vector<std::string> words = shell_words(launch.command);
    const auto end = std::ranges::find_if(words, [](const std::string& word) {
        return word == option_mark || word.starts_with("--");
    });
    words.erase(end, words.end());
    return words;
}

std::string model_flag_of(const EngineLaunch& launch) {
    const std::vector<Flag> flags = flags_of(launch.command);
    const auto found = std::ranges::find_if(
        flags, [](const Flag& flag) { return flag.name.starts_with("--") && flag.is_marked(); });
    return found == flags.end() ? "" : found->name;
}

std::string meant_by(const EngineLaunch& launch, const std::string& word) {
    for (const std::string& spelling : launch.spellings) {
        const std::vector<std::string> both = shell_words(spelling);
        if (both.size() == 2 && both.front() == word) return both.back();
    }
    return word;
}

bool is_passed_over(const EngineLaunch& launch, const std::string& flag) {
    const std::vector<std::string> nodes = node_flags(launch);
    return std::ranges::find(launch.others, flag) != launch.others.end() ||
           std::ranges::find(nodes, flag) != nodes.end();
}

std::vector<std::string> known_flags(const EngineLaunch& launch) {
    std::vector<std::string> names = launch.others;
    for (const Option& option : options_of(launch)) {
        for (const Flag& flag : option.flags) names.push_back(flag.name);
    }
    for (std::string& name : node_flags(launch)) names.push_back(std::move(name));
    return names;
}

}  // namespace millwright

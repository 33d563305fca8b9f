// Command lines are read by the options that the catalog writes them with: an option is a row, each
// of its flags is recognised alone, in any order.
#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "millwright/api/launch.h"
#include "millwright/api/launch_command.h"
#include "millwright/api/launch_options.h"
#include "millwright/api/shell.h"
#include "millwright/base/faults.h"
#include "millwright/base/text.h"

namespace millwright {
namespace {

bool is_flag(const std::string& word) {
    return word.size() > 1 && word[0] == '-' &&
           std::isdigit(static_cast<unsigned char>(word[1])) == 0;
}

/// A value behind an equals sign is a word of its own.
std::vector<std::string> words_of(const std::string& text, const EngineLaunch* launch) {
    std::vector<std::string> words;
    for (const std::string& word : shell_words(text)) {
        const std::size_t equal = word.find('=');
        const bool two = is_flag(word) && equal != std::string::npos;
        words.push_back(two ? word.substr(0, equal) : word);
        if (launch != nullptr) words.back() = meant_by(*launch, words.back());
        if (two) words.push_back(word.substr(equal + 1));
    }
    if (!words.empty() && words.front() == "python") words.front() = "python3";
    return words;
}

/// Where the words behind the engine's program begin, if they hold it: at the front, behind "&&" or
/// behind what starts one command on all servers.
std::optional<std::size_t> behind_program(const EngineLaunch& launch,
                                          const std::vector<std::string>& words) {
    const std::vector<std::string> program = program_of(launch);
    if (program.empty()) return std::nullopt;
    const std::vector<std::string> all = shell_words(launch.node_all);
    for (std::size_t i = 0; i + program.size() <= words.size(); ++i) {
        const bool may_begin =
            i == 0 || words[i - 1] == "&&" || (!all.empty() && words[i - 1] == all.back());
        const auto here = words.begin() + static_cast<std::ptrdiff_t>(i);
        if (may_begin && std::equal(program.begin(), program.end(), here)) {
            return i + program.size();
        }
    }
    return std::nullopt;
}

bool newer(const Engine& a, const Engine& b) {
    return a.since.known() && (!b.since.known() || a.since.value > b.since.value);
}

const Engine* engine_of(const Catalog& catalog, const std::vector<std::string>& words,
                        const std::string& named) {
    const Engine* found = nullptr;
    for (const Engine& engine : catalog.engines) {
        if (!named.empty() && engine.id != named) continue;
        const bool its = behind_program(engine.launch, words).has_value();
        if (its && (found == nullptr || newer(engine, *found))) found = &engine;
    }
    return found;
}

class Reader {
public:
    Reader(const Engine& engine, std::vector<std::string> words)
        : engine_(engine), words_(std::move(words)), options_(options_of(engine.launch)) {}

    Result<LaunchRead> read() {
        read_.engine = engine_.id;
        at_ = behind_program(engine_.launch, words_).value();
        const bool named = model_flag_of(engine_.launch).empty();
        if (named && at_ < words_.size() && !is_flag(words_[at_])) read_.model = words_[at_++];
        while (at_ < words_.size()) take();
        if (read_.model.empty()) add("the command names no model", "");
        check_companions();
        if (!faults_.empty()) return failure(std::move(faults_));
        settle();
        return read_;
    }

private:
    void add(std::string message, const std::string& hint) {
        faults_.push_back({{"--from-flags", 0, 0},
                           fmt::format("{}: {}", engine_.id, message),
                           join_hints({hint, "by " + engine_.launch.documented})});
    }

    bool has_value() const { return at_ + 1 < words_.size() && !is_flag(words_[at_ + 1]); }

    /// The flag at hand with what belongs to it.
    void take() {
        const std::string flag = words_[at_];
        const std::string shown = excerpt(flag);
        if (!is_flag(flag)) {
            add(fmt::format("'{}' is none of the options known of it", shown), "");
            ++at_;
            return;
        }
        if (!seen_.insert(flag).second) add(fmt::format("'{}' is given twice", shown), "");
        if (flag == model_flag_of(engine_.launch)) {
            if (has_value()) read_.model = words_[at_ + 1];
            at_ += has_value() ? 2 : 1;
            return;
        }
        const auto [option, own] = option_with(options_, flag);
        const bool passed = option == nullptr && is_passed_over(engine_.launch, flag);
        if (option == nullptr && !passed) {
            add(fmt::format("'{}' is none of the options known of it", shown),
                did_you_mean(flag, known_flags(engine_.launch)));
        }
        if (option == nullptr) {
            at_ += has_value() ? 2 : 1;
        } else if (own->value.empty()) {
            if (option->flags.size() == 1) option->set(read_, 0);
            ++at_;
        } else if (!has_value()) {
            add(fmt::format("'{}' has no value", shown), "such as " + option->example());
            ++at_;
        } else {
            take_value(*option, *own, words_[at_ + 1]);
            at_ += 2;
        }
    }

    void take_value(const Option& option, const Flag& flag, const std::string& word) {
        const std::string shown = excerpt(flag.name);
        if (!flag.is_marked()) {
            const bool chosen = option.flags.size() == 1;
            const bool same = std::ranges::any_of(options_, [&](const Option& other) {
                const bool is = other.flags.front() == Flag{flag.name, word};
                if (is && chosen) other.set(read_, 0);
                return is;
            });
            if (chosen && !same && word != "auto") {
                add(fmt::format("'{} {}' is no value that it takes", shown, excerpt(word)),
                    "such as " + option.example());
            }
            return;
        }
        if (option.takes_any) return;
        marked_.insert(option.flags.front().name);
        const auto value = value_of(flag, word);
        if (!value || !option.takes(*value)) {
            return add(fmt::format("'{} {}' is no value that it takes", shown, excerpt(word)),
                       "such as " + option.example());
        }
        const bool told = std::ranges::any_of(option.flags, [&](const Flag& other) {
            return other.value == option_mark && other.name != flag.name &&
                   seen_.contains(other.name);
        });
        if (!told) option.set(read_, *value);
    }

    /// Of flags that make one option those without a value stand with the others, and one that has
    /// the number with any.
    void check_companions() {
        for (const Option& option : options_) {
            const auto is_there = [&](const Flag& flag) { return seen_.contains(flag.name); };
            if (option.flags.size() == 1 || std::ranges::none_of(option.flags, is_there)) continue;
            const bool counted = marked_.contains(option.flags.front().name);
            for (const Flag& flag : option.flags) {
                const bool needed = flag.value.empty() || (flag.is_marked() && !counted);
                if (!needed || is_there(flag)) continue;
                add(fmt::format("'{}' is missing, which others that are there go with", flag.name),
                    "together they are " + option.example());
                break;
            }
        }
    }

    /// Ways that are not written are one; tensor ways that are all chips of a stage are cut.
    void settle() {
        LayoutPins& pins = read_.layout;
        const auto one = [](std::int64_t& ways) { ways = std::max<std::int64_t>(1, ways); };
        one(pins.tensor);
        one(pins.pipeline);
        one(pins.attention_data);
        const std::int64_t stage =
            engine_.launch.tensor_counts_all ? pins.tensor : pins.tensor * pins.attention_data;
        if (engine_.launch.tensor_counts_all) {
            pins.tensor = std::max<std::int64_t>(1, pins.tensor / pins.attention_data);
        }
        if (pins.expert == experts_over_all) pins.expert = stage;
        one(pins.expert);
        // what the release has an option for is off where it is not written
        EngineOverrides& limits = read_.limits;
        if (!engine_.launch.redundant_experts.empty() && !limits.redundant_experts) {
            limits.redundant_experts = 0;
        }
        if (!engine_.launch.two_batch_overlap.empty() && !limits.two_batch_overlap) {
            limits.two_batch_overlap = false;
        }
    }

    const Engine& engine_;
    std::vector<std::string> words_;
    std::vector<Option> options_;
    std::set<std::string> seen_, marked_;  // the latter: first flags of options with their number
    std::size_t at_ = 0;
    LaunchRead read_;
    Faults faults_;
};

}  // namespace

Result<LaunchRead> read_launch(const Catalog& catalog, const std::string& text,
                               const std::string& named) {
    if (has_open_quote(text)) {
        return failure({{{"--from-flags", 0, 0},
                         fmt::format("'{}' opens a quote that does not end", excerpt(text)),
                         "close it, or write \\ before a quote that is meant"}});
    }
    const Engine* engine = engine_of(catalog, words_of(text, nullptr), named);
    if (engine == nullptr) {
        return failure({{{"--from-flags", 0, 0},
                         fmt::format("'{}' starts no engine of the catalog", excerpt(text)),
                         "such as \"vllm serve MODEL --tensor-parallel-size 4\""}});
    }
    return Reader(*engine, words_of(text, &engine->launch)).read();
}

}  // namespace millwright

#include "millwright/api/launch.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

#include "millwright/base/faults.h"
#include "millwright/base/text.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

constexpr std::string_view in_file = "file: ", value_mark = "{}";

/// The option with its value in place of the mark.
std::string filled(const std::string& option, const std::string& value) {
    const std::size_t at = option.find(value_mark);
    if (at == std::string::npos) return option;
    return option.substr(0, at) + value + option.substr(at + value_mark.size());
}

/// "a.b: c" as lines of YAML, which are joined to those of the same table before.
void add_line(const std::string& text, std::vector<std::string>& lines) {
    const std::size_t dot = text.find('.');
    const std::size_t colon = text.find(':');
    if (dot == std::string::npos || dot > colon) return lines.push_back(text);
    const std::string table = text.substr(0, dot) + ":";
    const std::string inner = "  " + text.substr(dot + 1);
    const auto found = std::ranges::find(lines, table);
    if (found != lines.end()) {
        lines.insert(found + 1, inner);
    } else {
        lines.push_back(table);
        lines.push_back(inner);
    }
}

class Command {
public:
    explicit Command(const EngineLaunch& launch) : launch_(launch) {}

    void add(const std::string& option, const std::string& value) {
        if (option.empty()) return;
        if (option.starts_with(in_file)) {
            add_line(filled(option.substr(in_file.size()), value), text.options);
        } else {
            text.command += " " + filled(option, value);
        }
    }
    void add(const std::string& option, double value) { add(option, fmt::format("{:.0f}", value)); }
    void end() {
        if (!text.options.empty()) add(launch_.options_file, "options.yaml");
    }

    LaunchText text;

private:
    const EngineLaunch& launch_;
};

bool is_narrow(const Model& model) {
    return model.kept_attention != WeightForm::bf16 || model.kept_dense != WeightForm::bf16 ||
           model.kept_experts != WeightForm::bf16;
}

/// One word of a shell, whatever it holds.
std::string quoted(const std::string& word) {
    const bool plain = std::ranges::all_of(word, [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || contains("_./:=-+@,", std::string(1, c));
    });
    if (plain && !word.empty()) return word;
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

/// As hubs call it, where the catalog knows.
std::string hub_name(const Catalog& catalog, const std::string& named) {
    const Model* model = find_part(catalog.models, named);
    if (model == nullptr) return named;
    const auto on_hub = std::ranges::find_if(
        model->aliases, [](const std::string& alias) { return contains(alias, "/"); });
    return on_hub != model->aliases.end() ? *on_hub : model->id;
}

std::string benchmark_text(const std::string& model, const ServeAnswer& answer, double rate) {
    return fmt::format(
        "vllm bench serve --model {} --dataset-name random --random-input-len {:.0f} "
        "--random-output-len {:.0f} --ignore-eos --request-rate {} --num-prompts {} "
        "--percentile-metrics ttft,tpot,itl,e2el --metric-percentiles 50,90,99",
        model, answer.span.prompt, answer.span.output,
        rate > 0 ? fmt::format("{:.6g}", rate) : std::string("inf"), answer.span.count);
}

/// Words of a command line; line ends behind a backslash are blanks.
std::vector<std::string> words_of(std::string text) {
    std::ranges::replace(text, '\\', ' ');
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        if (words.empty() && word == "python") word = "python3";
        const std::size_t equal = word.find('=');
        if (word.starts_with("-") && equal != std::string::npos) {
            words.push_back(word.substr(0, equal));
            words.push_back(word.substr(equal + 1));
        } else {
            words.push_back(word);
        }
    }
    return words;
}

std::vector<std::string> plain_words(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

bool begins_with(const std::vector<std::string>& words, const std::vector<std::string>& command) {
    return !command.empty() && command.size() < words.size() + 1 &&
           std::equal(command.begin(), command.end(), words.begin());
}

/// The command's words before the model.
std::vector<std::string> words_before_model(const EngineLaunch& launch) {
    std::vector<std::string> words = plain_words(launch.command);
    if (!words.empty()) words.pop_back();
    return words;
}

bool newer(const Engine& a, const Engine& b) {
    return a.since.known() && (!b.since.known() || a.since.value > b.since.value);
}

const Engine* engine_of(const Catalog& catalog, const std::vector<std::string>& words,
                        const std::string& named) {
    const Engine* found = nullptr;
    for (const Engine& engine : catalog.engines) {
        if (!named.empty() && engine.id != named) continue;
        const std::vector<std::string> command = words_before_model(engine.launch);
        if (command.empty() || words.size() <= command.size()) continue;
        if (begins_with(words, command) && (found == nullptr || newer(engine, *found))) {
            found = &engine;
        }
    }
    return found;
}

/// One option of a release: its words, the last of which may stand for the value.
struct Option {
    const std::string* text;
    void (*set)(LaunchRead&, double value);
    bool share = false;  // from 0.01 to 1, else a count from 1 on

    bool takes(double value) const {
        if (share) return value >= 0.01 && value <= 1;
        return value >= 1 && value <= 1e9 && value == std::floor(value);
    }
};

template <auto member>
void set_limit(LaunchRead& read, double value) {
    read.limits.*member = static_cast<std::int64_t>(value);
}

template <auto member>
void set_pin(LaunchRead& read, double value) {
    read.layout.*member = static_cast<std::int64_t>(value);
}

constexpr std::int64_t over_all = -1;  // experts over as many chips as a stage has

std::vector<Option> options_of(const EngineLaunch& l) {
    const auto nothing = [](LaunchRead&, double) {};
    return {{&l.tensor, set_pin<&LayoutPins::tensor>},
            {&l.pipeline, set_pin<&LayoutPins::pipeline>},
            {&l.attention_data, set_pin<&LayoutPins::attention_data>},
            {&l.expert,
             [](LaunchRead& read, double value) {
                 read.layout.expert = value > 0 ? static_cast<std::int64_t>(value) : over_all;
             }},
            {&l.max_batched_tokens, set_limit<&EngineOverrides::max_batched_tokens>},
            {&l.max_sequences, set_limit<&EngineOverrides::max_sequences>},
            {&l.block_size, set_limit<&EngineOverrides::block_size>},
            {&l.memory_share,
             [](LaunchRead& read, double value) { read.limits.memory_share = value; }, true},
            {&l.max_length, nothing},
            {&l.options_file, nothing},
            {&l.prefix_on, [](LaunchRead& read, double) { read.limits.prefix_cache = true; }},
            {&l.prefix_off, [](LaunchRead& read, double) { read.limits.prefix_cache = false; }},
            {&l.cache_fp8, [](LaunchRead& read, double) { read.cache = CacheForm::fp8; }},
            {&l.weights_fp8, [](LaunchRead& read, double) { read.weights = WeightForm::fp8; }}};
}

class Reader {
public:
    Reader(const Engine& engine, std::vector<std::string> words)
        : engine_(engine), words_(std::move(words)) {}

    Result<LaunchRead> read() {
        read_.engine = engine_.id;
        at_ = words_before_model(engine_.launch).size();
        read_.model = words_[at_++];
        while (at_ < words_.size()) {
            if (!take_option() && !take_other()) refuse("is no option that it has");
        }
        if (!faults_.empty()) return failure(std::move(faults_));
        settle();
        return read_;
    }

private:
    void refuse(const char* why) {
        faults_.push_back({{"--from-flags", 0, 0},
                           fmt::format("{}: '{}' {}", engine_.id, excerpt(words_[at_]), why),
                           "by " + engine_.launch.documented});
        ++at_;
    }

    bool take_option() {
        for (const Option& option : options_of(engine_.launch)) {
            if (option.text->empty() || option.text->starts_with(in_file)) continue;
            if (takes(plain_words(*option.text), option)) return true;
        }
        return false;
    }

    /// Its words in order; the last may be a value.
    bool takes(std::vector<std::string> words, const Option& option) {
        const bool valued = words.back() == value_mark;
        if (valued) words.pop_back();
        if (at_ + words.size() > words_.size()) return false;
        const auto here = words_.begin() + static_cast<std::ptrdiff_t>(at_);
        if (!std::equal(words.begin(), words.end(), here)) return false;
        at_ += words.size();
        if (!valued) {
            option.set(read_, 0);
            return true;
        }
        const bool there = at_ < words_.size();
        const auto value = there ? number_of(words_[at_]) : std::nullopt;
        if (option.text == &engine_.launch.options_file) {
            at_ += there ? 1 : 0;
        } else if (!value || !option.takes(*value)) {
            at_ -= there ? 0 : 1;
            refuse("is no value that it takes");
        } else {
            ++at_;
            option.set(read_, *value);
        }
        return true;
    }

    bool take_other() {
        const std::vector<std::string>& others = engine_.launch.others;
        if (std::ranges::find(others, words_[at_]) == others.end()) return false;
        ++at_;
        if (at_ < words_.size() && !words_[at_].starts_with("-")) ++at_;
        return true;
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
        if (pins.expert == over_all) pins.expert = stage;
        one(pins.expert);
    }

    const Engine& engine_;
    std::vector<std::string> words_;
    std::size_t at_ = 0;
    LaunchRead read_;
    Faults faults_;
};

}  // namespace

LaunchText launch_text(const Catalog& catalog, const ServeAnswer& answer, double rate) {
    const Engine& engine = part_named(catalog.engines, answer.engine);
    const EngineLaunch& launch = engine.launch;
    Command command(launch);
    command.text.engine = engine.id;
    if (launch.command.empty()) return command.text;
    const Replica& r = answer.pools.front().fleet.replica;
    const std::string model = quoted(hub_name(catalog, answer.asked.model));
    command.text.documented = launch.documented;
    command.text.command = filled(launch.command, model);
    const bool all = launch.tensor_counts_all;
    command.add(launch.tensor, all ? r.ways.stage_chips() : r.ways.tensor);
    if (r.ways.pipeline > 1) command.add(launch.pipeline, r.ways.pipeline);
    if (r.ways.attention_data > 1) command.add(launch.attention_data, r.ways.attention_data);
    if (r.ways.expert > 1) command.add(launch.expert, r.ways.expert);
    command.add(launch.max_batched_tokens, real(r.engine.max_batched_tokens));
    command.add(launch.max_sequences, real(r.engine.max_sequences));
    if (answer.asked.limits.block_size) command.add(launch.block_size, real(r.engine.block_size));
    command.add(launch.memory_share, fmt::format("{:.4g}", r.engine.memory_share));
    command.add(r.engine.prefix_cache ? launch.prefix_on : launch.prefix_off, "");
    if (answer.asked.cache == CacheForm::fp8) command.add(launch.cache_fp8, "");
    // a model that is published narrow, or under a name of its own, needs no cast
    const bool cast = answer.forms == name_of(WeightForm::fp8) && !is_narrow(r.model);
    if (cast) command.add(launch.weights_fp8, "");
    command.end();
    command.text.benchmark = benchmark_text(model, answer, rate);
    return command.text;
}

Result<LaunchRead> read_launch(const Catalog& catalog, const std::string& text,
                               const std::string& named) {
    const std::vector<std::string> words = words_of(text);
    const Engine* engine = engine_of(catalog, words, named);
    if (engine == nullptr) {
        return failure({{{"--from-flags", 0, 0},
                         fmt::format("'{}' starts no engine of the catalog", excerpt(text)),
                         "such as \"vllm serve MODEL --tensor-parallel-size 4\""}});
    }
    return Reader(*engine, words).read();
}

}  // namespace millwright

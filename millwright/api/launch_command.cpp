// Where the release has options for them, the budget, the limit of sequences, the share of memory
// and the prefix cache are always written, even at the engine's defaults: figures rest on them.
// Of ways that are one, tensor's alone is written. What an engine has no option for is noted. The
// file of options is named last, when it is known whether there is one.
#include "millwright/api/launch_command.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/shell.h"
#include "millwright/base/whole.h"

namespace millwright {
namespace {

/// The option with its value in place of the marks.
std::string filled(std::string option, const std::string& value) {
    const std::size_t more = option.find(option_mark_and_one);
    if (more != std::string::npos) {
        const double next = number_of(value).value_or(0) + 1;
        option.replace(more, option_mark_and_one.size(), fmt::format("{:.0f}", next));
    }
    const std::size_t at = option.find(option_mark);
    if (at != std::string::npos) option.replace(at, option_mark.size(), value);
    return option;
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
    void add(const std::string& option, const std::string& value) {
        if (option.empty()) return;
        if (option.starts_with(option_in_file)) {
            return add_line(filled(option.substr(option_in_file.size()), value), made.options);
        }
        for (const std::string& word : shell_words(option)) {
            made.words.push_back(filled(word, value));
        }
    }
    void add(const std::string& option, double value) { add(option, fmt::format("{:.0f}", value)); }

    EngineCommand made;
};

bool is_narrow(const Model& model) {
    return model.kept_attention != WeightForm::bf16 || model.kept_dense != WeightForm::bf16 ||
           model.kept_experts != WeightForm::bf16;
}

/// Drafts are made by prediction blocks of the model: any other model that makes them has a name
/// that the question does not tell.
void add_speculation(const EngineLaunch& launch, const Replica& r, Command& command) {
    const double depth = r.engine.speculation.depth;
    if (depth <= 0) return;
    const bool blocks = r.model.mtp_layers.known() && r.model.mtp_layers.value > 0;
    if (blocks && !launch.speculation.empty()) return command.add(launch.speculation, depth);
    command.made.notes.push_back(
        fmt::format("the command drafts no tokens, {}; the figures are with {:.0f} drafted a step",
                    blocks ? "as its engine's file has no option for it"
                           : "as the model has no prediction blocks: add the model that drafts",
                    depth));
}

/// What figures are with and the command does not say.
void note_unsaid(const ServeAnswer& answer, const EngineLaunch& launch, const Replica& r,
                 EngineCommand& made) {
    const double places = redundant_experts(r);
    const bool unsaid = (places > 0 && launch.redundant_experts.empty()) ||
                        (overlaps_exchange(r) && launch.two_batch_overlap.empty());
    if (unsaid) {
        made.notes.push_back(fmt::format(
            "the command cannot say all of copies of experts and overlap; the figures are with "
            "{:.0f} further places and two-batch overlap {}",
            places, overlaps_exchange(r) ? "on" : "off"));
    }
    if (r.engine.adapters.count > 0 && launch.adapters.empty()) {
        made.notes.push_back(
            fmt::format("the command has no option for adapters; the figures are with {}",
                        r.engine.adapters.count));
    }
    if (answer.forms == name_of(WeightForm::int8) && r.model.kept_dense != WeightForm::int8) {
        made.notes.emplace_back(
            "the figures are with weights in INT8: name a model that was converted");
    }
}

}  // namespace

std::string hub_name(const Catalog& catalog, const std::string& named) {
    const Model* model = find_part(catalog.models, named);
    if (model == nullptr) return named;
    const auto on_hub = std::ranges::find_if(
        model->aliases, [](const std::string& alias) { return contains(alias, "/"); });
    return on_hub != model->aliases.end() ? *on_hub : model->id;
}

EngineCommand engine_command(const EngineLaunch& launch, const std::string& model,
                             const ServeAnswer& answer, const ServePool& pool,
                             const std::string& options_path) {
    const Replica& r = pool.fleet.replica;
    Command command;
    command.add(launch.command, model);
    const bool all = launch.tensor_counts_all;
    command.add(launch.tensor, all ? r.ways.stage_chips() : r.ways.tensor);
    if (r.ways.pipeline > 1) command.add(launch.pipeline, r.ways.pipeline);
    if (r.ways.attention_data > 1) command.add(launch.attention_data, r.ways.attention_data);
    if (r.ways.expert > 1) command.add(launch.expert, r.ways.expert);
    if (redundant_experts(r) > 0) command.add(launch.redundant_experts, redundant_experts(r));
    if (overlaps_exchange(r)) command.add(launch.two_batch_overlap, "");
    command.add(launch.max_batched_tokens, real(r.engine.max_batched_tokens));
    command.add(launch.max_sequences, real(r.engine.max_sequences));
    if (answer.asked.limits.block_size) command.add(launch.block_size, real(r.engine.block_size));
    command.add(launch.memory_share, fmt::format("{:.4g}", r.engine.memory_share));
    command.add(r.engine.prefix_cache ? launch.prefix_on : launch.prefix_off, "");
    if (answer.asked.cache == CacheForm::fp8) command.add(launch.cache_fp8, "");
    // a model that is published narrow, or under a name of its own, needs no cast
    const bool cast = answer.forms == name_of(WeightForm::fp8) && !is_narrow(r.model);
    if (cast) command.add(launch.weights_fp8, "");
    if (r.engine.adapters.count > 0) {
        command.add(launch.adapters, real(r.engine.adapters.count));
        command.add(launch.adapter_rank, real(r.engine.adapters.rank));
    }
    if (pool.role == "prompts") command.add(launch.prompts_role, "");
    if (pool.role == "answers") command.add(launch.answers_role, "");
    add_speculation(launch, r, command);
    note_unsaid(answer, launch, r, command.made);
    if (!command.made.options.empty()) command.add(launch.options_file, options_path);
    return std::move(command.made);
}

}  // namespace millwright

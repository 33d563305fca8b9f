// millwright deploy: the cheapest way to serve so much traffic in time.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "apps/cli/serve_arguments.h"
#include "millwright/api/deploy.h"
#include "millwright/base/faults.h"
#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/whole.h"
#include "millwright/report/deploy_files.h"
#include "millwright/report/deploy_json.h"
#include "millwright/report/deploy_text.h"
#include "millwright/report/json_text.h"

namespace millwright::app {
namespace {

struct DeployArguments {
    DeployQuestion question;
    EngineArguments engine;
    LoadArguments load;
    std::vector<std::string> precisions;
    std::string chips, cache = "bf16", first_token, per_token, flags, out;
};

std::optional<std::int64_t> count_of(const std::string& text) {
    const auto number = number_of(text);
    if (!number || *number != std::floor(*number) || std::abs(*number) > 1e15) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

constexpr std::int64_t most_deployed = 100'000;

/// "8" or "4..32".
void read_chips(const std::string& text, DeployQuestion& q, Faults& faults) {
    const std::size_t dots = text.find("..");
    const auto low = count_of(text.substr(0, dots));
    const auto high = dots == std::string::npos ? low : count_of(text.substr(dots + 2));
    if (low && high && *low >= 1 && *low <= *high && *high <= most_deployed) {
        q.least_chips = *low;
        q.most_chips = *high;
        return;
    }
    faults.push_back({{"--chips", 0, 0},
                      fmt::format("'{}' is no number and no range of chips", excerpt(text)),
                      fmt::format("such as 8 or 4..32, {} at most", most_deployed)});
}

/// How many tokens are drafted the command says, how many of them are right only the user.
void check_drafts(std::optional<std::int64_t> drafted, const Speculation& asked, Faults& faults) {
    if (!drafted || asked.depth == real(*drafted)) return;
    const std::string command = counted(*drafted, "token");
    const std::string message =
        asked.depth > 0 ? fmt::format("the command drafts {} a step, --speculate says {:.0f}",
                                      command, asked.depth)
                        : fmt::format(
                              "the command drafts {} a step, and no command says how many "
                              "of them are right",
                              command);
    faults.push_back(
        {{"--from-flags", 0, 0},
         message,
         fmt::format("add --speculate {}:ACCEPTANCE, such as {}:0.7", *drafted, *drafted)});
}

/// What a command line of an engine sets; options of this program beside it go before it.
void use_flags(const DeployArguments& a, const Catalog& catalog, DeployQuestion& q,
               Faults& faults) {
    if (a.flags.empty()) {
        if (q.model.empty()) {
            faults.push_back({{"--model", 0, 0}, "no model is named", "give it or --from-flags"});
        }
        return;
    }
    auto read = read_launch(catalog, a.flags, q.engine);
    if (!read) return append(faults, std::move(read.error()));
    if (q.model.empty()) q.model = read->model;
    if (q.engine.empty()) q.engine = read->engine;
    if (read->cache == CacheForm::fp8) q.cache = read->cache;
    if (q.precisions.empty() && read->weights) q.precisions.push_back(*read->weights);
    const Model* model = find_part(catalog.models, q.model);
    const bool plain = model != nullptr && model->kept_attention == WeightForm::bf16 &&
                       model->kept_dense == WeightForm::bf16 &&
                       model->kept_experts == WeightForm::bf16;
    // an engine casts no weights unless it is told to
    if (q.precisions.empty() && plain) q.precisions.push_back(WeightForm::bf16);
    const auto take = [](auto& into, const auto& from) {
        if (!into) into = from;
    };
    take(q.layout.tensor, read->layout.tensor);
    take(q.layout.pipeline, read->layout.pipeline);
    take(q.layout.expert, read->layout.expert);
    take(q.layout.attention_data, read->layout.attention_data);
    take(q.limits.max_batched_tokens, read->limits.max_batched_tokens);
    take(q.limits.max_sequences, read->limits.max_sequences);
    take(q.limits.block_size, read->limits.block_size);
    take(q.limits.memory_share, read->limits.memory_share);
    take(q.limits.prefix_cache, read->limits.prefix_cache);
    take(q.limits.redundant_experts, read->limits.redundant_experts);
    take(q.limits.two_batch_overlap, read->limits.two_batch_overlap);
    if (q.limits.adapters.count == 0) q.limits.adapters = read->limits.adapters;
    if (read->apart) {
        faults.push_back({{"--from-flags", 0, 0},
                          "the command is of a pool for prompts or for answers alone",
                          "leave out what says so, and give --pools to try such pools"});
    }
    q.max_length = read->max_length;
    check_drafts(read->drafted, q.limits.speculation, faults);
}

DeployQuestion question_of(const DeployArguments& a, const Catalog& catalog) {
    Faults faults;
    DeployQuestion q = a.question;
    read_chips(a.chips, q, faults);
    for (const std::string& name : a.precisions) q.precisions.push_back(weight_form(name));
    q.cache = enum_named<CacheForm>(a.cache).value();
    q.limits = limits_of(a.engine, faults);
    use_flags(a, catalog, q, faults);
    q.load = load_of(a.load, faults);
    q.promise.first_token = time_of("--ttft-p99", a.first_token, faults);
    q.promise.per_token = time_of("--tpot-p99", a.per_token, faults);
    if (!faults.empty()) throw UserFault{std::move(faults)};
    return q;
}

/// Launch files where the engine tells its options; what an earlier run left and this does not
/// write goes.
void write_deployment(const std::string& folder, const DeployAnswer& answer,
                      const std::string& json) {
    std::vector<OutputFile> files{{"deploy.json", json}};
    for (auto& [name, text] : deploy_files(answer)) files.push_back({name, std::move(text)});
    std::vector<std::string> names;
    for (const OutputFile& file : files) names.push_back(file.name);
    write_or_throw(folder, files, [](const std::string& name) {
        const std::vector<std::string> all = deploy_file_names();
        return std::ranges::find(all, name) != all.end();
    });
    std::cerr << "wrote " << join(names, ", ") << " to " << folder << "\n";
}

/// Exit code 1 where no deployment keeps the promise.
int run_deploy(const DeployArguments& a, const Common& common) {
    const DeployQuestion question = question_of(a, catalog(common));
    std::vector<std::string> files = deploy_file_names();
    files.emplace_back("deploy.json");
    if (!a.out.empty()) {
        Faults faults = check_output(a.out, files);
        if (!faults.empty()) throw UserFault{std::move(faults)};
    }
    const auto began = std::chrono::steady_clock::now();
    const DeployAnswer answer = value_or_throw(deploy(question, setting_of(common)));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    show_progress("", 1);
    const std::string json = json_text(deploy_answer_json(answer, took.count())) + "\n";
    if (!a.out.empty()) write_deployment(a.out, answer, json);
    std::cout << (common.json ? json : deploy_answer_text(answer, took.count()));
    return answer.feasible() ? exit_done : exit_impossible;
}

void add_what(CLI::App& command, DeployArguments& a) {
    DeployQuestion& q = a.question;
    command.add_option("--model", q.model, "model of the catalog, or a config.json")
        ->type_name("MODEL");
    command
        .add_option("--from-flags", a.flags,
                    "command line of an engine, such as \"vllm serve MODEL "
                    "--tensor-parallel-size 4\": model, engine, ways and limits are as it says")
        ->type_name("TEXT");
    command
        .add_option("--server", q.servers,
                    "servers of the catalog to choose among, one of which "
                    "all replicas run on; may be given more than once")
        ->required()
        ->delimiter(',')
        ->type_name("SERVER");
    command
        .add_option("--chips", a.chips, "accelerators of a deployment: a number, or a range A..B")
        ->required()
        ->type_name("A..B");
    command
        .add_option("--engine", q.engine, "engine of the catalog; by the chip's maker if left out")
        ->type_name("ENGINE");
    command
        .add_option("--precision", a.precisions,
                    "of weights (fp4: nvfp4), several to choose among; as published where narrow, "
                    "else fp8 or bf16")
        ->delimiter(',')
        ->check(CLI::IsMember(weight_forms()));
    command.add_option("--kv-precision", a.cache, "of keys and values")
        ->capture_default_str()
        ->check(CLI::IsMember(names_of<CacheForm>()));
    add_count(command, "--tensor", q.layout.tensor, "ways of a replica; searched if left out",
              most_chips);
    add_count(command, "--pipeline", q.layout.pipeline, "stages of a replica", most_chips);
    add_count(command, "--expert", q.layout.expert, "ways over which whole experts are spread",
              most_chips);
    add_count(command, "--attention-data", q.layout.attention_data,
              "ranks that attend to sequences of their own and share the experts", most_chips);
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command =
        app.add_subcommand("deploy", "the cheapest way to serve so much traffic in time");
    command->footer(
        "\nTries every layout of a replica, with two token budgets each, on the fewest replicas "
        "that\nkeep what is promised to 99 users in a hundred; docs/serving.md has more. "
        "Examples:\n"
        "  millwright deploy --model llama-3.1-70b --server hgx-h100 --chips 4..32 --rate 8 \\\n"
        "      --prompt \"lognormal(1024,0.8)\" --output 256 --ttft-p99 2s --tpot-p99 50ms\n"
        "  millwright deploy --model llama-3.1-8b --server hgx-h100 --server hgx-h20 \\\n"
        "      --chips 1..16 --rate 20 --tpot-p99 30ms\n"
        "  millwright deploy --model llama-3.1-8b --server hgx-h100 --chips 8 --most \\\n"
        "      --extra hgx-h100 --extra hgx-h20 --ttft-p99 1s --tpot-p99 30ms\n");
    auto a = std::make_shared<DeployArguments>();
    add_what(*command, *a);
    add_engine(*command, a->engine);
    add_load(*command, a->load, false);
    command->add_option("--ttft-p99", a->first_token, "promised for the first token, such as 2s");
    command->add_option("--tpot-p99", a->per_token, "promised for each other, such as 50ms");
    command
        ->add_option("--out", a->out,
                     "folder for deploy.json, launch.sh, benchmark.sh, options.yaml and manifests "
                     "of Kubernetes")
        ->type_name("DIR");
    command->add_flag("--pools", a->question.pools,
                      "try prompts and answers on replicas of their own too, of any two servers");
    command->add_flag("--most", a->question.most,
                      "the most traffic that all the chips keep in time, in place of a rate");
    command
        ->add_option("--extra", a->question.extras,
                     "with --most: what one more of this server would add; may be given more than\n"
                     "once")
        ->delimiter(',')
        ->type_name("SERVER");
    command->add_option("--top", a->question.top, "deployments to print")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    command->callback([a, &common, &exit_code] { exit_code = run_deploy(*a, common); });
}

const Registered registered({CommandGroup::designs, "deploy", add});

}  // namespace
}  // namespace millwright::app

// millwright serve: what a deployment does with requests.
#include <cmath>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/bounds.h"
#include "apps/cli/cluster_arguments.h"
#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/output.h"
#include "apps/cli/serve_arguments.h"
#include "millwright/api/serve.h"
#include "millwright/base/faults.h"
#include "millwright/base/units.h"
#include "millwright/report/html.h"
#include "millwright/report/json_text.h"
#include "millwright/report/serve_run_json.h"
#include "millwright/report/serve_run_text.h"
#include "millwright/report/serve_trace.h"

namespace millwright::app {
namespace {

struct ServeArguments {
    ServeQuestion question;
    EngineArguments engine;
    LoadArguments load;
    std::string precision, cache = "bf16", first_token, per_token, chip_hour, out;
    ClusterArguments cluster;
};

/// What was typed, in types; all that cannot be read at once.
ServeQuestion question_of(const ServeArguments& a) {
    Faults faults;
    ServeQuestion q = a.question;
    if (!a.precision.empty()) q.precision = weight_form(a.precision);
    q.cache = enum_named<CacheForm>(a.cache).value();
    q.limits = limits_of(a.engine, faults);
    q.load = load_of(a.load, faults);
    q.cluster = cluster_of(a.cluster, q.load.seed, faults);
    q.objectives.first_token = time_of("--ttft", a.first_token, faults);
    q.objectives.per_token = time_of("--tpot", a.per_token, faults);
    if (!a.chip_hour.empty()) q.chip_hour = price_of("--chip-hour", a.chip_hour, faults);
    q.keep_requests = !a.out.empty();
    if (!faults.empty()) throw UserFault{std::move(faults)};
    return q;
}

/// Files are written before the text is printed, so that a failed run prints nothing; exit code 1
/// where the deployment holds no request, of which nothing is written.
int run_serve(const ServeArguments& a, const Common& common) {
    ServeQuestion question = question_of(a);
    question.timeline = common.json;
    if (!a.out.empty()) {
        Faults faults =
            check_output(a.out, {"serve.json", "requests.csv", "report.html", "trace.json"});
        if (!faults.empty()) throw UserFault{std::move(faults)};
    }
    const ServeAnswer answer = value_or_throw(serve(question, setting_of(common)));
    show_progress("", 1);
    const std::string json = json_text(serve_answer_json(answer)) + "\n";
    if (!a.out.empty() && answer.feasible()) {
        write_or_throw(a.out, {{"serve.json", json},
                               {"requests.csv", served_csv(answer)},
                               {"report.html", serve_html(answer)},
                               {"trace.json", serve_trace_json(answer)}});
        std::cerr << "wrote serve.json, requests.csv, report.html and trace.json ("
                  << traced_text(answer) << ") to " << a.out << "\n";
    }
    std::cout << (common.json ? json : serve_answer_text(answer));
    return answer.feasible() ? exit_done : exit_impossible;
}

void add_deployment(CLI::App& command, ServeArguments& a) {
    ServeQuestion& q = a.question;
    command.add_option("--model", q.model, "model of the catalog, or a config.json")
        ->required()
        ->type_name("MODEL");
    command.add_option("--server", q.server, "server or rack of the catalog")
        ->required()
        ->type_name("SERVER");
    command.add_option("--chips", q.chips, "accelerators there are")
        ->required()
        ->check(CLI::Range(std::int64_t{1}, most_chips));
    command
        .add_option("--engine", q.engine, "engine of the catalog; by the chip's maker if left out")
        ->type_name("ENGINE");
    command
        .add_option("--precision", a.precision,
                    "of weights (fp4: nvfp4); as published where narrow, else fp8 or bf16")
        ->check(CLI::IsMember(weight_forms()));
    command.add_option("--kv-precision", a.cache, "of keys and values")
        ->capture_default_str()
        ->check(CLI::IsMember(names_of<CacheForm>()));
}

void add_layout(CLI::App& command, ServeArguments& a) {
    ServeQuestion& q = a.question;
    add_count(command, "--tensor", q.layout.tensor,
              "ways of a replica; the fewest that hold the requests if left out", most_chips);
    add_count(command, "--pipeline", q.layout.pipeline, "stages of a replica", most_chips);
    add_count(command, "--expert", q.layout.expert, "ways over which whole experts are spread",
              most_chips);
    add_count(command, "--data", q.data, "copies of a replica behind its door", most_chips);
    add_count(command, "--attention-data", q.layout.attention_data,
              "ranks that attend to sequences of their own and share the experts", most_chips);
    add_count(command, "--replicas", q.replicas, "of the deployment; all that fit if left out",
              most_chips);
    add_count(command, "--prefill", q.prefill, "chips of a pool for prompts alone, with --decode",
              most_chips);
    add_count(command, "--decode", q.decode, "chips of a pool for answers alone", most_chips);
    command
        .add_option("--decode-server", q.decode_server,
                    "server of the pool for answers, if not that of --server")
        ->type_name("SERVER");
}

void add(CLI::App& app, const Common& common, int& exit_code) {
    CLI::App* command =
        app.add_subcommand("serve", "latency, throughput and cost of serving a model");
    command->footer(
        "\nSimulates every request: how long users wait for the first token and for each that\n"
        "follows, what the chips do meanwhile, and what a million tokens cost. Requests come by "
        "one\n"
        "of --rate, --concurrency and --trace. docs/serving.md has more.\n"
        "Examples:\n"
        "  millwright serve --model llama-3.1-8b --server hgx-h100 --chips 8 --rate 40 \\\n"
        "      --prompt \"lognormal(1024,0.5)\" --output 256 --ttft 1s --tpot 50ms\n"
        "  millwright serve --model llama-3.1-70b --server hgx-h200 --chips 4 --concurrency 64\n"
        "  millwright serve --model llama-3.1-8b --server hgx-h100 --chips 1 --trace log.csv\n");
    auto a = std::make_shared<ServeArguments>();
    add_deployment(*command, *a);
    add_layout(*command, *a);
    add_cluster(*command, a->cluster);
    add_engine(*command, a->engine);
    add_load(*command, a->load, true);
    command->add_option("--ttft", a->first_token, "objective for the first token, such as 2s");
    command->add_option("--tpot", a->per_token, "objective for each that follows, such as 50ms");
    command->add_option("--chip-hour", a->chip_hour,
                        "price of an hour of a chip, such as \"2 USD\", in place of its cost");
    command->add_flag("--curves", a->question.curves,
                      "throughput against interactivity, latency against rate with its knee");
    command
        ->add_option("--out", a->out,
                     "folder for serve.json, requests.csv, report.html and trace.json")
        ->type_name("DIR");
    command->callback([a, &common, &exit_code] { exit_code = run_serve(*a, common); });
}

const Registered registered({CommandGroup::designs, "serve", add});

}  // namespace
}  // namespace millwright::app

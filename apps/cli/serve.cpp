// millwright serve: what a deployment does with requests.
#include <cmath>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/bounds.h"
#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/output.h"
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

constexpr std::int64_t most_chips = 10'000'000, most_tokens = 1'000'000'000;

struct ServeArguments {
    ServeQuestion question;
    std::string precision, cache = "bf16", arrivals, prompt, output;
    std::string prefix_cache, speculate, first_token, per_token, out;
    std::string router = "round-robin";
};

Seconds time_of(const char* option, const std::string& text, Faults& faults) {
    if (text.empty()) return {};
    std::string why;
    const auto time = parse_as<Seconds::dimension>(text, why);
    if (time && *time > Seconds{}) return *time;
    faults.push_back({{option, 0, 0},
                      why.empty() ? fmt::format("'{}' is not more than zero", text) : why,
                      "such as 2s or 50ms"});
    return {};
}

std::optional<Lengths> lengths_of(const char* option, const std::string& text, Faults& faults) {
    if (text.empty()) return std::nullopt;
    auto lengths = read_lengths(text, option);
    if (lengths) return std::move(*lengths);
    append(faults, std::move(lengths.error()));
    return std::nullopt;
}

/// "3:0.7": drafted tokens, and the chance of each.
void read_speculation(const std::string& text, EngineOverrides& limits, Faults& faults) {
    if (text.empty()) return;
    const std::size_t colon = text.find(':');
    const bool two = colon != std::string::npos;
    const auto depth = two ? number_of(text.substr(0, colon)) : std::nullopt;
    const auto chance = two ? number_of(text.substr(colon + 1)) : std::nullopt;
    const bool whole = depth && *depth >= 1 && *depth <= 64 && *depth == std::floor(*depth);
    if (!whole || !chance || !(*chance >= 0 && *chance <= 1)) {
        faults.push_back({{"--speculate", 0, 0},
                          fmt::format("'{}' is not DEPTH:ACCEPTANCE", excerpt(text)),
                          "tokens from 1 to 64 and a chance from 0 to 1, such as 3:0.7"});
        return;
    }
    limits.draft = static_cast<std::int64_t>(*depth);
    limits.acceptance = *chance;
}

/// What was typed, in types; all that cannot be read at once.
ServeQuestion question_of(const ServeArguments& a) {
    Faults faults;
    ServeQuestion q = a.question;
    if (!a.precision.empty()) {
        q.precision = enum_named<WeightForm>(a.precision == "fp4" ? "nvfp4" : a.precision);
    }
    q.cache = enum_named<CacheForm>(a.cache).value();
    if (!a.arrivals.empty()) q.load.arrivals = enum_named<ArrivalKind>(a.arrivals);
    if (!a.prefix_cache.empty()) q.limits.prefix_cache = a.prefix_cache == "on";
    read_speculation(a.speculate, q.limits, faults);
    q.load.prompt = lengths_of("--prompt", a.prompt, faults);
    q.load.output = lengths_of("--output", a.output, faults);
    q.objectives.first_token = time_of("--ttft", a.first_token, faults);
    q.objectives.per_token = time_of("--tpot", a.per_token, faults);
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

std::vector<std::string> weight_forms() {
    std::vector<std::string> names = names_of<WeightForm>();
    names.emplace_back("fp4");
    return names;
}

/// A count that is left open where it is not given.
void add_count(CLI::App& command, const char* option, std::int64_t& into, const char* what,
               std::int64_t most) {
    command.add_option(option, into, what)->check(CLI::Range(std::int64_t{1}, most));
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
    command.add_option("--router", a.router, "how replicas get requests: round-robin, by turns")
        ->capture_default_str()
        ->check(CLI::IsMember({"round-robin"}));
    add_count(command, "--prefill", q.prefill, "chips for prompts alone (not built yet)",
              most_chips);
    add_count(command, "--decode", q.decode, "chips for answers alone (not built yet)", most_chips);
}

template <class Value>
void add_limit(CLI::App& command, const char* option, std::optional<Value>& into, const char* what,
               const CLI::Validator& limits) {
    command.add_option(option, into, what)->check(limits);
}

void add_engine(CLI::App& command, ServeArguments& a) {
    EngineOverrides& limits = a.question.limits;
    const CLI::Range count(std::int64_t{1}, most_tokens);
    add_limit(command, "--max-batched-tokens", limits.max_batched_tokens,
              "tokens of a step, at most", count);
    add_limit(command, "--max-sequences", limits.max_sequences, "running sequences, at most",
              count);
    add_limit(command, "--block-size", limits.block_size, "tokens of a block of the cache",
              CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}));
    add_limit(command, "--memory-share", limits.memory_share,
              "part of a chip's memory for weights and cache", between(0.01, 1));
    command.add_option("--prefix-cache", a.prefix_cache, "whether beginnings are kept")
        ->check(CLI::IsMember({"on", "off"}));
    command.add_option("--speculate", a.speculate,
                       "DEPTH:ACCEPTANCE, tokens drafted for a step and the chance of each");
}

void add_load(CLI::App& command, ServeArguments& a) {
    LoadAsked& load = a.question.load;
    command.add_option("--trace", load.trace, "requests to replay (docs/serving.md lists forms)")
        ->type_name("FILE");
    command.add_option("--rate", load.rate, "requests a second")->check(between(1e-6, 1e6));
    command.add_option("--arrivals", a.arrivals, "law by which they come; poisson if left out")
        ->check(CLI::IsMember({"poisson", "gamma", "constant"}));
    command
        .add_option("--variation", load.variation,
                    "of gaps of gamma arrivals, deviation over mean; 2 if left out")
        ->check(between(0.01, 100));
    add_count(command, "--concurrency", load.concurrency,
              "requests that are there at all times, in place of a rate", 10'000'000);
    add_count(command, "--requests", load.requests,
              "to serve; all of a trace, else 1000, or ten for each in flight", 1'000'000'000);
    command.add_option("--warm-up", load.warm_up, "first requests, whose latencies do not count")
        ->check(CLI::Range(0, 1'000'000'000));
    command
        .add_option("--prompt", a.prompt,
                    "tokens: a number, uniform(a,b), lognormal(mean,cv), a file of lengths")
        ->type_name("DIST");
    command.add_option("--output", a.output, "the same of answers")->type_name("DIST");
    add_count(command, "--prefix-tokens", load.prefix_tokens, "with which all prompts begin alike",
              most_tokens);
    command.add_option("--seed", load.seed, "of what is drawn")->capture_default_str();
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
    add_engine(*command, *a);
    add_load(*command, *a);
    command->add_option("--ttft", a->first_token, "objective for the first token, such as 2s");
    command->add_option("--tpot", a->per_token, "objective for each that follows, such as 50ms");
    command->add_flag("--curves", a->question.curves,
                      "throughput against interactivity, and latency against rate with its knee "
                      "(seconds)");
    command
        ->add_option("--out", a->out,
                     "folder for serve.json, requests.csv, report.html and trace.json")
        ->type_name("DIR");
    command->callback([a, &common, &exit_code] { exit_code = run_serve(*a, common); });
}

const Registered registered({CommandGroup::designs, "serve", add});

}  // namespace
}  // namespace millwright::app

// Plain numbers and words are checked by the parser of options, which ends at the first that is
// wrong. Texts with a grammar of their own are taken as they are and read afterwards into faults,
// so that all are told at once. What is not given stays open: defaults are chosen where notes can
// tell them.
#include "apps/cli/serve_arguments.h"

#include <cmath>

#include <fmt/format.h>

#include "apps/cli/bounds.h"
#include "apps/cli/commands.h"
#include "millwright/base/faults.h"
#include "millwright/base/units.h"

namespace millwright::app {
namespace {

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
    limits.speculation = {*depth, *chance};
}

template <class Value>
void add_limit(CLI::App& command, const char* option, std::optional<Value>& into, const char* what,
               const CLI::Validator& limits) {
    command.add_option(option, into, what)->check(limits);
}

}  // namespace

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

Dollars price_of(const char* option, const std::string& text, Faults& faults) {
    std::string why;
    const auto price = parse_as<Dollars::dimension>(text, why);
    if (price && *price >= Dollars{}) return *price;
    faults.push_back({{option, 0, 0},
                      why.empty() ? fmt::format("'{}' is less than zero", text) : why,
                      "such as \"2 USD\""});
    return {};
}

/// A count that is left open where it is not given.
void add_count(CLI::App& command, const char* option, std::int64_t& into, const char* what,
               std::int64_t most) {
    command.add_option(option, into, what)->check(CLI::Range(std::int64_t{1}, most));
}

std::vector<std::string> weight_forms() {
    std::vector<std::string> names = names_of<WeightForm>();
    names.emplace_back("fp4");
    return names;
}

WeightForm weight_form(const std::string& name) {
    return enum_named<WeightForm>(name == "fp4" ? "nvfp4" : name).value();
}

void add_engine(CLI::App& command, EngineArguments& a) {
    EngineOverrides& limits = a.limits;
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
    command
        .add_option("--redundant-experts", limits.redundant_experts,
                    "places for copies of experts; 32 where these span domains, else none")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{65'536}));
    command
        .add_option("--two-batch-overlap", a.overlap,
                    "halves of a step compute and exchange by turns; on where experts span\n"
                    "domains")
        ->check(CLI::IsMember({"on", "off"}));
    command
        .add_option("--lora-adapters", limits.adapters.count,
                    "low-rank adapters held at once, as likely as each other; none if left out")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000}));
    command.add_option("--lora-rank", limits.adapters.rank, "rank of each adapter")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{4096}));
    command
        .add_option("--structured-share", limits.structured_share,
                    "part of the answers that are held to a grammar, such as a JSON schema")
        ->check(between(0, 1));
    command.add_option("--speculate", a.speculate,
                       "DEPTH:ACCEPTANCE, tokens drafted for a step and the chance of each");
}

void add_load(CLI::App& command, LoadArguments& a, bool closed) {
    LoadAsked& load = a.load;
    command.add_option("--trace", load.trace, "requests to replay (docs/serving.md lists forms)")
        ->type_name("FILE");
    command.add_option("--rate", load.rate, "requests a second")->check(between(1e-6, 1e6));
    command.add_option("--arrivals", a.arrivals, "law by which they come; poisson if left out")
        ->check(CLI::IsMember({"poisson", "gamma", "constant"}));
    command
        .add_option("--variation", load.variation,
                    "of gaps of gamma arrivals, deviation over mean; 2 if left out")
        ->check(between(0.01, 100));
    if (closed) {
        add_count(command, "--concurrency", load.concurrency,
                  "requests that are there at all times, in place of a rate", 10'000'000);
    }
    add_count(command, "--requests", load.requests,
              closed ? "to serve; all of a trace, else 1000, or ten for each in flight"
                     : "of a run; all of a trace, else 4000",
              1'000'000'000);
    command.add_option("--warm-up", load.warm_up, "first requests, whose latencies do not count")
        ->check(CLI::Range(0, 1'000'000'000));
    command
        .add_option("--prompt", a.prompt,
                    "tokens: a number, uniform(a,b), lognormal(mean,cv), a file of lengths")
        ->type_name("DIST");
    command.add_option("--output", a.output, "the same of answers")->type_name("DIST");
    add_count(command, "--prefix-tokens", load.prefix_tokens,
              "with which all prompts of a group begin alike", most_tokens);
    add_count(command, "--prefix-groups", load.prefix_groups,
              "as likely as each other; 1 if left out", most_tokens);
    command
        .add_option("--turns", a.turns,
                    "of a conversation: a prompt is all that was said and --prompt tokens")
        ->type_name("DIST");
    command.add_option("--think", a.think, "mean time before the next turn; 30s if left out");
    add_count(command, "--images", load.images, "of each prompt, before its text", 1000);
    command
        .add_option("--tenants", a.tenants,
                    "file of [[tenant]] tables, kinds of users with shares, lengths, priorities")
        ->type_name("FILE");
    command
        .add_option("--fairness", a.fairness,
                    "among tenants that wait: first-come, or tokens, to the one served least")
        ->check(CLI::IsMember({"first-come", "tokens"}));
    command.add_option("--seed", load.seed, "of what is drawn")->capture_default_str();
}

EngineOverrides limits_of(const EngineArguments& a, Faults& faults) {
    EngineOverrides limits = a.limits;
    if (!a.prefix_cache.empty()) limits.prefix_cache = a.prefix_cache == "on";
    if (!a.overlap.empty()) limits.two_batch_overlap = a.overlap == "on";
    read_speculation(a.speculate, limits, faults);
    return limits;
}

LoadAsked load_of(const LoadArguments& a, Faults& faults) {
    LoadAsked load = a.load;
    if (!a.arrivals.empty()) load.arrivals = enum_named<ArrivalKind>(a.arrivals);
    load.prompt = lengths_of("--prompt", a.prompt, faults);
    load.output = lengths_of("--output", a.output, faults);
    load.turns = lengths_of("--turns", a.turns, faults);
    if (!a.think.empty()) load.think = time_of("--think", a.think, faults);
    load.fair = a.fairness == "tokens";
    if (a.tenants.empty()) return load;
    auto tenants = read_tenants(a.tenants);
    if (tenants) {
        load.tenants = std::move(*tenants);
    } else {
        append(faults, std::move(tenants.error()));
        load.fair = false;  // of whom is not known
    }
    return load;
}

}  // namespace millwright::app

// An option that says nothing without another is a fault, not passed over: whoever gave it
// expects an effect. Delays may be zero. Times that pass again and again are a millisecond at
// least, as a run has an event for each. All faults are gathered, beside those of load and
// engine.
#include "apps/cli/cluster_arguments.h"

#include <fmt/format.h>

#include "apps/cli/commands.h"
#include "apps/cli/serve_arguments.h"
#include "millwright/base/faults.h"
#include "millwright/base/units.h"

namespace millwright::app {
namespace {

/// No option of these says anything without the one that they belong to.
void need(const char* option, bool there,
          std::initializer_list<std::pair<const char*, const std::string*>> of_it, Faults& faults) {
    for (const auto& [name, text] : of_it) {
        if (there || text->empty()) continue;
        faults.push_back({{name, 0, 0},
                          fmt::format("says nothing without {}", option),
                          fmt::format("give {}, or leave it out", option)});
    }
}

template <class Value, class Read>
void read_into(Value& into, const std::string& text, Read&& read, Faults& faults) {
    if (text.empty()) return;
    auto value = read(text);
    if (value) {
        into = std::move(*value);
    } else {
        append(faults, std::move(value.error()));
    }
}

/// A delay that may be none.
Seconds delay_of(const char* option, const std::string& text, Faults& faults) {
    std::string why;
    const auto time = parse_as<Seconds::dimension>(text, why);
    return time && *time == Seconds{} ? Seconds{} : time_of(option, text, faults);
}

/// A time that passes again and again.
Seconds period_of(const char* option, const std::string& text, Faults& faults) {
    constexpr Seconds least = 1 * unit::ms;
    const Seconds time = time_of(option, text, faults);
    if (time <= Seconds{} || time >= least) return time;
    faults.push_back({{option, 0, 0},
                      fmt::format("'{}' is less than {}", text, to_text(least)),
                      "such as 15s or 2h"});
    return {};
}

Elasticity elasticity_of(const ClusterArguments& a, Faults& faults) {
    Elasticity e;
    read_into(
        e, a.autoscale, [](const std::string& t) { return read_elasticity(t, "--autoscale"); },
        faults);
    need("--autoscale", !a.autoscale.empty(),
         {{"--scale-interval", &a.interval},
          {"--cold-start", &a.cold_start},
          {"--scale-down-after", &a.settle}},
         faults);
    if (!a.interval.empty()) e.interval = period_of("--scale-interval", a.interval, faults);
    if (!a.settle.empty()) e.settle = time_of("--scale-down-after", a.settle, faults);
    e.cold_start = delay_of("--cold-start", a.cold_start, faults);
    return e;
}

ReplicaFailures failures_of(const ClusterArguments& a, std::uint64_t seed, Faults& faults) {
    ReplicaFailures f{.seed = seed};
    f.mean_between = period_of("--replica-mtbf", a.mtbf, faults);
    need("--replica-mtbf", !a.mtbf.empty(), {{"--replica-repair", &a.repair}}, faults);
    f.repair = a.repair.empty() ? 300 * unit::s : period_of("--replica-repair", a.repair, faults);
    return f;
}

}  // namespace

void add_cluster(CLI::App& command, ClusterArguments& a) {
    command
        .add_option("--router", a.router,
                    "which replica gets a request: by turns, the least loaded, the emptier of\n"
                    "two drawn, that of the conversation, or by cached prefix and load")
        ->capture_default_str()
        ->check(CLI::IsMember(names_of<RouterKind>()));
    command.add_option("--router-delay", a.router_delay,
                       "after which a prefix router knows of caches, such as 200ms");
    add_count(command, "--max-outstanding", a.most_each,
              "requests of a replica; what none of them takes is rejected", most_tokens);
    command
        .add_option("--cache-tier", a.tiers,
                    "memory of each chip for prefixes that leave it: host:64GB, disk:4TB:7GB/s\n"
                    "or pool:512GB, which all share; a link or a rate may follow the size")
        ->type_name("TIER");
    command
        .add_option("--transfer", a.transfer,
                    "of caches between pools: by layers, or whole behind the prompt")
        ->capture_default_str()
        ->check(CLI::IsMember({"layers", "whole"}));
    command.add_option("--autoscale", a.autoscale,
                       "LEAST:REQUESTS, replicas on at least and requests for each");
    command.add_option("--scale-interval", a.interval,
                       "between looks at the load; 15s if left out");
    command.add_option("--cold-start", a.cold_start,
                       "from a replica's start until it serves; none if left out");
    command.add_option("--scale-down-after", a.settle, "of no more being wanted; 300s if left out");
    command.add_option("--replica-mtbf", a.mtbf,
                       "mean time between failures of a replica; what it had goes to others");
    command.add_option("--replica-repair", a.repair, "of a failed replica; 300s if left out");
}

ClusterAsked cluster_of(const ClusterArguments& a, std::uint64_t seed, Faults& faults) {
    ClusterAsked asked;
    asked.router.kind = enum_named<RouterKind>(a.router).value();
    asked.router.most_each = a.most_each;
    asked.router.seed = seed;
    asked.router.delay = delay_of("--router-delay", a.router_delay, faults);
    need("--router prefix", asked.router.kind == RouterKind::prefix,
         {{"--router-delay", &a.router_delay}}, faults);
    asked.by_layers = a.transfer == "layers";
    asked.elasticity = elasticity_of(a, faults);
    asked.failures = failures_of(a, seed, faults);
    for (const std::string& text : a.tiers) {
        TierAsked tier;
        read_into(
            tier, text, [](const std::string& t) { return read_tier(t, "--cache-tier"); }, faults);
        asked.tiers.push_back(std::move(tier));
    }
    return asked;
}

}  // namespace millwright::app

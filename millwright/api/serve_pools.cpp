// Answers of several replicas under one clock: pools of prompts and of answers, routers, memory
// below the chips.
#include <fmt/format.h>

#include "millwright/api/plan.h"
#include "millwright/api/serve_steps.h"
#include "millwright/base/faults.h"
#include "millwright/base/plural.h"
#include "millwright/base/whole.h"
#include "millwright/factory/resolve.h"

namespace millwright {
namespace {

/// Each pool has its part of the cost; prompts share theirs by the time of their tokens.
TokenShares shares_of_pools(const ServeAnswer& answer, double part_of_prompts) {
    const ServePool& prompts = answer.pools.front();
    const TokenShares within = token_shares(prompts.times, prompts.outcome);
    const double sum = within.input + within.cached;
    const double part = part_of_prompts;
    if (sum <= 0) return {part, 0, 1 - part};
    return {part * within.input / sum, part * within.cached / sum, 1 - part};
}

std::string bound_of_pools(const ServeAnswer& answer) {
    const double prompts = answer.pools[0].busy_share(), answers = answer.pools[1].busy_share();
    const char* busier = prompts > answers ? "the pool of prompts" : "the pool of answers";
    if (answer.pools[0].outcome.saturated) return "the pool of prompts";
    if (answer.pools[1].outcome.saturated) return "the pool of answers";
    if (answer.asked.load.concurrency > 0) return busier;
    return fmt::format("the load (mostly {})", busier);
}

}  // namespace

Result<ServeParts> decode_parts(const Catalog& catalog, const ServeAnswer& answer,
                                ServeAnswer& base) {
    base.asked = answer.asked;
    base.asked.server = answer.asked.decode_server;
    base.asked.chips = answer.asked.decode;
    base.asked.prefill = base.asked.decode = 0;
    base.asked.decode_server.clear();
    auto parts = serve_parts(catalog, base);
    if (parts) return parts;
    Faults faults = std::move(parts.error());
    for (Fault& fault : faults) {
        if (fault.at.file == "--server") fault.at.file = "--decode-server";
    }
    return failure(std::move(faults));
}

namespace {

/// What is asked for and would say nothing, or cannot be.
Faults idle_faults(const ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    const Fleet& fleet = answer.pools.front().fleet;
    Faults faults;
    const auto refuse = [&](const char* option, std::string what, const char* hint) {
        faults.push_back({{option, 0, 0}, std::move(what), hint});
    };
    if (!q.cluster.by_layers && q.prefill == 0) {
        refuse("--transfer", "says nothing without pools apart", "give --prefill and --decode");
    }
    if (!is_moe(fleet.replica.model)) {
        const std::string none = q.model + " has no experts";
        if (q.limits.redundant_experts) refuse("--redundant-experts", none, "leave it out");
        if (q.limits.two_batch_overlap) refuse("--two-batch-overlap", none, "leave it out");
    }
    if (!q.cluster.tiers.empty() && !answer.span.shares) {
        refuse("--cache-tier", "says nothing where no prompts begin alike",
               "give --prefix-tokens, --turns, or a trace with beginnings");
    }
    const std::int64_t most = q.cluster.router.most_each;
    if (most > 0 && q.load.concurrency > most * fleet.replicas) {
        refuse("--max-outstanding",
               fmt::format("{} of each of {} are fewer than the {} requests kept under way", most,
                           counted(fleet.replicas, "replica"), q.load.concurrency),
               "give more, or --rate in place of --concurrency");
    }
    return faults;
}

}  // namespace

Faults set_cluster(const Catalog& catalog, ServeAnswer& answer) {
    const ClusterAsked& asked = answer.asked.cluster;
    ServePool& pool = answer.pools.front();
    Faults faults;
    auto tiers = tiers_on(catalog, answer.factory, asked.tiers);
    if (!tiers) append(faults, std::move(tiers.error()));
    if (tiers) pool.fleet.tiers = std::move(*tiers);
    const bool reads = asked.router.kind == RouterKind::prefix;
    if ((reads || !asked.tiers.empty()) && !pool.fleet.replica.engine.prefix_cache) {
        faults.push_back({{reads ? "--router" : "--cache-tier", 0, 0},
                          "the prefix cache is off",
                          "give --prefix-cache on"});
    }
    append(faults, idle_faults(answer));
    if (asked.elasticity.least > pool.fleet.replicas) {
        faults.push_back(
            {{"--autoscale", 0, 0},
             fmt::format("{} at least are more than the {} that the chips hold",
                         counted(asked.elasticity.least, "replica"), pool.fleet.replicas),
             "give fewer, or more --chips"});
    }
    return faults;
}

Cluster cluster_of(const Catalog& catalog, const ServeAnswer& answer) {
    const ClusterAsked& asked = answer.asked.cluster;
    Cluster cluster{.by_layers = asked.by_layers,
                    .router = asked.router,
                    .elasticity = asked.elasticity,
                    .failures = asked.failures};
    for (const ServePool& pool : answer.pools) cluster.pools.push_back(pool.fleet);
    if (answer.pools.size() < 2) return cluster;
    const Fabric& fabric = part_named(catalog.fabrics, default_fabric);
    cluster.between =
        resolve_factory(catalog, answer.factory.server, fabric, answer.chips(), {}).network;
    if (answer.pools[1].factory) {  // no scale-up domain holds chips of both
        const Bandwidth other = answer.pools[1].factory->network.outer.per_chip;
        cluster.between.domain = 1;
        cluster.between.outer.per_chip = min(cluster.between.outer.per_chip, other);
    }
    return cluster;
}

void settle_pools(const Catalog& catalog, ClusterOutcome out, ServeAnswer& answer) {
    for (std::size_t i = 0; i < answer.pools.size(); ++i) {
        ServePool& pool = answer.pools[i];
        pool.outcome = std::move(out.pools[i]);
        pool.times = token_times(pool.fleet.replica, pool.outcome);
    }
    answer.outcome = std::move(out.all);
    answer.transfer = std::move(out.transfer);
    answer.cluster = {out.rejected, out.failures, out.moved, out.starts};
    const double part = yearly_of(catalog, answer, answer.pools[0]) / yearly_of(catalog, answer);
    answer.shares = shares_of_pools(answer, part);
    answer.bound_by = bound_of_pools(answer);
    set_prices(catalog, answer);
}

void serve_pools(const RequestsAnew& requests, const Setting& setting, ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    const ServeLoad load = load_on(q);
    const Cluster cluster = cluster_of(setting.catalog, answer);
    settle_pools(setting.catalog,
                 simulate_cluster(cluster, load, q.objectives, requests(), record_of(answer)),
                 answer);
}

}  // namespace millwright

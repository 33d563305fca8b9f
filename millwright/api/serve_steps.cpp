// Faults come in rounds, as each needs what the one before made known: names and load, then ways
// and the factory, then warm-up, and what formats and requests ask of the replica. A bill is of
// whole servers, and a pool pays its chips' part of it. What bounds a run is sought from the load
// inward: a load that is kept up with, the cache, the limit of sequences, then the work of steps.
#include "millwright/api/serve_steps.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/api/plan.h"
#include "millwright/api/serve_load.h"
#include "millwright/base/faults.h"
#include "millwright/base/plural.h"
#include "millwright/base/whole.h"
#include "millwright/factory/resolve.h"
#include "millwright/serve/cluster.h"
#include "millwright/serve/layouts.h"
#include "millwright/serve/weight_forms.h"

namespace millwright {
namespace {

/// What a question's names and load mean.
struct Named {
    const Server* server = nullptr;
    const Engine* engine = nullptr;
    Model model;
    RequestsAnew requests;
};

Faults pool_faults(const ServeQuestion& q) {
    Faults faults;
    const auto refuse = [&](const char* option, const char* message, std::string hint) {
        faults.push_back({{option, 0, 0}, message, std::move(hint)});
    };
    if (q.prefill == 0 && q.decode == 0) {
        if (!q.decode_server.empty()) {
            refuse("--decode-server", "there is no pool for answers",
                   "give --prefill and --decode");
        }
        if (q.curves && (q.cluster.joint() || !q.cluster.tiers.empty())) {
            refuse("--curves",
                   "curves are of replicas that get requests by turns, all always on, without "
                   "memory below the chips",
                   "leave it out");
        }
        return faults;
    }
    if (q.prefill == 0) refuse("--prefill", "answers have a pool, prompts have none", "give both");
    if (q.decode == 0) refuse("--decode", "prompts have a pool, answers have none", "give both");
    if (q.prefill + q.decode > q.chips) {
        refuse("--chips", "the pools take more chips than there are",
               fmt::format("give --chips {}", q.prefill + q.decode));
    }
    if (q.replicas > 0) refuse("--replicas", "pools are as large as their chips", "leave it out");
    if (q.data > 1) refuse("--data", "pools are as large as their chips", "leave it out");
    if (q.cluster.elasticity.on()) {
        refuse("--autoscale", "pools of prompts and of answers do not grow", "leave it out");
    }
    if (q.curves) refuse("--curves", "curves are of replicas that do both", "leave it out");
    return faults;
}

/// Every name and the load at once.
Faults resolve_names(const Catalog& catalog, ServeAnswer& answer, Named& named) {
    const ServeQuestion& q = answer.asked;
    Faults faults;
    named.server = look_up<Server>(catalog, q.server, "--server", faults);
    if (!q.engine.empty()) named.engine = look_up<Engine>(catalog, q.engine, "--engine", faults);
    auto model = resolve_model(catalog, q.model, {"--model", 0, 0});
    if (!model) append(faults, model.error());
    if (model) answer.asked.load.image_tokens = model->vision_tokens.value;
    append(faults, pool_faults(q));
    Faults of_load = load_faults(q.load);
    if (of_load.empty()) {
        auto requests = requests_anew(q.load, answer.notes);
        if (!requests) of_load = std::move(requests.error());
        if (requests) named.requests = std::move(*requests);
    }
    append(faults, std::move(of_load));
    if (model) named.model = std::move(*model);
    return faults;
}

/// Chips that a layout needs where each way that is open is one.
std::int64_t fewest_chips(const ServeQuestion& q) {
    const auto one = [](std::int64_t pin) { return std::max<std::int64_t>(1, pin); };
    return one(q.layout.tensor) * one(q.layout.pipeline) * one(q.layout.attention_data) * q.data *
           one(q.replicas);
}

Faults size_faults(const ServeQuestion& q) {
    if (fewest_chips(q) <= q.chips) return {};
    return {{{"--chips", 0, 0},
             fmt::format("the ways and copies that are given take {}, there are {}",
                         counted(fewest_chips(q), "chip"), q.chips),
             fmt::format("give --chips {}, or fewer ways", fewest_chips(q))}};
}

/// A replica without layout and network; what it is made of is told in the answer.
Replica replica_for(const Catalog& catalog, const Named& named, ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    const Chip& chip = answer.factory.chip;
    const Engine& engine = named.engine != nullptr ? *named.engine : engine_for(catalog, chip);
    answer.engine = engine.id;
    const auto forms = forms_of(q.precision, named.model, engine, chip, answer.factory.rates);
    answer.forms = forms_text(forms, is_moe(named.model));
    Replica r = replica_in(forms, named.model, engine, chip, answer.factory.rates);
    if (q.cache == CacheForm::fp8) r.formats.cache_bytes = 1;
    override(q.limits, r.engine);
    for (const NamedTenant& tenant : q.load.tenants) {
        if (q.load.fair) r.engine.tenant_weights.push_back(tenant.weight);
    }
    r.longest = real(answer.span.longest);
    r.network = answer.factory.network;  // of all chips, until a layout is chosen
    return r;
}

Faults format_faults(const Replica& r, const Chip& chip) {
    for (const WeightFormat& format : {r.formats.attention, r.formats.dense, r.formats.experts}) {
        if (multiplies(r.chip, format.products)) continue;
        return {{{"--precision", 0, 0},
                 fmt::format("{} has no known {} products", chip.name, name_of(format.products)),
                 "choose another --precision"}};
    }
    return {};
}

/// What the model or its engine cannot do of what the requests ask.
Faults request_faults(const ServeQuestion& q, const Named& named, const Replica& r,
                      const std::string& engine) {
    Faults faults;
    if (q.load.images > 0 && !sees_images(named.model)) {
        faults.push_back({{"--images", 0, 0},
                          fmt::format("{} has no encoder of images in the catalog", q.model),
                          "choose a model with a [vision] table, such as gemma-3-27b"});
    }
    if (q.limits.structured_share > 0 && r.engine.figures.grammar <= Seconds{}) {
        faults.push_back({{"--structured-share", 0, 0},
                          fmt::format("{} has no figure for answers held to a grammar", engine),
                          "choose a later release of the engine"});
    }
    return faults;
}

const Factory& factory_of(const ServeAnswer& answer, const ServePool& pool) {
    return pool.factory ? *pool.factory : answer.factory;
}

void set_energy(ServeAnswer& answer) {
    const ServeOutcome& o = answer.outcome;
    const auto unknown = [&](const ServePool& pool) {
        return !factory_of(answer, pool).chip.power.known();
    };
    if (std::ranges::any_of(answer.pools, unknown) || o.seconds <= Seconds{}) return;
    answer.energy = Joules{};
    for (const ServePool& pool : answer.pools) {
        const double busy = pool.busy_share() * (pool.outcome.seconds / o.seconds);
        const double load =
            idle_power_share * pool.paid_chips() + (1 - idle_power_share) * busy * pool.chips();
        *answer.energy += load * factory_of(answer, pool).chip.power.value * o.seconds;
    }
}

/// What keeps the deployment from doing more. Steps are nearly always under way, so that these say
/// nothing: a load at its own times bounds what keeps up with it.
std::string bound_of(const ServeAnswer& answer) {
    const ServePool& pool = answer.pools.front();
    const EngineSettings& engine = pool.fleet.replica.engine;
    const ServeOutcome& o = answer.outcome;
    const std::string work = work_text(answer.shares);
    if (answer.asked.load.concurrency == 0 && !o.saturated) return "the load (mostly " + work + ")";
    if (o.most_cache > 0.97 && o.mean_cache > 0.8) return "room for the cache";
    // the limit is of an attention rank, and binds where more are there than it lets run
    const double limit = real(engine.max_sequences) * pool.fleet.replica.ways.attention_data *
                         real(pool.fleet.replicas);
    const bool more =
        answer.asked.load.concurrency == 0 || real(answer.asked.load.concurrency) > limit;
    if (more && o.mean_running > 0.9 * limit) {
        return fmt::format("the limit of {} sequences", engine.max_sequences);
    }
    return work;
}

}  // namespace

Faults set_factory(const Catalog& catalog, const Server& server, ServeAnswer& answer) {
    const double each = server.chips.value;
    const double chips = std::ceil(real(answer.asked.chips) / each) * each;
    const Fabric& fabric = part_named(catalog.fabrics, default_fabric);
    answer.factory = resolve_factory(catalog, server, fabric, chips, {});
    if (answer.factory.cannot.empty()) return {};
    return {{{"--server", 0, 0}, answer.factory.cannot, "choose another server or size"}};
}

Result<ServeParts> serve_parts(const Catalog& catalog, ServeAnswer& answer) {
    Named named;
    Faults faults = resolve_names(catalog, answer, named);
    if (!faults.empty()) return failure(std::move(faults));
    faults = layout_faults(named.model, answer.asked.layout);
    append(faults, size_faults(answer.asked));
    append(faults, set_factory(catalog, *named.server, answer));
    if (!faults.empty()) return failure(std::move(faults));
    answer.span = span_of(named.requests);
    if (answer.asked.load.warm_up >= narrow<std::uint64_t>(answer.span.count)) {
        return failure({{{"--warm-up", 0, 0},
                         "no request is left whose latency counts",
                         fmt::format("there are {}", counted(answer.span.count, "request"))}});
    }
    Replica replica = replica_for(catalog, named, answer);
    faults = format_faults(replica, answer.factory.chip);
    append(faults, request_faults(answer.asked, named, replica, answer.engine));
    if (!faults.empty()) return failure(std::move(faults));
    return ServeParts{std::move(replica), std::move(named.requests)};
}

ServePool pool_of(const Catalog& catalog, const ServeAnswer& answer, const Replica& replica,
                  const ServeWays& ways, std::int64_t replicas) {
    ServePool pool{.role = "all", .fleet = {with_ways(replica, ways), replicas}};
    const Fabric& fabric = part_named(catalog.fabrics, default_fabric);
    pool.fleet.replica.network =
        resolve_factory(catalog, answer.factory.server, fabric, ways.chips(), {}).network;
    pool.memory = memory_of(pool.fleet.replica);
    return pool;
}

void set_prices(const Catalog& catalog, ServeAnswer& answer) {
    const ServeOutcome& o = answer.outcome;
    answer.cost = yearly_of(catalog, answer) * (o.seconds / unit::year);
    answer.prices = token_prices(answer.cost, answer.shares, o);
    set_energy(answer);
}

Dollars yearly_of(const Catalog& catalog, const ServeAnswer& answer, const ServePool& pool) {
    const SiteCosts costs = site_costs(catalog, part_named(catalog.sites, priced_at));
    const Factory& factory = factory_of(answer, pool);
    if (answer.asked.chip_hour) {
        return pool.paid_chips() * (unit::year / unit::hour) * *answer.asked.chip_hour;
    }
    return yearly_cost(factory.bill, costs).value * (pool.paid_chips() / factory.chips);
}

Dollars yearly_of(const Catalog& catalog, const ServeAnswer& answer) {
    Dollars sum;
    for (const ServePool& pool : answer.pools) sum += yearly_of(catalog, answer, pool);
    return sum;
}

/// Where what the question asks to keep of a run goes; none if it asks for nothing.
FleetRecord* record_of(ServeAnswer& answer) {
    answer.record.requests = answer.asked.keep_requests;
    return answer.asked.keep_requests || answer.asked.timeline ? &answer.record : nullptr;
}

ServeLoad load_on(const ServeQuestion& q) {
    return {.concurrency = q.load.concurrency,
            .warm_up = q.load.warm_up,
            .tenants = q.load.tenants.size()};
}

void serve_pool(const RequestsAnew& requests, const Setting& setting, ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    const Fleet& fleet = answer.pools.front().fleet;
    const ServeLoad load = load_on(q);
    if (q.cluster.joint()) {
        ClusterOutcome out = simulate_cluster(cluster_of(setting.catalog, answer), load,
                                              q.objectives, requests(), record_of(answer));
        answer.cluster = {out.rejected, out.failures, out.moved, out.starts};
        answer.pools.front().mean_on = out.mean_on.front();
        settle_pool(setting.catalog, std::move(out.all), answer);
        return;
    }
    settle_pool(
        setting.catalog,
        simulate_fleet(fleet, load, q.objectives, requests, setting.threads, record_of(answer)),
        answer);
}

void settle_pool(const Catalog& catalog, ServeOutcome outcome, ServeAnswer& answer) {
    ServePool& pool = answer.pools.front();
    pool.outcome = std::move(outcome);
    pool.times = token_times(pool.fleet.replica, pool.outcome);
    answer.outcome = pool.outcome;
    answer.shares = token_shares(pool.times, pool.outcome);
    answer.bound_by = bound_of(answer);
    set_prices(catalog, answer);
}

std::string layout_text(const ServePool& pool) {
    return ways_text(pool.fleet.replica.ways, pool.fleet.replicas);
}

}  // namespace millwright

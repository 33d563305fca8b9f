// A question is resolved in two rounds of faults, names and load at once, then what the named
// things cannot do together; requests are read once before any is served, as the longest decides
// the layout.
#include "millwright/api/serve.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/api/plan.h"
#include "millwright/api/serve_curves.h"
#include "millwright/api/serve_load.h"
#include "millwright/api/serve_notes.h"
#include "millwright/base/faults.h"
#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/catalog/bands.h"
#include "millwright/compute/mixers.h"
#include "millwright/factory/resolve.h"
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
    const auto refuse = [&](const char* option) {
        faults.push_back({{option, 0, 0},
                          "pools of their own for prompts and answers are not built yet",
                          "leave it out: every replica does both"});
    };
    if (q.prefill > 0) refuse("--prefill");
    if (q.decode > 0) refuse("--decode");
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

/// A factory of whole servers, so that part of one has its part of the price.
Faults set_factory(const Catalog& catalog, const Server& server, ServeAnswer& answer) {
    const double each = server.chips.value;
    const double chips = std::ceil(real(answer.asked.chips) / each) * each;
    const Fabric& fabric = part_named(catalog.fabrics, default_fabric);
    answer.factory = resolve_factory(catalog, server, fabric, chips, {});
    if (answer.factory.cannot.empty()) return {};
    return {{{"--server", 0, 0}, answer.factory.cannot, "choose another server or size"}};
}

bool multiplies(const ChipRates& chip, Precision precision) {
    return chip.rate(precision) > FlopRate{} && chip.kernel(precision).peak_share > 0;
}

/// Forms of attention's projections, of dense MLPs and of experts.
std::array<WeightForm, 3> forms_of(const ServeQuestion& q, const Model& model,
                                   const ChipRates& chip) {
    const auto all = [](WeightForm form) { return std::array{form, form, form}; };
    if (q.precision) return all(*q.precision);
    const std::array kept{model.kept_attention, model.kept_dense, model.kept_experts};
    if (kept != all(WeightForm::bf16)) return kept;
    return all(multiplies(chip, Precision::fp8) ? WeightForm::fp8 : WeightForm::bf16);
}

std::string forms_text(const std::array<WeightForm, 3>& forms, bool experts) {
    const bool alike = forms[0] == forms[1] && (forms[1] == forms[2] || !experts);
    if (alike) return std::string(name_of(forms[0]));
    std::string text = fmt::format("attention {}, MLPs {}", name_of(forms[0]), name_of(forms[1]));
    return experts ? text + fmt::format(", experts {}", name_of(forms[2])) : text;
}

void override(const EngineOverrides& asked, EngineSettings& engine) {
    const auto use = [](const auto& value, auto& into) {
        if (value) into = *value;
    };
    use(asked.max_batched_tokens, engine.max_batched_tokens);
    use(asked.max_sequences, engine.max_sequences);
    use(asked.block_size, engine.block_size);
    use(asked.memory_share, engine.memory_share);
    use(asked.prefix_cache, engine.prefix_cache);
    if (asked.draft > 0) engine.speculation = {real(asked.draft), asked.acceptance};
}

/// A replica without layout and network; what it is made of is told in the answer.
Replica replica_for(const Catalog& catalog, const Named& named, ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    const Chip& chip = answer.factory.chip;
    const Engine& engine = named.engine != nullptr ? *named.engine : engine_for(catalog, chip);
    answer.engine = engine.id;
    const auto forms = forms_of(q, named.model, answer.factory.rates);
    answer.forms = forms_text(forms, is_moe(named.model));
    Replica r;
    r.model = named.model;
    r.formats = {format_of(forms[0], chip), format_of(forms[1], chip), format_of(forms[2], chip),
                 q.cache == CacheForm::fp8 ? 1.0 : 2.0};
    r.chip = answer.factory.rates;
    r.engine = settings_of(engine, chip);
    override(q.limits, r.engine);
    r.routing_skew = usual_routing_skew;
    r.longest = real(answer.span.longest);
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

/// Layouts of so many chips and less, and of any size.
struct Tried {
    // the smallest with room for a few of the longest request, else that with most room a chip
    std::optional<ServeWays> holds_all;
    std::optional<ServeWays> holds_some;  // the smallest that holds the shortest
    std::string why_not;                  // of the largest
};

Tried tried(const Replica& replica, const std::vector<ServeWays>& layouts, double chips,
            const RequestSpan& span) {
    Tried found;
    double most = 0;
    for (const ServeWays& ways : layouts) {
        if (ways.chips() > chips) continue;
        const Replica r = with_ways(replica, ways);
        const std::string why = why_not(r, span.longest);
        if (why.empty()) {
            const double room = held_beside(r, span.longest);
            if (room / ways.chips() > most) found.holds_all = ways;
            most = std::max(most, room / ways.chips());
            if (room >= few_sequences) return found;
        } else if (!found.holds_all) {
            found.why_not = why;
            if (!found.holds_some && why_not(r, span.shortest).empty()) found.holds_some = ways;
        }
    }
    return found;
}

std::int64_t replicas_of(const ServeQuestion& q, const ServeWays& ways) {
    const auto fit = static_cast<std::int64_t>(real(q.chips) / (ways.chips() * real(q.data)));
    return q.data * (q.replicas > 0 ? q.replicas : std::max<std::int64_t>(1, fit));
}

/// Sets the pool, or why there is none and how many chips would do.
void choose_layout(const Catalog& catalog, const Replica& replica, ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    const double domain = answer.factory.server.domain.value;
    const auto each = q.data * std::max<std::int64_t>(1, q.replicas);
    const std::vector<ServeWays> layouts = layouts_of(replica.model, q.layout, domain);
    const Tried here = tried(replica, layouts, real(q.chips) / real(each), answer.span);
    if (!here.holds_all && !here.holds_some) {
        answer.infeasible = here.why_not.empty() ? "no layout of these ways fits" : here.why_not;
        LayoutPins open = q.layout;
        open.tensor = open.pipeline = 0;
        const Tried any = tried(replica, layouts_of(replica.model, open, domain), 1e9, answer.span);
        const auto enough = any.holds_all ? any.holds_all : any.holds_some;
        if (enough) answer.fewest = each * std::llround(enough->chips());
        return;
    }
    const ServeWays ways = here.holds_all ? *here.holds_all : *here.holds_some;
    ServePool pool{.role = "all", .fleet = {with_ways(replica, ways), replicas_of(q, ways)}};
    const Fabric& fabric = part_named(catalog.fabrics, default_fabric);
    pool.fleet.replica.network =
        resolve_factory(catalog, answer.factory.server, fabric, ways.chips(), {}).network;
    pool.memory = memory_of(pool.fleet.replica);
    answer.pools.push_back(std::move(pool));
    if (!here.holds_all) {
        answer.notes.push_back(
            fmt::format("requests longer than the cache are dropped: {}", here.why_not));
    }
}

void set_prices(const Catalog& catalog, ServeAnswer& answer) {
    const ServeOutcome& o = answer.outcome;
    const Dollars yearly =
        yearly_cost(answer.factory.bill, site_costs(catalog, part_named(catalog.sites, priced_at)))
            .value;
    answer.cost = yearly * (answer.chips() / answer.factory.chips) * (o.seconds / unit::year);
    const double found = o.cached_tokens;
    const auto million = [&](double share, double tokens) {
        return tokens > 0 ? answer.cost * (share * 1e6 / tokens) : Dollars{};
    };
    answer.prices = {.input = million(answer.shares.input, o.input_tokens - found),
                     .cached = million(answer.shares.cached, found),
                     .output = million(answer.shares.output, o.output_tokens)};
    if (!answer.factory.chip.power.known()) return;
    const double load = idle_power_share + (1 - idle_power_share) * answer.pools[0].busy_share();
    answer.energy = answer.chips() * load * answer.factory.chip.power.value * o.seconds;
}

/// What keeps the deployment from doing more. Steps are nearly always under way, so that these say
/// nothing: a load at its own times bounds what keeps up with it.
std::string bound_of(const ServeAnswer& answer) {
    const ServePool& pool = answer.pools.front();
    const EngineSettings& engine = pool.fleet.replica.engine;
    const ServeOutcome& o = answer.outcome;
    const double answers = 100 * answer.shares.output;
    const std::string work = answers < 50
                                 ? fmt::format("prompts, {:.0f} % of the work", 100 - answers)
                                 : fmt::format("answers, {:.0f} % of the work", answers);
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

void simulate_all(const RequestsAnew& requests, const Setting& setting, ServeAnswer& answer) {
    const ServeQuestion& q = answer.asked;
    ServePool& pool = answer.pools.front();
    const ServeLoad load{.concurrency = q.load.concurrency, .warm_up = q.load.warm_up};
    answer.record.requests = q.keep_requests;
    FleetRecord* record = q.keep_requests || q.timeline ? &answer.record : nullptr;
    pool.outcome =
        together(simulate_fleet(pool.fleet, load, q.objectives, requests, setting.threads, record),
                 pool.fleet.replicas);
    pool.times = token_times(pool.fleet.replica, pool.outcome);
    answer.outcome = pool.outcome;
    answer.shares = token_shares(pool.times, pool.outcome);
    answer.bound_by = bound_of(answer);
    set_prices(setting.catalog, answer);
}

/// What must be known before anything is served, or what is wrong.
Result<Replica> resolve_question(const Catalog& catalog, ServeAnswer& answer, Named& named) {
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
    if (!faults.empty()) return failure(std::move(faults));
    return replica;
}

}  // namespace

double ServePool::busy_share() const {
    const double lanes = outcome.lanes * outcome.seconds.si();
    return lanes > 0 ? std::min(1.0, outcome.busy.si() / lanes) : 0;
}

double ServeAnswer::chips() const {
    double sum = 0;
    for (const ServePool& pool : pools) sum += pool.chips();
    return sum;
}

double ServeAnswer::good_share() const {
    const double counted = outcome.first_token.count();
    return counted > 0 ? outcome.good / counted : 0;
}

double ServeAnswer::good_per_s() const { return good_share() * outcome.requests_per_s(); }

double ServeAnswer::hit_share() const {
    if (outcome.input_tokens <= 0) return 0;
    return outcome.cached_tokens / outcome.input_tokens;
}

Result<ServeAnswer> serve(const ServeQuestion& question, const Setting& setting) {
    ServeAnswer answer{.asked = question};
    Named named;
    const auto replica = resolve_question(setting.catalog, answer, named);
    if (!replica) return failure(replica.error());
    choose_layout(setting.catalog, *replica, answer);
    if (answer.feasible()) simulate_all(named.requests, setting, answer);
    add_notes(setting.catalog, answer);
    if (answer.feasible() && question.curves && answer.outcome.completed > 0) {
        answer.curves = curves_of(answer, named.requests, setting.threads);
        answer.notes.push_back(text_of_counts(*answer.curves));
    }
    return answer;
}

}  // namespace millwright

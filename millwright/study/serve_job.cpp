// The layout and its capacity are searched by simulation, once for a job and factory. What tenths
// of resources and figures of the catalog do is told by the mean (serve/steady.h), which takes a
// few steps' times and no run: figures are hundreds.
#include "millwright/study/serve_job.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/factory/resolve.h"
#include "millwright/serve/layouts.h"
#include "millwright/serve/weight_forms.h"
#include "millwright/study/job_report.h"

namespace millwright {
namespace {

/// Whole chips: a third of nine is three, whatever its last digit.
double chips_of_share(double share, double chips) {
    constexpr double last_digits = 1e-12;
    return std::floor(share * chips * (1 + last_digits));
}

/// By default a replica stays within a scale-up domain of up to 64 chips, or spans 32.
std::int64_t replica_limit(const Factory& factory, const ServeJob& job) {
    const auto chips = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(chips_of_share(job.share, factory.job_chips)));
    if (job.replica_chips > 0) return std::min(chips, job.replica_chips);
    const auto domain = static_cast<std::int64_t>(factory.network.domain);
    return std::min(chips, std::clamp<std::int64_t>(domain, 32, 64));
}

/// Requests a second in the mean of the hours served and in the busiest of them; zero: the most.
std::pair<double, double> rates_asked(const ServeJob& job) {
    if (job.hourly_rates.empty()) return {job.rate, job.rate};
    const DayHours hours = job.hours.value_or(DayHours{});
    double sum = 0, busiest = 0;
    for (std::size_t i = 0; i < job.hourly_rates.size(); ++i) {
        const double shared = shared_hours(hours, {real(i), real(i) + 1});
        sum += shared * job.hourly_rates[i];
        if (shared > 0) busiest = std::max(busiest, job.hourly_rates[i]);
    }
    return {sum / hours.length(), busiest};
}

ServeAsked asked_on(const Factory& factory, const ServeJob& job) {
    const auto [mean, busiest] = rates_asked(job);
    return {.requests = {static_cast<std::int64_t>(job.prompt_tokens),
                         static_cast<std::int64_t>(job.output_tokens),
                         static_cast<std::int64_t>(job.prefix_tokens)},
            .promise = {job.time_to_first_token, job.time_per_token},
            .replica_chips = replica_limit(factory, job),
            .share = job.share,
            .chips = chips_of_share(job.share, factory.chips),
            .hours = job.hours,
            .rate = mean,
            .busiest = busiest};
}

WeightForm form_of(Precision precision) {
    switch (precision) {
        case Precision::bf16: return WeightForm::bf16;
        case Precision::fp8: return WeightForm::fp8;
        case Precision::fp8_block: return WeightForm::fp8_block;
        case Precision::fp4: return WeightForm::nvfp4;
    }
    return WeightForm::bf16;
}

std::array<WeightForm, 3> forms_on(const Factory& factory, const Engine& engine,
                                   const ServeJob& job) {
    std::optional<WeightForm> given;
    if (job.precision) given = form_of(*job.precision);
    return forms_of(given, job.model, engine, factory.chip, factory.rates);
}

/// In no layout yet, on the network of the factory.
Replica replica_for(const JobSite& site, const ServeJob& job) {
    const Factory& factory = site.factory;
    const Engine& engine = engine_of(site.catalog, factory, job);
    Replica replica =
        replica_in(forms_on(factory, engine, job), job.model, engine, factory.chip, factory.rates);
    replica.network = factory.network;
    replica.longest = job.prompt_tokens + job.output_tokens;
    return replica;
}

LayoutQuestion question_on(const JobSite& site, const ServeJob& job, const ServeAsked& asked) {
    return {.replica = replica_for(site, job),
            .chips = asked.chips,
            .replica_chips = real(asked.replica_chips),
            .domain = site.factory.server.domain.value,
            .requests = asked.requests,
            .promise = asked.promise};
}

/// The mean changes by leaps, as batches are whole: what leapt.
std::string leap(const SteadyState& from, const SteadyState& to) {
    if (from.running == to.running) return "";
    return fmt::format("{} at once of a lane, not {}", counted(to.running, "sequence"),
                       from.running);
}

/// In the same layout and in the mean, with as many sequences as the larger resource admits.
std::vector<Sensitivity> sensitivities(const ServeReport& report) {
    const Replica& own = report.layout.replica;
    const MeanRequest mean = mean_of(report.asked.requests, own);
    const SteadyState now = report.layout.steady;
    const auto with = [&](const char* resource, const auto& enlarge) {
        Replica larger = own;
        enlarge(larger);
        const SteadyState then = steady_state(larger, mean, report.asked.promise.per_token);
        Sensitivity s{.resource = resource};
        s.change = now.rate / then.rate - 1;
        if (s.change < 1 / tenth_more - 1 - 1e-9) s.since = leap(now, then);
        return s;
    };
    const auto more = [](auto& resource) { resource = tenth_more * resource; };
    return {
        with("FLOP rate", [&](Replica& r) { std::ranges::for_each(r.chip.dense, more); }),
        with("memory bandwidth", [&](Replica& r) { more(r.chip.memory_bandwidth); }),
        with("scale-up bandwidth", [&](Replica& r) { more(r.network.inner.per_chip); }),
        with("scale-out bandwidth", [&](Replica& r) { more(r.network.outer.per_chip); }),
        with("memory capacity",
             [&](Replica& r) {
                 more(r.chip.memory_capacity);
                 more(r.chip.memory_reported);
             }),
    };
}

Ledger<Seconds> token_ledger(const TokenParts& parts) {
    Ledger<Seconds> ledger{.name = "output token"};
    ledger.add("layers", parts.layers);
    ledger.add("reading keys and values", parts.caches);
    ledger.add("logits", parts.logits);
    ledger.add("host", parts.host);
    ledger.add("prompts of others", parts.prompts);
    return ledger;
}

/// Of one chip, at the fullest.
Ledger<Bytes> memory_ledger(const ReplicaMemory& memory, const ServeOutcome& outcome) {
    Ledger<Bytes> ledger{.name = "memory per chip"};
    ledger.add("weights", memory.weights);
    ledger.add("activations", memory.activations);
    ledger.add("keys and values", outcome.most_cache * memory.cache);
    return ledger;
}

/// What keeps the layout from serving more, and what it does most.
std::string bound_by(const ServeReport& report, const TokenShares& shares) {
    const std::string mostly = "; mostly " + work_text(shares);
    if (report.asked.busiest > 0) {
        return fmt::format("the load, {:.0f} % of what it keeps in time{}",
                           100 * report.asked.busiest / report.most, mostly);
    }
    const ServicePromise& promise = report.asked.promise;
    const BestLayout& best = report.layout;
    const ServeOutcome& run = best.capacity.outcome;
    const auto filled = [](const LatencyCounts& waits, Seconds limit) {
        return limit > Seconds{} ? waits.quantile(0.99) / limit : 0.0;
    };
    const double first = filled(run.first_token, promise.first_token);
    const double each = filled(run.per_token, promise.per_token);
    constexpr double nearly = 0.9;
    if (std::max(first, each) > nearly) {
        return (first > each ? "time to the first token" : "time per token") + mostly;
    }
    const double limit = real(best.replica.engine.max_sequences) / best.replica.ways.pipeline;
    const bool at_limit = real(best.steady.running) >= std::floor(limit);
    return (at_limit ? fmt::format("the limit of {} sequences", best.replica.engine.max_sequences)
                     : std::string("room for the cache and waits that would grow")) +
           mostly;
}

void add_prices(const JobSite& site, const TokenShares& shares, ServeReport& report) {
    const Dollars yearly = report.asked.share * site.yearly;
    const Dollars second = yearly * (unit::s / unit::year);
    report.yearly = (report.hours / hours_of_day) * yearly;
    report.per_request = second / report.requests;
    report.least_per_request = second / report.most_possible;
    report.prices =
        token_prices(real(report.outcome.completed) * report.per_request, shares, report.outcome);
}

void fill(const JobSite& site, const LayoutQuestion& question, ServeReport& report) {
    const BestLayout& best = report.layout;
    const double chips = report.asked.chips;
    report.outcome = report.asked.busiest > 0
                         ? outcome_at(question, best, RequestRate::from_si(report.asked.busiest))
                         : best.capacity.outcome;
    report.requests = report.asked.rate > 0 ? report.asked.rate : report.most;
    report.hours = report.asked.hours.value_or(DayHours{}).length();
    const auto tokens = [&](std::int64_t each) {
        return report.requests * real(each) * unit::token / unit::s;
    };
    report.input = tokens(report.asked.requests.prompt);
    report.output = tokens(report.asked.requests.output);
    report.output_per_chip = report.output.si() / chips;
    const ServeWays& ways = best.replica.ways;
    const double lanes = ways.attention_data * ways.pipeline;
    report.running = std::max<std::int64_t>(1, std::llround(report.outcome.mean_running / lanes));
    const MeanRequest mean = mean_of(report.asked.requests, best.replica);
    report.token = token_ledger(token_parts(best.replica, mean, report.running));
    const ReplicaMemory memory = memory_of(best.replica);
    report.memory = memory_ledger(memory, report.outcome);
    report.usable = memory.usable;
    const TokenShares shares =
        token_shares(token_times(best.replica, report.outcome), report.outcome);
    report.bound_by = bound_by(report, shares);
    report.bound = serve_bound(best.replica, std::min(chips, real(report.asked.replica_chips)),
                               mean, report.asked.promise.per_token);
    report.most_possible = chips * report.bound.rate.si();
    add_prices(site, shares, report);
}

std::string too_many(const ServeReport& report) {
    return fmt::format("{:.4g} requests a second come; {} of {} keep {:.4g} in time",
                       report.asked.busiest, counted(report.layout.replicas, "replica"),
                       counted(report.layout.replica.ways.chips(), "chip"), report.most);
}

}  // namespace

double ServeReport::requests_a_year() const {
    return requests * (hours / hours_of_day) * unit::year.in(unit::s);
}

const Engine& engine_of(const Catalog& catalog, const Factory& factory, const ServeJob& job) {
    // the job holds a copy of its engine; the site's catalog may have other figures
    return job.engine ? part_named(catalog.engines, job.engine->id)
                      : engine_for(catalog, factory.chip);
}

Served replica_on(const Factory& factory, const ServeJob& job) {
    const bool fp8 = factory.rates.rate(Precision::fp8) > FlopRate{};
    const Precision precision = job.precision.value_or(fp8 ? Precision::fp8 : Precision::bf16);
    if (factory.rates.rate(precision) <= FlopRate{}) return {};
    return best_replica({job.model, precision, factory.rates, factory.network},
                        {.prompt = job.prompt_tokens,
                         .output = job.output_tokens,
                         .per_token = job.time_per_token,
                         .chips_at_most = replica_limit(factory, job)});
}

JobReport report_job(const JobSite& site, const ServeJob& job) {
    const Factory& factory = site.factory;
    JobReport out;
    const Engine& engine = engine_of(site.catalog, factory, job);
    ServeReport report{.asked = asked_on(factory, job),
                       .engine = engine.id,
                       .forms = forms_text(forms_on(factory, engine, job), is_moe(job.model))};
    if (!factory.cannot.empty()) {
        out.infeasible = factory.cannot;
    } else if (job.precision && !multiplies(factory.rates, *job.precision)) {
        out.infeasible = fmt::format("the chip has no known {} rate", name_of(*job.precision));
    } else {
        const LayoutQuestion question = question_on(site, job, report.asked);
        report.layout = best_layout(question, site.threads);
        report.most = report.layout.rate().si();
        out.infeasible = report.layout.why_not;
        if (out.infeasible.empty() && report.asked.busiest > report.most) {
            out.infeasible = too_many(report);
        }
        out.feasible = out.infeasible.empty();
        if (out.feasible) {
            fill(site, question, report);
            out.sensitivities = sensitivities(report);
        }
    }
    out.of = std::move(report);
    return out;
}

std::vector<double> priced_again(const JobSite& site, const ServeJob& job,
                                 const ServeReport& report) {
    const Dollars second = report.asked.share * site.yearly * (unit::s / unit::year);
    if (report.asked.rate > 0) return {(second / report.requests).in(unit::USD)};
    Replica replica = with_ways(replica_for(site, job), report.layout.replica.ways);
    replica.engine.max_batched_tokens = report.layout.replica.engine.max_batched_tokens;
    const MeanRequest mean = mean_of(report.asked.requests, replica);
    const Seconds token = token_parts(replica, mean, report.running).total();
    const double faster = report.token.value / token;
    return {(second / (report.requests * faster)).in(unit::USD)};
}

double score_of(const ServeReport& report, Objective objective) {
    return objective == Objective::cost ? report.per_request.in(unit::USD) : 1 / report.most;
}

std::string_view score_name(const ServeReport&, Objective objective) {
    return objective == Objective::cost ? "dollars for a served request"
                                        : "time of the whole site for a served request";
}

}  // namespace millwright

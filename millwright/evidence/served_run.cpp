// What benchmarks leave unsaid is filled as public ones run: ten rounds of what is in flight, ten
// minutes of an open load. Prompts, answers and gaps draw by a request's number from streams of
// their own, so that none moves another. A row of two pools is simulated by its answers first;
// prompts then come at the rate that these sustain, if first tokens are asked for.
#include "millwright/evidence/served_run.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/random.h"
#include "millwright/evidence/row_system.h"
#include "millwright/factory/resolve.h"
#include "millwright/serve/capacity.h"

namespace millwright {
namespace {

/// Of benchmarks that say no number: ten rounds of what is in flight, as public ones run.
constexpr double rounds = 10;
constexpr double fewest_requests = 16, most_requests = 6000, usual_in_flight = 256;
/// Of an open load: MLPerf's least, and what stages of benchmarks last.
constexpr double usual_seconds = 600, most_open_requests = 100'000;
/// Deviation over mean of answers of a stage that prints their mean alone: what stages that print
/// quantiles of requests that never waited show.
constexpr double answer_spread = 0.075;
constexpr std::uint64_t lengths_seed = 20260401;

/// A release that plans ahead because it was told to hides as much of the host as the first that
/// does so by itself.
void plan_ahead(const Catalog& catalog, const Engine& own, EngineSettings& engine) {
    if (!engine.plans_ahead || own.plans_ahead) return;
    for (const Engine& other : catalog.engines) {
        if (!other.plans_ahead || other.marks != own.marks) continue;
        engine.figures.hidden = std::max(engine.figures.hidden, other.figures.hidden.value);
    }
}

Speculation speculation_of(const RowSpeculation& said) {
    Speculation s{.depth = static_cast<double>(said.depth), .acceptance = said.acceptance};
    if (s.depth <= 0) return {};
    if (said.kept > 1 && s.acceptance <= 0) {
        // the chance that yields so many tokens a step
        double low = 0, high = 1;
        for (int i = 0; i < 60; ++i) {
            s.acceptance = (low + high) / 2;
            (s.tokens_a_step() < said.kept ? low : high) = s.acceptance;
        }
    }
    if (s.acceptance <= 0) s.acceptance = usual_acceptance;
    return s;
}

std::int64_t drawn(const TokenSpan& span, std::uint64_t stream, std::uint64_t index) {
    Draw draw = RandomStream{lengths_seed, stream}.at(index);
    if (span.spread > 0) {
        return std::max<std::int64_t>(1, std::llround(draw.lognormal(span.mean, span.spread)));
    }
    const double share = draw.uniform();
    const double low = span.low > 0 ? span.low : span.mean;
    const double high = std::max(low, span.high);
    return std::max<std::int64_t>(1, std::llround(low + share * (high - low)));
}

/// A request as the longest that benchmarks take, where it is longer.
void cut(Request& r, std::int64_t longest) {
    r.prompt = std::min(r.prompt, longest - 1);
    r.output = std::min(r.output, longest - r.prompt);
}

/// So many requests of the row's lengths, all there at once or `gap` apart (exponential where not
/// constant).
RequestSource requests_of_row(const ServingRow& row, std::int64_t count, double rate) {
    auto index = std::uint64_t{0};
    Seconds at;
    return [&row, count, rate, index, at]() mutable -> std::optional<Request> {
        if (index >= static_cast<std::uint64_t>(count)) return std::nullopt;
        Request r;
        r.prompt = drawn(row.prompt, 1, index);
        r.output = row.load.form == LoadForm::prefill ? 1 : drawn(row.output, 2, index);
        if (row.longest > 0) cut(r, std::llround(row.longest));
        r.prefilled = row.prefilled || row.load.form == LoadForm::decode;
        if (rate > 0) {
            const Seconds mean = Seconds::from_si(1 / rate);
            at += row.load.arrivals == ArrivalForm::constant
                      ? mean
                      : Seconds::from_si(
                            RandomStream{lengths_seed, 3}.at(index).exponential(mean.si()));
            r.arrival = at;
        }
        ++index;
        return r;
    };
}

/// Tokens that one length in a thousand is longer than.
double longest_of(const TokenSpan& span) {
    constexpr double far = 3;  // deviations
    return std::max(span.mean * (1 + far * span.spread), span.high);
}

double longest_of_row(const ServingRow& row) {
    const double both = longest_of(row.prompt) + longest_of(row.output);
    return row.longest > 0 ? std::min(both, row.longest) : both;
}

/// Requests of one replica of several.
double requests_of_load(const RowLoad& load, double in_flight, double replicas) {
    const double all = load.requests > 0 ? load.requests / replicas : rounds * in_flight;
    return std::clamp(std::ceil(all), std::min(fewest_requests, std::ceil(all)), most_requests);
}

ServeOutcome simulated(const ServingRow& row, Replica replica, double replicas) {
    const RowLoad& load = row.load;
    ServeLoad how;
    // of a chip or of all; where nobody says, more than a step holds
    const double said =
        load.each_chip ? load.concurrency * replica.ways.chips() : load.concurrency / replicas;
    const double in_flight = load.concurrency > 0 ? std::max(1.0, said) : usual_in_flight;
    double rate = 0;
    switch (load.form) {
        case LoadForm::closed: how.concurrency = std::llround(in_flight); break;
        case LoadForm::open: rate = load.rate / replicas; break;
        case LoadForm::batch:
        case LoadForm::prefill:
        case LoadForm::decode:
            replica.engine.batching = Batching::fixed;
            replica.engine.max_sequences = std::llround(in_flight);
            // benchmarks of batches call the engine itself
            replica.engine.figures.request = replica.engine.figures.reply = {};
            break;
        case LoadForm::at_once:
        case LoadForm::offline: break;
    }
    double count = requests_of_load(load, in_flight, replicas);
    if (load.form == LoadForm::batch) count = in_flight;
    // long enough that the last answers, which run alone, count little
    if (load.form == LoadForm::offline && load.requests <= 0) count = most_requests;
    if (load.form == LoadForm::open && load.requests <= 0)
        count = std::clamp(std::ceil(rate * usual_seconds), fewest_requests, most_open_requests);
    if (how.concurrency > 0) {
        how.concurrency = std::min(how.concurrency, static_cast<std::int64_t>(count));
    }
    const auto whole = static_cast<std::int64_t>(count);
    ServeOutcome outcome = simulate(replica, how, {}, requests_of_row(row, whole, rate));
    const ServicePromise promise{load.ttft_limit, load.tpot_limit};
    if (load.form != LoadForm::open || keeps(outcome, promise)) return outcome;
    if (promise.first_token <= Seconds{} && promise.per_token <= Seconds{}) return outcome;
    // a run that states its limits kept them: what the replica can do of it
    auto most = highest_rate(
        replica, promise, [&](RequestRate at) { return requests_of_row(row, whole, at.si()); },
        RequestRate::from_si(rate));
    return most ? std::move(most->outcome) : std::move(outcome);
}

/// Replicas of this layout that the row's chips make.
double replicas_of(const ServingRow& row, const Replica& replica) {
    if (row.whole.count > 1) return row.whole.count;
    const double chips = row.chips > 0 ? row.chips : replica.ways.chips();
    return std::max(1.0, std::floor(chips / replica.ways.chips()));
}

std::string layout_text(const ServeWays& w) {
    return fmt::format("tensor {:.0f}, pipeline {:.0f}, expert {:.0f}, attention data {:.0f}",
                       w.tensor, w.pipeline, w.expert, w.attention_data);
}

ServedRun run_on(const ServingRow& row, const Replica& replica) {
    ServedRun run;
    run.skipped = why_not(replica, std::llround(replica.longest));
    if (!run.skipped.empty()) return run;
    run.replicas = replicas_of(row, replica);
    run.chips = run.replicas * replica.ways.chips();
    run.outcome = simulated(row, replica, run.replicas);
    return run;
}

/// The power of two of tensor ways that gives most; the smallest of several that give the same.
ServedRun planned(const ServingRow& row, const Catalog& catalog) {
    ServedRun best;
    const double chips = row.chips > 0 ? row.chips : chips_of_node;
    for (std::int64_t tensor = 1; static_cast<double>(tensor) <= chips; tensor *= 2) {
        RowLayout layout = row.whole.layout;
        layout.tensor = tensor;
        layout.expert = 1;
        const Replica replica = replica_of_row(row, layout, catalog);
        ServedRun run = run_on(row, replica);
        run.layout = layout_text(replica.ways);
        const auto rate = [](const ServedRun& r) {
            return r.replicas * r.outcome.output_tokens_per_s();
        };
        const bool first = !best.skipped.empty() || best.chips == 0;
        if (first || (run.skipped.empty() && rate(run) > 1.001 * rate(best))) best = std::move(run);
    }
    return best;
}

Seconds statistic_of(const LatencyCounts& times, StatisticForm form) {
    switch (form) {
        case StatisticForm::mean: return times.mean();
        case StatisticForm::p50: return times.quantile(0.5);
        case StatisticForm::p90: return times.quantile(0.9);
        case StatisticForm::p95: return times.quantile(0.95);
        case StatisticForm::p99: return times.quantile(0.99);
    }
    return {};
}

double per(RateOf of, double rate, const ServedRun& run) {
    switch (of) {
        case RateOf::system: return rate;
        case RateOf::chip: return rate / run.chips;
        case RateOf::node: return rate / run.chips * chips_of_node;
        case RateOf::user: {
            const Seconds each = run.outcome.per_token.mean();
            return each > Seconds{} ? 1 / each.si() : 0;
        }
    }
    return rate;
}

}  // namespace

Replica replica_of_row(const ServingRow& row, const RowLayout& layout, const Catalog& catalog) {
    Replica r;
    r.model = row.model;
    r.formats = {format_of(row.forms.attention, *row.chip), format_of(row.forms.dense, *row.chip),
                 format_of(row.forms.experts, *row.chip), row.forms.cache_bytes};
    r.ways.tensor = static_cast<double>(std::max<std::int64_t>(1, layout.tensor));
    r.ways.pipeline = static_cast<double>(std::max<std::int64_t>(1, layout.pipeline));
    if (layout.attention_data) {
        r.ways.attention_data = static_cast<double>(std::max<std::int64_t>(1, layout.data));
    }
    if (is_moe(r.model)) {
        r.ways.expert = std::clamp(static_cast<double>(layout.expert), 1.0, r.ways.stage_chips());
    }
    r.chip = resolve_rates(catalog, *row.chip);
    r.network = network_of_chip(catalog, *row.chip, r.ways.chips());
    r.engine = settings_of(*row.engine, *row.chip);
    override(row.settings, r.engine);
    if (row.load.tokens > 0) {  // of a chip, in one pass
        r.engine.max_batched_tokens = std::llround(row.load.tokens * r.ways.tensor);
    }
    plan_ahead(catalog, *row.engine, r.engine);
    r.engine.speculation = speculation_of(row.speculation);
    r.routing_skew = usual_routing_skew;
    r.longest = longest_of_row(row);
    return r;
}

ServedRun run_of_stage(const OpenLoopRow& stage, const Catalog& catalog) {
    const ServingRow& row = stage.serving;
    const Replica replica = replica_of_row(row, row.whole.layout, catalog);
    ServedRun run;
    run.skipped = why_not(replica, std::llround(replica.longest));
    if (!run.skipped.empty()) return run;
    run.chips = replica.ways.chips();
    const double said = row.load.requests > 0 ? row.load.requests : row.load.rate * usual_seconds;
    const auto requests = static_cast<std::int64_t>(std::clamp(said, 1.0, most_open_requests));
    const RequestSource plain = requests_of_row(row, requests, row.load.rate);
    const SharedPrompt& shared = stage.prompt;
    const auto at_least_one = [](double count) {
        return static_cast<std::uint64_t>(std::max(1.0, std::round(count)));
    };
    const std::uint64_t groups = at_least_one(shared.groups);
    const std::uint64_t users = groups * at_least_one(shared.users_of_group);
    auto index = std::uint64_t{0};
    const RequestSource source = [&]() -> std::optional<Request> {
        std::optional<Request> r = plain();
        if (!r) return r;
        r->output = std::max<std::int64_t>(
            1, std::llround(RandomStream{lengths_seed, 4}.at(index).lognormal(row.output.mean,
                                                                              answer_spread)));
        if (shared.system < 1) {
            ++index;
            return r;
        }
        // users take turns; pieces are as long as the beginning that a group shares
        const std::uint64_t user = index++ % users;
        r->prefix = {1 + user % groups};
        r->prefix_tokens = std::llround(shared.system);
        if (shared.multi_turn) {
            const auto pieces = static_cast<std::uint64_t>(r->prompt / r->prefix_tokens);
            for (std::uint64_t i = 1; i < pieces; ++i) r->prefix.push_back(users * (i + 1) + user);
        }
        return r;
    };
    run.outcome = simulate(replica, {}, {}, source);
    return run;
}

namespace {

/// One side of a disaggregated row: its workers, on chips of their own.
ServedRun run_side(const ServingRow& row, const RowWorkers& workers, const RowWorkers& others,
                   const Catalog& catalog) {
    ServingRow one = row;
    one.whole = workers;
    const double own = workers.count * workers.layout.chips;
    one.chips = own > 0 ? own : row.chips - others.count * others.layout.chips;
    if (workers.layout.tensor <= 0) return planned(one, catalog);
    return run_on(one, replica_of_row(one, workers.layout, catalog));
}

/// Answers are made by workers to whom prompts come computed; first tokens are waited for at the
/// others, who get as many requests as those answer. The way of the cache between them is free.
ServedRun run_apart(const ServingRow& row, const Catalog& catalog) {
    ServingRow answers = row;
    answers.prefilled = true;
    ServedRun run = run_side(answers, *row.decode, *row.prefill, catalog);
    run.chips = row.chips;
    if (!run.skipped.empty() || row.metric.form != MetricForm::ttft) return run;
    ServingRow prompts = row;
    prompts.output = {.mean = 1, .low = 1, .high = 1};
    prompts.load = {.form = LoadForm::open};
    prompts.load.rate = run.replicas * run.outcome.requests_per_s();
    return run_side(prompts, *row.prefill, *row.decode, catalog);
}

}  // namespace

std::string told_of_answers() {
    return fmt::format("answers vary by {:g} % around their mean", 100 * answer_spread);
}

ServedRun run_of_row(const ServingRow& row, const Catalog& catalog) {
    if (row.decode && row.prefill) return run_apart(row, catalog);
    if (row.whole.layout.tensor <= 0) return planned(row, catalog);
    return run_on(row, replica_of_row(row, row.whole.layout, catalog));
}

double metric_of(const RowMetric& metric, const ServedRun& run) {
    const ServeOutcome& o = run.outcome;
    const auto time = [&](const LatencyCounts& times) {
        return statistic_of(times, metric.statistic).si() / metric.scale;
    };
    const auto rate = [&](double tokens) {
        const double a_second = o.seconds > Seconds{} ? run.replicas * tokens / o.seconds.si() : 0;
        return per(metric.of, a_second, run) / metric.scale;
    };
    switch (metric.form) {
        case MetricForm::ttft: return time(o.first_token);
        case MetricForm::tpot: return time(o.per_token);
        case MetricForm::itl: return time(o.between_tokens);
        case MetricForm::latency: return time(o.latency);
        case MetricForm::output_rate: return rate(o.output_tokens);
        case MetricForm::input_rate: return rate(o.input_tokens);
        case MetricForm::total_rate: return rate(o.input_tokens + o.output_tokens);
        case MetricForm::request_rate: return rate(static_cast<double>(o.completed));
    }
    return 0;
}

}  // namespace millwright

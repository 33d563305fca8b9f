// The sentence tells the gravest thing first and leaves out what has no meaning after it: holds
// no request, answered none, cannot keep up; else rates, waits and what bounds them. It is a key
// of the JSON too. Rows that only some deployments have are added where what they tell of was
// asked.
#include "millwright/report/serve_run_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/require.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/report/table.h"
#include "millwright/report/time_text.h"

namespace millwright {
namespace {

std::string number(double value) { return fmt::format("{:.4g}", value); }

std::string rates(const ServeAnswer& a) {
    const ServeOutcome& o = a.outcome;
    return fmt::format("{} requests/s, {} output tokens/s a chip", number(o.requests_per_s()),
                       number(o.output_tokens_per_s() / a.chips()));
}

/// Median and tail; one of a single token has no time per token.
std::string waits(const LatencyCounts& times) {
    return fmt::format("{} (p50), {} (p99)", to_text(times.quantile(0.5)),
                       to_text(times.quantile(0.99)));
}

std::string saturated_text(const ServeAnswer& a) {
    const ServeOutcome& o = a.outcome;
    const double rate = a.asked.load.rate.value_or(0);
    const std::string asked = rate > 0 ? fmt::format(" of {} requests/s", number(rate)) : "";
    return fmt::format(
        "It cannot keep up with the load{}: the wait grows by {} for each second of "
        "arrivals, so that latencies are those of this length of run alone; it does "
        "{}; bound by {}.",
        asked, to_text(Seconds::from_si(o.drift)), rates(a), a.bound_by);
}

std::string infeasible_text(const ServeAnswer& a) {
    const std::string here =
        fmt::format("{} of {} {} no request of {}", counted(a.asked.chips, "chip"), a.asked.server,
                    a.asked.chips == 1 ? "holds" : "hold", a.asked.model);
    // of another server for answers it is not known how many would
    if (!a.asked.decode_server.empty()) return fmt::format("{}: {}.", here, a.infeasible);
    const std::string fewest = a.fewest > 0 ? fmt::format("the fewest that would are {}", a.fewest)
                                            : std::string("no number of them would");
    return fmt::format("{}; {}: {}.", here, fewest, a.infeasible);
}

std::string unanswered_text(const ServeAnswer& a) {
    const char* why = "all are longer than the cache";
    if (a.cluster.rejected > 0) why = "all were rejected, or are longer than the cache";
    if (a.cluster.failures > 0) why = "replicas failed before any was done";
    return fmt::format("No request was answered: {}.", why);
}

std::string latency_rows(const ServeAnswer& a) {
    const ServeOutcome& o = a.outcome;
    std::vector<std::vector<std::string>> rows;
    const auto add = [&](const char* name, const LatencyCounts& times) {
        if (times.count() <= 0) return;
        rows.push_back({name, to_text(times.mean())});
        for (const double share : {0.5, 0.9, 0.95, 0.99, 0.999}) {
            rows.back().push_back(to_text(times.quantile(share)));
        }
    };
    add("first token (TTFT)", o.first_token);
    add("each token (TPOT)", o.per_token);
    add("between tokens (ITL)", o.between_tokens);
    add("whole answer", o.latency);
    add("in queue", o.queue);
    if (a.transfer.count() > 0) add("cache on its way", a.transfer);
    return format_table({"latency", "mean", "p50", "p90", "p95", "p99", "p99.9"}, rows, "lrrrrrr");
}

/// A price, or a dash where no such token was.
std::string price(double tokens, Dollars dollars) {
    return tokens > 0 ? number(dollars.in(unit::USD)) : "-";
}

/// "73.1 %", of each pool where there are two.
std::string busy_text(const ServeAnswer& a) {
    if (a.pools.size() == 1) return percent(a.pools[0].busy_share());
    return fmt::format("{} ({}), {} ({})", percent(a.pools[0].busy_share()), a.pools[0].role,
                       percent(a.pools[1].busy_share()), a.pools[1].role);
}

/// What each tenant got, where there are several kinds of users.
std::string tenant_rows(const ServeAnswer& a) {
    const std::vector<NamedTenant>& tenants = a.asked.load.tenants;
    if (tenants.empty()) return "";
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < tenants.size(); ++i) {
        const RequestCounts own = a.of_tenant(i);
        const auto time = [](const LatencyCounts& times, double share) {
            return times.count() > 0 ? to_text(times.quantile(share)) : std::string("-");
        };
        rows.push_back({tenants[i].name, fmt::format("{}", own.completed),
                        number(own.output_tokens), time(own.first_token, 0.5),
                        time(own.first_token, 0.99), time(own.per_token, 0.5),
                        time(own.per_token, 0.99)});
    }
    return "\n" +
           format_table({"tenant", "answered", "tokens out", "TTFT p50", "p99", "TPOT p50", "p99"},
                        rows, "lrrrrrr");
}

/// What only some deployments do.
void add_cluster_rows(const ServeAnswer& a, std::vector<std::vector<std::string>>& rows) {
    const ClusterCounts& c = a.cluster;
    const ClusterAsked& asked = a.asked.cluster;
    if (asked.router.most_each > 0) {
        rows.push_back({"rejected", counted(narrow<std::int64_t>(c.rejected), "request")});
    }
    if (asked.elasticity.on()) {
        rows.push_back({"replicas on",
                        fmt::format("{} on average of {}, {}", number(a.pools[0].paid_replicas()),
                                    a.pools[0].fleet.replicas,
                                    counted(narrow<std::int64_t>(c.starts), "start"))});
    }
    if (asked.failures.on()) {
        rows.push_back(
            {"failures", fmt::format("{}, {} moved to others", c.failures,
                                     counted(narrow<std::int64_t>(c.moved), "request"))});
    }
}

std::string use_rows(const ServeAnswer& a) {
    const ServeOutcome& o = a.outcome;
    const auto objectives = a.asked.objectives;
    std::vector<std::vector<std::string>> rows{
        {"requests",
         fmt::format("{} answered, {} dropped, in {}", o.completed, o.dropped, to_text(o.seconds))},
        {"tokens", fmt::format("{} in, {} out", number(o.input_tokens), number(o.output_tokens))},
        {"output tokens/s", number(o.output_tokens_per_s())},
        {"steps", fmt::format("{}, under way {} of the time", o.steps, busy_text(a))},
        {"running", fmt::format("{} sequences on average", number(o.mean_running))},
        {"cache in use",
         fmt::format("{} on average, {} at most", percent(o.mean_cache), percent(o.most_cache))},
        {"preemptions", fmt::format("{}", o.preemptions)},
        {"prefix cache", fmt::format("{} of prompts' tokens", percent(a.hit_share()))},
        {"energy of chips", a.energy ? to_text(*a.energy) : "not known"},
        {"$/M input, cached, output",
         fmt::format("{}, {}, {}", price(o.input_tokens - o.cached_tokens, a.prices.input),
                     price(o.cached_tokens, a.prices.cached),
                     price(o.output_tokens, a.prices.output))}};
    add_cluster_rows(a, rows);
    if (objectives.first_token > Seconds{} || objectives.per_token > Seconds{}) {
        rows.insert(rows.begin() + 1,
                    {"within objectives", fmt::format("{} requests/s, {}", number(a.good_per_s()),
                                                      percent(a.good_share()))});
    }
    return format_table({"use", ""}, rows, "ll");
}

}  // namespace

std::string serve_answer_sentence(const ServeAnswer& a) {
    const ServeOutcome& o = a.outcome;
    if (!a.feasible()) return infeasible_text(a);
    if (o.completed == 0) return unanswered_text(a);
    if (o.saturated) return saturated_text(a);
    std::string text = rates(a);
    if (a.cluster.rejected > 0) {
        text += fmt::format("; {} of the requests are rejected",
                            percent(real(a.cluster.rejected) / real(o.requests)));
    }
    if (o.first_token.count() <= 0) return text + "; all that were answered are of the warm-up.";
    text += fmt::format("; first token after {}", waits(o.first_token));
    if (o.per_token.count() > 0) text += fmt::format("; {} a token", waits(o.per_token));
    return text + fmt::format("; bound by {}.", a.bound_by);
}

std::string knee_sentence(const ServeAnswer& a) {
    require(a.curves.has_value(), "curves were asked for");
    const ServeCurves& curves = *a.curves;
    const auto knee = curves.knee();
    if (!knee) {
        return "No knee: requests come all at once, or no rate was found at which waits do not "
               "grow.";
    }
    const auto at = std::ranges::find(curves.open.points, *curves.open.knee, &OpenPoint::rate);
    return fmt::format(
        "Waits do not grow up to {} requests/s, the knee: the load asked for is {:.0f} % of it; "
        "there the first token comes after {}.",
        number(knee->si()), 100 * (curves.asked / *knee), waits(at->outcome.first_token));
}

std::string deployment_text(const ServeAnswer& a) {
    std::string chips = fmt::format("{} of {}", counted(a.asked.chips, "chip"), a.asked.server);
    if (!a.asked.decode_server.empty()) {
        chips = fmt::format("{} of {} and {} of {}", counted(a.asked.prefill, "chip"),
                            a.asked.server, a.asked.decode, a.asked.decode_server);
    }
    return fmt::format("{} ({}, cache {}) on {}, {}", a.asked.model, a.forms,
                       name_of(a.asked.cache), chips, a.engine);
}

std::string serve_answer_text(const ServeAnswer& a) {
    std::string text = wrapped("", serve_answer_sentence(a), 0);
    if (a.curves) text += wrapped("", knee_sentence(a), 0);
    text += "\n" + wrapped("", deployment_text(a), 2);
    if (a.feasible() && a.outcome.completed > 0) {
        text += "\n" + latency_rows(a) + tenant_rows(a) + "\n" + use_rows(a);
    }
    if (!a.notes.empty()) text += "\n";
    for (const std::string& note : a.notes) text += wrapped("note: ", note, 6);
    return text;
}

}  // namespace millwright

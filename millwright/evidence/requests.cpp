#include "millwright/evidence/requests.h"

#include <algorithm>
#include <array>

#include "millwright/base/statistics.h"
#include "millwright/catalog/bands.h"
#include "millwright/evidence/log_deployment.h"
#include "millwright/evidence/served_run.h"
#include "millwright/evidence/tables.h"
#include "millwright/serve/fleet.h"

namespace millwright {
namespace {

/// Times of all requests, in seconds; one more list for each kind of time.
struct LoggedTimes {
    std::vector<double> first, per_token, whole;
};

LoggedTimes measured_times(const RequestLog& log) {
    LoggedTimes times;
    for (const LoggedRequest& r : log.requests) {
        times.first.push_back(first_token_time(r).si());
        if (const auto each = time_per_token(r)) times.per_token.push_back(each->si());
        times.whole.push_back(request_time(r).si());
    }
    return times;
}

double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

/// The longest sequence, which windows and memory go by.
double longest_of(const RequestLog& log) {
    std::int64_t longest = 1;
    for (const LoggedRequest& r : log.requests) longest = std::max(longest, r.prompt + r.output);
    return static_cast<double>(longest);
}

/// Ranks of data parallelism of a dense model are copies of the whole.
std::int64_t copies_of(const ServingRow& served) {
    const RowLayout& layout = served.whole.layout;
    return layout.attention_data ? 1 : std::max<std::int64_t>(1, layout.data);
}

RequestSource replayed(const RequestLog& log) {
    auto next = std::size_t{0};
    return [&log, next]() mutable -> std::optional<Request> {
        if (next == log.requests.size()) return std::nullopt;
        const LoggedRequest& r = log.requests[next++];
        Request request;
        request.arrival = r.arrival;
        request.prompt = r.prompt;
        request.output = r.output;
        return request;
    };
}

/// What all rows of a log have in common.
ValidatedRow plain_row(const ServingRow& served) {
    ValidatedRow row;
    row.source = "log";
    if (served.chip != nullptr) row.chip = served.chip->id;
    row.precision = name_of(served.forms.dense);
    row.model = served.model.id;
    if (served.engine != nullptr) row.framework = served.engine->id;
    row.defaults = served.defaults;
    row.skipped = served.skipped;
    return row;
}

class Rows {
public:
    Rows(const ServingRow& served, const Catalog& catalog)
        : plain_(plain_row(served)), catalog_(catalog) {}

    void add(const std::string& id, const std::string& metric, const std::string& band,
             double predicted, double measured) {
        ValidatedRow row = plain_;
        row.id = id;
        row.metric = metric;
        row.measured = measured;
        if (row.skipped.empty() && measured <= 0) row.skipped = "no measured value";
        if (row.skipped.empty()) settle(row, predicted);
        if (row.skipped.empty()) add_band(row, catalog_, "serving", band, false);
        rows.push_back(std::move(row));
    }

    /// Mean and quantiles, in milliseconds.
    void add_all(const std::string& metric, const std::string& band, const LatencyCounts& predicted,
                 const std::vector<double>& measured) {
        constexpr double ms = 1e3;
        add("all", metric + "_mean", band, predicted.mean().si() * ms, mean_of(measured) * ms);
        constexpr std::array shares{std::pair{"_p50", 0.5}, std::pair{"_p90", 0.9},
                                    std::pair{"_p99", 0.99}};
        for (const auto& [name, share] : shares) {
            add("all", metric + name, band, predicted.quantile(share).si() * ms,
                quantile(measured, share) * ms);
        }
    }

    std::vector<ValidatedRow> rows;

private:
    ValidatedRow plain_;
    const Catalog& catalog_;
};

void add_each(const RequestLog& log, const std::vector<ServedRequest>& served, Rows& rows) {
    constexpr double ms = 1e3;
    for (const ServedRequest& s : served) {
        const LoggedRequest& r = log.requests[s.index];
        rows.add(r.id, "ttft_ms", "first-token", (s.first_token - s.arrival).si() * ms,
                 first_token_time(r).si() * ms);
        const auto each = time_per_token(r);
        if (each) rows.add(r.id, "tpot_ms", "per-token", s.per_token().si() * ms, each->si() * ms);
        rows.add(r.id, "latency_ms", "latency", (s.end - s.arrival).si() * ms,
                 request_time(r).si() * ms);
    }
}

}  // namespace

Validation validate_log(const RequestLog& log, const Catalog& catalog,
                        const std::vector<std::string>& group_by, bool each) {
    ServingRow deployment = deployment_of(log, catalog);
    ServeOutcome outcome;
    FleetRecord record{.requests = each};
    if (deployment.skipped.empty()) {
        Replica replica = replica_of_row(deployment, deployment.whole.layout, catalog);
        replica.engine.figures.request = replica.engine.figures.reply = {};
        replica.longest = longest_of(log);
        deployment.skipped = why_not(replica, static_cast<std::int64_t>(replica.longest));
        if (deployment.skipped.empty()) {
            const Fleet fleet{replica, copies_of(deployment)};
            outcome = together(
                simulate_fleet(
                    fleet, {}, {}, [&] { return replayed(log); }, 1, each ? &record : nullptr),
                fleet.replicas);
        }
    }
    const LoggedTimes measured = measured_times(log);
    Rows rows(deployment, catalog);
    rows.add_all("ttft_ms", "first-token", outcome.first_token, measured.first);
    rows.add_all("tpot_ms", "per-token", outcome.per_token, measured.per_token);
    rows.add_all("latency_ms", "latency", outcome.latency, measured.whole);
    rows.add("all", "makespan_s", "latency", outcome.seconds.si(), makespan(log).si());
    add_each(log, record.served, rows);
    return summed_up(std::move(rows.rows), group_by);
}

}  // namespace millwright

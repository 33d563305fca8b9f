#include "millwright/evidence/log_run.h"

#include <algorithm>
#include <array>

#include "millwright/base/statistics.h"
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

/// Mean and quantiles of one kind of time, in milliseconds.
void add_all(const std::string& name, MetricForm form, const std::vector<double>& seconds,
             std::vector<LogFigure>& figures) {
    const auto add = [&](const char* end, StatisticForm statistic, double value) {
        figures.push_back(
            {.name = name + end,
             .metric = {.form = form, .statistic = statistic, .scale = 1 / ms_of_second},
             .measured = value * ms_of_second});
    };
    add("_mean", StatisticForm::mean, mean_of(seconds));
    add("_p50", StatisticForm::p50, quantile(seconds, 0.5));
    add("_p90", StatisticForm::p90, quantile(seconds, 0.9));
    add("_p99", StatisticForm::p99, quantile(seconds, 0.99));
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

}  // namespace

std::vector<LogFigure> figures_of(const RequestLog& log) {
    const LoggedTimes times = measured_times(log);
    std::vector<LogFigure> figures;
    add_all("ttft_ms", MetricForm::ttft, times.first, figures);
    add_all("tpot_ms", MetricForm::tpot, times.per_token, figures);
    add_all("latency_ms", MetricForm::latency, times.whole, figures);
    figures.push_back({.name = "makespan_s",
                       .metric = {.form = MetricForm::latency},
                       .makespan = true,
                       .measured = makespan(log).si()});
    return figures;
}

double figure_of(const LogFigure& figure, const ServedRun& run) {
    return figure.makespan ? run.outcome.seconds.si() : metric_of(figure.metric, run);
}

ServedRun run_of_log(const RequestLog& log, const ServingRow& deployment, const Catalog& catalog,
                     std::vector<ServedRequest>* each) {
    ServedRun run;
    Replica replica = replica_of_row(deployment, deployment.whole.layout, catalog);
    replica.engine.figures.request = replica.engine.figures.reply = {};
    replica.longest = longest_of(log);
    run.skipped = why_not(replica, static_cast<std::int64_t>(replica.longest));
    if (!run.skipped.empty()) return run;
    const Fleet fleet{replica, copies_of(deployment)};
    FleetRecord record{.requests = each != nullptr};
    run.outcome = simulate_fleet(
        fleet, {}, {}, [&] { return replayed(log); }, 1, each != nullptr ? &record : nullptr);
    if (each != nullptr) *each = std::move(record.served);
    return run;
}

}  // namespace millwright

#include "millwright/evidence/requests.h"

#include <algorithm>

#include "millwright/evidence/log_deployment.h"
#include "millwright/evidence/log_run.h"
#include "millwright/evidence/serving_bands.h"
#include "millwright/evidence/tables.h"

namespace millwright {
namespace {

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

class LogRows {
public:
    LogRows(const ServingRow& served, const Catalog& catalog)
        : plain_(plain_row(served)), catalog_(catalog) {}

    void add(const std::string& id, const std::string& metric, MetricForm form, double predicted,
             double measured) {
        ValidatedRow row = plain_;
        row.id = id;
        row.metric = metric;
        row.measured = measured;
        if (row.skipped.empty() && measured <= 0) row.skipped = "no measured value";
        if (row.skipped.empty()) settle(row, predicted);
        if (row.skipped.empty()) {
            const std::string band = serving_band(catalog_, form, row.framework);
            add_band(row, catalog_, "serving", band, is_rate(form));
        }
        rows.push_back(std::move(row));
    }

    std::vector<ValidatedRow> rows;

private:
    ValidatedRow plain_;
    const Catalog& catalog_;
};

void add_each(const RequestLog& log, const std::vector<ServedRequest>& served, LogRows& rows) {
    for (const ServedRequest& s : served) {
        const LoggedRequest& r = log.requests[s.index];
        using enum MetricForm;
        rows.add(r.id, "ttft_ms", ttft, (s.first_token - s.arrival).si() * ms_of_second,
                 first_token_time(r).si() * ms_of_second);
        const auto each = time_per_token(r);
        if (each)
            rows.add(r.id, "tpot_ms", tpot, s.per_token().si() * ms_of_second,
                     each->si() * ms_of_second);
        rows.add(r.id, "latency_ms", latency, (s.end - s.arrival).si() * ms_of_second,
                 request_time(r).si() * ms_of_second);
    }
}

}  // namespace

Validation validate_log(const RequestLog& log, const Catalog& catalog,
                        const std::vector<std::string>& group_by, bool each) {
    ServingRow deployment = deployment_of(log, catalog);
    ServedRun run{.skipped = deployment.skipped};
    std::vector<ServedRequest> served;
    if (run.skipped.empty()) run = run_of_log(log, deployment, catalog, each ? &served : nullptr);
    deployment.skipped = run.skipped;
    LogRows rows(deployment, catalog);
    for (const LogFigure& figure : figures_of(log)) {
        rows.add("all", figure.name, figure.metric.form, figure_of(figure, run), figure.measured);
    }
    std::ranges::sort(served, {}, &ServedRequest::index);
    add_each(log, served, rows);
    return summed_up(std::move(rows.rows), group_by);
}

}  // namespace millwright

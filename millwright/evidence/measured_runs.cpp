#include "millwright/evidence/measured_runs.h"

#include <array>
#include <map>
#include <memory>

#include "millwright/evidence/log_deployment.h"
#include "millwright/evidence/log_run.h"

namespace millwright {
namespace {

/// What a row says but for its figure. Where prompts and answers have workers of their own, first
/// tokens are of a simulation of their own.
std::string run_key(const CsvTable& table, std::size_t index, const ServingRow& row) {
    constexpr std::array own{"id", "metric", "value", "confidence"};
    std::vector<std::string> cells;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const bool of_figure = std::ranges::find(own, table.columns[c]) != own.end();
        if (!of_figure) cells.push_back(table.rows[index][c]);
    }
    const bool apart = row.prefill && row.decode;
    cells.emplace_back(apart && row.metric.form == MetricForm::ttft ? "prompts" : "");
    return csv_line(cells);
}

/// A run of a table: the first of its rows, and the metrics of all.
struct RunOfRows {
    ServingRow row;
    std::vector<RowMetric> metrics;
};

RunPrediction predicted(const RunOfRows& run, const Engine& engine, const Catalog& catalog) {
    ServingRow row = run.row;
    row.engine = &engine;
    const ServedRun served = run_of_row(row, catalog);
    RunPrediction prediction{.skipped = served.skipped};
    if (!served.skipped.empty()) return prediction;
    for (const RowMetric& metric : run.metrics) {
        prediction.figures.push_back(metric_of(metric, served));
    }
    return prediction;
}

}  // namespace

MeasuredRuns runs_of_table(const CsvTable& table, const Catalog& catalog) {
    MeasuredRuns result;
    std::map<std::string, std::size_t> known;
    std::vector<std::shared_ptr<RunOfRows>> served;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        ServingRow row = read_serving_row(Cells(table, i), catalog);
        if (!row.skipped.empty()) {
            result.skipped.push_back(row.skipped);
            continue;
        }
        const RunFigure figure{row.id, std::string(cell(table, i, "metric")), row.metric.form,
                               row.measured};
        const auto [at, is_new] = known.try_emplace(run_key(table, i, row), result.runs.size());
        if (is_new) {
            result.runs.push_back({row.engine, row.model.id, row.chip->id, {}, {}});
            served.push_back(std::make_shared<RunOfRows>(RunOfRows{std::move(row), {}}));
            served.back()->metrics = {served.back()->row.metric};
        } else {
            served[at->second]->metrics.push_back(row.metric);
        }
        result.runs[at->second].figures.push_back(figure);
    }
    for (std::size_t r = 0; r < served.size(); ++r) {
        result.runs[r].predict = [run = served[r], &catalog](const Engine& engine) {
            return predicted(*run, engine, catalog);
        };
    }
    return result;
}

MeasuredRuns run_of_requests(const RequestLog& log, const Catalog& catalog) {
    MeasuredRuns result;
    ServingRow deployment = deployment_of(log, catalog);
    std::vector<LogFigure> figures = figures_of(log);
    std::erase_if(figures, [](const LogFigure& figure) { return figure.measured <= 0; });
    if (!deployment.skipped.empty()) {
        result.skipped.assign(figures.size(), deployment.skipped);
        return result;
    }
    MeasuredRun run{deployment.engine, deployment.model.id, deployment.chip->id, {}, {}};
    for (const LogFigure& figure : figures) {
        run.figures.push_back({"all", figure.name, figure.metric.form, figure.measured});
    }
    run.predict = [deployment, figures, &log, &catalog](const Engine& engine) {
        ServingRow served = deployment;
        served.engine = &engine;
        const ServedRun replay = run_of_log(log, served, catalog);
        RunPrediction prediction{.skipped = replay.skipped};
        if (!replay.skipped.empty()) return prediction;
        for (const LogFigure& figure : figures) {
            prediction.figures.push_back(figure_of(figure, replay));
        }
        return prediction;
    };
    result.runs.push_back(std::move(run));
    return result;
}

}  // namespace millwright

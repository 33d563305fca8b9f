// Measured rows and worked cases of rules are two kinds of answer, kernels and runs two kinds of
// fit: each has an `answer_text` and an `answer_json` here, and what the answer holds picks one.
// Text has percent with one decimal, JSON shares as they are.
#include "millwright/report/evidence_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/report/serving_fit_json.h"
#include "millwright/report/serving_fit_text.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

/// A share as a number of percent with one decimal.
std::string percent_number(double share) { return fmt::format("{:.1f}", 100 * share); }

/// A line for each of the most frequent reasons, with its number of rows.
std::string skipped_text(const SkipReasons& reasons) {
    constexpr std::size_t told = 8;
    std::string text;
    for (std::size_t i = 0; i < reasons.size() && i < told; ++i) {
        const auto& [reason, rows] = reasons[i];
        text += wrapped(fmt::format("  skipped {}: ", rows), reason, 4);
    }
    if (reasons.size() > told) {
        text += fmt::format("  and for {} reasons more\n", reasons.size() - told);
    }
    return text;
}

/// Keys of rankings are there for sweeps alone; other tables have no layouts to rank.
nlohmann::ordered_json figures_json(const ErrorFigures& f) {
    nlohmann::ordered_json json{{"count", f.count},
                                {"skipped", f.skipped},
                                {"median_abs_error", f.median_abs_error},
                                {"mean_abs_error", f.mean_abs_error},
                                {"p90_abs_error", f.p90_abs_error},
                                {"bias", f.bias},
                                {"coverage", f.coverage}};
    if (f.rank_correlation) json["rank_correlation"] = *f.rank_correlation;
    if (f.regret) json["regret"] = *f.regret;
    return json;
}

/// A skipped row keeps what it printed and says why; what would be predicted of it is null.
nlohmann::ordered_json row_json(const ValidatedRow& row) {
    const bool done = row.skipped.empty();
    nlohmann::ordered_json json{{"id", row.id}, {"metric", row.metric}};
    json["predicted"] = done ? nlohmann::ordered_json(row.predicted) : nullptr;
    json["measured"] = row.measured;
    json["error"] = done ? nlohmann::ordered_json(row.error) : nullptr;
    json["skipped"] = done ? nullptr : nlohmann::ordered_json(row.skipped);
    json["low"] = done ? nlohmann::ordered_json(row.low) : nullptr;
    json["high"] = done ? nlohmann::ordered_json(row.high) : nullptr;
    json["band"] = row.band;
    // what rows are grouped by: empty where a kind of table does not have it
    json["source"] = row.source;
    json["chip"] = row.chip;
    json["precision"] = row.precision;
    json["scale"] = row.scale;
    json["model"] = row.model;
    json["framework"] = row.framework;
    json["structure"] = row.structure;
    json["release"] = row.release;
    json["nearness"] = row.nearness;
    json["defaults"] = row.defaults;
    nlohmann::ordered_json states = nlohmann::ordered_json::array();
    for (const PredictedState& s : row.states) {
        states.push_back({{"name", s.name}, {"odds", s.odds}, {"predicted", s.predicted}});
    }
    json["states"] = states;
    nlohmann::ordered_json terms = nlohmann::ordered_json::object();
    // seconds of a step, or gigabytes of memory
    for (const auto& [name, value] : row.terms) terms[name] = value;
    json["terms"] = terms;
    return json;
}

nlohmann::ordered_json answer_json(const Validation& v) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const ValidatedRow& row : v.rows) rows.push_back(row_json(row));
    nlohmann::ordered_json groups = nlohmann::ordered_json::array();
    for (const ValidatedGroup& g : v.groups) {
        nlohmann::ordered_json json{{"by", g.by}, {"metric", g.metric}};
        json.update(figures_json(g.figures));
        groups.push_back(json);
    }
    return {{"rows", rows}, {"groups", groups}, {"summary", figures_json(v.summary)}};
}

/// Tables are put together from rows of cells; groups have as many columns of keys as were asked
/// for.
using Row = std::vector<std::string>;

/// Errors of no rows are zeros, which would read as perfect: dashes stand in their place.
Row figures_cells(const ErrorFigures& f) {
    Row row{std::to_string(f.count), std::to_string(f.skipped)};
    if (f.count == 0) {
        row.insert(row.end(), 5, "-");
        return row;
    }
    append(row,
           {percent_number(f.median_abs_error), percent_number(f.mean_abs_error),
            percent_number(f.p90_abs_error), percent_number(f.bias), percent_number(f.coverage)});
    return row;
}

/// A line a group, its keys in columns of their own, and one of all. Groups with a regret are the
/// layouts of a sweep, which `rankings_text` tells.
std::string groups_text(const Validation& v) {
    Row head = v.group_by;
    append(head, {"metric", "rows", "skipped", "median %", "mean %", "90th %", "bias %", "band %"});
    std::vector<Row> rows;
    for (const ValidatedGroup& g : v.groups) {
        if (g.figures.regret) continue;
        Row row = g.values;
        row.push_back(g.metric);
        append(row, figures_cells(g.figures));
        rows.push_back(std::move(row));
    }
    Row all(v.group_by.size() + 1);
    all.front() = "all";
    append(all, figures_cells(v.summary));
    rows.push_back(std::move(all));
    return format_table(head, rows, std::string(v.group_by.size() + 1, 'l') + "rrrrrrr");
}

constexpr const char* groups_legend =
    "Rows: those predicted. Median, mean, 90th percentile of the errors, predicted over printed "
    "less one, without their signs; bias: the mean with them; band: rows printed within the band "
    "that their prediction carries, which is made for 80 %.";

/// How well the layouts of each model and scale are ranked, and the mean. Empty for tables that are
/// no sweep. Their groups are named "layout=...", of which the second half is shown.
std::string rankings_text(const Validation& v) {
    if (!v.summary.regret) return "";
    std::vector<Row> rows;
    const auto add = [&](const std::string& name, const ErrorFigures& f) {
        rows.push_back(
            {name, fmt::format("{:.3f}", *f.rank_correlation), percent_number(*f.regret)});
    };
    for (const ValidatedGroup& g : v.groups) {
        if (g.figures.regret) add(g.by.substr(g.by.find('=') + 1), g.figures);
    }
    add("mean", v.summary);
    return "\n" + format_table({"layouts of", "rank correlation", "regret %"}, rows, "lrr") + "\n" +
           wrapped("",
                   "Layouts ranked by throughput. Regret: what the one predicted best loses to "
                   "the one measured best.",
                   0);
}

/// "usual 12 %: 4518": the state that is not predicted, its odds, and what it would give.
std::string other_state(const ValidatedRow& row) {
    if (row.states.empty()) return "";
    const PredictedState& s = row.states.back();
    return fmt::format("{} {:.0f} %: {:.5g}", s.name, 100 * s.odds, s.predicted);
}

/// A column of the other state is there where some row has one.
std::string rows_text(const Validation& v) {
    const bool states =
        std::ranges::any_of(v.rows, [](const ValidatedRow& row) { return !row.states.empty(); });
    Row head{"row", "metric", "predicted", "printed", "error %", "skipped"};
    if (states) head.insert(head.end() - 1, "or else");
    std::vector<Row> rows;
    for (const ValidatedRow& row : v.rows) {
        const bool done = row.skipped.empty();
        rows.push_back({row.id, row.metric, done ? fmt::format("{:.5g}", row.predicted) : "-",
                        fmt::format("{:.5g}", row.measured),
                        done ? fmt::format("{:+.1f}", 100 * row.error) : "-", row.skipped});
        if (states) rows.back().insert(rows.back().end() - 1, other_state(row));
    }
    std::string text = format_table(head, rows, states ? "llrrrll" : "llrrrl") + "\n";
    if (!states) return text;
    return text +
           wrapped("",
                   "Or else: the other state of the cluster, as usual or stalled, the "
                   "share of jobs that meet it, and what is predicted in it.",
                   0) +
           "\n";
}

std::string answer_text(const Validation& v, bool with_rows) {
    std::string text = with_rows ? rows_text(v) : "";
    text += groups_text(v) + "\n" + wrapped("", groups_legend, 0);
    if (v.summary.count == 0) text += "No row can be predicted.\n";
    return text + rankings_text(v) + skipped_text(skip_reasons(v));
}

/// A verdict is right or not: keys of errors and bands are there, and null.
nlohmann::ordered_json answer_json(const RulesValidation& v) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const JudgedRow& row : v.rows) {
        const bool done = row.skipped.empty();
        nlohmann::ordered_json json{{"id", row.id}, {"metric", "verdict"}};
        json["predicted"] = done ? nlohmann::ordered_json(row.predicted) : nullptr;
        json["measured"] = row.measured;
        for (const char* key : {"error", "low", "high"}) json[key] = nullptr;
        json["skipped"] = done ? nullptr : nlohmann::ordered_json(row.skipped);
        json["right"] = row.right();
        json["confidence"] = row.confidence;
        json["rule"] = row.rule;
        json["reason"] = row.reason;
        rows.push_back(json);
    }
    const auto figures = [](const JudgedGroup& g) {
        return nlohmann::ordered_json{
            {"count", g.count}, {"skipped", g.skipped}, {"right", g.right}};
    };
    nlohmann::ordered_json groups = nlohmann::ordered_json::array();
    for (const JudgedGroup& g : v.groups) {
        nlohmann::ordered_json json{{"by", "confidence=" + g.confidence}, {"metric", "verdict"}};
        json.update(figures(g));
        groups.push_back(json);
    }
    return {{"rows", rows}, {"groups", groups}, {"summary", figures(v.summary)}};
}

/// `right` is out of the rows that could be judged: a skipped one is neither.
std::string answer_text(const RulesValidation& v, bool with_rows) {
    std::string text;
    std::vector<std::vector<std::string>> rows;
    for (const JudgedRow& row : v.rows) {
        if (!with_rows && row.right()) continue;
        const std::string answer = row.skipped.empty() ? row.predicted : "skipped";
        rows.push_back({row.id, answer, row.measured, row.right() ? "" : "differs",
                        row.skipped.empty() ? row.reason : row.skipped});
    }
    if (!rows.empty()) {
        text += format_table({"row", "judged", "expected", "", "reason"}, rows, "lllll") + "\n";
    }
    rows.clear();
    const auto add = [&](const std::string& name, const JudgedGroup& g) {
        rows.push_back(
            {name, std::to_string(g.count), std::to_string(g.skipped), std::to_string(g.right)});
    };
    for (const JudgedGroup& g : v.groups) add("confidence=" + g.confidence, g);
    add("all", v.summary);
    return text + format_table({"group", "rows", "skipped", "right"}, rows, "lrrr");
}

nlohmann::ordered_json answer_json(const KernelCalibration& c) {
    nlohmann::ordered_json fits = nlohmann::ordered_json::array();
    for (const KernelFit& fit : c.fits) {
        fits.push_back({{"family", fit.family},
                        {"chip", fit.chip},
                        {"figures", fit.table},
                        {"rows", fit.rows},
                        {"median_abs_error", fit.median_abs_error},
                        {"p90_abs_error", fit.p90_abs_error}});
    }
    return {{"fits", fits}, {"skipped", c.skipped}};
}

/// A line a fit: each family has several, by format and kind of kernel.
std::string answer_text(const KernelCalibration& c) {
    std::vector<std::vector<std::string>> rows;
    for (const KernelFit& fit : c.fits) {
        rows.push_back({fit.family, fit.chip, fit.table, std::to_string(fit.rows),
                        percent_number(fit.median_abs_error), percent_number(fit.p90_abs_error)});
    }
    std::string text =
        format_table({"family", "chip", "figures", "rows", "median %", "90th %"}, rows, "lllrrr");
    if (c.skipped > 0) text += fmt::format("{} rows could not be used\n", c.skipped);
    return text;
}

nlohmann::ordered_json answer_json(const RunCalibration& c) {
    nlohmann::ordered_json factors = nlohmann::ordered_json::array();
    for (const RunFactor& f : c.factors) {
        factors.push_back({{"figure", f.figure},
                           {"identified", f.identified},
                           {"value", f.value},
                           {"low", f.low},
                           {"high", f.high}});
    }
    nlohmann::ordered_json reasons = nlohmann::ordered_json::object();
    for (const auto& [reason, rows] : c.reasons) reasons[reason] = rows;
    return {{"factors", factors},
            {"runs", c.runs},
            {"skipped", c.skipped},
            {"skipped_reasons", reasons},
            {"median_abs_error_before", c.error_before},
            {"median_abs_error_after", c.error_after}};
}

/// With fewer runs than factors the fit has many answers; the one given keeps each factor near one,
/// and the last line says so.
std::string answer_text(const RunCalibration& c) {
    std::vector<std::vector<std::string>> rows;
    std::size_t fitted = 0;
    for (const RunFactor& f : c.factors) {
        const auto shown = [&](double x) { return f.identified ? fmt::format("{:.3f}", x) : "-"; };
        rows.push_back({f.figure, shown(f.value), shown(f.low), shown(f.high),
                        f.identified ? "" : "not identified, left as it was"});
        if (f.identified) ++fitted;
    }
    std::string text = format_table({"factor", "value", "low", "high", ""}, rows, "lrrrl");
    text += fmt::format("{} runs, {} skipped; median error {} % before, {} % after\n", c.runs,
                        c.skipped, percent_number(c.error_before), percent_number(c.error_after));
    text += skipped_text(c.reasons);
    if (c.runs >= fitted) return text;
    return text + wrapped("",
                          fmt::format("{} runs are fewer than the {} factors fitted to them: what "
                                      "they share is divided by keeping each near 1",
                                      c.runs, fitted),
                          2);
}

}  // namespace

std::string validation_text(const ValidateAnswer& answer, bool with_rows) {
    return std::visit([&](const auto& v) { return answer_text(v, with_rows); }, answer);
}

nlohmann::ordered_json validation_json(const ValidateAnswer& answer) {
    return std::visit([](const auto& v) { return answer_json(v); }, answer);
}

std::string calibration_text(const CalibrateAnswer& answer) {
    if (answer.serving) return serving_fit_text(*answer.serving);
    return answer.kernels ? answer_text(*answer.kernels) : answer_text(*answer.runs);
}

nlohmann::ordered_json calibration_json(const CalibrateAnswer& answer) {
    if (answer.serving) return serving_fit_json(*answer.serving);
    return answer.kernels ? answer_json(*answer.kernels) : answer_json(*answer.runs);
}

}  // namespace millwright

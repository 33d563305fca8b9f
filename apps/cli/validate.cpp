// millwright validate: predictions against published measurements.
#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/skipped.h"
#include "millwright/base/text.h"
#include "millwright/evidence/rules.h"
#include "millwright/evidence/validation.h"
#include "millwright/report/json_text.h"
#include "millwright/report/table.h"

namespace millwright::app {
namespace {

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
    json["defaults"] = row.defaults;
    nlohmann::ordered_json terms = nlohmann::ordered_json::object();
    for (const auto& [name, value] : row.terms) terms[name] = value;
    json["terms"] = terms;
    return json;
}

nlohmann::ordered_json validation_json(const Validation& v) {
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

std::vector<std::string> figures_row(const std::string& by, const std::string& metric,
                                     const ErrorFigures& f) {
    std::vector<std::string> row{by, metric, std::to_string(f.count), std::to_string(f.skipped)};
    if (f.count == 0) {
        row.insert(row.end(), 5, "-");
        return row;
    }
    row.insert(row.end(), {percent(f.median_abs_error), percent(f.mean_abs_error),
                           percent(f.p90_abs_error), percent(f.bias), percent(f.coverage)});
    return row;
}

void print_rows(const Validation& v) {
    std::vector<std::vector<std::string>> rows;
    for (const ValidatedRow& row : v.rows) {
        const bool done = row.skipped.empty();
        rows.push_back({row.id, row.metric, done ? fmt::format("{:.5g}", row.predicted) : "-",
                        fmt::format("{:.5g}", row.measured),
                        done ? fmt::format("{:+.1f}", 100 * row.error) : "-", row.skipped});
    }
    std::cout << format_table({"row", "metric", "predicted", "printed", "error %", "skipped"}, rows,
                              "llrrrl")
              << "\n";
}

void print_text(const Validation& v, bool with_rows) {
    if (with_rows) print_rows(v);
    std::vector<std::vector<std::string>> rows;
    for (const ValidatedGroup& g : v.groups) rows.push_back(figures_row(g.by, g.metric, g.figures));
    rows.push_back(figures_row("all", "", v.summary));
    std::cout << format_table(
        {"group", "metric", "rows", "skipped", "median %", "mean %", "90th %", "bias %", "cov %"},
        rows, "llrrrrrrr");
    if (v.summary.count == 0) {
        std::cout << "no row can be predicted:\n" << skipped_text(skip_reasons(v));
    }
    if (!v.summary.regret) return;
    std::cout << fmt::format(
        "\nlayouts ranked by throughput, mean over models and scales: rank correlation {:.3f}, "
        "regret {:.1f} %\n",
        *v.summary.rank_correlation, 100 * *v.summary.regret);
}

nlohmann::ordered_json judged_json(const RulesValidation& v) {
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

void print_judged(const RulesValidation& v, bool with_rows) {
    std::vector<std::vector<std::string>> rows;
    for (const JudgedRow& row : v.rows) {
        if (!with_rows && row.right()) continue;
        const std::string answer = row.skipped.empty() ? row.predicted : "skipped";
        rows.push_back({row.id, answer, row.measured, row.right() ? "" : "differs",
                        row.skipped.empty() ? row.reason : row.skipped});
    }
    if (!rows.empty()) {
        std::cout << format_table({"row", "judged", "expected", "", "reason"}, rows, "lllll")
                  << "\n";
    }
    rows.clear();
    const auto add = [&](const std::string& name, const JudgedGroup& g) {
        rows.push_back(
            {name, std::to_string(g.count), std::to_string(g.skipped), std::to_string(g.right)});
    };
    for (const JudgedGroup& g : v.groups) add("confidence=" + g.confidence, g);
    add("all", v.summary);
    std::cout << format_table({"group", "rows", "skipped", "right"}, rows, "lrrr");
}

int validate_rules_command(const ValidateArguments& a, const Common& common) {
    const RulesValidation v = value_or_throw(validate_rules(table_from(a.table), catalog(common)));
    if (common.json) {
        std::cout << json_text(judged_json(v)) << "\n";
    } else {
        print_judged(v, a.rows);
    }
    return exit_done;
}

}  // namespace

int validate_command(const ValidateArguments& a, const Common& common) {
    if (!a.family.empty() && a.kind != "kernels") {
        throw UserFault{{{{"--family", 0, 0},
                          "a family of kernels predicts tables of kernels alone",
                          "leave it out, or validate kernels"}}};
    }
    if (!a.framework.empty() && a.kind != "training" && a.kind != "sweep") {
        throw UserFault{{{{"--framework", 0, 0},
                          "a framework predicts tables of training and sweeps alone",
                          "leave it out, or validate training"}}};
    }
    if (a.kind == "rules") return validate_rules_command(a, common);
    const CsvTable table = table_from(a.table);
    const Validation v =
        value_or_throw(validate(enum_named<TableKind>(a.kind).value(), table, catalog(common),
                                {a.group_by, a.family, a.framework}));
    if (common.json) {
        std::cout << json_text(validation_json(v)) << "\n";
    } else {
        print_text(v, a.rows);
    }
    return exit_done;
}

}  // namespace millwright::app

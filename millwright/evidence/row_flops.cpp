#include "millwright/evidence/row_flops.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "millwright/compute/mixers.h"
#include "millwright/compute/weights.h"
#include "millwright/evidence/cells.h"

namespace millwright {
namespace {

bool is_of_flops(const std::string& metric) {
    return metric == "tflops_per_gpu" || metric == "mfu";
}

/// Two prints of one run: rows that differ in what they measure alone.
bool is_same_run(const CsvTable& table, std::size_t one, std::size_t other) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const std::string& column = table.columns[c];
        const bool told = column == "id" || column == "metric" || column == "value" ||
                          column == "notes" || column == "confidence";
        if (!told && table.rows[one][c] != table.rows[other][c]) return false;
    }
    return true;
}

/// Tokens a second and chip of a row that prints its time or tokens.
std::optional<double> tokens_per_chip(const Cells& cells, const TrainingRow& run) {
    const auto value = cells.number("value");
    if (!value || *value <= 0) return std::nullopt;
    const std::string metric = cells.text("metric");
    if (metric == "tokens_per_s_per_gpu") return *value;
    if (metric == "tokens_per_s_total") return *value / run.chips;
    if (metric != "step_s" || !cells.number("global_batch")) return std::nullopt;
    return run.batch * run.context.sequence / *value / run.chips;
}

/// FLOPs a second and chip as the row prints them.
double printed_rate(const TrainingRow& row) {
    if (row.metric == "tflops_per_gpu") return row.measured * 1e12;
    const double share = row.measured > 1 ? row.measured / 100 : row.measured;
    return share * row.context.chip.rate(Precision::bf16).si();
}

}  // namespace

double flops_per_token(const TrainingRow& row, FlopConvention convention) {
    const Model& m = row.context.model;
    const double causal = model_flops_per_token(m, row.context.sequence).si();
    const double no_attention = model_flops_per_token(m, 0).si();
    const double full = causal + (causal - no_attention);
    switch (convention) {
        case FlopConvention::full_attention: return full;
        case FlopConvention::causal_attention: return causal;
        case FlopConvention::with_recompute:
            return full * (row.plan.recompute == Recompute::full ? 4.0 / 3.0 : 1.0);
    }
    return causal;
}

void use_pair(const CsvTable& table, std::size_t index, TrainingRow& row) {
    constexpr double near = 0.05;
    if (!is_of_flops(row.metric)) return;
    for (std::size_t other = 0; other < table.rows.size(); ++other) {
        if (other == index || !is_same_run(table, index, other)) continue;
        const auto tokens = tokens_per_chip({table, other}, row);
        if (!tokens) continue;
        const double counted = printed_rate(row) / *tokens;
        double nearest = near;
        for (const FlopConvention c :
             {FlopConvention::full_attention, FlopConvention::causal_attention,
              FlopConvention::with_recompute}) {
            const double off = std::abs(std::log(flops_per_token(row, c) / counted));
            if (off >= nearest) continue;
            nearest = off;
            row.convention = c;
        }
        return;
    }
}

}  // namespace millwright

#include "millwright/study/plan_figures.h"

#include <algorithm>

namespace millwright {

PlanFigures plan_figures(const TrainContext& context, const Plan& plan, const Interval& band) {
    const Step step = evaluate(context, plan);
    const Seconds total = step.times.total;
    PlanFigures figures{.step = time_ledger(step.times),
                        .low = band.low * total,
                        .high = band.high * total,
                        .memory = memory_ledger(step.memory),
                        .usable = step.usable,
                        .fits = step.fits,
                        .stalled_odds = step.stalled.odds,
                        .other_step = step.other.total};
    constexpr double rare = 0.1;
    if (std::min(figures.stalled_odds, 1 - figures.stalled_odds) >= rare) {
        figures.low = min(figures.low, band.low * step.other.total);
        figures.high = max(figures.high, band.high * step.other.total);
    }
    figures.mfu = model_flops_utilisation(context, plan, total);
    const FlopRate useful = figures.mfu * context.chip.rate(Precision::bf16);
    figures.mfu_of_precision = useful / context.chip.rate(context.precision);
    figures.achieved_tflops = useful.in(unit::TFLOPS);
    const double tokens = static_cast<double>(plan.global_batch) * context.sequence;
    figures.tokens_per_chip = tokens / total.si() / static_cast<double>(chips_used(plan));
    return figures;
}

Interval step_band(const Catalog& catalog, const Framework& framework, const TrainContext& context,
                   const Chip& chip, const Plan& plan) {
    return interval_of(catalog, "time", band_detail(framework.id, context.model), chip,
                       {context.sequence, static_cast<double>(chips_used(plan))});
}

}  // namespace millwright

// What a study's text knows of training is the row of functions at the end; the text itself goes
// through such rows and knows no kind of job. Lines are in the order of the ranking. Every rate
// is of the chips that the plan uses, not of the site; prices are told both ways.
#include "millwright/report/train_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/compute/adapter_weights.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/table.h"
#include "millwright/report/useful_time.h"
#include "millwright/report/verdict_text.h"

namespace millwright {
namespace {

using Row = std::vector<std::string>;

/// Tables of rates and plans have no line for what cannot be done.
std::vector<RankedJob> feasible_jobs(const Study& study) {
    std::vector<RankedJob> list;
    for (const RankedJob& r : ranked_jobs(study, JobKind::train)) {
        if (r.job.feasible) list.push_back(r);
    }
    return list;
}

/// A factory's name stands in its first line alone: `last` is the one of the line before.
std::string rates(const Study& study) {
    std::vector<Row> rows;
    const FactoryReport* last = nullptr;
    for (const RankedJob& r : feasible_jobs(study)) {
        const auto& report = std::get<TrainReport>(r.job.of);
        rows.push_back({last == &r.factory ? "" : r.factory.name, r.job.job,
                        std::string(name_of(report.precision)),
                        fmt::format("{:.3g}", report.best.step.value.in(unit::s)),
                        fmt::format("{:.0f}", report.best.achieved_tflops),
                        fmt::format("{:.1f}", 100 * report.best.mfu),
                        fmt::format("{:.1f}", 100 * report.best.mfu_of_precision),
                        fmt::format("{:.0f}", report.best.tokens_per_chip),
                        fmt::format("{:.1f}", report.best.memory.value.in(unit::GB))});
        last = &r.factory;
    }
    return format_table(
        {"factory", "job", "in", "step s", "TFLOP/s", "MFU %", "own %", "tokens/s", "GB"}, rows,
        "lllrrrrrr");
}

/// MFU by the usual convention counts useful FLOPs alone, so recompute lowers it, and an FP8 job
/// may pass 100 % of the BF16 peak; hence the second one.
constexpr const char* rates_legend =
    "Each of the chips used. TFLOP/s: useful FLOPs (six per active weight and token, causal "
    "attention). MFU: those over the dense BF16 peak, the convention, which narrower formats can "
    "pass; own: over the dense peak of the job's own precision.";

/// Which jobs train adapters; nothing where none does. Of frozen weights less is useful.
std::string adapters_legend(const Study& study) {
    std::vector<std::string> jobs;
    for (const RankedJob& r : feasible_jobs(study)) {
        const auto& report = std::get<TrainReport>(r.job.of);
        const std::string told = r.job.job + ": " + low_rank_text(report.low_rank);
        const bool there = std::ranges::find(jobs, told) != jobs.end();
        if (report.low_rank.any() && !there) jobs.push_back(told);
    }
    if (jobs.empty()) return "";
    return wrapped("",
                   join(jobs, "; ") +
                       ". Of their frozen weights four FLOPs are useful, of those of adapters "
                       "six.",
                   0);
}

std::string plans(const Study& study) {
    std::vector<Row> rows;
    const FactoryReport* last = nullptr;
    for (const RankedJob& r : feasible_jobs(study)) {
        const Plan& plan = std::get<TrainReport>(r.job.of).plan;
        rows.push_back({last == &r.factory ? "" : r.factory.name, r.job.job, abbreviate(plan),
                        std::string(name_of(plan.schedule)), std::string(name_of(plan.sharding))});
        last = &r.factory;
    }
    return format_table({"factory", "job", "best plan", "schedule", "sharding"}, rows, "lllll");
}

/// What each of the chips used does, and the best plans.
std::string tables(const Study& study) {
    if (feasible_jobs(study).empty()) return "";
    return "\n" + rates(study) + "\n" + wrapped("", rates_legend, 0) + adapters_legend(study) +
           "\n" + plans(study);
}

Row train_cells(const JobReport& job) {
    const auto& report = std::get<TrainReport>(job.of);
    return {fmt::format("{:.1f}", report.days), fmt::format("{}", chips_used(report.plan)),
            fmt::format("{:.3g}", report.per_million_tokens.in(unit::USD)),
            fmt::format("{:.3g}", report.per_million_tokens_of_site.in(unit::USD))};
}

std::string train_phrase(const JobReport& job) {
    const auto& report = std::get<TrainReport>(job.of);
    return fmt::format("{} takes {:.1f} days and {:.3g} USD per million tokens", job.job,
                       report.days, report.per_million_tokens.in(unit::USD));
}

/// Where the step by flows differs from the formula, and how full the fullest link of each tier is;
/// nothing for plans that are not among the best, which are neither run nor said to be left out.
std::string flows_line(const FlowCheck& check) {
    if (!check.done && check.why_not.empty()) return "";
    if (!check.done) return labelled("by flows", "not run: " + check.why_not + "; --flows runs it");
    std::vector<std::string> hot;
    for (const TierLoad& tier : check.tiers) {
        hot.push_back(fmt::format("{} {:.0f} %", tier.tier, 100 * tier.most));
    }
    if (hot.empty()) hot.push_back("nothing crosses any");
    return labelled(
        "by flows",
        fmt::format("{:+.1f} % over the formula: {:+.1f} % as a timeline, {:+.1f} % "
                    "where all groups share the fabric, {}; load of the fullest link "
                    "by tier: {}",
                    100 * check.flows_over_formula(), 100 * check.timeline_over_formula(),
                    100 * check.sharing(), name_of(check.placement), join(hot, ", ")));
}

/// The plan, what its step is made of and how sure that is, what fills the memory, what would help,
/// and why other plans lost.
std::string train_paragraph(const FactoryReport& factory, const JobReport& job) {
    const auto& report = std::get<TrainReport>(job.of);
    std::string text =
        labelled("plan", fmt::format("{}; {} of {:.0f} chips of the site, {:.0f} in one "
                                     "compound; framework {}",
                                     describe(report.plan), chips_used(report.plan), factory.chips,
                                     factory.job_chips, report.framework));
    if (const std::string adapters = low_rank_text(report.low_rank); !adapters.empty()) {
        text += labelled(
            "trains", fmt::format("{}: {:#.4g} million weights", adapters, report.trainable / 1e6));
    }
    if (report.hours < hours_of_day) {
        text += labelled("hours", fmt::format("trains {:.4g} of 24 each day, in which nothing is "
                                              "served",
                                              report.hours));
    }
    text += labelled("step", fmt::format("{} ({} to {} in four of five): {}",
                                         to_text(report.best.step.value), to_text(report.best.low),
                                         to_text(report.best.high), parts_text(report.best.step)));
    text += labelled(
        "useful",
        fmt::format(
            "{}; the rest is {:.3g} tokens and {:.3g} $ a day; {:.1f} to {} days "
            "with both bands",
            useful_line(report.useful), report.tokens_lost_a_day, report.lost_a_day.in(unit::USD),
            report.days_low,
            std::isfinite(report.days_high) ? fmt::format("{:.1f}", report.days_high) : "endless"));
    text += labelled("memory",
                     fmt::format("{} of {} usable: {}", to_text(report.best.memory.value),
                                 to_text(report.best.usable), parts_text(report.best.memory)));
    text += labelled("bound by", report.bound_by + "; with 10 % more: " + sensitivity_text(job));
    text += flows_line(report.by_flows);
    for (const LossReason& r : report.search.reasons) {
        text += labelled("lost", fmt::format("{} {}, such as {}", counted(r.count, "plan"),
                                             r.reason, r.example));
    }
    return text;
}

}  // namespace

JobPrinter train_printer() {
    return {.kind = JobKind::train,
            .columns = {"days", "chips", "train $/Mtok", "whole"},
            .alignment = "rrrr",
            .legend =
                "Days: at the share of time that failures leave, below. Chips: those that the "
                "job's plan uses. "
                "train $/Mtok: a million trained tokens at the yearly cost of those chips "
                "alone; whole: at the whole site's, idle chips paid too.",
            .cells = train_cells,
            .phrase = train_phrase,
            .tables = tables,
            .paragraph = train_paragraph};
}

}  // namespace millwright

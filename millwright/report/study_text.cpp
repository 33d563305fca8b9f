#include "millwright/report/study_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/table.h"
#include "millwright/report/verdict_text.h"

namespace millwright {
namespace {

using Row = std::vector<std::string>;

/// What is there is never printed as nothing.
std::string share_text(double share) {
    if (share > 0 && share < 0.0005) return "<0.1 %";
    return share == 0 ? "0 %" : fmt::format("{:.1f} %", 100 * share);
}

/// Calls `visit(rank, factory, job)` in ranked order; rank is 0 for a factory's further jobs.
template <class Visit>
void for_each_ranked(const Study& study, Visit&& visit) {
    int rank = 0;
    for (const std::size_t i : study.ranking) {
        int shown = ++rank;
        for (const JobReport& job : study.factories[i].jobs) {
            visit(shown, study.factories[i], job);
            shown = 0;
        }
    }
}

/// Its place, in brackets where a denial stands in the way.
std::string rank_text(const FactoryReport& f, int rank) {
    return is_lawful(f.verdict) ? std::to_string(rank) : fmt::format("({})", rank);
}

/// Units of the whole site's columns: small factories are not told in millionths.
struct SiteUnits {
    Watts power = unit::MW;
    Dollars capital = 1e9 * unit::USD;
    const char* power_name = "MW";
    const char* capital_name = "G$";
};

SiteUnits units_of(const Study& study) {
    Watts power;
    Dollars capital;
    for (const FactoryReport& f : study.factories) {
        power = max(power, f.power.value);
        capital = max(capital, f.capital.value);
    }
    SiteUnits units;
    if (power < 10 * unit::MW) {
        units.power = 0.001 * unit::MW;
        units.power_name = "kW";
    }
    if (capital < 1e9 * unit::USD) {
        units.capital = 1e6 * unit::USD;
        units.capital_name = "M$";
    }
    return units;
}

/// Of those authorities that a study ranks by.
std::vector<const Outcome*> ranking_outcomes(const Verdict& verdict) {
    std::vector<const Outcome*> outcomes;
    for (const Outcome& o : verdict.outcomes) {
        if (o.ranks) outcomes.push_back(&o);
    }
    return outcomes;
}

Row summary_row(int rank, const FactoryReport& f, const JobReport& job, const SiteUnits& units) {
    const bool first = rank > 0;
    Row row{first ? rank_text(f, rank) : "", first ? f.name : ""};
    for (const Outcome* o : ranking_outcomes(f.verdict)) {
        const bool marked = o == &f.verdict.lead() && !f.verdict.would_decide.empty();
        row.push_back(!first ? "" : o->code + (marked ? "?" : ""));
    }
    row.push_back(job.job);
    if (!job.feasible) {
        row.insert(row.end(), {"cannot", "", "", ""});
    } else {
        row.push_back(fmt::format("{:.1f}", job.days));
        row.push_back(fmt::format("{}", chips_used(job.plan)));
        row.push_back(fmt::format("{:.3g}", job.per_million_tokens.in(unit::USD)));
        row.push_back(fmt::format("{:.3g}", job.per_million_tokens_of_site.in(unit::USD)));
    }
    if (!first) {
        row.insert(row.end(), 2, "");
        return row;
    }
    const double power = f.power.value.in(units.power);
    const double capital = f.capital.value.in(units.capital);
    row.push_back((power < 10 ? fmt::format("{:.2g}", power) : fmt::format("{:.0f}", power)) +
                  (f.over_power ? "!" : ""));
    row.push_back(capital < 0.1 ? fmt::format("{:.2g}", capital) : fmt::format("{:.2f}", capital));
    return row;
}

std::string summary(const Study& study) {
    const SiteUnits units = units_of(study);
    std::vector<Row> rows;
    for_each_ranked(study, [&](int rank, const FactoryReport& f, const JobReport& job) {
        rows.push_back(summary_row(rank, f, job, units));
    });
    Row head{"#", "factory"};
    std::string sides = "rl";
    for (const Outcome* o : ranking_outcomes(study.factories.front().verdict)) {
        head.push_back(o->label);
        sides += 'l';
    }
    head.insert(head.end(), {"job", "days", "chips", "train $/Mtok", "whole", units.power_name,
                             units.capital_name});
    return format_table(head, rows, sides + "lrrrrrr");
}

/// What stands in the columns of the summary.
std::string summary_legend(const Study& study) {
    std::string text =
        "Ranked: no licence needed first, then licence or exception possible, then denial (place "
        "in brackets). Days: at the useful share of time. Chips: those that the job's plan uses. "
        "train $/Mtok: a million trained tokens at the yearly cost of those chips alone; whole: at "
        "the whole site's, idle chips paid too. " +
        std::string(units_of(study).power_name) + ", " + units_of(study).capital_name +
        ": power and capital of the whole site.";
    const bool over = std::any_of(study.factories.begin(), study.factories.end(),
                                  [](const FactoryReport& f) { return f.over_power; });
    if (over) text += " ! over the " + to_text(study.power_limit) + " that the site has.";
    const bool open =
        std::any_of(study.factories.begin(), study.factories.end(),
                    [](const FactoryReport& f) { return !f.verdict.would_decide.empty(); });
    if (open) text += " ? an open point would give another answer; it stands with the factory.";
    return wrapped("", text, 0);
}

std::string rates(const Study& study) {
    std::vector<Row> rows;
    const FactoryReport* last = nullptr;
    for_each_ranked(study, [&](int, const FactoryReport& f, const JobReport& job) {
        if (!job.feasible) return;
        rows.push_back({last == &f ? "" : f.name, job.job, std::string(name_of(job.precision)),
                        fmt::format("{:.3g}", job.step.value.in(unit::s)),
                        fmt::format("{:.0f}", job.achieved_tflops),
                        fmt::format("{:.1f}", 100 * job.mfu),
                        fmt::format("{:.1f}", 100 * job.mfu_of_precision),
                        fmt::format("{:.0f}", job.tokens_per_chip),
                        fmt::format("{:.1f}", job.memory.value.in(unit::GB))});
        last = &f;
    });
    return format_table(
        {"factory", "job", "in", "step s", "TFLOP/s", "MFU %", "own %", "tokens/s", "GB"}, rows,
        "lllrrrrrr");
}

constexpr const char* rates_legend =
    "Each of the chips used. TFLOP/s: useful FLOPs (six per active weight and token, causal "
    "attention). MFU: those over the dense BF16 peak, the convention, which narrower formats can "
    "pass; own: over the dense peak of the job's own precision.";

std::string plans(const Study& study) {
    std::vector<Row> rows;
    const FactoryReport* last = nullptr;
    for_each_ranked(study, [&](int, const FactoryReport& f, const JobReport& job) {
        if (!job.feasible) return;
        rows.push_back({last == &f ? "" : f.name, job.job, abbreviate(job.plan),
                        std::string(name_of(job.plan.schedule)),
                        std::string(name_of(job.plan.sharding))});
        last = &f;
    });
    return format_table({"factory", "job", "best plan", "schedule", "sharding"}, rows, "lllll");
}

std::string sensitivity_text(const JobReport& job) {
    std::vector<std::string> words;
    for (const Sensitivity& s : job.sensitivities) {
        const double percent = std::round(1000 * s.change) / 10;
        words.push_back(percent == 0 ? s.resource + " no change"
                                     : fmt::format("{} {:+.1f} %", s.resource, percent));
    }
    return join(words, ", ");
}

std::string sales_text(const JobReport& job) {
    const Served& r = job.sales.replica;
    if (!r.feasible) return "no replica fits";
    return fmt::format(
        "one replica of {} chips ({}): prefill {:.0f}, decode {:.0f} tokens/s at "
        "batch {}; {:.3g} $ per million served output tokens (a bound by roofline)",
        r.chips, name_of(job.sales.precision), r.prefill.si(), r.decode.si(), r.batch,
        job.sales.per_million_output.in(unit::USD));
}

template <class Q>
std::string parts_text(const Ledger<Q>& ledger) {
    std::vector<std::string> words;
    for (const Ledger<Q>& part : ledger.parts) {
        words.push_back(part.name + " " + share_text(part.value / ledger.value));
    }
    return join(words, ", ");
}

/// Where the step by flows differs from the formula; nothing for plans that are not among the best.
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

std::string job_text(const FactoryReport& factory, const JobReport& job) {
    std::string text = "  " + job.job + "\n";
    if (!job.feasible) {
        text += labelled("cannot", job.infeasible);
    } else {
        text += labelled("plan", fmt::format("{}; {} of {:.0f} chips of the site, {:.0f} in one "
                                             "compound; framework {}",
                                             describe(job.plan), chips_used(job.plan),
                                             factory.chips, factory.job_chips, job.framework));
        text += labelled("step",
                         fmt::format("{} ({} to {} in four of five): {}", to_text(job.step.value),
                                     to_text(job.low), to_text(job.high), parts_text(job.step)));
        text += labelled("memory", fmt::format("{} of {} usable: {}", to_text(job.memory.value),
                                               to_text(job.usable), parts_text(job.memory)));
        text += labelled("bound by", job.bound_by + "; with 10 % more: " + sensitivity_text(job));
        text += flows_line(job.by_flows);
        for (const LossReason& r : job.search.reasons) {
            text += labelled("lost",
                             fmt::format("{} plans {}, such as {}", r.count, r.reason, r.example));
        }
    }
    return text + labelled("could sell", sales_text(job));
}

std::string factory_text(const FactoryReport& f, const std::string& rank) {
    std::string text = fmt::format("\n{} {} ({:.0f} chips, {})\n", rank, f.name, f.chips, f.server);
    text += verdict_text(f.verdict);
    text += labelled("wiring", f.wiring);
    text += labelled("power", to_text(f.power.value) + ": " + parts_text(f.power));
    text += labelled("capital", to_text(f.capital.value) + ": " + parts_text(f.capital));
    text += labelled("yearly", to_text(f.yearly.value) + ": " + parts_text(f.yearly));
    for (const std::string& note : f.notes) text += labelled("warning", note);
    for (const JobReport& job : f.jobs) text += job_text(f, job);
    text += labelled("estimates", fmt::format("{:.0f} % of the weight of its inputs is graded "
                                              "estimate",
                                              100 * f.estimate_share));
    return text;
}

}  // namespace

std::string study_text(const Study& study) {
    std::string text = fmt::format("{}\nrules of {}, site {}, buyer {}\n\n", study.name,
                                   to_text(study.date), study.site, study.buyer);
    text += summary(study) + "\n" + summary_legend(study) + "\n";
    if (!is_lawful(study.factories[study.ranking.front()].verdict)) {
        text += "No factory here is free of a denial or an open question.\n\n";
    }
    const bool any = any_feasible(study);
    if (any) text += rates(study) + "\n" + wrapped("", rates_legend, 0) + "\n" + plans(study);
    int rank = 0;
    for (const std::size_t i : study.ranking) {
        text += factory_text(study.factories[i], rank_text(study.factories[i], ++rank) + ".");
    }
    text += "\nAssumed where the scenario is silent\n";
    for (const std::string& item : study.defaults) text += wrapped("  ", item, 4);
    text += fmt::format(
        "\n{} sources, listed in study.json; {:.0f} % of the weight of the inputs "
        "rests on estimates.\n",
        study.sources.size(), 100 * study.estimate_share);
    return text + wrapped("Not legal advice; ", study.country_groups + ".", 0);
}

template <class Q>
std::string ledger_text(const Ledger<Q>& ledger) {
    std::vector<std::vector<std::string>> rows;
    const auto visit = [&](const auto& self, const Ledger<Q>& node, std::size_t depth) -> void {
        rows.push_back({std::string(2 * depth, ' ') + node.name, to_text(node.value),
                        share_text(node.value / ledger.value)});
        for (const Ledger<Q>& part : node.parts) self(self, part, depth + 1);
    };
    visit(visit, ledger, 0);
    return format_table({"part", "value", "share"}, rows, "lrr");
}

template std::string ledger_text(const Ledger<Seconds>&);
template std::string ledger_text(const Ledger<Bytes>&);
template std::string ledger_text(const Ledger<Dollars>&);
template std::string ledger_text(const Ledger<Watts>&);

}  // namespace millwright

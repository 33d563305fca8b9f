#include "millwright/report/jobs_text.h"

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/table.h"
#include "millwright/report/time_text.h"

namespace millwright {
namespace {

constexpr std::size_t most_priorities = 12;  // of which JSON has all

std::string answer_sentence(const JobsAnswer& a) {
    const ClusterFigures& f = a.figures;
    const Seconds capacity = f.chip_time.value;
    const auto share = [&](ChipUse use) {
        const auto* part = find(f.chip_time, name_of(use));
        return part == nullptr ? 0 : part->value / capacity;
    };
    const std::string spread = f.replications > 1
                                   ? fmt::format(" ({} to {} in nine runs of ten)",
                                                 percent(f.goodput.p5), percent(f.goodput.p95))
                                   : "";
    const bool one = f.all.jobs == 1;
    const std::string unfinished =
        f.all.unfinished > 0
            ? fmt::format(" ({:.4g} had not ended when the run did)", f.all.unfinished)
            : "";
    // jobs that are stopped stand in line again
    const std::string again =
        f.all.queued > f.all.wait * 1.001
            ? fmt::format(" and {} in all lines together", readable(f.all.queued))
            : "";
    return wrapped(
        "",
        fmt::format("{} on {}{} {} {} on average before {} first begin{}{}, half of them no more "
                    "than {}; over {}, {} of the chips' time does work "
                    "that counts{}, and in {} chips are free but too scattered for a job that "
                    "waits.",
                    counted(f.all.jobs, "job"), counted(a.load.cluster.chips(), "chip"), unfinished,
                    one ? "waits" : "wait", readable(f.all.wait), one ? "it" : "they",
                    one ? "s" : "", again, readable(f.all.wait_p50), readable(f.window),
                    percent(f.goodput.mean), spread, percent(share(ChipUse::scattered))),
        0);
}

std::vector<std::string> group_row(const JobGroup& g) {
    return {g.name,
            fmt::format("{}", g.jobs),
            readable(g.wait),
            readable(g.wait_p50),
            readable(g.wait_p90),
            readable(g.wait_p99),
            fmt::format("{:.3f}", g.ettr),
            fmt::format("{:.3g}", g.interruptions),
            fmt::format("{:.3g}", g.preemptions)};
}

std::string group_rows(const std::string& what, const std::vector<JobGroup>& groups,
                       const JobGroup* all) {
    std::vector<std::vector<std::string>> rows;
    for (const JobGroup& group : groups) rows.push_back(group_row(group));
    if (all != nullptr && groups.size() > 1) rows.push_back(group_row(*all));
    return format_table(
        {what, "jobs", "mean wait", "p50", "p90", "p99", "ETTR", "interrupted", "preempted"}, rows,
        "lrrrrrrrr");
}

std::string use_rows(const ClusterFigures& f) {
    std::vector<std::vector<std::string>> rows;
    for (const Ledger<Seconds>& part : f.chip_time.parts) {
        rows.push_back({part.name, fmt::format("{:.4g}", part.value.in(unit::day)),
                        share_text(part.value / f.chip_time.value)});
    }
    return format_table({"where the chips' time goes", "chip days", "share"}, rows, "lrr");
}

std::string figure_lines(const JobsAnswer& a) {
    const ClusterFigures& f = a.figures;
    const ClusterRules& rules = a.load.rules;
    const std::string backfill =
        rules.backfill == Backfill::none ? "nobody passes the first" : "others pass by EASY";
    return wrapped(
        "",
        fmt::format("Order {}, {}, {}; placement {}. Jobs hold {} of the chips' time over {}, "
                    "up to the {}; {:.4g} failures of servers until the last job ended, "
                    "after {}.",
                    name_of(rules.order), backfill,
                    rules.preempts ? "higher priorities stop lower ones" : "nobody is stopped",
                    name_of(rules.placement), percent(f.utilisation.mean), readable(f.window),
                    f.window < f.end ? "last submission" : "end", f.failures, readable(f.end)),
        0);
}

std::string note_lines(const JobsAnswer& a) {
    std::string text = a.notes.empty() ? "" : "\n";
    for (const std::string& note : a.notes) text += wrapped("note: ", note, 6);
    return text;
}

}  // namespace

std::string jobs_text(const JobsAnswer& answer) {
    const ClusterFigures& f = answer.figures;
    std::string text = answer_sentence(answer) + "\n" + group_rows("chips", f.by_size, &f.all);
    const std::size_t priorities = f.by_priority.size();
    if (priorities > 1 && priorities <= most_priorities) {
        text += "\n" + group_rows("priority", f.by_priority, nullptr);
    }
    return text + "\n" + use_rows(f) + "\n" + figure_lines(answer) + note_lines(answer);
}

}  // namespace millwright

// Both steps are sums of like parts, so that their difference needs no split: leaves are taken from
// each other by their paths.
#include "millwright/report/plan_beside.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "millwright/base/ledger_leaves.h"
#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/report/plan_text.h"
#include "millwright/report/table.h"

namespace millwright {
namespace {

/// One part of a step, in seconds of both plans.
struct BesidePart {
    std::string name;
    double shown = 0, best = 0;

    double difference() const { return best - shown; }
};

/// All parts of both, the largest difference first; ties by their names.
std::vector<BesidePart> parts_beside(const Ledger<Seconds>& shown, const Ledger<Seconds>& best) {
    std::map<std::string, Seconds> of_shown, of_best;
    add_leaves(shown, "", of_shown);
    add_leaves(best, "", of_best);
    std::map<std::string, BesidePart> parts;
    for (const auto& [name, time] : of_shown) parts[name].shown = time.si();
    for (const auto& [name, time] : of_best) parts[name].best = time.si();
    std::vector<BesidePart> list;
    for (auto& [name, part] : parts) {
        part.name = name;
        list.push_back(part);
    }
    std::ranges::stable_sort(list, [](const BesidePart& a, const BesidePart& b) {
        return std::abs(a.difference()) > std::abs(b.difference());
    });
    return list;
}

std::string signed_time(double seconds) {
    return (seconds < 0 ? "-" : "+") + to_text(Seconds::from_si(std::abs(seconds)));
}

std::string parts_table(const PlanFigures& shown, const PlanFigures& best) {
    constexpr std::size_t most = 8;
    std::vector<std::vector<std::string>> rows;
    double rest = 0;
    std::size_t folded = 0;
    for (const BesidePart& part : parts_beside(shown.step, best.step)) {
        if (rows.size() == most) {
            rest += part.difference();
            ++folded;
            continue;
        }
        rows.push_back({part.name, to_text(Seconds::from_si(part.shown)),
                        to_text(Seconds::from_si(part.best)), signed_time(part.difference())});
    }
    if (folded > 0) {
        rows.push_back({"the rest: " + counted(folded, "part"), "", "", signed_time(rest)});
    }
    rows.push_back({"step", to_text(shown.step.value), to_text(best.step.value),
                    signed_time((best.step.value - shown.step.value).si())});
    rows.push_back(
        {"memory per chip", to_text(shown.memory.value), to_text(best.memory.value), ""});
    return format_table({"part", "pinned", "best of all", "difference"}, rows, "lrrr");
}

}  // namespace

std::string beside_best_text(const PlanAnswer& answer) {
    if (!answer.of_all || answer.figures.empty()) return "";
    const Candidate& shown = answer.found.pareto.front();
    const Candidate& best = answer.of_all->found;
    if (shown.plan == best.plan) {
        return wrapped("\n", "no plan of all is better than this one", 0);
    }
    const PlanFigures& figures = answer.figures.front();
    const std::int64_t chips = chips_used(best.plan);
    std::string text = fmt::format("{}: {} a step on {}", describe(best.plan), to_text(best.step),
                                   counted(chips, "chip"));
    if (answer.priced()) {
        text += fmt::format(
            ", {:.4g} days at {:.4g} USD a million tokens, of this plan {:.4g} at "
            "{:.4g}",
            answer.days(best), answer.per_million_tokens(best).in(unit::USD), answer.days(shown),
            answer.per_million_tokens(shown).in(unit::USD));
    }
    const bool alike =
        chips == chips_used(shown.plan) && best.plan.global_batch == shown.plan.global_batch;
    // steps of other chips or sequences are no more than beside each other
    if (!alike) return wrapped("\nthe best of all: ", text, 17);
    text += fmt::format(", {:.3g} times as fast as this plan{}", shown.step / best.step,
                        shown.fits ? "" : ", which does not fit");
    return wrapped("\nthe best of all: ", text, 17) + parts_table(figures, answer.of_all->figures);
}

}  // namespace millwright

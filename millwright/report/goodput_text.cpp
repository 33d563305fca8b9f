// Points of levers are over the first lever, the job as it is, which was found in the same way as
// they were; the answer's own share may differ by chance. Of each class of lost time three causes
// are shown and the others as one, so that the sum stays. The first-order sum is shown beside the
// closed form only where jobs restart, which it is about.
#include "millwright/report/goodput_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/base/plural.h"
#include "millwright/base/text.h"
#include "millwright/base/units.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/table.h"
#include "millwright/report/time_text.h"

namespace millwright {
namespace {

std::string days(Seconds time) { return fmt::format("{:.4g} days", time.in(unit::day)); }

std::string answer_sentence(const GoodputAnswer& a) {
    const GoodputInputs& in = a.inputs;
    const SimulatedJob& s = a.simulated;
    const std::string rate = a.mttf > Seconds{}
                                 ? fmt::format("it fails every {} on average", readable(a.mttf))
                                 : std::string("nothing fails");
    const std::string name = in.name.empty() ? "A job" : in.name;
    return fmt::format("{} on {} works {} of the time over {} ({} to {} in nine runs of ten); {}.",
                       name, counted(in.chips, "chip"), percent(s.useful_share.mean),
                       days(in.job.horizon), percent(s.useful_share.p5),
                       percent(s.useful_share.p95), rate);
}

std::string period_text(const GoodputAnswer& a) {
    const Seconds period = a.inputs.job.checkpoints.period;
    if (!a.finite_period && period >= a.inputs.job.horizon) return "none: no work is lost";
    const std::string used = readable(period);
    if (a.inputs.choice == PeriodChoice::closed_form) return used + ", the best by the closed form";
    if (a.inputs.choice == PeriodChoice::simulated) return used + ", the best by simulation";
    return fmt::format("{}, given; the best is {}", used, readable(a.best_period));
}

/// Of jobs that go back at each failure, which it is about.
std::string first_order_text(const GoodputAnswer& a) {
    if (a.inputs.job.policy != RecoveryPolicy::restart) return "";
    return fmt::format(" (first-order sum: {})", percent(a.first_order_share));
}

/// "stages 78 %, workers 3 %, micro-batches 20 %", of what steps take longer.
std::string causes_text(const Straggling& steps) {
    std::vector<std::string> words;
    for (const StragglingCause& cause : steps.causes) {
        words.push_back(fmt::format("{} {:.0f} %", cause.name, 100 * cause.explained));
    }
    return join(words, ", ");
}

/// What the plan is, and what is lost in tokens and dollars.
void append_worth(const GoodputAnswer& a, std::vector<std::vector<std::string>>& rows) {
    if (a.planned) {
        rows.push_back({"plan", fmt::format("{}; a step takes {}", a.planned->shortly,
                                            to_text(a.planned->step))});
        rows.push_back({"power", fmt::format("{} at full load, of which each stop takes most away",
                                             to_text(a.planned->swing))});
    }
    if (a.steps) {
        rows.push_back({"steps", fmt::format("{:.3f} times as long as even ones: {}",
                                             a.steps->slowdown, causes_text(*a.steps))});
    }
    if (!a.worth) return;
    const GoodputWorth& w = *a.worth;
    if (a.planned) {
        rows.push_back(
            {"tokens", fmt::format("{:.4g} trained, {:.3g} lost", w.tokens, w.tokens_lost)});
        rows.push_back({"checkpoints", to_text(a.planned->checkpoint) + " each, " +
                                           to_text(w.written_a_day) + " a day"});
    }
    rows.push_back(
        {"dollars",
         fmt::format("{:.4g} M$ for the job's chips, {:.3g} M$ of it for no work that counts",
                     w.spent.in(unit::USD) / 1e6, w.lost.in(unit::USD) / 1e6)});
}

std::string figure_rows(const GoodputAnswer& a) {
    const SimulatedJob& s = a.simulated;
    const SpreadFigures& share = s.useful_share;
    std::vector<std::vector<std::string>> rows{
        {"useful share",
         fmt::format("{} ± {:.2f} by {}", percent(share.mean), 100 * share.half_width,
                     counted(s.replications, "replication"))},
        {"closed form", a.closed_share ? percent(*a.closed_share) + first_order_text(a)
                                       : std::string("none for such a job")},
        {"policy", std::string(name_of(a.inputs.job.policy))},
        {"checkpoint period", period_text(a)},
        {"interruptions", fmt::format("{:.4g} ({:.4g} to {:.4g}), {:.3g} a day",
                                      s.interruptions.mean, s.interruptions.p5, s.interruptions.p95,
                                      s.interruptions.mean / a.inputs.job.horizon.in(unit::day))},
        {"not running", percent(s.down_share.mean)}};
    if (a.inputs.job.pool) {
        rows.push_back(
            {"stock-outs", fmt::format("{:.3g}, in {} of runs; {} without a server", s.stock_outs,
                                       percent(s.ever_out_of_stock), readable(s.without_servers))});
    }
    append_worth(a, rows);
    if (s.planned > 0) rows.push_back({"planned stops", fmt::format("{:.4g}", s.planned)});
    if (s.retired > 0) rows.push_back({"retired", fmt::format("{:.4g} servers", s.retired)});
    return format_table({"figure", "value"}, rows, "ll");
}

/// The causes of a class that took most, the others together: JSON has them all.
Ledger<Seconds> shortened(Ledger<Seconds> badput) {
    constexpr std::size_t shown = 4;
    std::stable_sort(badput.parts.begin(), badput.parts.end(),
                     [](const auto& a, const auto& b) { return a.value > b.value; });
    if (badput.parts.size() <= shown) return badput;
    Ledger<Seconds> others{"all others", {}, {}};
    for (std::size_t i = shown - 1; i < badput.parts.size(); ++i) {
        others.value += badput.parts[i].value;
    }
    badput.parts.resize(shown - 1);
    badput.parts.push_back(std::move(others));
    return badput;
}

std::string waterfall_rows(const Ledger<Seconds>& whole) {
    Ledger<Seconds> ledger{whole.name, whole.value, {}};
    for (const Ledger<Seconds>& part : whole.parts) ledger.parts.push_back(shortened(part));
    std::vector<std::vector<std::string>> rows;
    const auto visit = [&](const auto& self, const Ledger<Seconds>& node,
                           std::size_t depth) -> void {
        rows.push_back({std::string(2 * depth, ' ') + node.name, readable(node.value),
                        share_text(node.value / ledger.value)});
        for (const Ledger<Seconds>& part : node.parts) self(self, part, depth + 1);
    };
    visit(visit, ledger, 0);
    return format_table({"where the time goes", "time", "share"}, rows, "lrr");
}

/// With its sign; what rounds to nothing has none.
std::string points(double more) {
    const std::string text = fmt::format("{:+.1f}", more);
    return text == "-0.0" || text == "+0.0" ? "0.0" : text;
}

std::string lever_rows(const GoodputAnswer& a) {
    std::vector<std::vector<std::string>> rows;
    const double as_is = a.levers.front().useful_share;
    for (const GoodputLever& lever : a.levers) {
        const double more = 100 * (lever.useful_share - as_is);
        rows.push_back({lever.what, percent(lever.useful_share),
                        &lever == &a.levers.front() ? "" : points(more)});
    }
    for (const GoodputLever& end : a.band) {
        const double more = 100 * (end.useful_share - as_is);
        rows.push_back({end.what, percent(end.useful_share), points(more)});
    }
    return format_table({"what if", "useful", "points"}, rows, "lrr");
}

/// What stood in.
std::string note_lines(const GoodputAnswer& a) {
    std::string text = a.inputs.notes.empty() ? "" : "\n";
    for (const std::string& note : a.inputs.notes) text += wrapped("note: ", note, 6);
    return text;
}

}  // namespace

std::string goodput_text(const GoodputAnswer& answer) {
    return wrapped("", answer_sentence(answer), 0) + "\n" + figure_rows(answer) + "\n" +
           waterfall_rows(answer.simulated.waterfall) + "\n" + lever_rows(answer) +
           note_lines(answer);
}

std::string goodput_sentence(const GoodputAnswer& answer) { return answer_sentence(answer); }

}  // namespace millwright

// A plan's row has its step first, then, where tokens are given, days and dollars, then what it
// takes and its coordinates. Rows and head grow by the same two columns at the same place, and the
// alignment has a form for each.
#include "millwright/report/plan_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "millwright/base/plural.h"
#include "millwright/base/units.h"
#include "millwright/compute/adapter_weights.h"
#include "millwright/compute/weights.h"
#include "millwright/report/json_csv.h"
#include "millwright/report/json_table.h"
#include "millwright/report/ledger_text.h"
#include "millwright/report/plan_beside.h"
#include "millwright/report/table.h"
#include "millwright/report/train_json.h"
#include "millwright/report/useful_time.h"

namespace millwright {
namespace {

using Json = nlohmann::ordered_json;

/// Days and dollars come second, after the step, where tokens are given.
void add_price(const PlanAnswer& p, const Candidate& c, std::vector<std::string>& row) {
    if (!p.priced()) return;
    const std::string days = fmt::format("{:.4g}{}", p.days(c), c.late ? "*" : "");
    row.insert(row.begin() + 1,
               {days, fmt::format("{:.4g}", p.per_million_tokens(c).in(unit::USD))});
}

/// Marks stand behind the figures that they are about: "*" behind days, "!" behind gigabytes, and
/// "vN" behind a schedule with more than one virtual stage.
std::string front_text(const PlanAnswer& p, std::size_t top) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::min(top, p.found.pareto.size()); ++i) {
        const Candidate& c = p.found.pareto[i];
        const PlanFigures& figures = p.figures[i];
        const Plan& plan = c.plan;
        rows.push_back(
            {fmt::format("{:.4g}", c.step.si()), fmt::format("{:.0f}", figures.achieved_tflops),
             fmt::format("{:.1f}", 100 * figures.mfu), std::to_string(chips_used(plan)),
             fmt::format("{:.1f}{}", c.memory.in(unit::GB), c.fits ? "" : "!"),
             std::to_string(plan.tensor), std::to_string(plan.pipeline), std::to_string(plan.data),
             std::to_string(plan.context), std::to_string(plan.expert),
             std::to_string(plan.micro_batch),
             fmt::format("{}{}", name_of(plan.schedule),
                         plan.virtual_stages > 1 ? " v" + std::to_string(plan.virtual_stages) : ""),
             std::string(name_of(plan.recompute)),
             fmt::format("{}{}", name_of(plan.sharding),
                         plan.offload == Offload::none ? "" : " +host")});
        add_price(p, c, rows.back());
    }
    std::vector<std::string> head{"step s", "TFLOP/s",  "MFU %",     "chips",   "GB",
                                  "tp",     "pp",       "dp",        "cp",      "ep",
                                  "mb",     "schedule", "recompute", "sharding"};
    if (p.priced()) head.insert(head.begin() + 1, {"days", "$/Mtok"});
    return format_table(head, rows, p.priced() ? "rrrrrrrrrrrrrlll" : "rrrrrrrrrrrlll");
}

/// What the marks of the table mean, and what its dollars are.
std::string plan_legend(const PlanAnswer& p) {
    const auto some = [&](bool Candidate::*member, bool value) {
        return std::ranges::any_of(p.found.pareto,
                                   [&](const Candidate& c) { return c.*member == value; });
    };
    std::string text;
    if (some(&Candidate::fits, false)) text += "! more than the memory that a plan may fill\n";
    if (some(&Candidate::late, true)) text += "* misses the deadline\n";
    if (!p.priced() || p.found.pareto.empty()) return text;
    const UsefulTime& useful = p.useful.at(chips_used(p.found.pareto.front().plan));
    return text + wrapped("",
                          fmt::format("$/Mtok: of a million tokens trained, by the share of the "
                                      "chips used, at the site {}, charges of import aside; days "
                                      "and dollars at the share of time that is useful, {:.1f} % "
                                      "of the first, {}",
                                      priced_at, 100 * useful.share, useful_words(useful)),
                          2);
}

/// Plans in the space were counted, not timed: "pruned" are those that a bound kept from being
/// timed.
std::string counts_text(const PlanAnswer& p, double seconds) {
    const SearchResult& f = p.found;
    std::string text = counted(f.in_space, "plan") + " possible, memory aside";
    if (!f.feasible && f.late == 0) text += "; none fits the memory";
    if (!f.feasible && f.late > 0) text += "; none meets the deadline";
    return text + fmt::format("; {} timed in full, {} pruned, in {:.2f} s\n\n", f.evaluated,
                              f.pruned, seconds);
}

/// Where measured steps would lie around the best plan's; nothing where no band is known, which
/// reads as both ends at the step itself.
std::string band_text(const PlanFigures& best) {
    if (best.low >= best.high) return "";
    return wrapped("",
                   fmt::format("four in five measured steps would take {} to {}", to_text(best.low),
                               to_text(best.high)),
                   2);
}

/// The other state of a cluster that may stall.
std::string state_text(const PlanFigures& best) {
    if (best.stalled_odds <= 0) return "";
    return wrapped("",
                   fmt::format("{:.0f} % of jobs on so many domains meet a stalled cluster; in the "
                               "less likely state a step takes {}",
                               100 * best.stalled_odds, to_text(best.other_step)),
                   2);
}

/// What stands in the way, and what would not. A deadline is told first: plans that miss it fit the
/// memory, so that more chips are not what is missing by then. `slowest` is for a sequence, the
/// step has a global batch of them.
std::string infeasible_text(const PlanAnswer& p) {
    const PlanQuestion& a = p.asked;
    if (p.late) {
        const Seconds allowed = static_cast<double>(a.global_batch) * p.slowest;
        return wrapped("",
                       fmt::format("no plan meets the deadline, which leaves {} a step: the "
                                   "fastest takes {} ({})",
                                   to_text(allowed), to_text(p.late->step), describe(p.late->plan)),
                       2);
    }
    if (p.fewest == 0) {
        return wrapped("",
                       fmt::format("no number of chips of {} holds this: choose one with more "
                                   "memory, or a larger batch",
                                   a.server),
                       2);
    }
    return wrapped(
        "",
        fmt::format("does not fit {}: the fewest in whole servers of {} that hold it are {}",
                    counted(a.chips, "chip"), a.server, p.fewest),
        2);
}

/// By how much a plan that does not fit is over, and what of it is the most.
std::string over_text(const PlanFigures& shown) {
    if (shown.fits) return "";
    const auto most = std::ranges::max_element(shown.memory.parts, {}, &Ledger<Bytes>::value);
    return wrapped("",
                   fmt::format("it does not fit: {} over the {} that a plan may fill; {} alone {}",
                               to_text(shown.memory.value - shown.usable), to_text(shown.usable),
                               most->name, most->name.ends_with('s') ? "are " : "is ") +
                       to_text(most->value),
                   2);
}

/// "207.1 million weights of adapters, 0.294 % as many as are frozen", and what MFU then is of.
std::string trained_words(const PlanAnswer& p) {
    const WeightCount all = weights_of(p.context.model);
    const double trained = trainable_parameters(p.context.model, p.asked.low_rank);
    return fmt::format(
        "{:#.4g} million weights of adapters, {:#.3g} % as many as are frozen; MFU "
        "counts four FLOPs of a frozen weight and six of a trained one",
        trained / 1e6, 100 * trained / (all.total + all.extra));
}

/// A plan that is shown, and the answer that it belongs to.
struct ShownPlan {
    const PlanAnswer& answer;
    const Candidate& plan;
};

const JsonTable<ShownPlan>& shown_table() {
    static const JsonTable<ShownPlan> table{
        "A plan of `best`",
        {{"late", "it misses the deadline", [](const ShownPlan& s) { return Json(s.plan.late); }},
         {"days", "for all `--tokens`; null without",
          [](const ShownPlan& s) {
              return s.answer.priced() ? Json(s.answer.days(s.plan)) : Json(nullptr);
          }},
         {"usd_per_million_tokens", "by the share of the chips used; likewise",
          [](const ShownPlan& s) {
              if (!s.answer.priced()) return Json(nullptr);
              return value_json(s.answer.per_million_tokens(s.plan));
          }},
         {"useful_time", "how much of the time it works", [](const ShownPlan& s) {
              return useful_json(s.answer.useful.at(chips_used(s.plan.plan)));
          }}}};
    return table;
}

const JsonTable<PlanAnswer>& plan_table() {
    using A = PlanAnswer;
    static const JsonTable<A> table{
        "`plan --json`",
        {{"feasible", "a plan fits, and meets the deadline",
          [](const A& a) { return Json(a.found.feasible); }},
         {"fewest_chips", "that would hold it, where no plan fits; else null",
          json_or_null<&A::fewest>},
         {"best_of_all", "where plans are pinned: `plan` and figures of the best of all; else null",
          [](const A& a) {
              return a.of_all ? plan_figures_json(a.of_all->found.plan, a.of_all->figures)
                              : Json(nullptr);
          }},
         {"framework", "training framework", [](const A& a) { return Json(a.framework.id); }},
         {"notes", "what to know", json_of<&A::notes>},
         {"asked", "the question in words",
          [](const A& a) { return Json(asked_text(a.asked, a.framework)); }},
         {"parameters", "of the model",
          [](const A& a) { return Json(weights_of(a.context.model).total); }},
         {"active_parameters", "that a token meets",
          [](const A& a) { return Json(weights_of(a.context.model).active); }},
         {"extra_parameters", "of multi-token prediction, which the others leave out",
          [](const A& a) { return Json(weights_of(a.context.model).extra); }},
         {"trainable_parameters", "weights that are trained: adapters where the model's are frozen",
          [](const A& a) {
              return Json(trainable_parameters(a.context.model, a.asked.low_rank));
          }}}};
    return table;
}

}  // namespace

std::string asked_text(const PlanQuestion& q, const Framework& framework) {
    const std::string adapters =
        q.low_rank.any() ? fmt::format(" ({})", low_rank_text(q.low_rank)) : "";
    std::string text =
        fmt::format("{}{} on {} of {}, {}, global batch {}, sequence {}, {}, {}, by {}", q.model,
                    adapters, counted(q.chips, "chip"), q.server, q.fabric, q.global_batch,
                    q.sequence, name_of(q.precision), framework.id, q.by_cost ? "cost" : "time");
    if (q.tokens > Tokens{}) text += ", " + to_text(q.tokens);
    const double days = q.deadline.in(unit::day);
    if (days > 0) text += fmt::format(" in {:.4g} {}", days, days == 1 ? "day" : "days");
    return text;
}

std::string plan_answer_text(const PlanAnswer& p, std::size_t top, double seconds) {
    std::string text = wrapped("", asked_text(p.asked, p.framework), 2);
    text += wrapped("the model: ", weights_text(p.context.model), 2);
    if (p.asked.low_rank.any()) text += wrapped("trained: ", trained_words(p), 2);
    for (const std::string& note : p.notes) text += wrapped("note: ", note, 6);
    text += counts_text(p, seconds);
    if (!p.found.pareto.empty()) text += front_text(p, top);
    text += plan_legend(p);
    if (!p.found.pareto.empty()) {
        const Plan& first = p.found.pareto.front().plan;
        text += wrapped(p.found.feasible ? "\nthe best: " : "\nthe first: ", describe(first), 10);
        text += band_text(p.figures.front());
        text += state_text(p.figures.front());
        text += "\n" + ledger_text(p.figures.front().step);
        text += "\n" + ledger_text(p.figures.front().memory);
        text += over_text(p.figures.front());
        text += beside_best_text(p);
    }
    if (!p.found.feasible) text += infeasible_text(p);
    for (const LossReason& r : p.found.reasons) {
        text += wrapped(
            "lost: ",
            fmt::format("{} {}, such as {}", counted(r.count, "plan"), r.reason, r.example), 6);
    }
    return text;
}

nlohmann::ordered_json plan_answer_json(const PlanAnswer& answer, double seconds) {
    Json json = search_json(answer.found, answer.figures);
    for (std::size_t i = 0; i < answer.found.pareto.size(); ++i) {
        add(json["best"][i], shown_table(), ShownPlan{answer, answer.found.pareto[i]});
    }
    json["seconds"] = seconds;
    add(json, plan_table(), answer);
    return json;
}

std::string plans_csv(const PlanAnswer& answer) {
    Json plans = Json::array();
    const Json told = plan_answer_json(answer, 0);
    for (const Json& plan : told["best"]) {
        Json& row = plans.emplace_back(Json::object());
        for (const auto& [key, value] : plan.items()) {
            // the coordinates stand beside it
            if (key != "plan" && !key.ends_with("_ledger")) row[key] = value;
        }
    }
    return json_csv(plans);
}

std::vector<JsonObject> plan_objects() {
    JsonObject answer = described(plan_table());
    answer.title += ": what the search counted, and";
    answer.keys.emplace_back("seconds", "that the search took");
    answer.keys.emplace_back(
        "best",
        "plans that no other beats, best first; of few pinned plans all, those "
        "that fit first");
    answer.keys.emplace_back("by_flows", "with `--flows`: the first plan's step by flows");
    JsonObject shown = described(shown_table());
    shown.title += ": a plan of a front with its figures, and";
    shown.keys.emplace_back("plan", "its coordinates by themselves");
    shown.keys.emplace_back("fits", "whether memory holds it");
    return {answer, shown};
}

}  // namespace millwright

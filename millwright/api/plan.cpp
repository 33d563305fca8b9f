// A question is resolved in two rounds of faults: all names and goals at once, then what the named
// things cannot do together, which has no meaning before. The search itself has no faults: what it
// does not find is explained by a second search that lifts the bound in the way.
#include "millwright/api/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "millwright/api/look_up.h"
#include "millwright/base/faults.h"
#include "millwright/base/require.h"
#include "millwright/base/units.h"
#include "millwright/base/whole.h"
#include "millwright/compute/mixers.h"
#include "millwright/factory/link_faults.h"
#include "millwright/factory/low_rank_faults.h"
#include "millwright/factory/resolve.h"
#include "millwright/study/plan_price.h"
#include "millwright/study/smallest.h"
#include "millwright/study/useful_search.h"
#include "millwright/trace/step_trace.h"

namespace millwright {
namespace {

Tokens tokens_of_step(const PlanQuestion& q) {
    return real(q.global_batch) * real(q.sequence) * unit::token;
}

/// What cannot be asked of tokens and days. Cost alone has no end, since the cheapest plan takes
/// few chips for years: it needs a deadline, and a deadline a number of tokens.
void check_goal(const PlanQuestion& q, Faults& faults) {
    if (q.tokens > Tokens{} && q.tokens < tokens_of_step(q)) {
        faults.push_back({{"--tokens", 0, 0},
                          fmt::format("{} are less than the one step of {} that --global-batch x "
                                      "--sequence makes",
                                      to_text(q.tokens), to_text(tokens_of_step(q))),
                          "train on more tokens, or in smaller steps"});
    }
    const bool deadline = q.deadline > Seconds{};
    if ((!deadline && !q.by_cost) || (deadline && q.tokens > Tokens{})) return;
    faults.push_back({{deadline ? "--deadline" : "--objective", 0, 0},
                      deadline ? "a deadline is for a number of tokens"
                               : "the cheapest plan uses a few chips for years",
                      "add --tokens 15T --deadline \"90 days\""});
}

/// Every name at once; then what the named things cannot do together. On success factory, framework
/// and model of the answer are set.
Faults resolve_names(const Catalog& catalog, PlanAnswer& answer) {
    const PlanQuestion& q = answer.asked;
    Faults faults;
    const Server* server = look_up<Server>(catalog, q.server, "", faults);
    const Place at{"--fabric", 0, 0};
    const auto fabric = fabric_source(catalog, q.fabric, at);
    if (!fabric) append(faults, fabric.error());
    const Framework* framework =
        q.framework.empty() ? nullptr : look_up<Framework>(catalog, q.framework, "", faults);
    auto model = resolve_model(catalog, q.model, {"--model", 0, 0});
    if (!model) {
        append(faults, model.error());
    } else {
        const LowRankPlaces places{{"--lora-targets", 0, 0}, {"--base-precision", 0, 0}};
        append(faults, low_rank_faults(*model, q.precision, q.low_rank, places));
    }
    if (!faults.empty()) return faults;
    const auto chips = static_cast<double>(q.chips);
    faults = fabric_faults(*fabric, *server, chips, at);
    if (!faults.empty()) return faults;
    answer.factory = resolve_factory(catalog, *server, *fabric, chips, {});
    if (!answer.factory.cannot.empty()) {
        return {{{"", 0, 0}, answer.factory.cannot, "choose another server, fabric or size"}};
    }
    faults = link_faults(answer.factory, at);
    if (!faults.empty()) return faults;
    answer.framework = framework == nullptr ? answer.factory.framework : *framework;
    answer.context.model = std::move(*model);
    return {};
}

Faults set_context(PlanAnswer& answer) {
    const PlanQuestion& q = answer.asked;
    const Factory& factory = answer.factory;
    if (factory.rates.rate(q.precision) <= FlopRate{}) {
        return {{{"", 0, 0},
                 fmt::format("{} has no known {} rate", factory.chip.name, name_of(q.precision)),
                 "choose another --precision"}};
    }
    answer.context = train_context(
        {answer.context.model, static_cast<double>(q.sequence), q.precision, q.low_rank},
        {factory.rates, factory.network, factory.host}, answer.framework);
    return {};
}

UsefulTime useful_on(const Catalog& catalog, const PlanAnswer& answer, std::int64_t chips) {
    const ReliabilityAsked asked{.useful_share = answer.asked.useful_share};
    return useful_time({catalog, asked, answer.factory, answer.context, real(chips)});
}

/// Of every plan that is told.
void add_useful(const Catalog& catalog, PlanAnswer& answer) {
    const auto add = [&](const Candidate& c) {
        const std::int64_t chips = chips_used(c.plan);
        if (!answer.useful.contains(chips)) {
            answer.useful.emplace(chips, useful_on(catalog, answer, chips));
        }
    };
    for (const Candidate& c : answer.found.pareto) add(c);
    if (answer.found.feasible) add(answer.found.best);
    if (answer.late) add(*answer.late);
    if (answer.of_all) add(answer.of_all->found);
}

/// The whole question resolved into the answer, or what is wrong with it.
Faults resolve_question(const Catalog& catalog, PlanAnswer& answer) {
    const PlanQuestion& q = answer.asked;
    Faults faults;
    check_goal(q, faults);
    append(faults, resolve_names(catalog, answer));
    if (!faults.empty()) return faults;
    if (Faults unknown = set_context(answer); !unknown.empty()) return unknown;
    answer.yearly =
        yearly_cost(answer.factory.bill, site_costs(catalog, part_named(catalog.sites, priced_at)))
            .value;
    return {};
}

/// A schedule that the framework lacks can be pinned, and is told, as are mixers never measured.
std::vector<std::string> notes_of(const Catalog& catalog, const PlanAnswer& answer) {
    std::vector<std::string> notes = answer.factory.notes;
    for (const std::string& unmeasured :
         {unmeasured_text(catalog, answer.factory.chip), unmeasured_text(answer.context.model)}) {
        if (!unmeasured.empty()) notes.push_back(unmeasured);
    }
    for (const Schedule schedule : answer.asked.pins.schedule) {
        if (answer.context.assume.has_schedule[static_cast<std::size_t>(schedule)]) continue;
        notes.push_back(fmt::format("{} has no {}: it is taken because it is pinned",
                                    answer.framework.id, name_of(schedule)));
    }
    return notes;
}

SearchOptions options_of(const PlanAnswer& answer, const Setting& setting) {
    SearchOptions options{.by_cost = answer.asked.by_cost,
                          .exhaustive = answer.asked.exhaustive,
                          .threads = setting.threads};
    if (setting.progress) {
        options.progress = [&](double share) { setting.progress("searching plans", share); };
    }
    return options;
}

UsefulSearch search_of(const ReliabilityAsked& asked, const SpaceLimits& limits,
                       const Setting& setting, const PlanAnswer& answer) {
    const PlanQuestion& q = answer.asked;
    return {.on = {setting.catalog, asked, answer.factory, answer.context, real(q.chips)},
            .limits = limits,
            .options = options_of(answer, setting),
            .slowest = [&q](double useful) {
                return slowest_sequence(q.tokens, static_cast<double>(q.sequence), q.global_batch,
                                        q.deadline, useful);
            }};
}

/// The best with failures counted stands first.
void find_plans(const SpaceLimits& limits, bool pinned, const Setting& setting,
                PlanAnswer& answer) {
    const ReliabilityAsked asked{.useful_share = answer.asked.useful_share};
    UsefulSearch in_time = search_of(asked, limits, setting, answer);
    in_time.pinned = pinned;
    UsefulFound found = search_in_time(in_time);
    answer.found = std::move(found.found);
    answer.slowest = found.slowest;
    if (!answer.found.feasible) return;
    answer.found.best = found.best;
    auto& front = answer.found.pareto;
    const auto at = std::ranges::find(front, found.best.number, &Candidate::number);
    if (at != front.end()) std::rotate(front.begin(), at, std::next(at));
}

PlanFigures figures_of(const Setting& setting, const PlanAnswer& answer, const Plan& plan) {
    return plan_figures(
        answer.context, plan,
        step_band(setting.catalog, answer.framework, answer.context, answer.factory.chip, plan));
}

/// As if nothing were pinned.
std::optional<ToldPlan> best_of_all(const Setting& setting, const PlanAnswer& answer) {
    const PlanQuestion& q = answer.asked;
    const ReliabilityAsked asked{.useful_share = q.useful_share};
    UsefulSearch all =
        search_of(asked, {q.chips, q.global_batch, q.global_batch, {}}, setting, answer);
    all.options.exhaustive = false;
    const UsefulFound found = search_in_time(all);
    if (!found.found.feasible) return std::nullopt;
    return ToldPlan{found.best, figures_of(setting, answer, found.best.plan)};
}

/// Without the deadline, where none meets it.
Candidate fastest(const SpaceLimits& limits, const Setting& setting, const PlanAnswer& answer) {
    const ReliabilityAsked asked{.useful_share = answer.asked.useful_share};
    UsefulSearch any = search_of(asked, limits, setting, answer);
    any.options = {.threads = setting.threads};
    any.slowest = [](double) { return Seconds{}; };
    return search_in_time(any).best;
}

}  // namespace

Result<PlanAnswer> plan(const PlanQuestion& question, const Setting& setting) {
    PlanAnswer answer{.asked = question};
    if (Faults faults = resolve_question(setting.catalog, answer); !faults.empty()) {
        return failure(std::move(faults));
    }
    answer.notes = notes_of(setting.catalog, answer);
    const SpaceLimits limits{question.chips, question.global_batch, question.global_batch,
                             question.pins};
    const bool pinned = any(question.pins);
    if (pinned) {
        if (Faults faults = pin_faults(answer.context, limits); !faults.empty()) {
            return failure(std::move(faults));
        }
    }
    find_plans(limits, pinned, setting, answer);
    for (const Candidate& c : answer.found.pareto) {
        answer.figures.push_back(figures_of(setting, answer, c.plan));
    }
    if (pinned) answer.of_all = best_of_all(setting, answer);
    add_useful(setting.catalog, answer);
    if (answer.found.feasible) return answer;
    if (answer.found.late > 0) {
        answer.late = fastest(limits, setting, answer);
        add_useful(setting.catalog, answer);
    } else {
        answer.fewest = fewest_that_hold(setting.catalog, answer.factory, answer.context, limits);
    }
    return answer;
}

double PlanAnswer::days(const Candidate& c) const {
    return training_days(asked.tokens, context.sequence, c.plan, c.step,
                         useful.at(chips_used(c.plan)).share);
}

Dollars PlanAnswer::per_million_tokens(const Candidate& c) const {
    return plan_price(factory.chips, yearly, context.sequence, c.plan, c.step,
                      useful.at(chips_used(c.plan)).share)
        .per_million_tokens;
}

const Plan* PlanAnswer::first() const {
    if (found.feasible) return &found.best.plan;
    const bool given = any(asked.pins) && !found.pareto.empty();
    return given ? &found.pareto.front().plan : nullptr;
}

FlowCheck plan_by_flows(const PlanAnswer& answer, Routing routing) {
    const Plan* plan = answer.first();
    if (plan == nullptr) return {.why_not = "no plan fits"};
    return flow_check(answer.context, *plan, answer.factory.shape, {.routing = routing});
}

namespace {

/// The plan, with fewer micro-batches if a trace of all would have too many nodes: about `of_pass`
/// of each pass on each chip.
Plan traced(const Plan& plan) {
    constexpr double most_nodes = 4e6;
    constexpr double of_pass = 8;
    const double passes = 2.0 * static_cast<double>(micro_batches(plan) * plan.virtual_stages);
    const double nodes = of_pass * passes * static_cast<double>(chips_used(plan));
    return nodes > most_nodes ? filling(plan) : plan;
}

}  // namespace

Result<PlanTrace> plan_trace(const PlanAnswer& answer) {
    constexpr std::int64_t most_ranks = 16'384;
    const Plan* plan = answer.first();
    if (plan == nullptr) return failure({{"--chakra", 0, 0}, "no plan fits", "add chips"});
    if (chips_used(*plan) > most_ranks) {
        return failure({{"--chakra", 0, 0},
                        fmt::format("{} files, one a rank, are too many", chips_used(*plan)),
                        "plan for 16384 chips or fewer"});
    }
    FabricGraph graph;
    FabricShape shape = answer.factory.shape;
    if (shape.endpoints > 0) {
        // ranks are the first endpoints; a trace needs links for these alone
        shape.endpoints = narrow<std::uint32_t>(chips_used(*plan));
        graph = graph_of(shape);
    }
    PlanTrace trace{.traced = traced(*plan), .micro_batches = micro_batches(*plan)};
    const Channels channels = channels_of(answer.factory.network);
    trace.files = chakra_files(step_trace(answer.context, trace.traced, graph, channels), "step");
    trace.formula = evaluate(answer.context, trace.traced).times.total;
    if (graph.endpoints == 0) return trace;
    trace.slower = slower_on_links(answer.context, trace.traced, graph, channels);
    return trace;
}

}  // namespace millwright

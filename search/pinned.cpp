// Plans whose coordinates someone has fixed.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "search/search.h"

namespace millwright {
namespace {

constexpr std::size_t few = 64;               // plans that are listed one and all
constexpr std::uint64_t looked_at = 2000000;  // numbers, to say why none can run

/// The first plans that can run, one more than `few` at the most.
std::vector<std::uint64_t> first_plans(const PlanSpace& space) {
    std::vector<std::uint64_t> found;
    for (std::uint64_t n = 0; n < space.numbers() && found.size() <= few; ++n) {
        if (can_run(space, plan_at(space, n))) found.push_back(n);
    }
    return found;
}

Candidate evaluated(const TrainContext& context, const PlanSpace& space, std::uint64_t number,
                    const SearchOptions& options) {
    Candidate c{.plan = plan_at(space, number), .number = number};
    const Step step = evaluate(context, c.plan);
    c.step = step.times.total;
    c.memory = step.memory.total;
    c.fits = step.fits;
    const double chips = options.by_cost ? static_cast<double>(chips_used(c.plan)) : 1;
    c.score = c.step.si() * chips / static_cast<double>(c.plan.global_batch);
    return c;
}

bool is_late(const Candidate& c, const SearchOptions& options) {
    const double each = c.step.si() / static_cast<double>(c.plan.global_batch);
    return options.slowest > Seconds{} && each > options.slowest.si();
}

/// All of them, those that fit first, then by score.
SearchResult evaluate_all(const TrainContext& context, const PlanSpace& space,
                          const std::vector<std::uint64_t>& numbers, const SearchOptions& options) {
    SearchResult result;
    for (const std::uint64_t number : numbers) {
        const Candidate c = evaluated(context, space, number, options);
        if (!c.fits) ++result.too_large;
        if (c.fits && is_late(c, options)) ++result.late;
        result.pareto.push_back(c);
    }
    const auto rank = [&](const Candidate& c) {
        return std::tuple(!c.fits || is_late(c, options), !c.fits, c.score, chips_used(c.plan),
                          c.number);
    };
    std::sort(result.pareto.begin(), result.pareto.end(),
              [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
    result.in_space = result.evaluated = numbers.size();
    if (result.pareto.empty()) return result;
    result.smallest = *std::min_element(
        result.pareto.begin(), result.pareto.end(),
        [](const Candidate& a, const Candidate& b) { return a.memory < b.memory; });
    result.best = result.with_more_memory = result.pareto.front();
    result.feasible = result.best.fits && !is_late(result.best, options);
    return result;
}

/// How the values of one option are bound.
struct Coordinate {
    const char* option;
    const Pin& pin;
    std::int64_t most;  // what the values divide, or are no more than
    const char* what;
    bool divides = true;
};

void check(const Coordinate& c, Faults& faults) {
    const auto can_be = [&](std::int64_t v) { return c.divides ? c.most % v == 0 : v <= c.most; };
    const char* verb = c.divides ? "do not divide into" : "are fewer than";
    for (const std::int64_t value : c.pin.values) {
        if (can_be(value)) continue;
        faults.push_back(
            {{c.option, 0, 0},
             fmt::format("{} {} {} {}", c.most, c.what, verb, value),
             fmt::format("choose a {} {}", c.divides ? "divisor of" : "number up to", c.most)});
    }
    if (c.pin.to == 0) return;
    for (std::int64_t i = c.pin.from; i <= std::min(c.pin.to, c.most); ++i) {
        if (can_be(i)) return;
    }
    faults.push_back(
        {{c.option, 0, 0},
         fmt::format("{} {} {} anything of {} to {}", c.most, c.what, verb, c.pin.from, c.pin.to),
         "widen the range"});
}

/// What stands in the way of the plan that comes furthest: a batch that does not divide is told
/// only where some plan has chips enough.
std::string why_none(const PlanSpace& space) {
    if (space.schedules.empty()) {
        return "1f1b and zero-bubble have one virtual stage, interleaved has two or more, of whole "
               "layers";
    }
    if (space.memory.empty()) return "the server states no host memory to keep anything in";
    std::string why;
    int furthest = -1;
    for (std::uint64_t n = 0; n < std::min(space.numbers(), looked_at); ++n) {
        const Plan plan = plan_at(space, n);
        const int here = tests_passed(space, plan);
        if (here <= furthest) continue;
        furthest = here;
        why = why_not(space, plan);
    }
    return why;
}

}  // namespace

Faults pin_faults(const TrainContext& context, const SpaceLimits& limits) {
    const Model& m = context.model;
    const PlanPins& p = limits.pins;
    const std::int64_t experts = is_moe(m) ? m.experts.value : 1;
    const auto sequence = static_cast<std::int64_t>(context.sequence);
    Faults faults;
    for (const Coordinate& c : {
             Coordinate{"--tensor", p.tensor, m.heads.value, "attention heads"},
             Coordinate{"--context", p.context, sequence, "tokens of a sequence"},
             Coordinate{"--expert", p.expert, experts, experts > 1 ? "experts" : "expert"},
             Coordinate{"--micro-batch", p.micro_batch, limits.global_batch, "sequences of a step"},
             Coordinate{"--data", p.data, limits.global_batch, "sequences of a step"},
             Coordinate{"--pipeline", p.pipeline, m.layers.value, "layers", false},
             Coordinate{"--virtual-stages", p.virtual_stages, m.layers.value, "layers", false},
         }) {
        check(c, faults);
    }
    if (!faults.empty()) return faults;
    const PlanSpace space = plan_space(context, limits);
    if (!first_plans(space).empty()) return {};
    return {{{"", 0, 0},
             "no plan has all that is pinned: " + why_none(space),
             "pin fewer coordinates, or others"}};
}

SearchResult search_pinned(const TrainContext& context, const SpaceLimits& limits,
                           const SearchOptions& options) {
    const PlanSpace space = plan_space(context, limits);
    const std::vector<std::uint64_t> numbers = first_plans(space);
    if (numbers.size() <= few) return evaluate_all(context, space, numbers, options);
    SearchResult found = search(context, limits, options);
    if (found.feasible) return found;
    SearchOptions regardless = options;
    regardless.regardless = true;
    regardless.slowest = Seconds{};
    found.pareto = search(context, limits, regardless).pareto;
    const Bytes usable = context.chip.memory_capacity * context.assume.usable_memory;
    for (Candidate& c : found.pareto) c.fits = c.memory <= usable;
    return found;
}

}  // namespace millwright
